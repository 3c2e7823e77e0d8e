"""JSON of somebody who isn't trusted: its size is known before anything of it is built.

A parser pays some 60 bytes and more for each pair of brackets, so 30 MB of ``{},`` would be
gigabytes. Texts are left out first, then commas, colons and brackets are counted.
"""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np

TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)  # a text, or what begins as one
OPENING, CLOSING = b"[{", b"]}"


def load_untrusted(data: bytes, most_items: int, deepest: int) -> Any:
    """Parse JSON in UTF-8, 16 or 32, with or without a byte order mark.

    Args:
        data: the file; its size is the caller's to bound.
        most_items: members of all lists and objects together.
        deepest: levels of lists and objects.

    Raises:
        ValueError: it isn't JSON, or it is larger or deeper than that; the message says which.
    """
    text = data.decode(json.detect_encoding(data), "replace").removeprefix("\ufeff")
    if problem := why_too_large(text.encode("utf-8", "replace"), most_items, deepest):
        raise ValueError(problem)
    try:
        return json.loads(text)
    except (ValueError, RecursionError, MemoryError) as error:
        raise ValueError(f"its JSON can't be read ({type(error).__name__})") from None


def why_too_large(data: bytes, most_items: int, deepest: int) -> str:
    """Why JSON in UTF-8 had better not be parsed; "" if it may be."""
    signs = np.frombuffer(TEXT.sub(b"", data), np.uint8)
    if int(np.isin(signs, list(b",:" + OPENING)).sum()) > most_items:
        return f"its JSON has more than {most_items:,} parts"
    steps = np.isin(signs, list(OPENING)).astype(np.int8) - np.isin(signs, list(CLOSING))
    if steps.size and int(np.cumsum(steps, dtype=np.int64).max()) > deepest:
        return f"its JSON is nested more than {deepest} levels deep"
    return ""
