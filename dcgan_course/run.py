"""Every chapter in order, as `make course` runs them, and a page that opens on the pictures."""

from __future__ import annotations

import base64
import html
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import nbformat
import papermill
from papermill.exceptions import PapermillExecutionError

from dcgan_course.chapters import NOTEBOOKS, find_chapters, is_beyond, read_notebook
from dcgan_course.page import title, write_page
from dcgan_course.prepare import run_folder
from dcgan_lib import Settings
from dcgan_lib.shared import PAGE_COLOURS, CourseError, atomic_path, by_number

PICTURES = {
    "faces.png": "Generated faces of the last epoch, unselected: nobody looks like this.",
    "training.gif": "The same noise over the epochs.",
    "losses.png": "",
    "d_outputs.png": "",
}
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Faces that nobody has</title>
<style>
{colours}
body {{ font: 17px/1.5 system-ui, sans-serif; color: var(--ink); max-width: 1120px;
  margin: 2rem auto; padding: 0 1.2rem }}
h1 {{ font-weight: 600; margin-bottom: .2rem }}
a {{ color: var(--real) }}
figure {{ margin: 0 }} figcaption, small {{ color: var(--grey); font-size: .85rem }}
.pictures {{ display: grid; grid-template-columns: 1fr 1fr; gap: 1.4rem; margin: 1.4rem 0 2.4rem }}
.pictures img {{ width: 100% }} .faces img {{ image-rendering: pixelated }}
.chapters {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(240px, 1fr));
  gap: 1.4rem; padding: 0; list-style: none }}
.chapters a {{ text-decoration: none; font-weight: 600 }}
.chapters div {{ height: 150px; display: grid; place-items: center; overflow: hidden;
  border: 1px solid var(--line); border-radius: 4px; margin-bottom: .4rem;
  background: var(--paper) }}
.chapters img {{ max-width: 96%; max-height: 140px }}
@media (max-width: 700px) {{ .pictures {{ grid-template-columns: 1fr }} }}
</style>
<h1>Faces that nobody has</h1>
<p>The chapters, run with profile <code>{profile}</code> in {total}.</p>
<section class="pictures">
{pictures}
</section>
<h2>Chapters</h2>
<ul class="chapters">
{chapters}
</ul>
</html>
"""


@dataclass(frozen=True)
class Chapter:
    """A chapter that was run: its executed notebook, title and the seconds it took."""

    path: Path
    title: str
    seconds: float


def run_course(
    out: str | Path,
    settings: Settings,
    data_dir: str | Path,
    run_dir: str | Path,
    folder: str | Path = NOTEBOOKS,
    report: Callable[[str], object] = print,
    *,
    beyond: bool = False,
) -> Path:
    """Run the chapters on the paper by papermill, in order, or those beyond it.

    Args:
        out: folder for the executed notebooks, their pages and ``index.html``.
        settings: uses profile and seed.
        data_dir: the course's folder for data.
        run_dir: the course's folder for runs.
        folder: the chapters.
        report: receives one line per chapter, and the total.
        beyond: run the chapters on what came after the paper, 12 and later, in their place.

    Returns:
        ``out/index.html``.

    Raises:
        CourseError: a chapter failed; the message has its error and its executed copy.
    """
    out, done = Path(out).resolve(), []
    out.mkdir(parents=True, exist_ok=True)
    parameters = {
        "profile": settings.profile,
        "seed": settings.seed,
        "data_dir": str(Path(data_dir).resolve()),
        "run_dir": str(Path(run_dir).resolve()),
    }
    for path in (path for path in find_chapters(folder) if is_beyond(path) == beyond):
        start = time.perf_counter()
        notebook = run_chapter(path, out / path.name, parameters)
        write_page(notebook, out / f"{path.stem}.html")
        done.append(Chapter(out / path.name, title(notebook), time.perf_counter() - start))
        report(f"{path.stem:24}{done[-1].seconds:8.1f} s")
    total = sum(chapter.seconds for chapter in done)
    report(f"{'all chapters':24}{total:8.1f} s")
    return _write_index(out, settings, done, run_folder(run_dir, settings))


def run_chapter(path: Path, executed: Path, parameters: dict[str, object]) -> nbformat.NotebookNode:
    """Run one notebook in the folder of its executed copy.

    Raises:
        CourseError: a cell failed; the message names it and the executed copy.
    """
    try:
        return papermill.execute_notebook(
            path,
            executed,
            parameters,
            cwd=executed.parent,
            kernel_name="python3",
            progress_bar=False,
            extra_arguments=["--log-level=CRITICAL"],  # the kernel's; it prints to our terminal
        )
    except PapermillExecutionError as error:
        raise CourseError(
            f"{path.name} failed in cell {error.exec_count}. Expected: every cell runs. Received: "
            f"{error.ename}: {error.evalue} See the executed copy: {executed}"
        ) from None


def pictures_of(notebook: nbformat.NotebookNode) -> list[bytes]:
    """The PNG outputs of an executed notebook, in order."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    coded = [
        output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})
    ]
    return [base64.b64decode(data) for data in coded]


def _write_index(out: Path, settings: Settings, done: list[Chapter], run: Path) -> Path:
    figures = [_figure(out, run, name, text) for name, text in PICTURES.items()]
    page = PAGE.format(
        colours=PAGE_COLOURS,
        profile=settings.profile,
        total=_duration(sum(chapter.seconds for chapter in done)),
        pictures="\n".join(filter(None, figures)),
        chapters="\n".join(_entry(out, chapter) for chapter in done),
    )
    with atomic_path(out / "index.html") as part:
        part.write_text(page, encoding="utf-8")
    return out / "index.html"


def _figure(out: Path, run: Path, name: str, text: str) -> str:
    newest = list(by_number(run / "samples", "epoch_*.png").values())[-1:]
    source = newest[0] if name == "faces.png" and newest else run / name
    if not source.exists():
        return ""
    (out / "pictures").mkdir(exist_ok=True)
    shutil.copyfile(source, out / "pictures" / name)
    kind = " class='faces'" if text else ""
    caption = f"<figcaption>{text}</figcaption>" if text else ""
    return f"<figure{kind}><img src='pictures/{name}' alt='{text or name}'>{caption}</figure>"


def _entry(out: Path, chapter: Chapter) -> str:
    pictures = pictures_of(read_notebook(chapter.path))
    thumbnail = ""
    if pictures:
        name = f"pictures/{chapter.path.stem}.png"
        (out / "pictures").mkdir(exist_ok=True)
        (out / name).write_bytes(max(pictures, key=len))  # the one with most to see
        thumbnail = f"<img src='{name}' alt=''>"
    title, page = html.escape(chapter.title), f"{chapter.path.stem}.html"
    link = f"<a href='{page}'><div>{thumbnail}</div>{title}</a>"
    notebook = f"<a href='{chapter.path.name}'>notebook</a>"
    return f"<li>{link}<br><small>{chapter.seconds:.0f} s · {notebook}</small></li>"


def _duration(seconds: float) -> str:
    return (
        f"{int(seconds // 60)} min {int(seconds % 60)} s" if seconds >= 60 else f"{seconds:.0f} s"
    )
