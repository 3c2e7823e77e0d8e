"""The report as one HTML page that needs nothing else: no network, no other file (chapter 08)."""

from __future__ import annotations

import base64
from html import escape
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from PIL import Image

from dcgan_lib.evaluate.comparison import FaceSets
from dcgan_lib.evaluate.distances import nearest, nearest_distances
from dcgan_lib.evaluate.face_report import Report
from dcgan_lib.evaluate.plots import (
    draw_closest,
    draw_levels,
    draw_nearest,
    draw_overlap,
    plot_checkpoints,
)
from dcgan_lib.evaluate.readings import report_conditions, report_lines
from dcgan_lib.shared import (
    MARK,
    PAGE_COLOURS,
    atomic_path,
    image_grid,
    png_bytes,
)

SHOWN = 64  # generated faces in the grid: the first ones, unselected
DPI = 150

STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 60rem;
       margin: 0 auto; padding: 1rem; }
h1 { line-height: 1.2; overflow-wrap: anywhere; }
img { max-width: 100%; height: auto; display: block; }
figure { margin: 0; }
figcaption, .notes, small { color: var(--grey); font-size: 0.875rem; }
.faces img { width: 36rem; border: 3px solid var(--generated); }
.pictures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(22rem, 100%), 1fr));
            gap: 1.5rem; align-items: start; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: right; vertical-align: top; padding: 0.4rem 0 0.4rem 0.75rem;
         border-bottom: 1px solid var(--line); }
th:first-child { text-align: left; padding-left: 0; font-weight: 600; }
td { font-variant-numeric: tabular-nums; }
@media (min-width: 40rem) { th:not(:first-child) { min-width: 8rem; } }
small { display: block; font-weight: 400; }
.generated { color: var(--generated-ink); }
.real { color: var(--real); }
"""


def write_page(
    path: str | Path,
    title: str,
    report: Report,
    sets: FaceSets,
    checkpoints: pd.DataFrame | None = None,
) -> None:
    """Write the report as a page.

    Args:
        path: the file, such as ``RUN/report.html``.
        title: of the page, such as the run's name.
        report: figures of ``sets``.
        sets: what was compared.
        checkpoints: as ``evaluate_checkpoints`` gives it, for curves over the epochs.

    Raises:
        OSError: the file can't be written.
    """
    with atomic_path(path) as part:
        part.write_text(report_page(title, report, sets, checkpoints), "utf-8")


def report_page(
    title: str, report: Report, sets: FaceSets, checkpoints: pd.DataFrame | None = None
) -> str:
    """The page's HTML; arguments as for ``write_page``."""
    title = escape(title)
    parts = [
        f"<h1>Generated faces of {title}</h1>",
        _faces(sets.generated),
        "<h2>Figures</h2>",
        _table(report),
        _conditions(report),
        "<h2>Copies?</h2>",
        _pictures(_of_copies(sets)),
        "<h2>Beside photographs</h2>",
        _pictures(_of_distances(report)),
    ]
    if checkpoints is not None:
        parts += ["<h2>Over the epochs</h2>", _pictures(plot_checkpoints(checkpoints))]
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>Generated faces of {title}</title><style>{PAGE_COLOURS}{STYLE}</style></head>\n"
        "<body>\n" + "\n".join(parts) + "\n</body></html>\n"
    )


def _faces(generated: np.ndarray) -> str:
    grid = Image.fromarray(image_grid(generated[:SHOWN]))
    grid = grid.resize((2 * grid.width, 2 * grid.height), Image.Resampling.BICUBIC)
    picture = _image(png_bytes(np.asarray(grid)), "A grid of generated faces")
    caption = f"{MARK} The first {len(generated[:SHOWN])}, unselected."
    return f'<figure class="faces">{picture}<figcaption>{caption}</figcaption></figure>'


def _table(report: Report) -> str:
    lines = [
        f'<tr><th scope="row">{escape(line.reading.title)}<small>{escape(line.reading.sentence)} '
        f"Better: {escape(line.reading.better)}.</small></th>"
        f"<td>{line.generated}</td><td>{line.photographs}</td></tr>"
        for line in report_lines(report)
    ]
    return (
        '<table><thead><tr><th>Figure</th><th class="generated">generated</th>'
        '<th class="real">photo&shy;graphs</th></tr></thead>'
        f"<tbody>{''.join(lines)}</tbody></table>"
    )


def _conditions(report: Report) -> str:
    lines = "".join(f"<li>{escape(text)}</li>" for text in report_conditions(report))
    return f'<ul class="notes">{lines}</ul>'


def _of_copies(sets: FaceSets) -> dict[str, Figure]:
    distances, places = nearest(sets.generated, sets.training)
    held_out = np.zeros(0)
    if len(sets.held_out):
        held_out = nearest_distances(sets.held_out, sets.training)
    return {
        "Distances to the nearest training face": draw_nearest(distances, held_out),
        "The closest pairs": draw_closest(sets.generated, sets.training, distances, places),
    }


def _of_distances(report: Report) -> dict[str, Figure]:
    figures = {"Sliced Wasserstein distance by level": draw_levels(report)}
    return figures if report.precision is None else figures | {"Overlap": draw_overlap(report)}


def _pictures(figures: dict[str, Figure]) -> str:
    return f'<div class="pictures">{"".join(map(_figure, figures.values(), figures))}</div>'


def _figure(figure: Figure, name: str) -> str:
    return f"<figure>{_image(png_bytes(figure, dpi=DPI), name)}</figure>"


def _image(png: bytes, alt: str) -> str:
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{base64.b64encode(png).decode()}">'
