"""`python -m dcgan_lib evaluate`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.shared import Faces, Run, atomic_path, import_tensorflow, output_file


def evaluate_command(
    run: Run,
    faces: Faces,
    count: Annotated[int, typer.Option(help="How many faces to generate.")] = 500,
    report: Annotated[
        Path | None,
        typer.Option(
            "--json",
            help="Where to write the figures.",
            callback=output_file(".json"),
            show_default="RUN/report.json",
        ),
    ] = None,
    all_checkpoints: Annotated[
        bool, typer.Option("--all-checkpoints", help="Also measure every kept epoch.")
    ] = False,
    fid: Annotated[
        bool, typer.Option("--fid", help="Also FID and KID; downloads InceptionV3 once (88 MB).")
    ] = False,
    inception: Annotated[
        Path | None,
        typer.Option(help="FID and KID with this weights file instead.", show_default=False),
    ] = None,
    reference_fid: Annotated[
        bool, typer.Option("--reference-fid", help="Also FID by torch-fidelity, if installed.")
    ] = False,
) -> None:
    """Measure generated faces: are they faces, how varied, and are they copies?

    Writes RUN/report.json and RUN/report.html, a page with pictures that says how to read each
    figure, and adds the figures to RUN/model_card.md. --all-checkpoints adds curves over the
    epochs; what it has measured it keeps.
    """
    import_tensorflow()
    from tqdm.auto import tqdm

    from dcgan_lib.evaluate.comparison import measure_sets
    from dcgan_lib.evaluate.evaluation import evaluate_checkpoints, load_sets
    from dcgan_lib.evaluate.page import write_page
    from dcgan_lib.evaluate.readings import report_conditions, report_lines
    from dcgan_lib.train import kept_epochs, write_model_card

    with tqdm(total=count, unit="face") as bar:
        sets = load_sets(run, faces, count, each=bar.update)
    weights = inception or ("imagenet" if fid else None)
    figures = measure_sets(sets, inception=weights, reference=reference_fid)
    with atomic_path(report or run / "report.json") as path:
        path.write_text(json.dumps(figures.to_dict(), indent=1), "utf-8")
    table = None
    if all_checkpoints:
        with tqdm(total=len(kept_epochs(run)), unit="epoch") as bar:
            table = evaluate_checkpoints(run, faces, count, each=bar.update)
    write_page(run / "report.html", run.resolve().name, figures, sets, table)
    if (run / "generator.keras").exists():
        write_model_card(run, faces)
    print(f"{'figure':24} {'generated':>15} {'photographs':>15}  better")
    for line in report_lines(figures):
        reading, both = line.reading, f"{line.generated:>15} {line.photographs:>15}"
        print(f"{reading.field:24} {both}  {reading.better:14} {reading.beside}")
    print("", *report_conditions(figures), "", f"How to read them: {run / 'report.html'}", sep="\n")
