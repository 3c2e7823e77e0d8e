"""Collect face photographs: `python data_scripts/collect_faces.py NAME`."""

from __future__ import annotations

import shlex
import shutil
import sys
import textwrap
from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.collect import collect, count_photographs, require_acceptance
from dcgan_lib.commands import run
from dcgan_lib.databases import DATABASES

HELP = """Put the photographs of a face database under DATA_DIR/raw/NAME.

NAME is one of those that --list shows. orl comes with the course: 400 portraits, no download.
The others are downloaded once, checked against their published checksum, and unpacked;
a download that was interrupted goes on where it stopped.

\b
  python data_scripts/collect_faces.py orl
  python data_scripts/collect_faces.py lfw --accept-terms
  python data_scripts/collect_faces.py celeba --accept-terms --from img_align_celeba.zip
  python data_scripts/collect_faces.py folder --from ~/Pictures/family

folder copies your own photographs and changes nothing of yours. A folder too large to copy
needs no collecting: give it to data_scripts/crop_faces.py as it is.

Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.
"""

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command(help=HELP)
def main(
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
    if show:
        print(table(shutil.get_terminal_size((100, 24)).columns))
        return
    check_usage(name, source)
    database = DATABASES[name]
    require_acceptance(database, accept_terms)
    print(f"{database.title} ({database.licence}).\n{textwrap.fill(database.terms, 100)}")
    folder = collect(name, data_dir, accept_terms=accept_terms, source=source)
    crop = Path(sys.argv[0]).with_name("crop_faces.py")
    command = shlex.join(["python", str(crop), str(folder), str(data_dir / "faces" / name)])
    print(f"{count_photographs(folder):,} photographs are in {folder}\nNext: {command}")


def check_usage(name: str | None, source: Path | None) -> None:
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


def table(width: int) -> str:
    """The databases as a table, each with its title and terms below it."""
    indent = " " * 4
    lines = [f"{'NAME':<17}{'PHOTOS':>7}  {'DOWNLOAD':<18}LICENCE"]
    for database in DATABASES.values():
        count = "varies" if database.count is None else f"{database.count:,}"
        ask = " Needs --accept-terms." if database.ask else ""
        text = f"{database.title}. {database.terms}{ask}"
        lines.append(f"\n{database.name:<17}{count:>7}  {database.size:<18}{database.licence}")
        lines += textwrap.wrap(
            text, max(50, min(width, 100)), initial_indent=indent, subsequent_indent=indent,
            break_on_hyphens=False, break_long_words=False,
        )  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    run(app)
