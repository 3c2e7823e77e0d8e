"""Zip archives whose bytes depend on nothing but what is in them."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path

from dcgan_lib.shared import atomic_path


def write_archive(files: Mapping[str, Path], archive: Path) -> Path:
    """Pack files, whole or not at all: no times, no compression.

    Args:
        files: by their name in the archive, in its order.
        archive: to write.

    Returns:
        ``archive``.
    """
    with atomic_path(archive) as part, zipfile.ZipFile(part, "w") as packed:
        for name, path in files.items():
            entry = zipfile.ZipInfo(name)  # of 1980
            entry.external_attr, entry.create_system = 0o100644 << 16, 3
            packed.writestr(entry, path.read_bytes())
    return archive
