"""The figures of a report, and how each is read (chapter 08)."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Report:
    """Figures of generated faces beside those of photographs; None where one can't be measured.

    Sliced Wasserstein distance, precision to coverage, FID and KID are means of two comparisons:
    each half of the generated faces with a half of the training faces. A field that ends in
    ``_real`` compares the one half of the training faces with the other, as many on each side:
    what a perfect generator would reach.

    Attributes:
        count: generated faces, from noise of ``seed``.
        seed: of the noise, and of whatever a measure draws.
        training_count: photographs that the run was trained on.
        held_out_count: photographs that it held out.
        compared: images on each side of a comparison of halves.
        preprocessing: what each measure saw.
        haar_acceptance: share of generated faces in which the Haar cascade finds a face.
        haar_acceptance_held_out: the same of held-out photographs.
        nearest_generated: median distance of a generated face to its nearest training face.
        nearest_held_out: median distance of a held-out photograph to its nearest training face.
        nearest_ratio: the former by the latter; near 0 for copies.
        memorisation: probability that a generated face lies nearer to the training faces than a
            held-out photograph: 0.5 as new photographs, 1 as copies.
        variety_generated: mean distance between two generated faces.
        variety_training: mean distance between two training faces.
        ms_ssim_generated: mean MS-SSIM of two generated faces; high where they look alike.
        ms_ssim_training: mean MS-SSIM of two training faces.
        spread_generated: mean distance between two generated faces in HOG features.
        spread_training: the same of training faces.
        sliced_wasserstein: mean over the levels that follow, ×10³.
        sliced_wasserstein_128: the level of 128 px (None for smaller faces).
        sliced_wasserstein_64: the level of 64 px.
        sliced_wasserstein_32: the level of 32 px.
        sliced_wasserstein_16: the coarsest level.
        precision: share of generated faces that lie among real ones, in HOG features.
        recall: share of real faces that lie among generated ones.
        density: how deep among the real ones generated faces lie.
        coverage: share of real faces that have a generated one beside them.
        fid: Fréchet distance of Keras's InceptionV3 features.
        kid: unbiased kernel distance of the same features.
        kid_error: standard error of ``kid``.
        reference_fid: FID by torch-fidelity, of all generated and all training faces.
    """

    count: int
    seed: int
    training_count: int
    held_out_count: int
    compared: int
    preprocessing: str
    haar_acceptance: float
    haar_acceptance_held_out: float | None
    nearest_generated: float
    nearest_held_out: float | None
    nearest_ratio: float | None
    memorisation: float | None
    variety_generated: float
    variety_training: float
    ms_ssim_generated: float
    ms_ssim_training: float
    spread_generated: float
    spread_training: float
    sliced_wasserstein: float
    sliced_wasserstein_real: float
    sliced_wasserstein_128: float | None = None
    sliced_wasserstein_128_real: float | None = None
    sliced_wasserstein_64: float | None = None
    sliced_wasserstein_64_real: float | None = None
    sliced_wasserstein_32: float | None = None
    sliced_wasserstein_32_real: float | None = None
    sliced_wasserstein_16: float | None = None
    sliced_wasserstein_16_real: float | None = None
    precision: float | None = None
    precision_real: float | None = None
    recall: float | None = None
    recall_real: float | None = None
    density: float | None = None
    density_real: float | None = None
    coverage: float | None = None
    coverage_real: float | None = None
    fid: float | None = None
    fid_real: float | None = None
    kid: float | None = None
    kid_error: float | None = None
    kid_real: float | None = None
    kid_real_error: float | None = None
    reference_fid: float | None = None

    def to_dict(self) -> dict[str, int | float | str | None]:
        """Plain values, as ``report.json`` holds them."""
        return asdict(self)


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
        "haar_acceptance", "haar_acceptance_held_out", "higher", "Haar acceptance",
        "Share of pictures in which OpenCV's cascade finds a face; it doesn't say how good a one.",
    ),
    Reading(
        "sliced_wasserstein", "sliced_wasserstein_real", "lower", "Sliced Wasserstein distance",
        "How far small patches are from those of photographs, in texture and sharpness (×10³).",
    ),
    Reading(
        "sliced_wasserstein_128", "sliced_wasserstein_128_real", "lower", "– level of 128 px",
        "The finest detail and noise.",
    ),
    Reading(
        "sliced_wasserstein_64", "sliced_wasserstein_64_real", "lower", "– level of 64 px",
        "Fine detail: sharp edges, noise, checkerboards.",
    ),
    Reading(
        "sliced_wasserstein_32", "sliced_wasserstein_32_real", "lower", "– level of 32 px",
        "The shape of eyes and mouths.",
    ),
    Reading(
        "sliced_wasserstein_16", "sliced_wasserstein_16_real", "lower", "– level of 16 px",
        "The blurred rest: light, background, the outline of a head.",
    ),
    Reading(
        "precision", "precision_real", "higher", "Precision",
        "Share of generated faces that lie among photographs by their edges: are they plausible?",
    ),
    Reading(
        "recall", "recall_real", "higher", "Recall",
        "Share of photographs that lie among generated faces: is all their variety reached?",
    ),
    Reading(
        "density", "density_real", ALIKE, "Density",
        "How many photographs a generated face is close to. High values crowd among the commonest.",
    ),
    Reading(
        "coverage", "coverage_real", "higher", "Coverage",
        "Share of photographs with a generated face close by: what is missing is a lost mode.",
    ),
    Reading(
        "ms_ssim_generated", "ms_ssim_training", ALIKE, "Likeness (MS-SSIM of two faces)",
        "1 where all faces are the same. Well above the photographs: G repeats itself.",
    ),
    Reading(
        "variety_generated", "variety_training", ALIKE, "Variety (distance in grey levels)",
        "Between two faces. Well below the photographs: few modes. Above: odd light or noise.",
    ),
    Reading(
        "spread_generated", "spread_training", ALIKE, "Spread (distance in edges)",
        "As variety, by histograms of edges, which hardly see the light.",
    ),
    Reading(
        "nearest_generated", "nearest_held_out", ALIKE, "Distance to the nearest training face",
        "The median. Well below new photographs: copies. Well above: unlike any photograph.",
    ),
    Reading(
        "nearest_ratio", "", "near 1", "– by that of new photographs",
        "The median distance divided by that of held-out photographs. 0: copies.",
    ),
    Reading(
        "memorisation", "", "at most 0.5", "Memorisation",
        "Probability that a generated face is nearer to a training face than a new photograph is. "
        "Lenient where the new photographs show people who were trained on, as in ORL.",
    ),
    Reading(
        "fid", "fid_real", "lower", "FID (Keras's InceptionV3)",
        "Distance of what a network sees. Falls as n grows: compare at equal n alone.",
    ),
    Reading(
        "kid", "kid_real", "lower", "KID (Keras's InceptionV3)",
        "The same network, without the bias of n: 0 for a perfect generator.",
    ),
    Reading(
        "reference_fid", "", "lower", "FID (torch-fidelity)",
        "The published network. Comparable to published scores at their n, mostly 10,000 or more.",
    ),
)  # fmt: skip
INCEPTION_NOTE = (
    "Keras's ImageNet weights of InceptionV3 are not those of published FID and KID scores: "
    "only --reference-fid can be laid beside these."
)


def rows(report: Report) -> list[tuple[Reading, str, str]]:
    """What a table of the report shows: each measured figure, with its value and the one beside.

    Returns:
        Reading, value of ``field`` and of ``beside`` as text ("" where there is none).
    """
    values = report.to_dict()
    measured = (reading for reading in READINGS if values[reading.field] is not None)
    return [
        (reading, _text(values, reading.field), _text(values, reading.beside))
        for reading in measured
    ]


def notes(report: Report) -> list[str]:
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
