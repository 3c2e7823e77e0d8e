"""Chapter 08: distances of samples, copies, precision, witnesses, Gaussians."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from dcgan_classroom.probes.base import Bands, Probe
from dcgan_course.ch08_evaluate import NOT_WORSE, WORSE


def rightly_named(answers: Mapping[str, Any], data: Path) -> dict[str, float]:
    """How many of the two measures named for each harm are right, as the visible check counts.

    Args:
        answers: the names by harm.
        data: not used.
    """
    figures = {}
    for harm, worse in WORSE.items():
        given = answers.get(harm)
        pair = given if isinstance(given, list) and len(given) == 2 else [None, None]
        right = pair[0] in worse.split(), pair[1] in NOT_WORSE[harm].split()
        figures[f"measures rightly named for {harm}"] = float(sum(right))
    return figures


PROBES = {
    "wasserstein": Probe(
        """
def distances(rows):
    return [float(wasserstein(a.copy(), b.copy())) for a, b in rows]


def stays():
    numbers = random.normal(0, 1, 9)
    a, b = random.permutation(numbers), random.permutation(numbers) + 0.1
    kept = a.copy(), b.copy()
    found = float(wasserstein(a, b))
    return [np.array_equal(a, kept[0]) and np.array_equal(b, kept[1]), found]


same = random.normal(5, 2, 40)
moved = [(same, random.permutation(same) + shift) for shift in (0.0, 2.5, -7.0)]
ask("drawn samples", lambda: distances(random.normal(0, (1, 4), (6, 30, 2)).swapaxes(1, 2)))
ask("the same numbers, shuffled and moved", lambda: distances(moved))
ask("both samples stay", stays)
""",
        ("wasserstein",),
        message="The smallest goes to the smallest, the next to the next; then the mean of the "
        "ways.",
    ),
    "nearest-distance": Probe(
        """
photographs = random.random((6, 9, 9))


def distances(faces):
    return [float(nearest_distance(face.copy(), photographs.copy())) for face in faces]




def stay():
    given = photographs[2] * 0.5, photographs.copy()
    kept = given[0].copy()
    found = float(nearest_distance(*given))
    return [np.array_equal(given[0], kept), np.array_equal(given[1], photographs), found]


ask("the face and the photographs stay", stay)
ask("new faces", lambda: distances([*random.random((4, 9, 9)), np.ones((9, 9))]))
ask("copies, as they are and nearly", lambda: distances([photographs[4], photographs[1] * 0.9]))
ask("their mirror images", lambda: distances(
    [photographs[2, :, ::-1], photographs[3, :, ::-1] * 0.8 + 0.1]))
""",
        ("nearest_distance",),
        message="Both the photographs and their mirror images; the root of the mean square over "
        "pixels; the least of all.",
    ),
    "precision": Probe(
        """
real, generated = random.normal(0, 1, (30, 3)), random.normal(0.4, 1.5, (50, 3))
wide = random.normal(0, 1, (25, 12)), random.normal(0, 1.1, (40, 12))
ask("several k", lambda: [float(precision(real, generated, k)) for k in (1, 2, 4, 8)])
ask("other dimensions", lambda: [float(precision(*wide, k)) for k in (1, 3)])
line = np.array([[0.0, 0], [3, 4], [30, 0], [30, 5]])
rims = np.array([[-3.0, -4], [30, -5], [36, 0], [0, 5.5]])
ask("points on the rim of a ball", lambda: float(precision(line, rims, 1)))
ask("points that are far, or the same", lambda: [
    float(precision(real, real + 50, 3)), float(precision(real, real[:7], 2))])
""",
        ("precision",),
        message="The balls are those of real points, out to the k-th neighbour other than "
        "themselves; generated points are counted.",
    ),
    "predict-witnesses": Probe(
        """
for harm in ("blur", "noise", "dropped people", "copies"):
    ask(f"measured:{harm}", lambda: [str(name) for name in predict()[harm]])
""",
        ("predict",),
        message="What does each measure never look at? The table of section 8.7 tells.",
        bands=Bands(
            rightly_named, {f"measures rightly named for {harm}": (2, None) for harm in WORSE}
        ),
    ),
    "frechet": Probe(
        """
def distances(rows):
    return [float(frechet(*(part.copy() for part in row))) for row in rows]


def stay():
    given = random.uniform(0.5, 2, (4, 5))
    kept = given.copy()
    found = float(frechet(*given))
    return [np.array_equal(given, kept), found]


ask("all four arrays stay", stay)
means, deviations = random.normal(0, 2, (6, 2, 7)), random.uniform(0.2, 3, (6, 2, 7))
drawn = [(a, one, b, two) for (a, b), (one, two) in zip(means, deviations)]
ask("drawn Gaussians", lambda: distances(drawn))
ask("equal means", lambda: distances([(a, one, a, two) for a, one, _, two in drawn]))
ask("equal deviations", lambda: distances([(a, one, b, one) for a, one, b, _ in drawn]))
""",
        ("frechet",),
        message="Add both terms of each feature: the squared gap of the means, and that of the "
        "deviations; no root at the end.",
    ),
}
