"""A probe: Python that runs in the student's kernel and asks; nothing there knows the answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

MEASURED = "measured:"  # before the names of answers that figures are measured from


@dataclass(frozen=True)
class Bands:
    """Figures of what a student's code made, measured on the grader's side.

    The probe leaves arrays as answers whose names begin with ``measured:``, such as a trained
    generator's weights; nothing else of what the student's process says is used.

    Attributes:
        measure: takes these arrays by their names without ``measured:`` and the folder of the
            course's prepared data; gives figures by name.
        limits: lowest and highest figure that counts, by name; None for no bound.
    """

    measure: Callable[[Mapping[str, Any], Path], Mapping[str, float]]
    limits: Mapping[str, tuple[float | None, float | None]]


@dataclass(frozen=True)
class Probe:
    """What is asked of one exercise.

    ``code`` runs with these names: those of ``needs``, the student's; ``np``; ``random``, a
    generator of a seed that students can't know; ``ask(name, call)``, which keeps what ``call()``
    gives, or its error, as the answer of this name; ``setting``, the notebook's parameters.
    An answer is a number, text, None, array, or a list, tuple, dict or set of these. The same
    code runs in the solved chapter, and answers are compared with answers.

    Each name is one promise of the exercise, and is shown to students. The exercise's points are
    for a function that keeps all of them, and for no other.

    Attributes:
        code: Python.
        needs: names that the student's notebook has to define.
        tolerance: by how much numbers may differ, relative and absolute; whole numbers may not.
        message: what to look at, for the student; never the answer.
        bands: figures of what was trained, or None.
    """

    code: str
    needs: tuple[str, ...]
    tolerance: float = 1e-4
    message: str = ""
    bands: Bands | None = field(default=None)


FILLED = '''
def filled(model, random):
    """Give every weight numbers by its shape, and by its place among those of that shape."""
    seen = {}
    base = int(random.integers(2**31))
    for weight in model.weights:
        shape = tuple(int(side) for side in weight.shape)
        seen[shape] = seen.get(shape, 0) + 1
        draw = np.random.default_rng([base, seen[shape], len(shape), *shape])
        if len(shape) < 2:
            values = draw.uniform(0.5, 1.5, shape)
        else:
            values = draw.normal(0, 1, shape) / np.sqrt(np.prod(shape[:-1]))
        weight.assign(values.astype("float32"))
    return model


def outputs(model, inputs, training=False):
    return np.asarray(model(inputs.astype("float32"), training=training))
'''

BUILT = """
from dcgan_course.checking import standing_in
from dcgan_course.networks import agree, observe


def built(student, width, right, inputs, **earlier):
    # What a student's function builds; where that is wrong, what it builds on right blocks.
    try:
        own = student(width)
        if agree(observe(own, inputs), observe(right, inputs)):
            return own
    except Exception:
        pass
    with standing_in(student, **earlier):
        return student(width)
"""
