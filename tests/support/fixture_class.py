"""The fixture class: written, graded, and what was expected of each beside what was found.

    python -m tests.support.fixture_class                    # grade it, print the table
    python -m tests.support.fixture_class --guide            # and put it into the guide
    python -m tests.support.fixture_class build/submissions  # only write what it handed in

Exits with 1 if one row is not as expected, or if anything outside of the sandbox was touched.
"""

import argparse
import os
import socket
import sys
import tempfile
import threading
import time
import uuid
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from dcgan_classroom.grading.arguments import Options
from dcgan_classroom.grading.grade import Grading, grade_class
from dcgan_classroom.grading.results import Result, read_results
from dcgan_classroom.sandbox.base import Sandbox
from dcgan_classroom.sandbox.find import find_sandbox
from dcgan_classroom.sandbox.process import Limits
from dcgan_classroom.sandbox.system_calls import a_key, take_key
from dcgan_lib.shared.errors import CourseError
from tests.support import (
    attacks,
    honest,  # noqa: F401  (each of the three enrols its students)
    tampering,  # noqa: F401
)
from tests.support.hand_in import CLASS, COURSE, HandedIn, Traps

LIMITS = Limits(
    memory_mb=1536, file_mb=64, box_mb=64, tmp_mb=32, cell_seconds=6, wall_seconds=40, output_kb=64
)
GUIDE = Path(__file__).parents[2] / "docs" / "instructor_guide.md"
BEGIN = "<!-- Written by: python -m tests.support.fixture_class --guide -->"
END = "<!-- End of what it writes. -->"
UNTOUCHED = "Nothing may be written here."
GROUPS = ("right", "partly right", "accident", "tampering", "attack")
EXPLOITS = attacks.EXPLOITS


@dataclass
class Watched:
    """Traps that were laid out, and what was seen of them.

    Attributes:
        traps: as attacks know them.
        met: connections that the server got.
        folder: of the canaries.
    """

    traps: Traps
    folder: Path
    met: list[str] = field(default_factory=list)

    def touched(self) -> list[str]:
        """What an attack reached, a sentence each; processes that are left are ended."""
        found = [f"the server was reached: {line}" for line in self.met]
        secret = Path(self.traps.secret)
        if secret.read_text() != UNTOUCHED:
            found.append("the canary was written over")
        here = [path for path in self.folder.rglob("*") if path.is_file() and path != secret]
        found += [f"{path} was written" for path in here]
        for folder in map(Path, (*self.traps.places, *self.traps.theirs, "/", "/etc", "/tmp")):
            found += [f"{one} was written" for one in folder.glob("owned*")]
            found += [f"{one} was written" for one in folder.glob("climbed_out*")]
        if take_key(f"left {self.traps.nonce}"):
            found.append("a key was left in the grader's keyring")
        return found + [f"process {left} was left" for left in self._left()]

    def _left(self) -> list[int]:
        left = []
        for entry in Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and self.traps.nonce.encode() in _command(entry):
                    left.append(int(entry.name))
                    os.kill(left[-1], 9)
            except OSError:
                continue
        return left


def _command(process: Path) -> bytes:
    return (process / "cmdline").read_bytes()


@contextmanager
def lay_out(theirs: tuple[Path, ...]) -> Iterator[Watched]:
    """Canaries that anybody could write, a server that anybody could reach."""
    with tempfile.TemporaryDirectory() as name, socket.create_server(("127.0.0.1", 0)) as server:
        folder = Path(name)
        places = [folder, folder / "open"]
        places[1].mkdir()
        secret = folder / "secret"
        secret.write_text(UNTOUCHED)
        for path, mode in ((folder, 0o777), (places[1], 0o777), (secret, 0o666)):
            path.chmod(mode)
        outside = tuple(str(path) for path in (*places, COURSE))
        port = server.getsockname()[1]
        traps = Traps(str(secret), outside, port, tuple(map(str, theirs)), uuid.uuid4().hex)
        watched = Watched(traps, folder)
        thread = threading.Thread(target=_serve, args=(server, watched.met), daemon=True)
        thread.start()
        try:
            with a_key(traps.nonce):
                yield watched
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(server: socket.socket, met: list[str]) -> None:
    while True:
        try:
            line, where = server.accept()
        except OSError:
            return
        line.close()
        met.append(str(where))


def write_class(folder: Path, traps: Traps, some: tuple[str, ...] = ()) -> list[HandedIn]:
    """Write what the class hands in, or some of it, and say who they are."""
    chosen = [one for one in CLASS if not some or one.student in some]
    chosen.sort(key=lambda one: GROUPS.index(one.group))
    for one in chosen:
        one.write(folder, traps)
    return chosen


def grade_fixtures(
    folder: Path, sandbox: Sandbox, workers: int = 2, some: tuple[str, ...] = ()
) -> tuple[list[HandedIn], Grading, list[str]]:
    """Write the class into ``folder/in``, grade it into ``folder/out``, and look at the traps."""
    work, out = folder / "in", folder / "out"
    with lay_out((COURSE, work, out)) as watched:
        chosen = write_class(work, watched.traps, some)
        options = Options(workers=workers, limits=LIMITS, notebooks=COURSE)
        done = grade_class(work, out, sandbox, options, report=lambda line: None)
        time.sleep(0.5)  # for what might come late
        return chosen, done, watched.touched()


def found_of(one: HandedIn, out: Path) -> Result:
    """The result of one submission."""
    return _results(out)[one.student, one.chapter]


@lru_cache(maxsize=2)
def _results(out: Path) -> dict[tuple[str, str], Result]:
    return {(result.student, result.chapter): result for result in read_results(out)}


def differences(one: HandedIn, result: Result) -> list[str]:
    """In what a result is not as expected; empty if it is."""
    marks = tuple(mark.score for mark in result.marks)
    said = " ".join((*result.notes, *(mark.reason for mark in result.marks)))
    wrong = []
    if result.status != one.status:
        wrong.append(f"{result.status} instead of {one.status}")
    if marks != one.marks:
        wrong.append(f"{shown(marks)} instead of {shown(one.marks)}")
    if one.says not in said:
        wrong.append(f"{one.says!r} is not said: {said}")
    return wrong


def shown(marks: tuple[float | None, ...]) -> str:
    """Marks in one line; a dash is for a human to fill in."""
    return " ".join("–" if mark is None else f"{mark:g}" for mark in marks)


def expected_row(one: HandedIn) -> tuple[str, str, str]:
    """What is said of one in a row: who it is, what is expected, and why."""
    sentence = one.sentence[0].lower() + one.sentence[1:].rstrip(".")
    return sentence, f"{one.status}: {shown(one.marks)}", one.why


def table(chosen: list[HandedIn], out: Path) -> str:
    """Expected against found, a row for each submission, as Markdown."""
    lines = ["| handed in by one who … | expected | because | found | |", "|---|---|---|---|---|"]
    for name in dict.fromkeys(one.group for one in chosen):
        lines.append(f"| **{name}** | | | | |")
        for one in (one for one in chosen if one.group == name):
            result = found_of(one, out)
            found = f"{result.status}: {shown(tuple(mark.score for mark in result.marks))}"
            sign = "✗" if differences(one, result) else "✓"
            lines.append(f"| {' | '.join((*expected_row(one), found, sign))} |")
    return "\n".join(lines)


def put_into_guide(text: str, guide: Path = GUIDE) -> None:
    """Write the table and what is said below it into the instructor's guide."""
    before, rest = guide.read_text("utf-8").split(BEGIN)
    _, after = rest.split(END)
    guide.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", "utf-8")


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Grade the fixture class, and print its table.")
    parser.add_argument("submissions", nargs="?", help="only write what was handed in, to here")
    parser.add_argument("--guide", action="store_true", help="put the table into the guide as well")
    wanted = parser.parse_args()
    if wanted.submissions:
        traps = Traps("/nowhere", (), 9, (), "fixture class")
        print(f"{len(write_class(Path(wanted.submissions), traps))} submissions are written")
        return 0
    try:
        sandbox = find_sandbox()
    except CourseError as error:
        print(error)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        start = time.monotonic()
        chosen, done, touched = grade_fixtures(folder, sandbox)
        seconds = time.monotonic() - start
        wrong = {one.student: differences(one, found_of(one, folder / "out")) for one in chosen}
        rows = table(chosen, folder / "out")
    wrong = {student: text for student, text in wrong.items() if text}
    groups = ", ".join(f"{n} {name}" for name, n in Counter(o.group for o in chosen).items())
    text = (
        f"{rows}\n\n{len(chosen)} submissions ({groups}), in {sandbox.kind}. As expected: "
        f"{len(chosen) - len(wrong)}. Outside: {'; '.join(touched) or 'untouched'}."
    )
    print(text)
    print(f"{seconds:.0f} s on two workers.", file=sys.stderr)
    for student, why in wrong.items():
        print(f"{student}: {'; '.join(why)}")
    if wanted.guide:
        put_into_guide(text)
    return 1 if wrong or touched or done.failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
