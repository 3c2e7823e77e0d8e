"""`python -m dcgan_lib style …`: measure a style generator, and film it (chapter 13)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from dcgan_lib.beyond.style.settings import CONFIGURATIONS
from dcgan_lib.settings import PROFILES
from dcgan_lib.shared import import_tensorflow

if TYPE_CHECKING:
    from dcgan_lib.beyond.style.generator import StyleGenerator

HELP = """Compare three style generators that differ in one thing each: plain, T and R.

\b
  python -m dcgan_lib style measure
  python -m dcgan_lib style film --out moving.gif

They aren't trained: whether a picture moves as its source does is a matter of how G is built.
"""

style_app = typer.Typer(
    help=HELP, add_completion=False, no_args_is_help=True, rich_markup_mode=None
)

Profile = Annotated[
    str | None,
    typer.Option(
        help=f"One of {', '.join(PROFILES)}. By default $DCGAN_PROFILE, or quick.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(min=0, help="Seed of the weights and of z.")]


@style_app.command("measure")
def measure_command(
    profile: Profile = None,
    seed: Seed = 0,
    count: Annotated[int, typer.Option(min=1, help="Pictures to measure on.")] = 32,
    pixels: Annotated[float, typer.Option(help="How far detail is followed.")] = 2.0,
) -> None:
    """Print EQ-T and EQ-R in decibels, and how much of the detail follows a move."""
    generators = _build(profile, seed)
    from dcgan_lib.beyond.style.equivariance import measure_rotation, measure_translation
    from dcgan_lib.beyond.style.sticking import measure_sticking
    from dcgan_lib.train import draw_noise

    titles = ("EQ-T", "relative", "ceiling", "EQ-R", "relative", "ceiling", "follows", "stays")
    print(f"{'':8}" + "".join(f"{title:>10}" for title in titles))
    for name, generator in generators.items():
        z = draw_noise(count, generator.settings.latent_dim, seed, "normal")
        found = [measure(generator, z, seed) for measure in (measure_translation, measure_rotation)]
        figures = [value for one in found for value in (one.peak, one.relative, one.ceiling)]
        sticking = measure_sticking(generator, z, pixels)
        shares = f"{sticking.follows:10.2f}{sticking.stays:10.2f}"
        print(f"{name:8}" + "".join(f"{value:10.1f}" for value in figures) + shares)


@style_app.command("film")
def film_command(
    out: Annotated[Path, typer.Option(help="The film to write, .gif.", show_default=False)],
    profile: Profile = None,
    seed: Seed = 0,
    frames: Annotated[int, typer.Option(min=2, help="Frames of the whole way.")] = 48,
    degrees: Annotated[
        float, typer.Option(help="Also turn the source so far, and back again.")
    ] = 0.0,
) -> None:
    """Film a picture of each while its source moves round a circle, with the detail below."""
    generators = _build(profile, seed)
    from dcgan_lib.beyond.style.plots import circle, moving_frames
    from dcgan_lib.shared import write_gif
    from dcgan_lib.train import draw_noise

    width = next(iter(generators.values())).settings.latent_dim
    z = draw_noise(1, width, seed, "normal")[0]
    write_gif(moving_frames(generators, z, circle(frames, degrees=degrees)), out)
    print(f"{frames} frames of {', '.join(generators)}: {out}")


def _build(profile: str | None, seed: int) -> dict[str, StyleGenerator]:
    import_tensorflow()
    from dcgan_lib.beyond.style.generator import build_style_generator
    from dcgan_lib.beyond.style.settings import style_settings

    return {
        name: build_style_generator(style_settings(profile, seed=seed, configuration=name))
        for name in CONFIGURATIONS
    }
