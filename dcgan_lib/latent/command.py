"""`python -m dcgan_lib latent …`: walks, sums and directions of a trained run (chapter 09)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dcgan_lib.shared import CourseError, import_tensorflow, output_file

if TYPE_CHECKING:
    import keras
    import numpy as np
    from matplotlib.figure import Figure

    from dcgan_lib.settings import Settings

HELP = """See what lives in the noise z of a trained generator.

\b
  python -m dcgan_lib sample runs/orl --seed 0 --count 64 --out generated --grid grid.png
  python -m dcgan_lib latent walk runs/orl --out walk.gif
  python -m dcgan_lib latent grid runs/orl --faces 0,3,9,12 --out grid.png
  python -m dcgan_lib latent arithmetic runs/orl --plus 0,1,2 --minus 3,4,5 --plus2 6,7,8 \\
    --out sum.png

Faces are named by their numbers: of one seed, face 3 here is face_00003.png of `sample`, or the
fourth of its grid, row by row. Lists are written with commas.
"""

latent_app = typer.Typer(
    help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None
)

Run = Annotated[Path, typer.Argument(help="The run's folder.", show_default=False)]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the noise, as for sample.")]
Out = Annotated[
    Path,
    typer.Option(
        help="The picture to write, as PNG.", callback=output_file(".png"), show_default=False
    ),
]


@latent_app.command("walk")
def walk_command(
    run: Run,
    out: Annotated[
        Path,
        typer.Option(
            help="The film to write, .gif.", callback=output_file(".gif"), show_default=False
        ),
    ],
    mp4: Annotated[
        Path | None,
        typer.Option(
            help="Also write it as .mp4.", callback=output_file(".mp4"), show_default=False
        ),
    ] = None,
    seed: Seed = 0,
    stops: Annotated[int, typer.Option(min=2, help="Faces to pass: 0, 1, 2, …")] = 6,
    frames: Annotated[int, typer.Option(min=2, help="Frames of the whole way.")] = 96,
) -> None:
    """Film a walk from face to face and back to the first, along arcs of equal angle."""
    settings, generator = _load(run)
    from dcgan_lib.latent.walks import walk_points
    from dcgan_lib.shared import write_gif, write_mp4

    points = walk_points(_noise(settings, stops, seed), frames)
    images = _generate(generator, points)
    write_gif(images, out)
    print(f"{frames} frames past {stops} faces: {out}")
    if mp4:
        write_mp4(images, mp4)
        print(f"The same as a film: {mp4}")


@latent_app.command("grid")
def grid_command(
    run: Run,
    out: Out,
    faces: Annotated[
        str,
        typer.Option(metavar="N,N,N,N", help="Top left, top right, bottom left, bottom right."),
    ] = "0,1,2,3",
    seed: Seed = 0,
    side: Annotated[int, typer.Option(min=2, help="Faces along an edge.")] = 7,
) -> None:
    """Draw the faces between four."""
    rows = _numbers("--faces", faces)
    settings, generator = _load(run)
    from dcgan_lib.latent.plots import draw_square

    z = _noise(settings, max(rows) + 1, seed)
    _save(draw_square(generator, z[rows], side), out)


@latent_app.command("arithmetic")
def arithmetic_command(
    run: Run,
    plus: Annotated[str, typer.Option(metavar="N,N,…", help="Faces that show it, 3 or more.")],
    minus: Annotated[str, typer.Option(metavar="N,N,…", help="Faces like them that don't.")],
    plus2: Annotated[str, typer.Option(metavar="N,N,…", help="Faces of whoever shall get it.")],
    out: Out,
    seed: Seed = 0,
) -> None:
    """Add and subtract faces: smiling women - women + men (Radford et al. 2015, figure 7).

    The means of z of at least three faces each are added. The picture shows the faces, their
    means and the sum, with eight neighbours whose z differ by a little noise.
    """
    options = {"--plus": plus, "--minus": minus, "--plus2": plus2}
    concepts = [_numbers(name, text) for name, text in options.items()]
    settings, generator = _load(run)
    from dcgan_lib.latent.plots import draw_arithmetic

    z = _noise(settings, max(map(max, concepts)) + 1, seed)
    titles = ("plus", "minus", "plus")
    figure = draw_arithmetic(generator, z, concepts, titles, seed=seed, noise=settings.noise)
    _save(figure, out)


@latent_app.command("components")
def components_command(
    run: Run,
    out: Out,
    count: Annotated[int, typer.Option(min=1, help="How many components.")] = 6,
    face: Annotated[int, typer.Option(min=0, help="Number of the face to move.")] = 0,
    seed: Seed = 0,
) -> None:
    """Move a face along the principal directions of G's first layer (Härkönen et al. 2020)."""
    settings, generator = _load(run)
    from dcgan_lib.latent.directions import principal_directions
    from dcgan_lib.latent.plots import draw_components

    many = _noise(settings, 10 * settings.latent_dim, seed + 1)
    found = principal_directions(generator, many, count)
    z = _noise(settings, face + 1, seed)[face]
    _save(draw_components(generator, found, z, count, noise=settings.noise), out)


@latent_app.command("directions")
def directions_command(
    run: Run,
    out: Out,
    attribute: Annotated[
        list[str] | None,
        typer.Option(help="What to look for; may be repeated. By default smile and glasses."),
    ] = None,
    count: Annotated[int, typer.Option(min=30, help="Faces to learn from, and to test on.")] = 300,
    strength: Annotated[float, typer.Option(min=0, help="How far z is moved.")] = 2.0,
    seed: Seed = 0,
) -> None:
    """Find directions from measured attributes, and measure how often they do what they say.

    Attributes: smile, glasses, plain_eyes, brightness, contrast, symmetry, hair, background. A
    third of the faces, those that show the attribute least, are moved; who comes to the third
    that shows it most has changed. Random directions of the same length are the control.
    """
    from tqdm.auto import tqdm

    settings, generator = _load(run)
    from dcgan_lib.latent.directions import direction_success, find_direction
    from dcgan_lib.latent.plots import draw_success

    learn, test = (_noise(settings, count, seed + which) for which in (1, 2))
    names, results = attribute or ["smile", "glasses"], []
    for name in tqdm(names, unit="attribute"):
        way = find_direction(generator, learn, name)
        results.append(
            direction_success(generator, way, name, test, strength, seed, settings.noise)
        )
    print(f"{'share of faces':16} {'changed':>18} {'and the same':>18} {'at random':>18}")
    for one in results:
        shares = (one.along.changed, one.along.changed_same, one.at_random.changed_same)
        text = (f"{share:.2f} [{low:.2f}, {high:.2f}]" for share, low, high in shares)
        print(f"{one.attribute:16}", *(f"{part:>18}" for part in text))
    _save(draw_success(results), out)


@latent_app.command("invert")
def invert_command(
    run: Run,
    photo: Annotated[
        Path, typer.Argument(help="Any photograph with a face, or a crop.", show_default=False)
    ],
    out: Out,
    steps: Annotated[int, typer.Option(min=1, help="Updates of z.")] = 300,
    seed: Seed = 0,
) -> None:
    """Find the z of a photograph, and draw what G makes of it beside what is left over.

    The face is cut out as crop_faces does it; a picture of G's own size is taken as it is.
    """
    from tqdm.auto import tqdm

    settings, generator = _load(run)
    from dcgan_lib.latent.inversion import encode, invert, train_encoder
    from dcgan_lib.latent.plots import draw_inversion

    face = _cropped(photo, settings.image_size)[None]
    with tqdm(total=3 * steps, unit="step") as bar:
        encoder = train_encoder(generator, settings, steps, each=bar.update)
        guess = encode(encoder, generator, face)
        options = {"seed": seed, "noise": settings.noise, "each": bar.update}
        searched = invert(generator, face, steps, **options)
        both = invert(generator, face, steps, start=guess.z, **options)
    found = {"encoder": guess, "search": searched, "encoder, search": both}
    for name, one in found.items():
        print(f"{name:18} left over {one.residuals[0]:.3f} (root mean square, white - black = 1)")
    _save(draw_inversion(face, found), out)


def _load(run: Path) -> tuple[Settings, keras.Model]:
    import_tensorflow()
    from dcgan_lib.train import load_generator, load_settings

    return load_settings(run), load_generator(run)


def _noise(settings: Settings, count: int, seed: int) -> np.ndarray:
    from dcgan_lib.train import draw_noise

    return draw_noise(count, settings.latent_dim, seed, settings.noise)


def _generate(generator: keras.Model, z: np.ndarray) -> np.ndarray:
    from tqdm.auto import tqdm

    from dcgan_lib.train import generate

    with tqdm(total=len(z), unit="face") as bar:
        return generate(generator, z, each=bar.update)


def _save(figure: Figure, out: Path) -> None:
    from dcgan_lib.shared import write_png

    write_png(figure, out)
    print(f"Look at {out}")


def _numbers(option: str, text: str) -> list[int]:
    try:
        return [_face_number(part) for part in text.split(",")]
    except ValueError:
        raise CourseError(
            f"The faces of {option} can't be read. Expected their numbers from 0 to 9999 with "
            f"commas between. Received: {text!r}. Write, for instance, {option} 3,8,12."
        ) from None


def _face_number(text: str) -> int:
    number = int(text)
    if not 0 <= number < 10_000:
        raise ValueError(text)
    return number


def _cropped(photo: Path, size: int) -> np.ndarray:
    """The face of any photograph, uint8 (size, size, 3), as chapter 02 crops it."""
    from dcgan_lib.crop import CropSettings, UnreadablePhoto, crop_photo, read_photo

    try:
        picture = read_photo(photo)
    except (UnreadablePhoto, OSError) as error:
        reason = str(error) if photo.is_file() else "there is no such file"
        raise CourseError(
            "This photograph can't be read. Expected a picture with a face, such as a JPEG or PNG "
            f"file. Received: {photo}: {reason}. Check the path, or choose another photograph."
        ) from None
    if picture.shape[:2] == (size, size):
        return picture
    with tempfile.TemporaryDirectory() as folder:
        (row,) = crop_photo(
            photo.parent, Path(folder), CropSettings(size=size), photo.name, "face.png"
        )
        if row.decision == "kept":
            return read_photo(Path(folder) / "face.png")
    raise CourseError(
        f"No face could be cut out. Expected a photograph with an upright, sharp face from the "
        f"front. Received: {photo}, {' '.join(filter(None, (row.decision, row.detail)))}. "
        "Choose another photograph."
    )
