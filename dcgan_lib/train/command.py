"""`python -m dcgan_lib train | sample`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.settings import PROFILES, change_settings, get_settings
from dcgan_lib.shared import (
    INTERRUPTED,
    CourseError,
    Faces,
    Run,
    import_tensorflow,
    output_file,
    output_folder,
)


def train_command(
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
        bool, typer.Option("--resume", help="Go on with the run in this folder, as it was started.")
    ] = False,
    strategy: Annotated[
        str | None,
        typer.Option(
            help="mirrored: share each batch among this machine's devices. multiworker: among "
            "the processes that $TF_CONFIG lists.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Train on a folder of faces.

    The run's folder gets history.csv, losses.png, d_outputs.png, a grid of faces from one fixed
    batch of noise per epoch (samples/), training.gif, checkpoints, TensorBoard's logs and
    generator.keras with its model_card.md. Ctrl-C finishes and saves the running epoch; --resume
    goes on with the run's own settings, also after a crash, and ends with the same weights.
    """
    values = dict(_key_and_value(change) for change in changes or [])
    if sample_every is not None:
        values["sample_every"] = str(sample_every)
    import_tensorflow()
    from dcgan_lib.train.grids import find_grids
    from dcgan_lib.train.run import is_run, load_settings
    from dcgan_lib.train.training import train

    if resume and profile is None and is_run(run):
        settings = change_settings(load_settings(run), **values)
    else:
        settings = change_settings(get_settings(profile), **values)
    done = train(faces, run, settings, resume=resume, strategy=strategy)
    if done.epoch < done.epochs:
        print(f"Stopped after epoch {done.epoch} of {done.epochs}. Go on with --resume.")
        raise typer.Exit(INTERRUPTED)
    print(f"Trained {done.epochs} epochs. Look at:")
    pictures = [*list(find_grids(run).values())[-1:], run / "training.gif", run / "losses.png"]
    for path in filter(Path.exists, pictures):
        print(f"  {path}")
    print(f"Generate faces: python -m dcgan_lib sample {run} --count 64 --out generated")


def sample_command(
    run: Run,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the faces.", callback=output_folder, show_default=False),
    ],
    count: Annotated[int, typer.Option(min=1, help="How many faces.")] = 64,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the noise.")] = 0,
    grid: Annotated[
        Path | None,
        typer.Option(
            help="Also write all faces as one picture.",
            callback=output_file(".png"),
            show_default=False,
        ),
    ] = None,
) -> None:
    """Generate faces as PNG files (RGB, of the run's size) from noise uniform in [-1, 1].

    The moving average of G is used where the run keeps one. The same seed gives the same faces.
    """
    import_tensorflow()
    from tqdm.auto import tqdm

    from dcgan_lib.shared import image_grid, write_png
    from dcgan_lib.train.run import load_generator, load_settings
    from dcgan_lib.train.sample import draw_noise, generate

    settings = load_settings(run)
    noise = draw_noise(count, settings.latent_dim, seed, settings.noise)
    generator = load_generator(run)
    with tqdm(total=count, unit="face") as bar:
        images = generate(generator, noise, each=bar.update)
    for index, image in enumerate(images):
        write_png(image, out / f"face_{index:05d}.png")
    print(f"{count} faces in {out}")
    if grid:
        write_png(image_grid(images), grid)
        print(f"All of them in one picture: {grid}")


def _key_and_value(change: str) -> tuple[str, str]:
    key, equals, value = change.partition("=")
    if not equals:
        raise CourseError(
            f"A setting can't be read. Expected KEY=VALUE. Received: {change!r}. "
            "Write, for instance, --set epochs=20."
        )
    return key.strip(), value.strip()
