"""System calls that no notebook needs and that reach what a sandbox doesn't hold: a filter of them.

The kernel's keyrings pass through every namespace, and memory that no process maps (memfds,
System V segments and queues) is in nobody's count. The filter is a program for the kernel's own
little machine, in the form that bubblewrap's ``--seccomp`` takes.
"""

from __future__ import annotations

import ctypes
import errno
import platform
import struct
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

ALLOW, DENY = 0x7FFF0000, 0x00050000 | errno.EPERM
LOAD, EQUALS, AT_LEAST, RETURN = 0x20, 0x15, 0x35, 0x06  # of the filter's machine
NUMBER, ARCHITECTURE = 0, 4  # where a call's record holds them
X32 = 0x40000000  # from here on, x86-64 counts its calls once more
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
SESSION = ctypes.c_int(-3)  # the keyring of this session
SEARCH, INVALIDATE = 10, 21  # what keyctl can do
CALLS: Mapping[str, Mapping[str, int]] = {
    "x86_64": {
        "add_key": 248,
        "request_key": 249,
        "keyctl": 250,
        "memfd_create": 319,
        "memfd_secret": 447,
        "shmget": 29,
        "semget": 64,
        "msgget": 68,
        "bpf": 321,
        "userfaultfd": 323,
        "perf_event_open": 298,
        "io_uring_setup": 425,
    },
    "aarch64": {
        "add_key": 217,
        "request_key": 218,
        "keyctl": 219,
        "memfd_create": 279,
        "memfd_secret": 447,
        "shmget": 194,
        "semget": 190,
        "msgget": 186,
        "bpf": 280,
        "userfaultfd": 282,
        "perf_event_open": 241,
        "io_uring_setup": 425,
    },
}


def call_filter(machine: str | None = None) -> bytes:
    """The filter's program; empty for a machine whose numbers aren't known here.

    Args:
        machine: as ``platform.machine()`` names it; by default this one.
    """
    machine = machine or platform.machine()
    if machine not in CALLS:
        return b""
    denied = sorted(CALLS[machine].values())
    checks = [(EQUALS, number) for number in denied]
    checks = [(AT_LEAST, X32), *checks] if machine == "x86_64" else checks
    steps = [
        _step(LOAD, ARCHITECTURE),
        _step(EQUALS, ARCHITECTURES[machine], no=len(checks) + 2),  # another one's: denied
        _step(LOAD, NUMBER),
        *(_step(*check, yes=len(checks) - at) for at, check in enumerate(checks)),
        _step(RETURN, ALLOW),
        _step(RETURN, DENY),
    ]
    return b"".join(steps)


def _step(code: int, value: int, yes: int = 0, no: int = 0) -> bytes:
    """One instruction; ``yes`` and ``no`` are how many of the next ones are left out."""
    return struct.pack("=HBBI", code, yes, no, value)


@contextmanager
def a_key(name: str) -> Iterator[bool]:
    """Put a key into the session's keyring for a while; whether there is such a thing here."""
    numbers = CALLS.get(platform.machine())
    value = name.encode()
    added = -1
    if numbers:
        size = ctypes.c_size_t(len(value))
        added = _call(numbers["add_key"], b"user", value, value, size, SESSION)
    try:
        yield added >= 0
    finally:
        take_key(name)


def take_key(name: str) -> bool:
    """Remove a key from the session's keyring; whether it was there."""
    numbers = CALLS.get(platform.machine())
    if not numbers:
        return False
    key = _call(numbers["keyctl"], SEARCH, SESSION, b"user", name.encode(), 0)
    if key >= 0:
        _call(numbers["keyctl"], INVALIDATE, key)
    return key >= 0


def _call(number: int, *arguments: object) -> int:
    return ctypes.CDLL(None, use_errno=True).syscall(number, *arguments)
