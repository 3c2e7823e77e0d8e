"""Points as they count: each multiplied by the weight of its chapter and of its exercise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dcgan_classroom.gradebook.book import ClassBook, GradedChapter
from dcgan_classroom.grading import Result
from dcgan_lib.shared import CourseError


def weighted(book: ClassBook, weights: Mapping[str, float]) -> ClassBook:
    """The class with its points and scores multiplied by weights.

    Args:
        book: the class.
        weights: by chapter ("04_generator") or exercise ("04_generator/block-check"), 0 or above.

    Raises:
        CourseError: a weight for no chapter and no exercise of this grading.
    """
    chapters = [chapter.name for chapter in book.chapters]
    _require(weights, [*chapters, *exercise_names(book)], "weights")

    def factor(chapter: str, grade_id: str) -> float:
        return weights.get(chapter, 1.0) * weights.get(f"{chapter}/{grade_id}", 1.0)

    def of_result(result: Result) -> Result:
        marks = tuple(
            replace(
                mark,
                points=mark.points * factor(result.chapter, mark.grade_id),
                score=None
                if mark.score is None
                else mark.score * factor(result.chapter, mark.grade_id),
            )
            for mark in result.marks
        )
        return replace(result, marks=marks)

    def of_chapter(chapter: GradedChapter) -> GradedChapter:
        cells = tuple(
            replace(cell, points=cell.points * factor(chapter.name, cell.grade_id))
            for cell in chapter.cells
        )
        return replace(chapter, cells=cells)

    return replace(
        book,
        chapters=tuple(map(of_chapter, book.chapters)),
        counted={key: of_result(result) for key, result in book.counted.items()},
    )


def exercise_names(book: ClassBook) -> list[str]:
    """Every exercise as a policy names it: "chapter/grade_id"."""
    return [f"{one.name}/{cell.grade_id}" for one in book.chapters for cell in one.cells]


def require_exercises(book: ClassBook, names: Iterable[str], table: str) -> None:
    """Refuse a table of the policy that names exercises which there aren't.

    Raises:
        CourseError: with the names that there are.
    """
    _require(names, exercise_names(book), table)


def _require(names: Iterable[str], known: list[str], table: str) -> None:
    odd = sorted(set(names) - set(known))
    if odd:
        raise CourseError(
            f"The policy's [{table}] can't be used. Expected: some of {', '.join(known)}. "
            f"Received: {', '.join(odd)}. Correct these names."
        )
