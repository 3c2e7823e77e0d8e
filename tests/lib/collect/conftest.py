"""What tests of collecting share: a small disk."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from dcgan_lib.collect import archives


@pytest.fixture
def small_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path, int], None]:
    """Let a folder lie on a disk of its own, of so many bytes, which other files don't fill."""

    def make(folder: Path, size: int) -> None:
        def usage(_: Path) -> SimpleNamespace:
            held = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            return SimpleNamespace(free=size - held)

        monkeypatch.setattr(archives, "RESERVE_BYTES", 0)
        monkeypatch.setattr(archives.shutil, "disk_usage", usage)

    return make
