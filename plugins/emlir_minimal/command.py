"""``emlir minimal``: the shortest known EML tree of a formula."""

import click


@click.command("minimal")
@click.argument("text")
def minimal_command(text: str) -> None:
    """Search the shortest tree of eml, 1 and symbols that equals TEXT."""
    raise click.ClickException("the search is not there yet")
