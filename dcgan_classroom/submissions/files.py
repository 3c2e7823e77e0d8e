"""The files of one student, read from folders and archives, with bounds that are that student's."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import BinaryIO

from dcgan_classroom.submissions.entries import DiskEntry, Entry, read_archive

MB = 2**20
MOST_BYTES = 50 * MB  # of one notebook
MOST_OF_ALL = 512 * MB  # that are read of one student
MOST_FILES = 20_000  # of one student
MOST_NAMED = 20  # files of one student that aren't notebooks, each with a line of its own
DEEPEST_FOLDER = 30
DEEPEST_ARCHIVE = 3  # a student's archive in an export's, with one more in it
LONGEST_LIST = 32 * MB  # of an archive's members
IN_MEMORY = 16 * MB  # of an archive in an archive; what is more goes into a temporary file
CHUNK = 1 * MB
PYTHON = ".py"


@dataclass(frozen=True)
class Incoming:
    """One file that was found.

    Attributes:
        folders: names of the folders and archives that it lies in, below what names its student.
        name: its own, without suffix; "" where it is itself what names the student.
        source: where, as a reader finds it: ``moodle.zip: Ada Lovelace_12_…/04.ipynb``.
        data: its bytes; None where ``problem`` says why not.
        modified: ISO 8601, seconds and zone, or ""; of a student's archive, what that has.
        problem: a sentence, or "".
        archived: whether it lies in an archive of the student's.
    """

    folders: tuple[str, ...]
    name: str
    source: str
    data: bytes | None
    modified: str = ""
    problem: str = ""
    archived: bool = False


@dataclass
class Budget:
    """How much more is read of one student; what was left out for want of it."""

    bytes: int = 0
    files: int = 0
    named: int = 0
    exceeded: str = ""

    def __post_init__(self) -> None:
        self.bytes, self.files, self.named = MOST_OF_ALL, MOST_FILES, MOST_NAMED


class StudentsFiles:
    """Reads what one student handed in.

    Args:
        budget: that is left of this student's.
    """

    def __init__(self, budget: Budget) -> None:
        self.budget, self.unnamed = budget, 0

    def read(self, entry: Entry, place: str) -> Iterator[Incoming]:
        """Every file of an outermost folder, archive or file that is this student's.

        Args:
            entry: what lies there.
            place: its path, for a reader.
        """
        with ExitStack() as opened:
            waiting = [_Waiting(entry, (), place, "", 0)]
            while waiting:
                one = waiting.pop()
                if one.entry.problem or one.entry.folder or one.entry.archive:
                    more, refused = self._below(one, opened)
                    yield from refused
                    waiting += reversed(more)
                elif self._counts(one):
                    yield from self._file(one)
        if self.unnamed:
            text = f"{self.unnamed:,} more files of this student aren't notebooks (.ipynb)."
            yield Incoming((), "", place, None, "", text)

    def _below(self, one: _Waiting, opened: ExitStack) -> tuple[list[_Waiting], list[Incoming]]:
        """What lies in a folder or archive, and what of it can't be read."""
        entry = one.entry
        try:
            if entry.problem:
                raise ValueError(entry.problem)
            if len(one.folders) >= DEEPEST_FOLDER:
                raise ValueError(f"Folders below the {DEEPEST_FOLDER}th level aren't read.")
            if entry.folder:
                return [one.below(child, "/") for child in entry.children()], []
            return self._in_archive(one, opened)
        except ValueError as error:
            problem = str(error)
        except RuntimeError:  # what zipfile says to a member that needs a password
            problem = "It needs a password."
        except Exception as error:  # OSError, zlib.error, lzma.LZMAError: a broken stream
            what = "read" if entry.folder else "unpacked"
            problem = f"It can't be {what} ({type(error).__name__})."
        return [], [one.refused(problem)]

    def _in_archive(
        self, one: _Waiting, opened: ExitStack
    ) -> tuple[list[_Waiting], list[Incoming]]:
        if one.archives >= DEEPEST_ARCHIVE:
            raise ValueError("It is an archive in too many archives; hand in the notebook itself.")
        if one.archives == 0 and isinstance(one.entry, DiskEntry):
            file = opened.enter_context(one.entry.open())
        else:
            file = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115
            opened.callback(file.close)
            if not self._copied(one.entry, file, MOST_OF_ALL):
                raise ValueError(self._too_large(MOST_OF_ALL))
        root, outside, left = read_archive(file, max(0, self.budget.files), LONGEST_LIST)
        if left:
            self.budget.exceeded = f"more than {MOST_FILES:,} files"
        refused = [
            one.refused("Its name leads out of the archive's folder.", name)
            for name in outside[:MOST_NAMED]
        ]
        if left:
            refused.append(one.refused(f"More than {MOST_FILES:,} files of a student aren't read."))
        return [one.below(child, ": ") for child in root.children()], refused

    def _counts(self, one: _Waiting) -> bool:
        """Whether a file may still be looked at; it is counted."""
        self.budget.files -= 1
        if self.budget.files < 0:
            self.budget.exceeded = f"more than {MOST_FILES:,} files"
        return self.budget.files >= 0

    def _file(self, one: _Waiting) -> Iterator[Incoming]:
        name = one.entry.name
        if not one.entry.notebook:
            self.budget.named -= 1
            if self.budget.named >= 0:
                yield one.refused(_no_notebook(name))
            else:
                self.unnamed += 1
            return
        if ".ipynb_checkpoints" in one.folders:
            yield one.refused("It is a copy that Jupyter saved by itself; it doesn't count.")
            return
        target = io.BytesIO()
        try:
            fits = self._copied(one.entry, target, MOST_BYTES)
        except RuntimeError:
            yield one.refused("It needs a password.")
            return
        except Exception as error:  # OSError, zlib.error, lzma.LZMAError: a broken stream
            yield one.refused(f"It can't be read ({type(error).__name__}).")
            return
        if not fits:
            yield one.refused(self._too_large(MOST_BYTES))
        elif not target.getvalue().strip(b" \t\r\n\0"):
            yield one.refused("It is empty.")
        else:
            yield one.read(target.getvalue())

    def _copied(self, entry: Entry, target: BinaryIO, most: int) -> bool:
        """Copy a whole file; False where it is too large. What its header says isn't believed."""
        most, size = min(most, self.budget.bytes), 0
        with entry.open() as file:
            while part := file.read(CHUNK):
                size += len(part)
                if size > most:
                    return False
                target.write(part)
        self.budget.bytes -= size
        return True

    def _too_large(self, most: int) -> str:
        if self.budget.bytes < most:
            self.budget.exceeded = f"more than {MOST_OF_ALL // MB} MB"
        whole = f"what is read of a student is larger than {MOST_OF_ALL // MB} MB together"
        return f"It is larger than {most // MB} MB, or {whole}."


@dataclass(frozen=True)
class _Waiting:
    """Something that is still to be looked at."""

    entry: Entry
    folders: tuple[str, ...]
    source: str
    archived: str  # the time of the student's archive around it; "" outside of one, or unknown
    archives: int

    def below(self, child: Entry, between: str) -> _Waiting:
        is_archive = self.entry.archive
        return _Waiting(
            entry=child,
            folders=(*self.folders, child.name) if child.folder or child.archive else self.folders,
            source=f"{self.source}{between}{child.name}",
            archived=self.archived or (self.entry.modified if is_archive else ""),
            archives=self.archives + is_archive,
        )

    def refused(self, problem: str, name: str = "") -> Incoming:
        source = f"{self.source}: {name}" if name else self.source
        return Incoming(self.folders, "", source, None, "", problem)

    def read(self, data: bytes) -> Incoming:
        return Incoming(
            folders=self.folders,
            name=self.entry.stem,
            source=self.source,
            data=data,
            modified=self.archived if self.archives else self.entry.modified,
            archived=self.archives > 0,
        )


def _no_notebook(name: str) -> str:
    if name.lower().endswith(PYTHON):
        return (
            "It is a Python file, not a notebook (.ipynb). In Colab, File → Download → Download "
            ".ipynb gives the notebook."
        )
    return "It isn't a notebook (.ipynb)."
