"""The glossary's terms."""

from __future__ import annotations

import re
from pathlib import Path

GLOSSARY = re.compile(r"^```\{glossary\}\n(.*?)^```", re.MULTILINE | re.DOTALL)


def read_terms(path: Path) -> dict[str, str]:
    """A term in small letters → the entry as the glossary writes it.

    Args:
        path: a page with MyST's ``glossary`` directive, whose terms stand at the line's beginning.
    """
    blocks = GLOSSARY.findall(path.read_text("utf-8"))
    lines = "\n".join(blocks).splitlines()
    return {line.lower(): line for line in lines if line and not line[0].isspace()}
