"""`python -m dcgan_lib publish`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.collect import DATABASES
from dcgan_lib.shared import Run, import_tensorflow, output_file


def publish_command(
    run: Run,
    out: Annotated[
        Path,
        typer.Option(
            help="The page, an HTML file.", callback=output_file(".html"), show_default=False
        ),
    ],
    bits: Annotated[
        int, typer.Option(help="Bits of each weight: 16, or 8 for a page of half the size.")
    ] = 16,
    database: Annotated[
        str | None,
        typer.Option(
            help="What the run was trained on, for credit and licence. By default what the name "
            "of the run's folder begins with.",
            show_default=False,
        ),
    ] = None,
    onnx: Annotated[
        Path | None,
        typer.Option(
            help="Also write the generator as an ONNX file.",
            callback=output_file(".onnx"),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Write one HTML file that makes a new face at each visit, in the visitor's own browser.

    It opens by double click and from any static host; it needs no server and asks nobody for
    anything. Measure the run first (`evaluate`): the page then says how much it copies.
    """
    import_tensorflow()
    from tqdm.auto import tqdm

    from dcgan_lib.publish.onnx_file import write_onnx
    from dcgan_lib.publish.publication import publish
    from dcgan_lib.publish.sliders import SOUGHT

    with tqdm(total=len(SOUGHT), unit="direction") as bar:
        done = publish(run, out, bits, database, each=bar.update)
    if onnx:
        write_onnx(run, onnx)
        print(f"{onnx}: the generator for other programs")
    print(f"{done.path}: {done.size / 1e6:.1f} MB, sliders: {', '.join(done.sliders)}")
    if done.database is None:
        print("The page doesn't say what the run was trained on: name it with --database.")
    else:
        print(f"Trained on {done.database}. Its terms: {DATABASES[done.database].terms}")
    if not (run / "report.json").exists():
        print(f"The page doesn't say how much the run copies: python -m dcgan_lib evaluate {run} …")
