"""`python -m dcgan_lib rules`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.shared import CourseError, Faces, atomic_path, import_tensorflow, output_folder


def rules_command(
    faces: Faces,
    out: Annotated[
        Path,
        typer.Option(help="Folder of the study.", callback=output_folder, show_default=False),
    ],
    names: Annotated[
        str,
        typer.Option("--rules", help="Names separated by commas; main: guidelines a to e; all."),
    ] = "main",
    seeds: Annotated[int, typer.Option(help="Runs of each; 2 or more give intervals.")] = 5,
    profile: Annotated[
        str | None, typer.Option(help="tiny, or quick.", show_default="quick")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the study in this folder, or add to it.")
    ] = False,
) -> None:
    """Turn the paper's rules one by one, train over several seeds, and measure each.

    Writes results.csv (every run), rules.md (the table), rules.png and faces.png. Ctrl-C keeps
    what was done; --resume goes on, also with further --rules and --seeds.
    """
    if profile not in (None, "tiny", "quick"):
        raise CourseError(
            "There is no study of this profile. Expected tiny or quick, whose small images make "
            f"several seeds affordable. Received: {profile}. Leave out --profile for quick."
        )
    import_tensorflow()
    from tqdm.auto import tqdm

    from dcgan_lib.rules.plots import draw_rule_faces, plot_rules
    from dcgan_lib.rules.rulebook import MAIN, RULES
    from dcgan_lib.rules.study import rule_faces, run_study, study_settings
    from dcgan_lib.rules.table import to_markdown
    from dcgan_lib.shared import write_png

    sets = {"main": MAIN, "all": tuple(RULES)}
    chosen = sets.get(names) or [name.strip() for name in names.split(",")]
    settings = study_settings(profile)
    table = run_study(faces, out, chosen, seeds, settings, resume=resume, report=tqdm.write)
    with atomic_path(out / "rules.md") as path:
        path.write_text(to_markdown(table), "utf-8")
    write_png(plot_rules(table), out / "rules.png", mark="")
    write_png(draw_rule_faces(rule_faces(out, table["rule"].unique())), out / "faces.png")
    print((out / "rules.md").read_text("utf-8"))
    print("Look at:", *(f"  {out / name}" for name in ("rules.png", "faces.png")), sep="\n")
