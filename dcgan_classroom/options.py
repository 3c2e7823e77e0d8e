"""Options of the classroom's commands: several chapters after one ``--chapters``."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer
from typer.core import TyperCommand

CHAPTERS = "--chapters"
Chapters = Annotated[
    list[str] | None,
    typer.Option(CHAPTERS, metavar="02 04 …", help="Some chapters.", show_default="all"),
]
Notebooks = Annotated[Path, typer.Option("--notebooks", help="Folder of the solved chapters.")]
Zip = Annotated[bool, typer.Option("--zip", help="Pack the notebooks into notebooks.zip as well.")]


class WithChapters(TyperCommand):
    """A command whose ``--chapters 02 04`` takes all chapters that follow it.

    Use: ``@app.command(cls=WithChapters)``, and ``chapters: Chapters = None``.
    """

    def parse_args(self, ctx: object, args: list[str]) -> list[str]:
        """Write the option again before each chapter, as the parser wants it."""
        return super().parse_args(ctx, repeat_option(args))


def repeat_option(arguments: list[str]) -> list[str]:
    """``--chapters 02 04`` as ``--chapters 02 --chapters 04``; everything else as it is."""
    repeated: list[str] = []
    after_option = False
    for argument in arguments:
        if argument == CHAPTERS:
            after_option = True
        elif after_option and re.fullmatch(r"\d\d(_\w+)?(\.ipynb)?", argument):
            repeated += [CHAPTERS, argument]
        else:
            if after_option and _names_none(repeated):
                repeated.append(CHAPTERS)
            after_option = False
            repeated.append(argument)
    return [*repeated, CHAPTERS] if after_option and _names_none(repeated) else repeated


def _names_none(repeated: list[str]) -> bool:
    """Whether nothing that looks like a chapter followed the option."""
    return repeated[-2:-1] != [CHAPTERS]
