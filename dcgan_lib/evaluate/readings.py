"""How each figure of a report is read, and the table of them all (chapter 08)."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from dcgan_lib.evaluate.face_report import Report


@dataclass(frozen=True)
class Reading:
    """How a figure of a report is read.

    Attributes:
        field: of ``Report``, about generated faces.
        beside: the field to read it beside, about photographs; "" where it stands alone.
        better: which side is better.
        title: in words.
        sentence: what it says and what it doesn't.
    """

    field: str
    beside: str
    better: str
    title: str
    sentence: str


ALIKE = "near the other"
READINGS = (
    Reading(
        "haar_acceptance",
        "haar_acceptance_held_out",
        "higher",
        "Haar acceptance",
        "Share of pictures in which OpenCV's cascade finds a face; it doesn't say how good a one.",
    ),
    Reading(
        "sliced_wasserstein",
        "sliced_wasserstein_real",
        "lower",
        "Sliced Wasserstein distance",
        "How far small patches are from those of photographs, in texture and sharpness (×10³).",
    ),
    Reading(
        "sliced_wasserstein_128",
        "sliced_wasserstein_128_real",
        "lower",
        "– level of 128 px",
        "The finest detail and noise.",
    ),
    Reading(
        "sliced_wasserstein_64",
        "sliced_wasserstein_64_real",
        "lower",
        "– level of 64 px",
        "Fine detail: sharp edges, noise, checkerboards.",
    ),
    Reading(
        "sliced_wasserstein_32",
        "sliced_wasserstein_32_real",
        "lower",
        "– level of 32 px",
        "The shape of eyes and mouths.",
    ),
    Reading(
        "sliced_wasserstein_16",
        "sliced_wasserstein_16_real",
        "lower",
        "– level of 16 px",
        "The blurred rest: light, background, the outline of a head.",
    ),
    Reading(
        "precision",
        "precision_real",
        "higher",
        "Precision",
        "Share of generated faces that lie among photographs by their edges: are they plausible?",
    ),
    Reading(
        "recall",
        "recall_real",
        "higher",
        "Recall",
        "Share of photographs that lie among generated faces: is all their variety reached?",
    ),
    Reading(
        "density",
        "density_real",
        ALIKE,
        "Density",
        "How many photographs a generated face is close to. High values crowd among the commonest.",
    ),
    Reading(
        "coverage",
        "coverage_real",
        "higher",
        "Coverage",
        "Share of photographs with a generated face close by: what is missing is a lost mode.",
    ),
    Reading(
        "ms_ssim_generated",
        "ms_ssim_training",
        ALIKE,
        "Likeness (MS-SSIM of two faces)",
        "1 where all faces are the same. Well above the photographs: G repeats itself.",
    ),
    Reading(
        "variety_generated",
        "variety_training",
        ALIKE,
        "Variety (distance in grey levels)",
        "Between two faces. Well below the photographs: few modes. Above: odd light or noise.",
    ),
    Reading(
        "spread_generated",
        "spread_training",
        ALIKE,
        "Spread (distance in edges)",
        "As variety, by histograms of edges, which hardly see the light.",
    ),
    Reading(
        "nearest_generated",
        "nearest_held_out",
        ALIKE,
        "Distance to the nearest training face",
        "The median. Well below new photographs: copies. Well above: unlike any photograph.",
    ),
    Reading(
        "nearest_ratio",
        "",
        "near 1",
        "– by that of new photographs",
        "The median distance divided by that of held-out photographs. 0: copies.",
    ),
    Reading(
        "memorisation",
        "",
        "at most 0.5",
        "Memorisation",
        "Probability that a generated face is nearer to a training face than a new photograph is. "
        "Lenient where the new photographs show people who were trained on, as in ORL.",
    ),
    Reading(
        "fid",
        "fid_real",
        "lower",
        "FID (Keras's InceptionV3)",
        "Distance of what a network sees. Falls as n grows: compare at equal n alone.",
    ),
    Reading(
        "kid",
        "kid_real",
        "lower",
        "KID (Keras's InceptionV3)",
        "The same network, without the bias of n: 0 for a perfect generator.",
    ),
    Reading(
        "reference_fid",
        "",
        "lower",
        "FID (torch-fidelity)",
        "The published network. Comparable to published scores at their n, mostly 10,000 or more.",
    ),
)
INCEPTION_NOTE = (
    "Keras's ImageNet weights of InceptionV3 are not those of published FID and KID scores: "
    "only --reference-fid can be laid beside these."
)


@dataclass(frozen=True)
class Line:
    """A line of a report's table.

    Attributes:
        reading: which figure it is, and how it is read.
        generated: its value, as text.
        photographs: the value to read it beside, as text; "" where there is none.
    """

    reading: Reading
    generated: str
    photographs: str


def report_lines(report: Report) -> list[Line]:
    """What a table of the report shows: each figure that was measured."""
    values = report.to_dict()
    return [
        Line(
            reading=reading,
            generated=_text(values, reading.field),
            photographs=_text(values, reading.beside),
        )
        for reading in READINGS
        if values[reading.field] is not None
    ]


def report_table(report: Report) -> pd.DataFrame:
    """``report_lines`` for a notebook: columns figure, generated, photographs and better."""
    rows = [
        (line.reading.title, line.generated, line.photographs, line.reading.better)
        for line in report_lines(report)
    ]
    return pd.DataFrame(rows, columns=["figure", "generated", "photographs", "better"])


def report_conditions(report: Report) -> list[str]:
    """What must stand beside the figures: how many images, and what each measure saw."""
    counts = (
        f"{report.count} generated faces (seed {report.seed}), {report.training_count} training "
        f"faces, {report.held_out_count} held out"
    )
    halves = (
        f"distances between sets, and precision to coverage: n = {report.compared} on each side, "
        "the mean over both halves; beside them one half of the training faces with the other"
    )
    said = [counts, halves, *report.preprocessing.split("; ")]
    return said if report.fid is None else [*said, INCEPTION_NOTE]


def _text(values: dict[str, int | float | str | None], field: str) -> str:
    value = values.get(field)
    if value is None:
        return ""
    error = values.get(f"{field}_error")
    more = "" if error is None else f" ± {error:.4f}"
    return (f"{value:.1f}" if abs(value) >= 10 else f"{value:.4f}") + more
