"""A run as a page that anybody can open (chapter 11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dcgan_lib.publish import facts
from dcgan_lib.publish.html import build_page
from dcgan_lib.publish.packing import pack
from dcgan_lib.publish.sliders import Slider, find_sliders
from dcgan_lib.publish.stamps import Stamp, fold_generator
from dcgan_lib.settings import Settings
from dcgan_lib.shared import atomic_path
from dcgan_lib.train import load_generator, load_settings

DIGITS = 4  # of a direction's numbers
NAMED = "Each slider pushes along a direction in which more faces changed so than by chance."
UNNAMED = " Numbered directions are those in which faces differ most; nobody named them."


@dataclass(frozen=True)
class Published:
    """What ``publish`` has written.

    Attributes:
        path: the page.
        size: its bytes.
        database: whose credit it bears; None where that isn't known.
        sliders: their titles.
    """

    path: Path
    size: int
    database: str | None
    sliders: list[str]


def publish(
    run: str | Path,
    out: str | Path,
    bits: int = 16,
    database: str | None = None,
    each: Callable[[int], object] = lambda n: None,
) -> Published:
    """Write a run's page: one HTML file that makes a new face at each visit.

    It opens by double click and from any host, and asks nobody for anything.

    Args:
        run: folder of the run.
        out: the file, such as ``face.html``.
        bits: 16 or 8, of each weight.
        database: what the run was trained on, a key of ``DATABASES``; by default the one that
            the name of the run's folder begins with.
        each: called with 1 after every direction that is looked for.

    Raises:
        CourseError: no such run or database, other bits, or a layer that the engine doesn't know.
        OSError: the file can't be written.
    """
    settings, generator = load_settings(run), load_generator(run)
    database = facts.database_of(run, database)
    stamps = fold_generator(generator)
    packed = pack(stamps, bits)
    sliders = find_sliders(generator, settings, each)
    data = {
        "packed": packed,
        "latent": settings.latent_dim,
        "noise": settings.noise,
        "side": stamps[-1].side,
        "sliders": [_plain(slider) for slider in sliders],
    }
    page = build_page(data, _texts(run, settings, stamps, bits, database, sliders))
    with atomic_path(out) as path:
        path.write_text(page, "utf-8")
    titles = [slider.title for slider in sliders]
    return Published(Path(out), len(page.encode()), database, titles)


def _plain(slider: Slider) -> dict[str, object]:
    rounded = np.round(slider.direction.astype(np.float64), DIGITS).tolist()
    return {"title": slider.title, "less": slider.less, "more": slider.more, "direction": rounded}


def _texts(
    run: str | Path,
    settings: Settings,
    stamps: list[Stamp],
    bits: int,
    database: str | None,
    sliders: list[Slider],
) -> dict[str, str]:
    numbered = any(not slider.more for slider in sliders)
    named = any(slider.more for slider in sliders)
    return {
        "count": f"{facts.training_count(run):,}",
        "weights": f"{sum(stamp.kernel.size + stamp.bias.size for stamp in stamps):,}",
        "latent": str(settings.latent_dim),
        "sliders_note": (NAMED * named + UNNAMED * numbered).strip(),
        "photographs": facts.photographs(run, database),
        "copies": facts.copies(run),
        "how": facts.how_made(run, bits),
    }
