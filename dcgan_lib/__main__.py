"""`python -m dcgan_lib train | sample | evaluate | info`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from tqdm.auto import tqdm

from dcgan_lib import commands
from dcgan_lib.files import CourseError, atomic_path
from dcgan_lib.settings import PROFILES, get_settings

HELP = """Train a DCGAN on cropped faces, and generate faces that nobody has.

\b
  python data_scripts/collect_faces.py orl
  python data_scripts/crop_faces.py data/raw/orl data/faces/orl
  python -m dcgan_lib train data/faces/orl --run runs/orl --profile quick
  python -m dcgan_lib sample runs/orl --count 64 --out generated --grid grid.png

Every command explains itself with --help. Exit codes: 0 done, 1 failed, 2 wrong usage,
130 interrupted. --debug shows the traceback of an error.
"""

app = typer.Typer(help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None)

Run = Annotated[Path, typer.Argument(help="The run's folder.", show_default=False)]
Faces = Annotated[Path, typer.Argument(help="Folder of cropped faces.", show_default=False)]


@app.command()
def train(
    faces: Faces,
    run: Annotated[
        Path, typer.Option("--run", help="Folder of the run, made here.", show_default=False)
    ],
    profile: Annotated[
        str | None,
        typer.Option(
            help=f"One of {', '.join(PROFILES)}. By default $DCGAN_PROFILE, or quick.",
            show_default=False,
        ),
    ] = None,
    changes: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="KEY=VALUE", help="Change one setting; may be repeated."),
    ] = None,
    sample_every: Annotated[
        int | None, typer.Option(help="Epochs between two grids.", show_default=False)
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in this folder.")
    ] = False,
) -> None:
    """Train on a folder of faces.

    The run's folder gets history.csv, losses.png, d_outputs.png, a grid of faces from one fixed
    batch of noise per epoch (samples/), training.gif, checkpoints, TensorBoard's logs and
    generator.keras. Ctrl-C finishes and saves the running epoch; --resume goes on, also after a
    crash, and ends with the same weights.
    """
    values = dict(_key_and_value(change) for change in changes or [])
    if sample_every is not None:
        values["sample_every"] = str(sample_every)
    settings = get_settings(profile, **values)
    commands.import_tensorflow()
    from dcgan_lib.train import train as train_faces

    done = train_faces(faces, run, settings, resume=resume)
    if done.epoch < done.epochs:
        print(f"Stopped after epoch {done.epoch} of {done.epochs}. Go on with --resume.")
        raise typer.Exit(commands.INTERRUPTED)
    print(f"Trained {done.epochs} epochs. Look at:")
    for name in (f"samples/epoch_{done.epoch:04d}.png", "training.gif", "losses.png"):
        if (run / name).exists():
            print(f"  {run / name}")
    print(f"Generate faces: python -m dcgan_lib sample {run} --count 64 --out generated")


@app.command()
def sample(
    run: Run,
    out: Annotated[Path, typer.Option(help="Folder for the faces.", show_default=False)],
    count: Annotated[int, typer.Option(min=1, help="How many faces.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the noise.")] = 0,
    grid: Annotated[
        Path | None, typer.Option(help="Also write all faces as one picture.", show_default=False)
    ] = None,
) -> None:
    """Generate faces as PNG files (RGB, of the run's size) from noise uniform in [-1, 1].

    The moving average of G is used where the run keeps one. The same seed gives the same faces.
    """
    commands.import_tensorflow()
    from PIL import Image, PngImagePlugin

    from dcgan_lib.monitor import generate
    from dcgan_lib.plots import image_grid
    from dcgan_lib.train import draw_noise, load_generator, load_settings

    noise = draw_noise(count, load_settings(run).latent_dim, seed)
    generator = load_generator(run)
    with tqdm(total=count, unit="face") as bar:
        images = generate(generator, noise, each=bar.update)
    mark = PngImagePlugin.PngInfo()
    mark.add_text("Description", "A generated face: nobody looks like this.")
    for index, image in enumerate(images):
        with atomic_path(out / f"face_{index:05d}.png") as path:
            Image.fromarray(image).save(path, pnginfo=mark)
    print(f"{count} faces in {out}")
    if grid:
        with atomic_path(grid) as path:
            Image.fromarray(image_grid(images)).save(path, pnginfo=mark)
        print(f"All of them in one picture: {grid}")


@app.command()
def evaluate(
    run: Run,
    faces: Faces,
    count: Annotated[int, typer.Option(help="How many faces to generate.")] = 500,
    report: Annotated[
        Path | None,
        typer.Option("--json", help="Where to write the figures.", show_default="RUN/report.json"),
    ] = None,
) -> None:
    """Measure generated faces: are they faces, how varied, and are they copies?"""
    commands.import_tensorflow()
    from dcgan_lib.evaluate import evaluate as evaluate_run

    with tqdm(total=count, unit="face") as bar:
        figures = evaluate_run(run, faces, count, each=bar.update).to_dict()
    with atomic_path(report or run / "report.json") as path:
        path.write_text(json.dumps(figures, indent=1), "utf-8")
    for name, value in figures.items():
        print(f"{name:26} {value:.4f}" if isinstance(value, float) else f"{name:26} {value}")


@app.command()
def info() -> None:
    """Show versions, the cascade, the device and memory, and what to do about what is missing."""
    commands.import_tensorflow()
    from dcgan_lib.info import describe

    rows = describe()
    for row in rows:
        print(f"{'ok' if row.ok else '!!'}  {row.what:12} {row.found}")
        if row.mend:
            print(f"    {'':12} → {row.mend}")
    if not all(row.ok for row in rows):
        raise typer.Exit(1)


def _key_and_value(change: str) -> tuple[str, str]:
    key, equals, value = change.partition("=")
    if not equals:
        raise CourseError(
            f"A setting can't be read. Expected KEY=VALUE. Received: {change!r}. "
            "Write, for instance, --set epochs=20."
        )
    return key.strip(), value.strip()


if __name__ == "__main__":
    commands.run(app)
