"""`python -m dcgan_lib train | sample | evaluate | latent | rules | info`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from tqdm.auto import tqdm

from dcgan_lib import commands
from dcgan_lib.files import CourseError, atomic_path
from dcgan_lib.latent_commands import latent_app
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

app.add_typer(latent_app, name="latent")

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

    settings = load_settings(run)
    noise = draw_noise(count, settings.latent_dim, seed, settings.noise)
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
    figure. --all-checkpoints adds curves over the epochs; what it has measured it keeps.
    """
    commands.import_tensorflow()
    from dcgan_lib.evaluate import evaluate_checkpoints, kept_epochs, load_sets, measure
    from dcgan_lib.report import notes, rows
    from dcgan_lib.report_page import write_page

    with tqdm(total=count, unit="face") as bar:
        sets = load_sets(run, faces, count, each=bar.update)
    weights = inception or ("imagenet" if fid else None)
    figures = measure(*sets, inception=weights, reference=reference_fid)
    with atomic_path(report or run / "report.json") as path:
        path.write_text(json.dumps(figures.to_dict(), indent=1), "utf-8")
    table = None
    if all_checkpoints:
        with tqdm(total=len(kept_epochs(run)), unit="epoch") as bar:
            table = evaluate_checkpoints(run, faces, count, each=bar.update)
    write_page(run / "report.html", run.resolve().name, figures, sets, table)
    print(f"{'figure':24} {'generated':>15} {'photographs':>15}  better")
    for reading, value, beside in rows(figures):
        print(f"{reading.field:24} {value:>15} {beside:>15}  {reading.better:14} {reading.beside}")
    print("", *notes(figures), "", f"How to read them: {run / 'report.html'}", sep="\n")


@app.command()
def rules(
    faces: Faces,
    out: Annotated[Path, typer.Option(help="Folder of the study.", show_default=False)],
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
    commands.import_tensorflow()
    from dcgan_lib.plots.rules import draw_rule_faces, plot_rules, rule_faces
    from dcgan_lib.rules import MAIN, RULES, run_study, study_settings
    from dcgan_lib.rules_table import to_markdown

    sets = {"main": MAIN, "all": tuple(RULES)}
    chosen = sets.get(names) or [name.strip() for name in names.split(",")]
    settings = study_settings(profile)
    table = run_study(faces, out, chosen, seeds, settings, resume=resume, report=tqdm.write)
    with atomic_path(out / "rules.md") as path:
        path.write_text(to_markdown(table), "utf-8")
    shown = rule_faces(out, table["rule"].unique())
    for name, figure in {
        "rules.png": plot_rules(table),
        "faces.png": draw_rule_faces(shown),
    }.items():
        with atomic_path(out / name) as path:
            figure.savefig(path, dpi=120)
    print((out / "rules.md").read_text("utf-8"))
    print("Look at:", *(f"  {out / name}" for name in ("rules.png", "faces.png")), sep="\n")


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
