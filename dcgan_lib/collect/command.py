"""`python -m dcgan_lib collect`, and data_scripts/collect_faces.py."""

from __future__ import annotations

import shlex
import shutil
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.collect.databases import DATABASES
from dcgan_lib.shared import summary


def collect_command(
    name: Annotated[str | None, typer.Argument(help="The database.", show_default=False)] = None,
    accept_terms: Annotated[
        bool, typer.Option("--accept-terms", help="You have read its terms and agree to them.")
    ] = False,
    source: Annotated[
        Path | None,
        typer.Option(
            "--from",
            exists=True,
            metavar="ARCHIVE_OR_FOLDER",
            help="Photographs that you have already: an archive, or a folder.",
        ),
    ] = None,
    data_dir: Annotated[Path, typer.Option(help="The course's folder for data.")] = Path("data"),
    show: Annotated[
        bool, typer.Option("--list", help="Show the databases and their terms, and stop.")
    ] = False,
) -> None:
    """Put the photographs of a face database under DATA_DIR/raw/NAME.

    NAME is one of those that --list shows. orl comes with the course: 400 portraits, no download.
    The others are downloaded once, checked against their published checksum, and unpacked;
    a download that was interrupted goes on where it stopped.

    \b
      python -m dcgan_lib collect orl
      python -m dcgan_lib collect lfw --accept-terms
      python -m dcgan_lib collect celeba --accept-terms --from img_align_celeba.zip
      python -m dcgan_lib collect folder --from ~/Pictures/family

    folder copies your own photographs and changes nothing of yours. A folder too large to copy
    needs no collecting: give it to `python -m dcgan_lib crop` as it is.

    Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
    """
    if show:
        print(_table(shutil.get_terminal_size((100, 24)).columns))
        return
    from dcgan_lib.collect.collection import (
        collect,
        count_photographs,
        require_acceptance,
        what_was_left_out,
    )

    _check_usage(name, source)
    database = DATABASES[name]
    require_acceptance(database, accept_terms)
    print(f"{database.title} ({database.licence}).\n{textwrap.fill(database.terms, 100)}")
    folder = collect(name, data_dir, accept_terms=accept_terms, source=source)
    faces = data_dir / "faces" / name
    command = shlex.join(["python", "-m", "dcgan_lib", "crop", str(folder), str(faces)])
    print(f"{count_photographs(folder):,} photographs are in {folder}")
    if left_out := what_was_left_out(folder):
        print(f"Left out: {summary(left_out)}")
    print(f"Next: {command}")


def _check_usage(name: str | None, source: Path | None) -> None:
    if name not in DATABASES:
        received = "nothing" if name is None else repr(name)
        raise typer.BadParameter(
            f"expected one of {', '.join(DATABASES)}; received {received}. "
            "--list says what they are.",
            param_hint="NAME",
        )
    if name == "folder" and source is None:
        raise typer.BadParameter(
            "folder needs the place of your photographs: folder --from ARCHIVE_OR_FOLDER.",
            param_hint="--from",
        )


def _table(width: int) -> str:
    """The databases as a table, each with its title and terms below it."""
    indent = " " * 4
    lines = [f"{'NAME':<17}{'PHOTOS':>7}  {'DOWNLOAD':<18}LICENCE"]
    for database in DATABASES.values():
        count = "varies" if database.count is None else f"{database.count:,}"
        ask = " Needs --accept-terms." if database.ask else ""
        text = f"{database.title}. {database.terms}{ask}"
        lines.append(f"\n{database.name:<17}{count:>7}  {database.size:<18}{database.licence}")
        lines += textwrap.wrap(
            text,
            max(50, min(width, 100)),
            initial_indent=indent,
            subsequent_indent=indent,
            break_on_hyphens=False,
            break_long_words=False,
        )
    return "\n".join(lines)
