"""`python -m dcgan_course site`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib import PROFILES, get_settings
from dcgan_lib.shared import import_tensorflow


def site_command(
    out: Annotated[Path, typer.Argument(help="Folder to write to.", show_default=False)],
    course: Annotated[Path, typer.Option(help="The chapters as `run` has run them.")] = Path(
        "build/course"
    ),
    release: Annotated[
        Path, typer.Option(help="Their students' versions, of `python -m dcgan_classroom release`.")
    ] = Path("build/release"),
    profile: Annotated[
        str | None, typer.Option(help=f"One of {', '.join(PROFILES)}.", show_default="quick")
    ] = None,
    data_dir: Annotated[Path, typer.Option(help="Folder for photographs and faces.")] = Path(
        "data"
    ),
    run_dir: Annotated[Path, typer.Option(help="Folder for runs.")] = Path("runs"),
    student: Annotated[
        bool, typer.Option("--student", help="Leave out solutions and model answers.")
    ] = False,
) -> None:
    """Build the course's site from its chapters as they were run, and from docs/."""
    import_tensorflow()
    from dcgan_course.prepare import run_folder, set_name
    from dcgan_course.site.building import build_site
    from dcgan_course.site.sources import Made

    settings = get_settings(profile)
    run = run_folder(run_dir, settings)
    made = Made(course, release, run, data_dir / "faces" / set_name(settings))
    index = build_site(made, out, solved=not student)
    print(f"{index}\nTo look at it with its search: python -m http.server --directory {out}")
