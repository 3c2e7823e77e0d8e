"""What the grader asks in the small course that its own tests grade; no TensorFlow is needed."""

from pathlib import Path

import numpy as np

from dcgan_classroom.probes.base import Bands, Probe


def _error_of_line(arrays: dict, data: Path) -> dict[str, float]:
    """Mean squared error of the line that a student's steps led to."""
    slope, height = arrays["line"]
    x, y = np.load(data / "points.npy")
    return {"error": float(((slope * x + height - y) ** 2).mean())}


PROBES = {
    "01_sums": {
        "running-total": Probe(
            """
values = random.normal(0, 5, 40)
whole = random.integers(-9, 9, 12)
ask("random numbers", lambda: running_total(values.copy()))
ask("whole numbers", lambda: running_total(whole.copy()))
ask("no numbers", lambda: running_total(np.array([])))
""",
            ("running_total",),
            message="Entry k is the sum of the first k + 1 numbers, also where there are none.",
        ),
        "count-even": Probe(
            """
ask("small numbers", lambda: [count_even(last) for last in (0, 1, 2, 3)])
ask("large numbers", lambda: [count_even(int(last)) for last in random.integers(50, 900, 9)])
""",
            ("count_even",),
            message="Does the last number count, too?",
        ),
    },
    "02_lines": {
        "step": Probe(
            """
places = random.normal(0, 2, (5, 2))
ask("the new slope", lambda: [step(*place, 0.1)[0] for place in places])
ask("the new height", lambda: [step(*place, 0.1)[1] for place in places])


def descend():
    line = 5.0, 5.0
    for _ in range(200):
        line = step(*line, 0.3)
    return np.array(line, float)


ask("measured:line", descend)
""",
            ("step",),
            message="Each of both moves against its own part of the gradient.",
            bands=Bands(_error_of_line, {"error": (None, 0.01)}),
        ),
        "chessboard": Probe(
            """
ask("even sides", lambda: [chessboard(side) for side in (2, 6)])
ask("odd sides", lambda: [chessboard(side) for side in (1, 5)])
ask("bytes", lambda: str(np.asarray(chessboard(4)).dtype))
""",
            ("chessboard",),
            message="Black is 0 and stands in the corner; the array holds bytes.",
        ),
    },
}
