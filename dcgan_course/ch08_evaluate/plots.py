"""Figures of chapter 08: what a measure of faces sees, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Circle

from dcgan_lib.evaluate import COMPARED_SIDE, PATCH, fid, grey_copies, kid, laplacian_pyramid
from dcgan_lib.shared import GENERATED_COLOUR, REAL_COLOUR
from dcgan_lib.train import first_faces, read_history, sampled_epochs

GREY = "#718096"

CURVES = (  # title, what photographs reach, fields
    ("Sliced Wasserstein distance", "sliced_wasserstein_real", ("sliced_wasserstein",)),
    ("Plausible, and of every kind?", "recall_real", ("precision", "recall")),
    ("Likeness of two faces (MS-SSIM)", "ms_ssim_training", ("ms_ssim_generated",)),
    ("Memorisation", 0.5, ("memorisation",)),
)

Distance = Callable[[np.ndarray, np.ndarray], float]


def draw_story(run: Path, columns: int = 5) -> Figure:
    """A run's losses over the faces that it made meanwhile, always from the same four z.

    Args:
        run: the run's folder.
        columns: how many of its epochs are shown, at most.
    """
    history, epochs = read_history(run), sampled_epochs(run)
    places = np.linspace(0, len(epochs) - 1, min(columns, len(epochs))).round().astype(int)
    figure = Figure(figsize=(9, 4.4), layout="constrained")
    top, bottom = figure.subfigures(2, 1, height_ratios=(1.15, 1))
    axes = top.subplots()
    marker = "o" if len(history) < 3 else ""
    sides = (("g_loss", "G", GENERATED_COLOUR), ("d_loss", "D", REAL_COLOUR))
    for column, name, colour in sides:
        axes.plot(history["epoch"], history[column], marker=marker, color=colour, label=name)
    axes.set(title="Losses, and the faces of the same four z", xlabel="epoch", ylabel="loss (nats)")
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False)
    axes.spines[["top", "right"]].set_visible(False)
    panels = bottom.subplots(1, columns, squeeze=False)[0]
    for panel in panels:
        panel.axis("off")
    for panel, epoch in zip(panels, [epochs[place] for place in places], strict=False):
        panel.imshow(first_faces(run, epoch, 4))
        panel.set_title(f"epoch {epoch}", fontsize="medium")
    return figure


def draw_pyramid(face: np.ndarray) -> Figure:
    """A face, and the levels that add up to it; in the detail, mid-grey stands for 0."""
    *details, rest = [level[0] for level in laplacian_pyramid(face[None])]
    pictures = {f"face\n{len(face)}×{len(face)}": face}
    for level in details:
        pictures[f"detail\n{len(level)}×{len(level)}"] = _shown(level * 3 + 127.5)
    pictures[f"the rest\n{len(rest)}×{len(rest)}"] = _shown(rest)
    figure = Figure(figsize=(2.4 * len(pictures), 2.9), layout="constrained")
    for axes, (title, picture) in zip(
        figure.subplots(1, len(pictures)), pictures.items(), strict=True
    ):
        axes.imshow(picture, interpolation="nearest")
        axes.set_title(title, fontsize="medium")
        axes.axis("off")
    return figure


def projected(images: np.ndarray, seed: int = 0, count: int = 2000) -> np.ndarray:
    """Patches 7×7×3 of the finest detail, normalised by channel, along one random direction.

    Args:
        images: uint8 (n, side, side, 3), RGB.
        seed: of places and direction, so that two sets are cut and looked at alike.
        count: patches.

    Returns:
        float64 (count,).
    """
    random = np.random.default_rng(seed)
    detail = laplacian_pyramid(images)[0]
    windows = np.lib.stride_tricks.sliding_window_view(detail, (PATCH, PATCH), axis=(1, 2))
    rows = np.arange(count) % len(images)
    tops, lefts = random.integers(0, windows.shape[1], (2, count))
    patches = windows[rows, tops, lefts].astype(np.float64)  # (count, 3, 7, 7)
    patches -= patches.mean((0, 2, 3), keepdims=True)
    patches /= patches.std((0, 2, 3), keepdims=True)
    direction = random.standard_normal(3 * PATCH**2)
    return patches.reshape(count, -1) @ (direction / np.linalg.norm(direction))


def draw_projection(sides: Mapping[str, np.ndarray], distance: Distance) -> Figure:
    """Two samples on one line: as histograms, and sorted, where their distance is the gap.

    Args:
        sides: name → (n,), photographs first; as many numbers in both.
        distance: of two samples; what the title names.
    """
    (_, real), (_, other) = sides.items()
    apart = distance(real, other)
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    left, right = figure.subplots(1, 2)
    ends = np.quantile(np.concatenate([real, other]), (0.005, 0.995))
    share = np.linspace(0, 1, len(real))
    for (name, values), colour in zip(sides.items(), (REAL_COLOUR, GENERATED_COLOUR), strict=True):
        left.hist(values, np.linspace(*ends, 40), color=colour, alpha=0.5, label=name)
        right.plot(share, np.sort(values), color=colour, label=name)
    right.fill_between(share, np.sort(real), np.sort(other), color=GREY, alpha=0.3)
    left.set(title="Patches along one direction", xlabel="projection", yticks=[])
    right.set(title=f"Sorted: the mean gap is {apart:.3f}", xlabel="share of patches")
    right.set(ylabel="projection", ylim=ends)
    left.legend(frameon=False, fontsize="small")
    for axes in (left, right):
        axes.spines[["top", "right"]].set_visible(False)
    return figure


def toy_points(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Two clusters of real points, (50, 2), and a G of the left one, with strays, (44, 2)."""
    random = np.random.default_rng(seed)
    centres = np.array([[-1.6, 0.0], [1.6, 0.3]])
    real = np.concatenate([random.normal(centre, 0.5, (25, 2)) for centre in centres])
    strays = [(1.5, 2.4), (0.1, -1.9), (2.6, -1.7), (3.2, 1.9)]
    return real, np.concatenate([random.normal(centres[0], 0.3, (40, 2)), strays])


def draw_balls(real: np.ndarray, generated: np.ndarray, k: int = 3) -> Figure:
    """Points of a plane with the balls that precision, recall and coverage count with.

    Args:
        real: (n, 2).
        generated: (m, 2).
        k: which neighbour in its own set a point's ball reaches to.
    """
    across = np.linalg.norm(real[:, None] - generated, axis=2)  # (n, m)
    in_real = across <= _reach(real, k)[:, None]
    in_generated = across <= _reach(generated, k)
    figure = Figure(figsize=(10, 3.9), layout="constrained")
    one, two, three = figure.subplots(1, 3, sharex=True, sharey=True)
    _balls(one, real, k, REAL_COLOUR, np.ones(len(real), bool))
    _points(one, generated, GENERATED_COLOUR, in_real.any(axis=0))
    one.set_title(f"precision {in_real.any(axis=0).mean():.2f}\ngenerated points in a real ball")
    _balls(two, generated, k, GENERATED_COLOUR, np.ones(len(generated), bool))
    _points(two, real, REAL_COLOUR, in_generated.any(axis=1))
    two.set_title(f"recall {in_generated.any(axis=1).mean():.2f}\nreal points in a generated ball")
    _balls(three, real, k, REAL_COLOUR, in_real.any(axis=1))
    three.scatter(*generated.T, s=10, color=GENERATED_COLOUR)
    three.set_title(
        f"coverage {in_real.any(axis=1).mean():.2f}\nreal balls that hold a generated point"
    )
    for axes in (one, two, three):
        axes.title.set_fontsize("medium")
        axes.set(aspect="equal", xticks=[], yticks=[], xlim=(-3.8, 4.2), ylim=(-3.4, 3.6))
    return figure


def principal(features: np.ndarray, count: int = 32) -> np.ndarray:
    """Features along their ``count`` strongest principal directions, scaled to variance 1.

    Args:
        features: (n, d).
        count: of directions, at most min(n - 1, d).

    Returns:
        float64 (n, count).
    """
    centred = features - features.mean(0, dtype=np.float64)
    left, _, _ = np.linalg.svd(centred, full_matrices=False)
    return left[:, :count] * np.sqrt(len(features))


def halves(features: np.ndarray, counts: Sequence[int], repeats: int = 10) -> pd.DataFrame:
    """FID and KID between two random parts of one and the same set, for several sizes.

    Args:
        features: (n, d).
        counts: size of each part, at most n // 2 and at least 3.
        repeats: for each size.

    Returns:
        One row per pair of parts: ``n``, ``fid``, ``kid``.
    """
    random, rows = np.random.default_rng(0), []
    for count in counts:
        for _ in range(repeats):
            order = random.permutation(len(features))
            a, b = features[order[:count]], features[order[count : 2 * count]]
            rows.append({"n": count, "fid": fid(a, b), "kid": kid(a, b)[0]})
    return pd.DataFrame(rows)


def draw_bias(table: pd.DataFrame) -> Figure:
    """FID and KID against n, as ``halves`` measured them: every pair of parts, and the mean."""
    figure = Figure(figsize=(9, 3.2), layout="constrained")
    for axes, name in zip(figure.subplots(1, 2), ("fid", "kid"), strict=True):
        means = table.groupby("n")[name].mean()
        axes.axhline(0, color=GREY, linestyle="--", linewidth=1, label="truth: 0")
        axes.plot(table["n"], table[name], ".", color=REAL_COLOUR, alpha=0.4, label="two parts")
        axes.plot(means.index, means, "o-", color=REAL_COLOUR, label="mean")
        axes.set(title=name.upper(), xlabel="n: photographs in each part", ylabel="distance")
        axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize="small")
    return figure


def draw_curves(table: pd.DataFrame) -> Figure:
    """A run's quality over the epochs, as ``evaluate_checkpoints`` measured it.

    Args:
        table: ``epoch`` and the fields of ``Report``.
    """
    figure = Figure(figsize=(9, 5.4), layout="constrained")
    panels = figure.subplots(2, 2).flat
    for axes, (title, level, fields) in zip(panels, CURVES, strict=True):
        for field, style in zip(fields, ("o-", "s:"), strict=False):
            label = field.replace("_", " ").removesuffix(" generated")
            values = table[field].astype(float)
            axes.plot(table["epoch"], values, style, color=GENERATED_COLOUR, label=label)
        height = table[level].iloc[0] if isinstance(level, str) else level
        if height is not None:
            axes.axhline(height, color=REAL_COLOUR, linestyle="--", label="photographs")
        axes.set(title=title, xlabel="epoch")
        axes.set_ylim(bottom=0)
        axes.xaxis.get_major_locator().set_params(integer=True, min_n_ticks=1)
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, fontsize="small")
    return figure


def greys(images: np.ndarray) -> np.ndarray:
    """Grey copies of 32×32: uint8 (n, side, side, 3) → float64 (n, 32, 32) in [0, 1]."""
    return grey_copies(images, COMPARED_SIDE) / 255


def _reach(points: np.ndarray, k: int) -> np.ndarray:
    """Distance of each point to its k-th neighbour: (n, 2) → (n,)."""
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    return np.sort(apart, axis=1)[:, k]  # the 0th is the point itself


def _balls(axes: Axes, centres: np.ndarray, k: int, colour: str, filled: np.ndarray) -> None:
    for centre, radius, full in zip(centres, _reach(centres, k), filled, strict=True):
        look = {"alpha": 0.15, "linewidth": 0} if full else {"fill": False, "alpha": 0.4, "ls": ":"}
        axes.add_patch(Circle(centre, radius, color=colour, **look))
    axes.scatter(*centres.T, s=10, color=colour)


def _points(axes: Axes, points: np.ndarray, colour: str, inside: np.ndarray) -> None:
    axes.scatter(*points[inside].T, s=22, color=colour)
    axes.scatter(*points[~inside].T, s=30, color=colour, marker="x")


def _shown(level: np.ndarray) -> np.ndarray:
    return np.clip(np.round(level), 0, 255).astype(np.uint8)
