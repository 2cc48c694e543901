"""What this plugin offers."""

from emlir.hooks import Declaration, Declarations, hookimpl

_PLAIN = {
    "constant": "the same rate",
    "linear": "a straight line",
    "cosine": "half a cosine",
    "cosine_waves": "whole waves of a cosine",
    "cosine_restarts": "half a cosine, several times, with jumps",
    "warm_restarts": "SGDR: half a cosine, each time longer",
    "polynomial": "a power of what is left",
    "inverse_sqrt": "one over the root of the step",
    "exponential": "a constant factor per step",
    "step": "a factor after every so many steps",
    "multistep": "a factor at given steps",
    "wsd": "warm-up, stable, decay",
    "one_cycle": "up and down once",
    "cyclic": "triangles",
    "rex": "reflected exponential",
}
_EML = {
    "eml_gamma": "warm-up and decay in one expression, the peak at a given step",
    "eml_decay": "exp(-fast u) - ln(1 + slow u), which may become negative",
    "eml_cooldown": "the same, stretched from the peak to the final rate",
    "eml_tree": "a free EML tree in the fraction of training",
    "formula": "any formula in the step, or in the fraction of training",
}


@hookimpl
def emlir_schedules() -> Declarations:
    return [
        *(
            Declaration(name, f"emlir_schedules.plain_families:{name}", text)
            for name, text in _PLAIN.items()
        ),
        Declaration("tanh", "emlir_schedules.plain_families:hyperbolic_tangent", "a falling tanh"),
        *(
            Declaration(name, f"emlir_schedules.eml_families:{name}", text)
            for name, text in _EML.items()
        ),
    ]


@hookimpl
def emlir_commands() -> Declarations:
    return [
        Declaration(
            "schedule",
            "emlir_schedules.command:schedule_command",
            "learning-rate schedules: show, prove, lint, match, compare",
        )
    ]
