"""A kernel's process while it runs: limits, a watch over it, its end, and what it leaves.

Everything that the process can write lies in file systems in memory of bounded size. Their
folders are held open here, so what is in them outlives the process and is read when nothing
that belongs to a student runs any more.
"""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import signal
import stat
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

MB = 2**20
FLOOD_MB = 1024  # by which the grader's own memory may grow during a run
FILES = 20_000  # in each file system of a sandbox
DEPTH = 30  # of folders in a box
WATCH_SECONDS = 0.2
LAST_SECONDS = 1.0  # that are read of what a process which got away still says
FEW_FILES = 256  # that may be open in all processes together and count for nothing
SOCKET_MB = 0.42  # that the kernel may hold for an open socket, and no process maps


@dataclass(frozen=True)
class Limits:
    """What one run may use.

    Attributes:
        memory_mb: of address space per process, and of memory for all of them together.
            TensorFlow alone needs 2.9 GB of address space on a processor.
        processes: at once, threads counted.
        file_mb: size of one file.
        box_mb: size of the work folder; it lies in memory.
        tmp_mb: size of /tmp; it lies in memory.
        cell_seconds: for one cell.
        wall_seconds: for the whole run, its start included.
        output_kb: of text kept per cell; 8 times as much of pictures per cell, and 32 times as
            much for the whole notebook.
    """

    memory_mb: int = 8192
    processes: int = 64
    file_mb: int = 256
    box_mb: int = 512
    tmp_mb: int = 256
    cell_seconds: float = 120
    wall_seconds: float = 900
    output_kb: int = 1024


@dataclass
class Running:
    """A process that was started in a sandbox, and the thread that watches it.

    Attributes:
        process: the process that everything else dies with.
        limits: of the run.
        box: its work folder, as the grader can read it: a path, or an open folder's.
        sockets: folder of its sockets, as the grader can reach them; a short path.
        sockets_inside: the same folder's path, as the process sees it.
        counted: open folders whose number of files is watched.
        contained: whether the process and its children are in a namespace of their own.
        why: why it was ended by the watch: "", "wall", "cell", "memory", "files" or "flood".
        peak_mb: most address space that one of its processes was seen to have.
    """

    process: subprocess.Popen
    limits: Limits
    box: Path
    sockets: Path
    sockets_inside: Path
    counted: tuple[int, ...] = ()
    contained: bool = True
    on_close: list[Callable[[], object]] = field(default_factory=list)
    why: str = ""
    peak_mb: float = 0.0
    cell_deadline: float = float("inf")

    def __post_init__(self) -> None:
        self._wall = time.monotonic() + self.limits.wall_seconds
        self._oom_kills = oom_kills()
        self._own = _resident_mb("self")
        self._tail = b""
        self._done = threading.Event()
        self._threads = [
            threading.Thread(target=work, daemon=True) for work in (self._watch, self._listen)
        ]
        for thread in self._threads:
            thread.start()

    @property
    def alive(self) -> bool:
        """Whether the process has not ended yet."""
        return self.process.poll() is None

    @property
    def errors(self) -> str:
        """The end of what it wrote to its stderr, at most 4,000 characters."""
        return self._tail.decode("utf-8", "replace")

    def end(self, why: str = "") -> None:
        """End the process and, with it, every other one in its sandbox. Can be called twice."""
        self.why = self.why or why
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def out_of_memory(self) -> bool:
        """Whether the end looks like one for want of memory (known after the process ended)."""
        signals = {-signal.SIGKILL, 128 + signal.SIGKILL, -signal.SIGABRT, 128 + signal.SIGABRT}
        if self.why or self.process.poll() not in signals:
            return self.why == "memory"
        starved = self.peak_mb > self.limits.memory_mb / 2 or "bad_alloc" in self.errors
        return starved or oom_kills() > self._oom_kills

    def close(self) -> None:
        """End it, if it still runs, and let go of its folders.

        Both threads have ended then: a number of an open file that one of them still read from
        would be somebody else's file by and by.
        """
        self.end()
        self._last_words = time.monotonic() + LAST_SECONDS
        self._done.set()
        for thread in self._threads:
            thread.join()
        if self.process.stderr is not None:
            self.process.stderr.close()
        while self.on_close:
            self.on_close.pop()()

    def _listen(self) -> None:
        assert self.process.stderr is not None
        told = self.process.stderr.fileno()
        while True:
            ready, _, _ = select.select([told], [], [], WATCH_SECONDS)
            part = os.read(told, 65536) if ready else b""
            self._tail = (self._tail + part)[-4000:]
            ended = self._done.is_set() and (not ready or time.monotonic() > self._last_words)
            if ended or (ready and not part):
                return  # a process that got away may hold the other end, and write, for ever

    def _watch(self) -> None:
        while not self._done.wait(WATCH_SECONDS) and self.alive:
            if why := self._breach():
                self.end(why)

    def _breach(self) -> str:
        now = time.monotonic()
        if now > self._wall:
            return "wall"
        if now > self.cell_deadline:
            return "cell"
        if _resident_mb("self") - self._own > FLOOD_MB:
            return "flood"
        with contextlib.suppress(OSError):
            for folder in self.counted:
                seen = os.fstatvfs(folder)
                if seen.f_files - seen.f_ffree > FILES:
                    return "files"
        return "memory" if self.contained and self._too_much_memory() else ""

    def _too_much_memory(self) -> bool:
        pids = list(family(self.process.pid))
        self.peak_mb = max([self.peak_mb, *(_virtual_mb(pid) for pid in pids)])
        unmapped = max(0, sum(map(_open_files, pids)) - FEW_FILES) * SOCKET_MB
        if sum(map(_resident_mb, pids)) + unmapped <= self.limits.memory_mb:
            return False  # what is shared was counted more than once, and still is within
        return sum(map(_proportional_mb, pids)) + unmapped > self.limits.memory_mb


def copy_out(source: Path, target: Path, limits: Limits) -> list[str]:
    """Copy the regular files of a student's folder, within the limits; links are not followed.

    Args:
        source: the folder; no process may be left that could change it.
        target: an existing folder; what it holds is replaced.
        limits: ``file_mb`` and ``box_mb`` hold for what is copied, holes in files counted.

    Returns:
        What was left out, a sentence each, at most ten.
    """
    for old in target.iterdir():
        shutil.rmtree(old) if old.is_dir() and not old.is_symlink() else old.unlink()
    left, room = [], [limits.box_mb * MB, FILES]
    root = os.open(source, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _copy_folder(root, target, "", limits, room, left)
    finally:
        os.close(root)
    return left[:10]


def _copy_folder(
    folder: int, target: Path, inside: str, limits: Limits, room: list[int], left: list[str]
) -> None:
    for entry in sorted(os.listdir(folder)):
        name = f"{inside}{entry}"
        try:
            kind = os.stat(entry, dir_fd=folder, follow_symlinks=False)
            room[1] -= 1
            if room[1] < 0 or inside.count("/") > DEPTH:
                left.append(f"{name!r} was left out: too many files or folders.")
                return
            if stat.S_ISDIR(kind.st_mode):
                flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW
                deeper = os.open(entry, flags, dir_fd=folder)
                try:
                    (target / entry).mkdir()
                    _copy_folder(deeper, target / entry, f"{name}/", limits, room, left)
                finally:
                    os.close(deeper)
            elif not stat.S_ISREG(kind.st_mode):
                left.append(f"{name!r} was left out: it isn't a plain file.")
            elif kind.st_size > min(limits.file_mb * MB, room[0]):
                left.append(f"{name!r} was left out: it is too big.")
            else:
                room[0] -= kind.st_size
                handle = os.open(entry, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
                with os.fdopen(handle, "rb") as one, (target / entry).open("xb") as other:
                    shutil.copyfileobj(one, other)
        except (OSError, ValueError) as error:
            left.append(f"{name!r} was left out: {type(error).__name__}.")


def family(pid: int) -> Iterator[int]:
    """A process and all that descend from it (Linux; elsewhere itself only)."""
    waiting = [pid]
    while waiting:
        yield (member := waiting.pop())
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{member}/task").iterdir():
                waiting += map(int, (thread / "children").read_text().split())


def oom_kills() -> int:
    """How many processes the machine ended for want of memory since it started; 0 if unknown."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/vmstat").read_text().splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    return 0


def _virtual_mb(pid: int | str) -> float:
    return _statm(pid)[0]


def _resident_mb(pid: int | str) -> float:
    return _statm(pid)[1]


def _statm(pid: int | str) -> tuple[float, float]:
    try:
        virtual, resident, *_ = Path(f"/proc/{pid}/statm").read_text().split()
    except (OSError, ValueError):
        return 0.0, 0.0
    page = os.sysconf("SC_PAGE_SIZE") / MB
    return int(virtual) * page, int(resident) * page


def _open_files(pid: int) -> int:
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208
    except OSError:
        return 0


def _proportional_mb(pid: int) -> float:
    """Memory of a process, what it shares with others counted in parts."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
    except (OSError, ValueError, StopIteration):
        return _resident_mb(pid)
