"""Errors that a user can cause, and files that are whole or absent."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Yield a temporary path beside ``path`` that takes its place when the block succeeds.

    A file that exists is therefore whole: a crash, a full disk or Ctrl-C inside the block
    leaves what was there before. The temporary name keeps the suffix, which image writers
    choose their format by.

    Raises:
        OSError: the folder can't be written.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".part-", suffix=path.suffix, dir=path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)  # mkstemp makes files that only their owner can read
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def one_at_a_time(folder: str | Path) -> Iterator[None]:
    """Let one process of this machine work on ``folder``; another one waits here.

    The lock lies in the system's temporary folder, so it leaves nothing beside a user's files.
    """
    key = hashlib.sha256(str(Path(folder).resolve()).encode()).hexdigest()[:16]
    with filelock.FileLock(Path(tempfile.gettempdir()) / f"dcgan-{key}.lock", mode=0o666):
        yield
