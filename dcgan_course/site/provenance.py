"""Where faces come from: the facts of each database, and the model card of a run."""

from __future__ import annotations

import re
from pathlib import Path

from dcgan_lib.collect import DATABASES
from dcgan_lib.train import write_model_card

COMMANDS = {
    True: "python -m dcgan_lib collect {name} --accept-terms",
    False: "python -m dcgan_lib collect {name}",
}
ADDRESS = re.compile(r"https://[\w./-]*[\w/]")
TABLE = ":::{{list-table}}\n:class: facts\n\n{}\n:::\n"
OWN = "python -m dcgan_lib collect folder --from PHOTOGRAPHS"


def write_database_facts(folder: Path) -> None:
    """A table for each database, ``NAME.md``, of what ``DATABASES`` says of it."""
    folder.mkdir(parents=True)
    for name, database in DATABASES.items():
        by_hand = "python -m dcgan_lib collect {name} --accept-terms --from FOLDER"
        line = {"own": OWN, "by hand": by_hand}.get(database.how, COMMANDS[database.ask])
        rows = {
            "photographs": f"{database.count:,}" if database.count else "not known beforehand",
            "to fetch": database.size,
            "licence": database.licence,
            "terms": database.terms,
            "credit": database.credit or "yours to give",
            "by hand": f"{database.by_hand[0].upper()}{database.by_hand[1:]}.",
            "command": f"`{line.format(name=name)}`",
        }
        table = "\n".join(f"* - **{key}**\n  - {_linked(value)}" for key, value in rows.items())
        (folder / f"{name}.md").write_text(TABLE.format(table), "utf-8")


def _linked(text: str) -> str:
    """Addresses in a text as links."""
    return ADDRESS.sub(r"<\g<0>>", text)


def write_model_page(run: Path, faces: Path, out: Path) -> None:
    """The run's model card, without the header that model hubs read.

    Args:
        run: a finished run; its ``model_card.md`` is written again, with what was measured since.
        faces: the folder that it was trained on.
        out: the file to write.
    """
    write_model_card(run, faces)
    _, _, card = (run / "model_card.md").read_text("utf-8").split("---\n", 2)
    out.write_text(card.lstrip(), "utf-8")
