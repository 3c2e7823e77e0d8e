"""A small class that was graded, for the tests of its report: notebooks really run, marks by hand.

One chapter of its own and one open question; six students, one of whom attacks whoever reads.
"""

import json
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from dcgan_classroom.grading.results import Mark, Result, write_result
from dcgan_classroom.release import student_version
from dcgan_course.chapters import write_notebook

ATTACKER = "=Eve<img src=x onerror=\"alert('name')\">"
CHAPTERS = ("04_means", "05_words")
DEADLINE = "2026-11-20T18:00:00"
HIDDEN = "### BEGIN HIDDEN TESTS\nassert spread([7, 7]) == 0, 'secret test'\n### END HIDDEN TESTS"
MEAN = """# Exercise 4.1: the mean
def mean(values):
    ### BEGIN SOLUTION
    return sum(values) / len(values)
    ### END SOLUTION"""
STUB = '''# Exercise 4.2: how far apart values are
def spread(values: list[float]) -> float:
    """Root of the mean squared distance from the mean."""
    ### BEGIN SOLUTION
    return math.dist(values, [sum(values) / len(values)] * len(values)) / len(values) ** 0.5
    ### END SOLUTION'''
LONG = '''# Exercise 4.2: how far apart values are
def spread(values: list[float]) -> float:
    """Root of the mean squared distance from the mean."""
    total, count = 0.0, 0
    for value in values:
        total += value
        count += 1
    centre = total / max(count, 1)
    squares = [(value - centre) * (value - centre) for value in values]
    if not squares:
        return 0.0
    return (sum(squares) / len(squares)) ** 0.5  # the root
'''
COPIED = (
    LONG.replace("total", "s")
    .replace("count", "n")
    .replace("centre", "middle")
    .replace("squares", "list_of_squares")
    .replace("  # the root", "\n")
)
PROSE = "A mean hides how values lie: two far apart have the same mean as two that are close."
FIGURE = """import pandas as pd
from IPython.display import display
from PIL import Image
display(Image.linear_gradient("L"))
display(pd.DataFrame({"x": [1, 2], "y": ["a", "<b>"]}))
for line in range(1000):
    print("line", line)"""
PAYLOADS = (
    "<script>alert('script')</script>",
    "<img src=x onerror=alert('error')>",
    "<svg onload=alert('svg')><script>alert('svg')</script></svg>",
    "<a href='javascript:alert(1)'>press</a>",
    "<a href='  java\tscript:alert(1)'>press</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>press</a>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<object data='javascript:alert(1)'></object><embed src='javascript:alert(1)'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<form action='javascript:alert(1)'><button>press</button><input autofocus onfocus=alert(1)>",
    "<b style='background:url(http://127.0.0.1:9/x)' onmouseover=alert(1)>b</b>",
    "<link rel=stylesheet href=http://127.0.0.1:9/x.css><style>@import 'http://127.0.0.1:9'</style>",
    "<img src='http://127.0.0.1:9/pixel.png'><video src=http://127.0.0.1:9/v autoplay></video>",
    "<img src='data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9ImFsZXJ0KDEpIi8+'>",
    "<meta http-equiv=refresh content='0;url=http://127.0.0.1:9/'><base href='http://127.0.0.1:9/'>",
    "<details open ontoggle=alert(1)><summary>x</summary></details><marquee onstart=alert(1)>",
    "</pre></div></section><script>alert('out')</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt><!--><img src=x onerror=alert(1)>-->",
)
ATTACK = f"""from IPython.display import HTML, SVG, Image, Javascript, Markdown, display
payloads = {PAYLOADS!r}
for payload in payloads:
    display(HTML(payload)); display(Markdown(payload)); print(payload)
display(Javascript("alert('output')"))
display(SVG("<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'></svg>"))
display({{"image/png": "\\"onerror=alert(1) x=\\""}}, raw=True)
display({{"image/svg+xml": payloads[2]}}, raw=True)
display({{payloads[0]: "x", "text/latex": payloads[1]}}, raw=True)
print("\\033[31m" + payloads[0] + "\\033[0m \\u202e backwards")
raise ValueError("\\033[1m" + "".join(payloads))"""


def solved_course(folder: Path) -> None:
    """Write two small solved chapters."""
    first = [
        _words("# 4 · Means\n\nA **mean** is $\\frac{1}{n}\\sum x$."),
        _code("import math"),
        _solution("mean", MEAN),
        _check("mean-check", 1, "assert mean([1, 2]) == 1.5, 'the mean of 1 and 2 is 1.5'"),
        _solution("spread", STUB),
        _check("spread-check", 4, f"assert spread([1, 3]) == 1\n{HIDDEN}"),
        _open("mean-words", 2, "Exercise 4.3: what does a mean hide?"),
    ]
    second = [_words("# 5 · Words"), _open("why", 3, "Exercise 5.1: why?")]
    for name, cells in zip(CHAPTERS, (first, second), strict=True):
        notebook = nbformat.v4.new_notebook(cells=cells)
        for number, cell in enumerate(cells):
            cell.id = f"{name}-{number}"
        write_notebook(notebook, folder / f"{name}.ipynb")


def grade_class(out: Path, course: Path) -> Path:
    """Write what ``grade`` would: notebooks that ran, results, class.json."""
    solved_course(course)
    right = "    return sum(values) / len(values)"
    work = {
        "ada": ({"mean": right, "spread": LONG, "mean-words": PROSE}, FIGURE),
        "bob": ({"mean": "    return sum(values) / leng(values)"}, ""),
        "eve": ({"mean-words": "\n\n".join(PAYLOADS), "mean": right}, ATTACK),
        "copy": ({"mean": right, "spread": COPIED, "mean-words": PROSE.upper()}, ""),
    }
    ran = {student: _filled(course, *one) for student, one in work.items()}
    for student in ("ada", "bob", "eve"):
        _run(ran[student])
    no = "The mean of 1 and 2 is not 1.5."
    _result(out, "Ada Lovelace", ran["ada"], (1, 4, None))
    _result(out, "ada lovelace", ran["copy"], (1, 4, None), late=True)
    _result(out, "Bob", ran["ada"], (1, 4, None))
    _result(out, "Bob", ran["bob"], (0, 0, None), attempt=2, reasons=(no, "It is a stub.", ""))
    _result(out, "Zoë/../..", None, (0, 0, None), status="timeout")
    _result(out, ATTACKER, ran["eve"], (1, 1.5, None), reasons=("", PAYLOADS[0], ""))
    second = nbformat.read(course / f"{CHAPTERS[1]}.ipynb", 4)
    second.cells[1].source = PAYLOADS[1]
    for student in ("Ada Lovelace", ATTACKER):
        _result(out, student, second, (None,), chapter=CHAPTERS[1])
    facts = {"profile": "tiny", "seed": 0, "deadline": DEADLINE}
    facts["chapters"] = [
        {"name": name, "title": title, "cells": [_cell_facts(mark) for mark in _marks(name)]}
        for name, title in zip(CHAPTERS, ("4 · Means", "5 · Words"), strict=True)
    ]
    facts["problems"] = [{"source": "a/<b>x.ipynb", "problem": f"no notebook {PAYLOADS[0]}"}]
    (out / "class.json").write_text(json.dumps(facts))
    return out


def write_class(out: Path, *results: Result, deadline: str = DEADLINE) -> Path:
    """Write what ``grade`` would for these results, without notebooks."""
    facts = {"profile": "tiny", "seed": 0, "deadline": deadline, "problems": []}
    facts["every_attempt"] = True
    facts["chapters"] = [
        {"name": name, "title": title, "cells": [_cell_facts(mark) for mark in _marks(name)]}
        for name, title in zip(CHAPTERS, ("4 · Means", "5 · Words"), strict=True)
    ]
    out.mkdir(parents=True, exist_ok=True)
    (out / "class.json").write_text(json.dumps(facts))
    for number, result in enumerate(results):
        write_result(result, out / "results" / f"{number}.json")
    return out


def handed_in(
    student: str,
    scores: tuple[float | None, ...] = (1, 4, None),
    *,
    chapter: str = CHAPTERS[0],
    source: str = "",
    number: str = "",
    attempt: int = 1,
    submitted: str = "2026-11-20T09:30:00",
    late: bool = False,
) -> Result:
    """One student's result, without a notebook."""
    return Result(
        key="00",
        student=student,
        chapter=chapter,
        attempt=attempt,
        source=source or f"{student}/{chapter}.ipynb",
        submitted=submitted,
        late=late,
        status="ok",
        seconds=1.0,
        notes=(),
        marks=_marks(chapter, scores),
        executed="",
        number=number,
    )


def _run(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    client = NotebookClient(notebook, allow_errors=True, timeout=60, kernel_name="python3")
    client.extra_arguments = ["--log-level=CRITICAL"]  # the kernel's; it prints to our terminal
    return client.execute()


def _filled(course: Path, sources: dict[str, str], extra: str) -> nbformat.NotebookNode:
    name = f"{CHAPTERS[0]}.ipynb"
    notebook = student_version(nbformat.read(course / name, 4), name)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        if grade_id in sources:
            own = sources[grade_id]
            stub = '    raise NotImplementedError("Exercise 4.1: the mean")'
            cell.source = cell.source.replace(stub, own) if own.startswith("    ") else own
    if extra:
        notebook.cells.insert(3, nbformat.v4.new_code_cell(extra, id="extra"))
    return notebook


def _cell_facts(mark):
    manual = mark.how == "human"
    facts = {"grade_id": mark.grade_id, "title": mark.title, "points": mark.points}
    return {**facts, "manual": manual}


def _marks(chapter, scores=(0, 0, None), reasons=("", "", ""), status="ok"):
    if chapter == CHAPTERS[1]:
        return (_open_mark("why", "Exercise 5.1: why?", 3, scores[0]),)
    titles = ("Exercise 4.1: the mean", "Exercise 4.2: how far apart values are")
    state = "timeout" if status == "timeout" else "ok"
    checked = [
        Mark(
            grade_id=grade_id,
            title=title,
            points=points,
            score=score,
            status=state,
            reason=reason,
        )
        for grade_id, title, points, score, reason in zip(
            ("mean-check", "spread-check"), titles, (1, 4), scores[:2], reasons[:2], strict=True
        )
    ]
    title = "Exercise 4.3: what does a mean hide?"
    return (*checked, _open_mark("mean-words", title, 2, scores[2]))


def _open_mark(grade_id, title, points, score):
    return Mark(
        grade_id=grade_id, title=title, points=points, score=score, status="manual", how="human"
    )


def _result(
    out,
    student,
    notebook,
    scores,
    *,
    attempt=1,
    late=False,
    status="ok",
    reasons=("", "", ""),
    chapter=CHAPTERS[0],
):
    stem = f"{len(list((out / 'results').glob('*')))}--{chapter}--{attempt}--00"
    executed = f"executed/{stem}.ipynb" if notebook else ""
    if notebook:
        write_notebook(notebook, out / executed)
    result = Result(
        key="00",
        student=student,
        chapter=chapter,
        attempt=attempt,
        source=f"{student}/{chapter}.ipynb",
        submitted="2026-11-21T09:30:00" if late else "2026-11-20T09:30:00",
        late=late,
        status=status,
        seconds=1.0,
        notes=(),
        marks=_marks(chapter, scores, reasons, status),
        executed=executed,
    )
    write_result(result, out / "results" / f"{stem}.json")


def _words(source):
    return nbformat.v4.new_markdown_cell(source)


def _code(source):
    return nbformat.v4.new_code_cell(source)


def _graded(cell, grade_id, *, grade, solution, points=0):
    cell.metadata["nbgrader"] = {
        "schema_version": 3,
        "grade": grade,
        "solution": solution,
        "task": False,
        "locked": grade and not solution,
        "grade_id": grade_id,
        "points": points,
    }
    return cell


def _solution(grade_id, source):
    return _graded(_code(source), grade_id, grade=False, solution=True)


def _check(grade_id, points, source):
    return _graded(_code(source), grade_id, grade=True, solution=False, points=points)


def _open(grade_id, points, source):
    return _graded(_words(source), grade_id, grade=True, solution=True, points=points)
