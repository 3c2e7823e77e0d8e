"""A kernel in bubblewrap.

Only the kernel runs inside; papermill stays outside, in the grader's process. All that
the kernel can write are file systems in memory of bounded size, so neither a file nor its
shadow (deleted, still open) can fill a disk. The work folder goes in as a tar stream, and is
read through a folder held open from outside after everything inside has ended. Not run: a GPU.
"""

from __future__ import annotations

import json
import os
import pwd
import select
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from dcgan_classroom.sandbox.base import (
    BOX,
    CONNECTION,
    SHARED_MEMORY_MB,
    SOCKETS,
    START_SECONDS,
    Sandbox,
    environment,
    environment_paths,
    hidden_paths,
    last_line,
    plain_entry,
)
from dcgan_classroom.sandbox.process import MB, Limits, Running
from dcgan_classroom.sandbox.system_calls import call_filter
from dcgan_lib.shared import CourseError

TREES = ("/bin", "/sbin", "/lib", "/lib32", "/lib64")


@dataclass(frozen=True)
class Bubblewrap(Sandbox):
    """A kernel in namespaces of its own, without network, environment or capabilities.

    Attributes:
        program: path of ``bwrap``.
        user: whom the kernel runs as where the grader is root; None: as the grader.
    """

    program: str
    user: str | None = None
    kind = "bubblewrap"

    @property
    def memory(self) -> str:
        """See ``Sandbox.memory``."""
        counted = (
            "The grader counts the memory of a notebook's processes, and ends them above the limit"
        )
        if call_filter():
            return f"{counted}; calls for memory that no process maps are refused."
        return f"{counted}; memory that no process maps (memfds, System V) isn't counted here."

    def start(self, arguments, given, box, readable, limits):
        """See ``Sandbox.start``."""
        with ExitStack() as held:
            stage = None
            if self.user:
                _check_readable(readable, self.user)
                stage = tempfile.mkdtemp(prefix="dcgan-")
                held.callback(os.rmdir, stage)
            (told, tells), (blocked, unblocks), (reads, writes) = (_pipe(held) for _ in range(3))
            content = {**given, "ip": str(SOCKETS / "s")}
            writes.write(json.dumps(content).encode())  # some 300 bytes: a pipe holds them
            writes.close()
            connection = str(SOCKETS / CONNECTION)
            handles = ["--json-status-fd", str(tells.fileno()), "--block-fd", str(blocked.fileno())]
            handles += ["--perms", "0600", "--file", str(reads.fileno()), connection]
            ends = [tells, blocked, reads]
            if allowed := call_filter():
                filters, fills = _pipe(held)
                fills.write(allowed)
                fills.close()
                handles += ["--seccomp", str(filters.fileno())]
                ends.append(filters)
            called = [part.format(connection=connection) for part in arguments]
            line = self.command(called, readable, limits, stage, handles)
            process = _process(line, *ends)
            try:
                root = _root(_child(told, process), process)
                names = BOX, SOCKETS, "/tmp", "/dev/shm"
                folders = [_hold(held, f"{root}{name}") for name in names]
                unblocks.write(b"1")
                work, sockets = (Path(f"/proc/self/fd/{folder}") for folder in folders[:2])
                running = Running(process, limits, work, sockets, SOCKETS, tuple(folders))
            except BaseException:
                process.kill()
                process.wait()
                process.stdin.close()
                process.stderr.close()
                raise
            unblocks.close()
            running.on_close.append(held.pop_all().close)
        _pour(box, process)
        return running

    def command(
        self,
        arguments: Sequence[str],
        readable: Sequence[Path],
        limits: Limits,
        stage: str | None = None,
        handles: Sequence[str] = (),
    ) -> list[str]:
        """The whole command line.

        Args:
            arguments: for Python, inside.
            readable: files and folders that can be read inside, at the same paths.
            limits: of the run.
            stage: an empty folder; as root, what is read is mounted there first, in a mount
                namespace of its own, so that a user who may not pass through /root sees it.
            handles: bubblewrap's options with open file descriptors.
        """
        sources = [*environment_paths(), *(Path(path).resolve() for path in readable)]
        shown = {path: f"{stage}/{at}" if stage else path for at, path in enumerate(sources)}
        line, program = [], self.program
        if stage and self.user:  # who may not be able to reach bubblewrap's program either
            staged, program = _staged(self.program, shown, stage)
            line = _as_user(self.user, [*sources, *staged], stage)
        line += [program, "--unshare-all", "--unshare-user", "--disable-userns"]
        line += ["--new-session", "--die-with-parent", "--clearenv", "--cap-drop", "ALL"]
        for name, value in environment().items():
            line += ["--setenv", name, value]
        line += ["--ro-bind", "/usr", "/usr"]
        for tree in map(Path, TREES):
            if tree.is_symlink():
                line += ["--symlink", str(tree.readlink()), str(tree)]
            elif tree.is_dir():
                line += ["--ro-bind", str(tree), str(tree)]
        for path in ("/etc/ld.so.cache", "/etc/alternatives"):
            line += ["--ro-bind-try", path, path]
        line += ["--proc", "/proc", "--dev", "/dev", "--perms", "0755", "--dir", "/run"]
        for folder, size in (
            ("/tmp", limits.tmp_mb * MB),
            ("/dev/shm", SHARED_MEMORY_MB * MB),
            (BOX, limits.box_mb * MB),
            (SOCKETS, MB),
        ):
            line += ["--perms", "0700", "--size", str(size), "--tmpfs", str(folder)]
        for path in sources:
            line += ["--ro-bind", str(shown[path]), str(path)]
        for path in hidden_paths():
            line += ["--perms", "0555", "--size", "4096", "--tmpfs", str(path)]
            line += ["--remount-ro", str(path)]
        line += [*handles, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", str(BOX), "--"]
        line += ["/bin/sh", "-c", f'tar -xf - -C {BOX} --no-same-owner && exec "$@" < /dev/null']
        return [*line, "sh", *_limited(limits), str(Path(sys.prefix, "bin/python")), *arguments]


def _pipe(held: ExitStack) -> tuple[FileIO, FileIO]:
    """Its end to read and its end to write, closed with the others."""
    ends = (os.fdopen(end, mode, 0) for end, mode in zip(os.pipe(), ("rb", "wb"), strict=True))
    return tuple(held.enter_context(end) for end in ends)


def _hold(held: ExitStack, folder: str) -> int:
    """A folder, opened so that it outlives its process."""
    handle = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    held.callback(os.close, handle)
    return handle


def _process(line: Sequence[str], *ends: FileIO) -> subprocess.Popen:
    """Start it with its ends of the pipes, which are closed here.

    SIGPIPE stays ignored, as Python has it: bubblewrap tells how it stands over a pipe that no
    longer has a reader if the grader was killed, and has to live on to release its child then.
    """
    try:
        return subprocess.Popen(
            line,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            pass_fds=[end.fileno() for end in ends],
            restore_signals=False,
            start_new_session=True,
            cwd="/",
        )
    finally:
        for end in ends:
            end.close()


def _check_readable(paths: Sequence[Path], user: str) -> None:
    for path in paths:
        kind, needed = path.stat(), 0o5 if path.is_dir() else 0o4
        if kind.st_mode & needed != needed and kind.st_uid != pwd.getpwnam(user).pw_uid:
            raise CourseError(
                f"{path} can't be read in the sandbox. Expected: a file or folder that the user "
                f"{user!r} may read. Received: mode {kind.st_mode & 0o777:o}. Run: chmod -R a+rX "
                f"{path}"
            )


def _limited(limits: Limits) -> list[str]:
    memory, size = limits.memory_mb * MB, limits.file_mb * MB
    line = ["prlimit", "--core=0", f"--fsize={size}", "--nofile=1024", f"--as={memory}"]
    return [*line, f"--nproc={limits.processes}", "--"]


def _staged(program: str, shown: dict[Path, str], stage: str) -> tuple[list[Path], str]:
    """What more must be staged to run a program, and its path then; its libraries lie by it."""
    path = Path(program)
    for source, there in shown.items():
        if path.is_relative_to(source):
            return [], f"{there}/{path.relative_to(source)}"
    return ([], program) if path.is_relative_to("/usr") else ([path], f"{stage}/{len(shown)}")


def _as_user(user: str, sources: Sequence[Path], stage: str) -> list[str]:
    """Root's way in: mount what will be read where the user can reach it, then be that user."""
    script = [f"mount -t tmpfs -o mode=0755 none {stage}"]
    for at, path in enumerate(sources):
        script.append(f"{'mkdir' if path.is_dir() else 'touch'} {stage}/{at}")
        script.append(f'mount --rbind "${{{at + 1}}}" {stage}/{at}')
    script.append(f"shift {len(sources)}")
    entry = pwd.getpwnam(user)
    script.append(
        f"exec setpriv --reuid {entry.pw_uid} --regid {entry.pw_gid} --clear-groups "
        '--inh-caps=-all --bounding-set=-all "$@"'
    )
    line = ["unshare", "--mount", "--propagation", "private", "sh", "-c", " && ".join(script), "sh"]
    return [*line, *map(str, sources)]


def _child(told: FileIO, process: subprocess.Popen) -> int:
    """The first process inside, as bubblewrap names it; it may not be inside yet."""
    text = b""
    while b"\n" not in text:
        ready, _, _ = select.select([told], [], [], START_SECONDS)
        part = told.read(4096) if ready else b""
        if not part:
            raise _not_started(process)
        text += part
    return int(json.loads(text.splitlines()[0])["child-pid"])


def _root(child: int, process: subprocess.Popen) -> str:
    """The path of the sandbox's root folder, as soon as everything is mounted there."""
    root, last = Path(f"/proc/{child}/root"), time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < last:
        try:
            inside = not root.samefile("/")
            if inside and Path(f"{root}{SOCKETS}", CONNECTION).is_file():
                return str(root)
        except OSError:
            pass
        time.sleep(0.002)
    raise _not_started(process)


def _not_started(process: subprocess.Popen) -> CourseError:
    process.kill()
    errors = process.stderr.read().decode("utf-8", "replace") if process.stderr else ""
    return CourseError(
        "A kernel's sandbox could not be started. Expected: bubblewrap to make it. Received: "
        f"{last_line(errors) or 'nothing'}. `doctor` tells what holds."
    )


def _pour(box: Path, process: subprocess.Popen) -> None:
    """Hand the work folder in, as a tar stream; another thread does it, for it may be long."""

    def pour() -> None:
        stream = process.stdin
        try:
            with tarfile.open(fileobj=stream, mode="w|") as tar:
                for path in sorted(box.iterdir()):
                    tar.add(path, path.name, filter=plain_entry)
            stream.close()
        except (OSError, ValueError):
            pass  # the sandbox has ended, and its status says why

    threading.Thread(target=pour, daemon=True).start()
