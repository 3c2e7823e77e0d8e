"""`python -m dcgan_lib learn-motion` and `animate`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from dcgan_lib.shared import CourseError, Faces, import_tensorflow

MARK = "Generated film: this person never moved like this."
CONSENT = (
    "Animate only faces that nobody has, and people who said yes to this film. "
    "Leave its mark on wherever you show it."
)
SUFFIXES = (".gif", ".mp4")


def learn_motion_command(
    faces: Faces,
    run: Annotated[Path, typer.Option(help="The run's folder.", show_default=False)],
    profile: Annotated[
        str | None, typer.Option(help="tiny, quick, …, as for train.", show_default="quick")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the run.")] = 0,
) -> None:
    """Learn to move faces from a folder for each person, with some photographs of each.

    A run that was killed goes on when the same line is given again.
    """
    import_tensorflow()
    from tqdm.auto import tqdm

    from dcgan_lib.beyond.animate.learning import learn_motion
    from dcgan_lib.beyond.animate.settings import motion_settings
    from dcgan_lib.settings import get_settings

    settings = motion_settings(get_settings(profile, seed=seed))
    with tqdm(total=settings.epochs, unit="epoch") as bar:

        def show(losses: dict[str, float]) -> None:
            bar.set_postfix_str(f"reconstruction={losses['reconstruction']:.3f}", refresh=False)
            bar.update()

        learn_motion(faces, run, settings, show)
    print(f"{run}: look at its samples, then animate a portrait with --run {run}")


def animate_command(
    portrait: Annotated[
        Path, typer.Argument(help="A photograph, or a generated face.", show_default=False)
    ],
    driver: Annotated[
        str,
        typer.Option(
            help="Who shows the motion: a folder of photographs of one person, a film, or "
            "camera. The first picture should have the portrait's pose.",
            show_default=False,
        ),
    ],
    out: Annotated[Path, typer.Option(help="The film, .gif or .mp4.", show_default=False)],
    run: Annotated[
        Path | None,
        typer.Option(
            help="A run of learn-motion. Without one, optical flow moves the portrait.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Move a portrait as somebody else moves, and paste it back into its photograph.

    Consent comes first: animate faces that nobody has (generated ones), and people who agreed to
    this film. Every film carries its mark, in the picture and in the file's metadata.
    """
    if out.suffix.lower() not in SUFFIXES:
        raise CourseError(
            f"This film can't be written. Expected a name that ends in {' or '.join(SUFFIXES)}. "
            f"Received: {out.name}. Choose another --out."
        )
    animator = None
    if run:
        import_tensorflow()
        from dcgan_lib.beyond.animate.learning import load_animator

        animator = load_animator(run)
    from dcgan_lib.beyond.animate.driving import driver_faces
    from dcgan_lib.beyond.animate.portrait import read_portrait

    size = animator.settings.image_size if animator else 64
    still = read_portrait(portrait, size)
    faces, film = driver_faces(driver, size)
    count = _write(out, animator, still, faces, film)
    print(f"{count} frames: {out}\n{CONSENT}")


def _write(out: Path, animator, still, faces, film: bool) -> int:
    import numpy as np
    from tqdm.auto import tqdm

    from dcgan_lib.beyond.animate.driving import (
        RATE,
        follow_by_animator,
        follow_by_flow,
        frame_count,
    )
    from dcgan_lib.shared import with_caption, write_gif, write_mp4

    count = frame_count(faces, film)
    with tqdm(total=count, unit="frame") as bar:
        if animator:
            frames = follow_by_animator(animator, still, faces, film, bar.update)
        else:
            frames = follow_by_flow(still, faces, film, bar.update)
        marked = (with_caption(frame, MARK) for frame in frames)
        if out.suffix.lower() == ".gif":
            write_gif(marked, out, RATE, mark=MARK)
        else:
            write_mp4(np.stack(list(marked)), out, RATE, mark=MARK)
    return count
