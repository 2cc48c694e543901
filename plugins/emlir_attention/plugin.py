"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl


@hookimpl
def emlir_analyses() -> Declarations:
    return [
        Declaration(
            "attention",
            "emlir_attention.report:attention_report",
            "how concentrated each head of a transformer is",
            needs=("torch", "transformers"),
            extra="emlir[schedules]",
        )
    ]
