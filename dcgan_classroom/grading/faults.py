"""Submissions on which the grader's own machine failed: counted, and set aside after the second."""

from __future__ import annotations

import json
from pathlib import Path

from dcgan_classroom.grading.jobs import Job
from dcgan_lib.shared import atomic_path

FAULTS = "faults.json"
MOST_TRIES = 2


class Faults:
    """What failed so far, kept in the folder of results by the key of what was to be graded.

    Args:
        out: the folder of results.
    """

    def __init__(self, out: Path) -> None:
        self._path = out / FAULTS
        self._seen: dict[str, dict] = {}
        if self._path.exists():
            self._seen = json.loads(self._path.read_text("utf-8"))

    def sets_aside(self, job: Job) -> str:
        """Why a job isn't tried any more; "" if it is."""
        seen = self._seen.get(job.key)
        if seen is None or seen["times"] < MOST_TRIES:
            return ""
        return (
            f"It is set aside, without a mark: grading it failed {seen['times']} times, not by its "
            f"own fault as far as can be told. {seen['error']} Mark it by hand, or delete {FAULTS} "
            "from the results and go on with --resume to try again."
        )

    def note(self, job: Job, error: str) -> str:
        """Count one more failure; a sentence for the instructor."""
        times = self._seen.get(job.key, {"times": 0})["times"] + 1
        source = job.submission.source
        self._seen[job.key] = {"times": times, "source": source, "error": error}
        with atomic_path(self._path) as part:
            part.write_text(json.dumps(self._seen, indent=1, ensure_ascii=False), "utf-8")
        again = self.sets_aside(job)
        return again or f"It could not be graded, and has no mark: {error}"
