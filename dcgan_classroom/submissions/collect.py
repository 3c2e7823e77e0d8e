"""One student's hand-ins: read within bounds, each file a submission or a problem."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from dcgan_classroom.submissions.cells import notebook_cells, without_outputs
from dcgan_classroom.submissions.files import Budget, Incoming, StudentsFiles
from dcgan_classroom.submissions.found import Problem, Submission
from dcgan_classroom.submissions.names import Told, exported, told_by
from dcgan_classroom.submissions.owners import Owned

MOST_SHOWN = 300  # characters of a name in a message
MOST_TEXT = 10 * 2**20  # bytes of one notebook's cells, outputs not counted
NOBODYS = (
    "It doesn't tell whose it is. Put it into a folder with the student's name, name it "
    "like ada_04_generator.ipynb, or say with --pattern how names are made."
)

NOT_AT_THE_TOP = (
    "It holds files named like a platform's export. They were taken as {student}'s, in whose "
    "folder or archive they lie. If it is an export, say --exports."
)


@dataclass
class Read:
    """What was read of one student, and what its names tell."""

    submissions: list[tuple[Submission, Told]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    exceeded: str = ""


def collect_student(
    everything: Sequence[Owned],
    chapters: Sequence[str],
    grade_ids: Mapping[str, Collection[str]],
) -> Read:
    """Read all that is one student's; whatever goes wrong is that student's problem alone."""
    read, files = Read(), StudentsFiles(Budget())
    for owned in everything:
        who = owned.owner
        try:
            inside: set[str] = set()
            for incoming in files.read(owned.entry, owned.place):
                inside.add((*incoming.folders, incoming.name)[0])
                one = _Reading(incoming, owned, told(incoming, owned, chapters))
                taken = one.submission(grade_ids)
                if isinstance(taken, Problem):
                    read.problems.append(taken)
                else:
                    read.submissions.append((taken, one.told))
            if _looks_like_an_export(owned, inside, chapters):
                text = NOT_AT_THE_TOP.format(student=who.student)
                read.problems.append(_problem(owned, text))
        except Exception as error:  # whatever nobody has thought of costs one student, not a class
            text = f"It could not be collected ({type(error).__name__}: {str(error)[:100]})."
            read.problems.append(_problem(owned, text))
    read.exceeded = files.budget.exceeded
    return read


def _problem(owned: Owned, text: str) -> Problem:
    who = owned.owner
    return Problem(owned.place[:MOST_SHOWN], text, who.student, "", who.number)


def told(incoming: Incoming, owned: Owned, chapters: Sequence[str]) -> Told:
    """What a file's own names and those around it tell of chapter, attempt and time."""
    own = told_by(incoming.folders, incoming.name or owned.entry.stem, chapters)
    if not incoming.folders and not owned.entry.folder and owned.owner.file:
        own = told_by((), owned.owner.file, chapters)  # the rest of what the platform named
    return Told(
        chapter=own.chapter or owned.owner.chapter,
        attempt=own.attempt or owned.owner.attempt,
        moment="" if incoming.archived else own.moment,  # a student wrote that
    )


@dataclass(frozen=True)
class _Reading:
    """One file, whose it is and what its names tell."""

    incoming: Incoming
    owned: Owned
    told: Told

    def problem(self, text: str) -> Problem:
        who = self.owned.owner
        source = self.incoming.source[:MOST_SHOWN]
        return Problem(source, text, who.student, self.told.chapter, who.number)

    def submission(self, grade_ids: Mapping[str, Collection[str]]) -> Submission | Problem:
        if self.incoming.data is None:
            return self.problem(self.incoming.problem)
        cells = notebook_cells(self.incoming.data)
        if isinstance(cells, str):
            return self.problem(cells)
        who = self.owned.owner
        if not who.student:
            return self.problem(NOBODYS)
        held = _chapters_held(cells, grade_ids)
        chapter = self.told.chapter or (held[0] if len(held) == 1 else "")
        if not chapter:
            return self.problem(
                "It isn't a chapter that is graded: neither its name nor its cells tell one."
            )
        if held and chapter not in held and grade_ids.get(chapter):
            return self.problem(f"It is named {chapter}, but its cells are those of {held[0]}.")
        data = without_outputs(cells)
        if len(data) > MOST_TEXT:
            return self.problem(f"Its cells hold more than {MOST_TEXT // 2**20} MB of text.")
        return Submission(
            student=who.student,
            chapter=chapter,
            attempt=self.told.attempt,
            source=self.incoming.source[:MOST_SHOWN],
            submitted=self.told.moment or self.incoming.modified,
            data=data,
            number=who.number,
            late=who.late,
        )


def _looks_like_an_export(owned: Owned, names: Collection[str], chapters: Sequence[str]) -> bool:
    """Whether what lies in a student's own folder or archive is called as a platform would."""
    named = [name for name in names if exported(name, chapters, True)]
    return not owned.owner.platform and len(named) > 1


def _chapters_held(cells: list[dict], grade_ids: Mapping[str, Collection[str]]) -> list[str]:
    """The chapters that share most grade ids with these cells; empty where none does."""
    ids = set()
    for cell in cells:
        data = cell.get("metadata")
        data = data.get("nbgrader") if isinstance(data, dict) else None
        if isinstance(data, dict) and isinstance(data.get("grade_id"), str):
            ids.add(data["grade_id"])
    shared = {chapter: len(ids & set(known)) for chapter, known in grade_ids.items()}
    most = max(shared.values(), default=0)
    return [chapter for chapter, count in shared.items() if count == most and most > 0]
