"""``python -m emlir_minimal.compose``: compose the trees of the database again."""

from pathlib import Path

import click

from emlir import emit
from emlir_minimal.compose.rows import ROWS
from emlir_minimal.compose.writer import database


@click.command("compose")
@click.argument("names", nargs=-1, metavar="[ROW]...")
@click.option("--write", type=click.Path(dir_okay=False, path_type=Path), help="The whole file.")
def main(names: tuple[str, ...], write: Path | None) -> None:
    """Print the trees of the rows named, or of all: name, operator, K, tree (RPN)."""
    unknown = [name for name in names if name not in ROWS]
    if unknown:
        raise click.UsageError(f"no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    if write is not None:
        write.write_text(database(), encoding="utf-8")
        return
    for name in names or ROWS:
        row = ROWS[name]
        tree = row.recipe().value
        click.echo(f"{name}  {row.operator}  K = {tree.tree_size}\n  {emit(tree, 'rpn')}")


if __name__ == "__main__":
    main()
