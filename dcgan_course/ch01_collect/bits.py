"""What one bit does to a file, and to its checksum (chapter 01)."""

from __future__ import annotations

import math


def flip_bit(data: bytes, bit: int) -> bytes:
    """A copy of ``data`` with one bit turned over; bit 0 is the lowest of the first byte."""
    changed = bytearray(data)
    changed[bit // 8] ^= 1 << bit % 8
    return bytes(changed)


def digits_that_differ(one: str, other: str) -> list[bool]:
    """For each digit of two checksums of one length, whether it differs."""
    return [a != b for a, b in zip(one, other, strict=True)]


def chance_of_digits(count: int = 64) -> list[float]:
    """How likely 0, 1, …, ``count`` of so many hexadecimal digits differ, if they were drawn."""
    ways = (math.comb(count, k) for k in range(count + 1))
    return [n * (15 / 16) ** k * (1 / 16) ** (count - k) for k, n in enumerate(ways)]
