"""The grader's own cells, which ask a notebook's functions, and what may be told of the answers."""

from __future__ import annotations

import builtins
import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dcgan_classroom.probes import Probe, Raised, cell_source

PROBE = "probe-"  # ids of the grader's cells begin with it


def probe_cells(
    nonce: str, probes: Mapping[str, Probe], seed: int, inside: Path, setting: Mapping[str, object]
) -> list[NotebookNode]:
    """The grader's cells, one for each probe, to stand after a notebook's last cell.

    Args:
        nonce: names the folder of answers: ``inside/answers-<nonce>``.
        probes: by grade id of the solution.
        seed: of the inputs; another one for each student and run.
        inside: the work folder, as the kernel sees it.
        setting: the notebook's parameters, as JSON holds them.
    """
    cells = []
    for grade_id, probe in probes.items():
        digest = hashlib.sha256(f"{seed} {grade_id}".encode()).digest()
        given = {
            "code": probe.code,
            "needs": list(probe.needs),
            "seed": int.from_bytes(digest[:6], "big"),
            "folder": str(inside / answers_folder(nonce)),
            "name": grade_id,
            "setting": dict(setting),
        }
        cell = nbformat.v4.new_code_cell(cell_source(given))
        cell.id = probe_id(grade_id)
        cells.append(cell)
    return cells


def answers_folder(nonce: str) -> str:
    """Name of the folder that a run's answers are written to."""
    return f"answers-{nonce}"


def probe_id(grade_id: str) -> str:
    """Id of the cell that asks one exercise."""
    return PROBE + re.sub(r"[^\w-]", "-", grade_id)[:58]


def without_probes(notebook: NotebookNode) -> NotebookNode:
    """An executed notebook without the grader's cells."""
    kept = [cell for cell in notebook.cells if not cell.get("id", "").startswith(PROBE)]
    return nbformat.from_dict({**notebook, "cells": kept})


def words_of(notebook: NotebookNode) -> str:
    """All that a run notebook says and showed before anything was asked, in one text."""
    texts: list[str] = []
    for cell in without_probes(notebook).cells:
        texts.append(cell.source)
        for output in cell.get("outputs", []):
            texts += [str(output.get(name, "")) for name in ("text", "ename", "evalue")]
    return "\n".join(texts)


def harmless(raised: Raised, words: str) -> Raised:
    """An error with only such words as the notebook had before anything was asked.

    A student's function could put what it was asked with, and who asks, into its error.
    """
    known = raised.name in words or hasattr(builtins, raised.name)
    text = raised.text if raised.text in words else ""
    return Raised(raised.name if known else "an error", text)
