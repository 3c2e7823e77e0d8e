"""What the check cells of the notebooks call; one module per chapter.

A check looks at properties (shapes, ranges, agreement with the library's own version) and says
what to look at, never what the answer is. It returns nothing; where all is well it prints one line.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


class CheckFailed(AssertionError):
    """An exercise is not right yet; the message says what to look at."""


def require(holds: bool, message: str) -> None:
    """Fail with ``message`` where ``holds`` is not true."""
    if not holds:
        raise CheckFailed(message)


def require_shape(name: str, value: object, expected: Sequence[int], hint: str = "") -> None:
    """Fail where an array's or tensor's shape is another one.

    Args:
        name: what the student calls it.
        value: anything with a ``shape``.
        expected: the shape.
        hint: where to look.
    """
    shape = tuple(getattr(value, "shape", ()))
    wanted = tuple(expected)
    require(
        hasattr(value, "shape") and shape == wanted,
        f"{name} has another shape. Expected {wanted}. "
        f"Received: {shape if hasattr(value, 'shape') else type(value).__name__}. {hint}".strip(),
    )


def require_close(
    name: str, value: object, expected: object, tolerance: float = 1e-5, hint: str = ""
) -> None:
    """Fail where numbers differ by more than ``tolerance``, relative to the largest expected.

    Args:
        name: what the student calls it.
        value: a number, array or tensor.
        expected: what the library's own version gives.
        tolerance: largest difference allowed, as a share of max(1, largest expected value).
        hint: where to look.
    """
    received, wanted = np.asarray(value, np.float64), np.asarray(expected, np.float64)
    require_shape(name, received, wanted.shape, hint)
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    error = float(np.abs(received - wanted).max(initial=0.0))
    shown = f" Expected {wanted:.6g}. Received: {received:.6g}." if wanted.ndim == 0 else ""
    require(
        error <= tolerance * scale,  # False for NaN, too
        f"{name} has other values (largest difference {error:.3g}).{shown} {hint}".strip(),
    )


def passed(exercise: str, text: str) -> None:
    """Say that an exercise is right, and what that shows."""
    print(f"✓ Exercise {exercise}: {text}")
