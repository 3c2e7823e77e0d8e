"""Moments, as submissions and deadlines state them."""

from __future__ import annotations

from datetime import datetime


def moment(text: str) -> datetime | None:
    """An ISO 8601 time; one without a zone is in this machine's. None for anything else."""
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        return None
