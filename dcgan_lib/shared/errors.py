"""Errors that a user can cause."""

from __future__ import annotations


class CourseError(ValueError):
    """Something that the person at the keyboard can put right.

    The message has three parts: what happened, what was expected and what was received, and
    the way out. Commands print it as one paragraph and exit with code 1.
    """
