"""Files that are whole or absent, and files that can be read to their end."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock

MOST_BYTES = 2**30  # of a file that is read at once: no photograph is as large as this


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


def read_file(path: str | Path) -> bytes:
    """Read a regular file; a pipe, a socket or a device would never end.

    Raises:
        OSError: it can't be opened, isn't a regular file, or has more than 1 GiB.
    """
    # without O_NONBLOCK, to open a pipe would wait for a writer
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, _kind(status.st_mode), str(path))
        if status.st_size > MOST_BYTES:
            raise OSError(errno.EFBIG, f"{status.st_size / 1e9:.1f} GB, too large", str(path))
        return file.read()


def why_not_a_file(path: str | Path) -> str:
    """Why a path isn't a regular file, in a few words; empty where it is one."""
    try:
        mode = Path(path).stat().st_mode
    except FileNotFoundError:
        return "a link to nothing" if Path(path).is_symlink() else "gone"
    except OSError as error:
        return error.strerror or type(error).__name__
    return "" if stat.S_ISREG(mode) else _kind(mode)


def _kind(mode: int) -> str:
    kinds = {stat.S_IFDIR: "a folder", stat.S_IFIFO: "a pipe", stat.S_IFSOCK: "a socket"}
    return f"{kinds.get(stat.S_IFMT(mode), 'a device')}, not a file"
