"""What the check cells of the notebooks call; one module per chapter.

A check looks at what a function does (shapes, ranges, agreement with the library's own version),
never at how it is written, and says what to look at, never what the answer is. It returns nothing;
where all is well it prints one line.
"""

from __future__ import annotations

import functools
import inspect
import math
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from types import TracebackType
from typing import Concatenate, ParamSpec

import numpy as np

WIDTH = 96  # columns of a failed check's paragraph
LONGEST = 80  # characters that a value has in a message
PLAIN = (bool, int, float, str, bytes, type(None))

Options = ParamSpec("Options")
Student = Callable[..., object]
Check = Callable[Concatenate[Student, Options], None]


class CheckFailed(AssertionError):
    """An exercise is not right yet; the message says what to look at."""

    exercise = ""

    def _render_traceback_(self) -> list[str]:
        """What IPython shows in place of a traceback: one paragraph."""
        start = f"✗ Exercise {self.exercise}: " if self.exercise else "✗ "
        return textwrap.wrap(start + str(self), WIDTH, break_on_hyphens=False)


def exercise(number: str, **earlier: Student) -> Callable[[Check[Options]], Check[Options]]:
    """Make a function the check of one exercise.

    Where it fails, a student sees one paragraph. An error inside of the student's own code keeps
    its kind and its traceback, without the frames of the check. And where the exercise builds on
    earlier ones, whose mistakes are not its own, it is checked once more with the right ones.

    Args:
        number: of the exercise, such as "4.3".
        earlier: right versions of functions that the student's own may call, by their names.

    Returns:
        A decorator of a function whose first argument is the student's function.
    """

    def decorate(check: Check[Options]) -> Check[Options]:
        @functools.wraps(check)
        def run(student: Student, /, *args: Options.args, **options: Options.kwargs) -> None:
            __tracebackhide__ = True  # IPython leaves this frame out
            attempt = functools.partial(check, student, *args, **options)
            failure = _failure(attempt)
            if failure and earlier.keys() & _notebook(student).keys():
                with standing_in(student, **earlier):
                    failure = _failure(attempt)
            if failure:
                raise _as_students_see_it(failure, student, number)

        return run

    return decorate


@contextmanager
def standing_in(student: Student, **earlier: Student) -> Iterator[None]:
    """Let a student's function find other functions under the names of earlier exercises.

    Args:
        student: the function; only names that its notebook defines are changed.
        earlier: what to find, by name.
    """
    notebook = _notebook(student)
    own = {name: notebook[name] for name in earlier if name in notebook}
    notebook.update({name: earlier[name] for name in own})
    try:
        yield
    finally:
        notebook.update(own)


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
    shape, wanted = getattr(value, "shape", None), tuple(expected)
    require(
        shape is not None and tuple(shape) == wanted,
        f"{name} has another shape. Expected {wanted}. "
        f"Received: {shown(value) if shape is None else tuple(shape)}. {hint}".strip(),
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
    wanted = np.asarray(expected, np.float64)
    received = numbers(name, value)
    require_shape(name, received, wanted.shape, hint)
    scale = max(1.0, float(np.abs(wanted).max(initial=0.0)))
    error = float(np.abs(received - wanted).max(initial=0.0))
    figures = _told_apart(float(wanted), float(received)) if wanted.ndim == 0 else ""
    require(
        error <= tolerance * scale,  # False for NaN, too
        f"{name} has other values (largest difference {error:.3g}).{figures} {hint}".strip(),
    )


def numbers(name: str, value: object) -> np.ndarray:
    """A student's value as float64; fails where it holds anything but numbers."""
    try:
        array = np.asarray(value)
        assert array.dtype.kind != "O" and value is not None
        return array.astype(np.float64)
    except Exception:  # whatever a library makes of a value that isn't a number
        raise CheckFailed(
            f"{name} should be a number or an array of numbers. Received: {shown(value)}."
        ) from None


def shown(value: object) -> str:
    """A student's value in a few words, for a message; never a page of numbers."""
    if isinstance(value, np.generic):
        value = value.item()
    shape = getattr(value, "shape", None)
    if shape is not None:
        small = isinstance(value, np.ndarray) and value.size <= 8
        return str(value.tolist()) if small else f"an array of shape {tuple(shape)}"
    text = repr(value) if _is_plain(value) else ""
    if text and len(text) <= LONGEST:
        return text
    size = f" of {len(value)}" if isinstance(value, str | bytes | list | tuple | dict | set) else ""
    return f"a value of type {type(value).__name__}{size}"


def passed(exercise: str, text: str) -> None:
    """Say that an exercise is right, and what that shows."""
    print(f"✓ Exercise {exercise}: {text}")


def _is_plain(value: object) -> bool:
    if isinstance(value, list | tuple | set):
        return all(map(_is_plain, value))
    if isinstance(value, dict):
        return all(_is_plain(part) for pair in value.items() for part in pair)
    return isinstance(value, PLAIN)


def _told_apart(expected: float, received: float) -> str:
    """Both numbers, with as many digits as it takes to see that they differ."""
    for digits in (6, 9, 17):
        pair = f"{expected:.{digits}g}", f"{received:.{digits}g}"
        if pair[0] != pair[1] or math.isnan(received):
            break
    return f" Expected {pair[0]}. Received: {pair[1]}."


def _failure(attempt: Callable[[], None]) -> Exception | None:
    try:
        attempt()
    except Exception as error:
        return error
    return None


def _as_students_see_it(error: Exception, student: Student, number: str) -> Exception:
    """An error with the frames of the student's code alone, or, without any, a failed check."""
    if not isinstance(error, CheckFailed):
        at = error.__traceback__
        while at is not None and not _is_students(at, student):
            at = at.tb_next
        if at is not None:
            return error.with_traceback(at)
        lines = str(error).strip().splitlines()
        error = CheckFailed(
            "What your function gave can't be used. Expected what its docstring promises. "
            f"Received: {type(error).__name__}{f', {lines[0][:160]}' if lines else ''}."
        )
    error.exercise = number
    return error.with_traceback(None)


def _is_students(at: TracebackType, student: Student) -> bool:
    names = at.tb_frame.f_globals
    return names is _notebook(student) or names.get("__name__") == "__main__"


def _notebook(student: Student) -> dict[str, object]:
    """The names among which a student's function was defined."""
    return getattr(inspect.unwrap(student), "__globals__", {})
