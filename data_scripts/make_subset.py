"""Copy a reproducible, group-balanced part of a face set: the shell's way to dcgan_lib.subset."""

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.commands import run
from dcgan_lib.subset import copy_subset

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def make_subset(
    src: Annotated[
        Path, typer.Argument(metavar="SRC", help="Folder of pictures; subfolders are groups.")
    ],
    dst: Annotated[Path, typer.Argument(metavar="DST", help="New folder for the subset.")],
    count: Annotated[int, typer.Option(help="How many pictures.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same pictures.")] = 0,
) -> None:
    """Copy COUNT pictures of SRC to DST, as evenly over the groups as can be.

    Where SRC is a face set, its manifest's rows come along.

    Example: python data_scripts/make_subset.py data/faces/orl data/faces/orl-100 --count 100
    """
    names = copy_subset(src, dst, count, seed)
    groups = {name.rpartition("/")[0] for name in names}
    print(f"{len(names):,} pictures of {len(groups):,} groups in {dst}")
    print(f"Next: python -m dcgan_lib train {dst} --run runs/{dst.resolve().name}")


if __name__ == "__main__":
    run(app)
