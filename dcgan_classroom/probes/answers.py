"""What a student's process answered, read without trusting a byte, and compared with what is right.

The file is JSON, arrays in it as base64: no pickle, no archive. Links are not followed, and its
size is bounded before anything is read.
"""

from __future__ import annotations

import base64
import binascii
import math
import os
import re
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dcgan_classroom.submissions import load_untrusted

MOST_BYTES = 32 * 2**20  # of one exercise's answers
MOST_PARTS, MOST_LEVELS = 1_000_000, 60  # of its JSON
MOST_TEXT = 200  # characters of a student's error that are shown
DTYPES = re.compile(r"[<|](?:b1|[iu][1248]|f[48])")
DEEPEST = 12


@dataclass(frozen=True)
class Raised:
    """An answer that is an error: its kind and the beginning of its text."""

    name: str
    text: str


@dataclass(frozen=True)
class Other:
    """An answer of a kind that nothing is compared with, such as a function."""

    kind: str


@dataclass(frozen=True)
class Answers:
    """What one probe brought.

    Attributes:
        values: by name; arrays, numbers, texts, lists, dicts, sets (as sorted lists), ``Raised``
            or ``Other``.
        missing: names that the notebook should have defined and did not.
        problem: what went wrong outside of the single questions, or None.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    problem: Raised | None = None


def read_answers(box: Path, folder: str, name: str) -> Answers | None:
    """Read ``box/folder/name.json``; None where there is nothing that can be used.

    Args:
        box: the work folder, as the sandbox left it.
        folder: name of the folder in it.
        name: of the file, without suffix.
    """
    data = _bounded_bytes(box, folder, f"{name}.json")
    if data is None:
        return None
    try:
        values = load_untrusted(data, MOST_PARTS, MOST_LEVELS)
        answers = {str(key): _value(item) for key, item in values["answers"].items()}
        missing = tuple(str(part)[:MOST_TEXT] for part in values["missing"])
        problem = _value(values["problem"]) if values["problem"] else None
    except Exception:  # whatever a student wrote there, it isn't an answer
        return None
    return Answers(answers, missing, problem if isinstance(problem, Raised) else None)


def _bounded_bytes(box: Path, folder: str, name: str) -> bytes | None:
    handles: list[int] = []
    try:
        for part in (box, folder):
            below = {"dir_fd": handles[-1]} if handles else {}
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
            handles.append(os.open(part, flags, **below))
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK
        handles.append(os.open(name, flags, dir_fd=handles[-1]))
        kind = os.fstat(handles[-1])
        if not stat.S_ISREG(kind.st_mode) or kind.st_size > MOST_BYTES:
            return None
        with os.fdopen(os.dup(handles[-1]), "rb") as file:
            data = file.read(MOST_BYTES + 1)
        return data if len(data) <= MOST_BYTES else None
    except OSError:
        return None
    finally:
        for handle in handles:
            os.close(handle)


def _value(item: Any, depth: int = 0) -> Any:
    """One answer, from the form that ``in_kernel.SOURCE`` writes."""
    if depth > DEEPEST:
        return Other("deep")
    if item is None or isinstance(item, bool | int | str):
        return item
    if not isinstance(item, dict):
        return Other(type(item).__name__)
    if "error" in item:
        return Raised(str(item["error"])[:MOST_TEXT], str(item.get("text", ""))[:MOST_TEXT])
    if "float" in item:
        return float(item["float"])
    if "list" in item:
        return [_value(one, depth + 1) for one in item["list"]]
    if "set" in item:
        return {"set": [_value(one, depth + 1) for one in item["set"]]}
    if "dict" in item:
        return {"dict": [[_value(a, depth + 1), _value(b, depth + 1)] for a, b in item["dict"]]}
    if "array" in item:
        return _array(*item["array"])
    return Other(str(item.get("other"))[:MOST_TEXT])


def _array(dtype: object, shape: object, data: object) -> np.ndarray | Other:
    sound = isinstance(dtype, str) and DTYPES.fullmatch(dtype) and isinstance(data, str)
    sides = shape if isinstance(shape, list) and len(shape) <= 16 else [-1]
    if not sound or not all(type(side) is int and side >= 0 for side in sides):
        return Other("array")
    try:
        values = np.frombuffer(base64.b64decode(data, validate=True), np.dtype(dtype))
    except (ValueError, binascii.Error):
        return Other("array")
    if math.prod(sides) != values.size:
        return Other("array")
    return values.reshape(sides)


def difference(expected: Any, received: Any, tolerance: float) -> str:
    """Why two answers don't agree, without saying what is right; "" if they do.

    Whole numbers, texts and truth values have to be the same. Other numbers may differ by
    ``tolerance · (1 + |expected|)``; NaN agrees with NaN, infinity with the same infinity. A
    number may be whole or not, an array's precision is free, but not its shape, and whole
    numbers don't become others.
    """
    if isinstance(received, Raised):
        return f"it raised {_told(received)}"
    if isinstance(expected, np.ndarray) or isinstance(received, np.ndarray):
        return _array_difference(expected, received, tolerance)
    if isinstance(expected, bool) or isinstance(received, bool):
        same_kind = isinstance(expected, bool) and isinstance(received, bool)
        return "" if same_kind and expected is received else _kind_or_value(same_kind)
    if isinstance(expected, int | float):
        if not isinstance(received, int | float):
            return "it is of another type"
        exact = isinstance(expected, int)
        return (
            "" if _near(expected, received, 0 if exact else tolerance) else "the value is another"
        )
    if isinstance(expected, list):
        if not isinstance(received, list):
            return "it is of another type"
        if len(expected) != len(received):
            return "the number of values is another"
        pairs = zip(expected, received, strict=True)
        return next(filter(None, (difference(*pair, tolerance) for pair in pairs)), "")
    if isinstance(expected, dict):
        return _mapping_difference(expected, received, tolerance)
    same_kind = type(expected) is type(received)
    return "" if same_kind and expected == received else _kind_or_value(same_kind)


def _kind_or_value(same_kind: bool) -> str:
    return "the value is another" if same_kind else "it is of another type"


def _near(expected: float, received: float, tolerance: float) -> bool:
    try:
        one, other = float(expected), float(received)
    except OverflowError:
        return expected == received
    if math.isnan(one) or math.isinf(one) or not math.isfinite(other):
        return one == other or (math.isnan(one) and math.isnan(other))
    return abs(one - other) <= tolerance * (1 + abs(one))


def _array_difference(expected: Any, received: Any, tolerance: float) -> str:
    if not isinstance(expected, np.ndarray) or not isinstance(received, np.ndarray):
        one, other = (_listed(value) for value in (expected, received))
        if isinstance(one, list) and isinstance(other, list):  # a list where an array is usual
            return difference(one, other, tolerance)
        return "it is of another type"
    if expected.shape != received.shape:
        return "its shape is another"
    whole = expected.dtype.kind in "biu"
    if whole and received.dtype.kind not in "biu":
        return "it is of another type"
    if expected.dtype.kind == "b" and received.dtype.kind != "b":
        return "it is of another type"
    if whole:
        return "" if np.array_equal(expected, received) else "the values are others"
    wanted, given = expected.astype(np.float64), received.astype(np.float64)
    if np.isnan(given).sum() > np.isnan(wanted).sum():
        return "there are values that are no numbers (NaN)"
    near = np.isclose(given, wanted, rtol=tolerance, atol=tolerance, equal_nan=True)
    return "" if near.all() else "the values are others"


def _listed(value: Any) -> Any:
    return value.tolist() if isinstance(value, np.ndarray) else value


def _mapping_difference(expected: dict, received: Any, tolerance: float) -> str:
    kind = next(iter(expected))
    if not isinstance(received, dict) or kind not in received:
        return "it is of another type"
    if kind == "set":
        one, other = (sorted(values[kind], key=repr) for values in (expected, received))
        return difference(one, other, tolerance) and "the members are others"
    one, other = ({repr(key): value for key, value in v[kind]} for v in (expected, received))
    if set(one) != set(other):
        return "the keys are others"
    return next(filter(None, (difference(one[key], other[key], tolerance) for key in one)), "")


def _told(raised: Raised) -> str:
    text = " ".join(raised.text.split())
    return f"{raised.name}: {text}" if text else raised.name
