"""What is to be graded: a submission, how, and the names of the files that its grading leaves."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from dcgan_classroom.grading.setting import Setting
from dcgan_classroom.submissions import Submission

BOXES = "boxes"
LONGEST_NAME = 60  # bytes of a student's name in a file's name, which holds 255


@dataclass(frozen=True)
class Job:
    """A submission to be graded, and how; it can be pickled.

    Attributes:
        setting: of the class.
        submission: what was handed in.
        late: whether after the deadline.
        prepared: folder of the chapter's data, runs and student version.
        right: folder of what the solved chapter answers to what this student is asked.
        seed: of the questions; drawn for this student and this grading, not to be known before.
        key: SHA-256 of all that the marks depend on.
    """

    setting: Setting
    submission: Submission
    late: bool
    prepared: Path
    right: Path
    seed: int
    key: str

    @property
    def stem(self) -> str:
        """Of the result's and the executed notebook's file."""
        return result_stem(self.submission, self.key)

    @property
    def path(self) -> Path:
        """Of the result."""
        return self.setting.out / "results" / f"{self.stem}.json"


def job_key(chapter_key: str, submission: Submission) -> str:
    """SHA-256 of all that a submission's marks depend on."""
    digest = hashlib.sha256(chapter_key.encode())
    digest.update(submission.student.encode("utf-8", "replace") + b"\0" + submission.data)
    return digest.hexdigest()


def result_stem(submission: Submission, key: str) -> str:
    """``ada--04_generator--1--0123456789ab``: safe as a file's name on any system."""
    name = re.sub(r"[^\w.-]+", "_", submission.student).strip("._-").encode()[:LONGEST_NAME]
    shown = name.decode("utf-8", "ignore") or "student"
    return f"{shown}--{submission.chapter}--{submission.attempt}--{key[:12]}"
