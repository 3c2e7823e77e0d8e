"""Progress of what has no steps to count: a bar whose clock goes on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread

from tqdm.auto import tqdm

SECONDS = 1


def prepared_one_by_one(names: Sequence[str]) -> Iterator[str]:
    """Chapters, one after the other, with a bar that names the one that is being run."""
    with tqdm(names, unit="chapter", disable=not names) as bar, _ticking(bar):
        for name in bar:
            bar.set_description(f"preparing {name}: it is run with its solutions")
            yield name


@contextmanager
def _ticking(bar: tqdm) -> Iterator[None]:
    """Draw a bar again each second, so that its time goes on while nothing else does."""
    ended = Event()

    def draw() -> None:
        while not ended.wait(SECONDS):
            bar.refresh()

    thread = Thread(target=draw, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()
