"""How much of a kernel's output is kept, decided as the messages arrive."""

from __future__ import annotations

from typing import Any

import nbformat

RICH = 8  # times as much of pictures per cell as of text
WHOLE = 32  # times as much for the whole notebook
OUTPUTS = 1000  # per cell
ERRORS = 3  # per cell; they are kept, shortened, however much was printed before
TRACEBACK = 20_000  # characters of an error's text
STREAMS = ("stdout", "stderr")
SHOWN = ("display_data", "execute_result", "update_display_data")
COMMS = ("comm_open", "comm_msg", "comm_close")


class Cap:
    """Counts what the cells print, and keeps the rest out.

    Args:
        size: bytes of text per cell; pictures may have ``RICH`` times as much per cell, and
            everything together ``WHOLE`` times as much.
    """

    def __init__(self, size: int) -> None:
        self.size, self.before = size, 0
        self.displays: dict[str, int] = {}
        self.begin_cell()

    def begin_cell(self) -> None:
        """Start counting for another cell."""
        self.text = self.rich = self.dropped = self.errors = 0
        self.clearing = False
        self.pieces: list[tuple[nbformat.NotebookNode, list[str]]] = []

    def end_cell(self) -> str:
        """Put the pieces of streams together; returns what to say of what was cut, or ""."""
        for output, texts in self.pieces:
            output.text = "".join(texts)
        self.pieces, kept = [], self.text + self.rich
        self.before += kept
        if not self.dropped:
            return ""
        return f"\n[Cut: {kept:,} bytes of output were kept, {self.dropped:,} were not.]\n"

    def admits(
        self,
        message: dict[str, Any],
        cell: nbformat.NotebookNode,
        places: dict[str, Any],
        hooked: bool,
    ) -> bool:
        """Whether a message may go on; its content is shortened where that is enough.

        Args:
            message: with its ``size`` in bytes.
            cell: that is running.
            places: nbclient's map of where each display id is shown.
            hooked: whether an output widget takes the output instead of the cell.
        """
        kind, content, size = message["msg_type"], message["content"], message.get("size", 0)
        if kind == "status":
            return isinstance(content.get("execution_state"), str)
        if kind == "clear_output":
            self._clear(bool(content.get("wait")), hooked)
            return True
        if not _well_formed(kind, content):
            return False
        if self.clearing and not hooked and kind not in COMMS:
            self._clear(False, hooked)
        if kind == "error":
            self.errors += 1
            content.update(_shortened(content))
            return self.errors <= ERRORS
        if kind == "stream":
            return self._stream(content, cell)
        return self._rich(kind, content, size, cell, places)

    def joins(self, output: nbformat.NotebookNode, content: dict[str, str]) -> bool:
        """Whether a stream's text goes on with the last output; if so, it is kept for it."""
        if output.output_type != "stream" or output.name != content["name"]:
            return False
        if not self.pieces or self.pieces[-1][0] is not output:
            self.pieces.append((output, [output.text]))
        self.pieces[-1][1].append(content["text"])
        return True

    def _clear(self, wait: bool, hooked: bool) -> None:
        self.clearing = wait
        if not wait and not hooked:
            self.text = self.rich = 0
            self.pieces = []

    def _room(self) -> int:
        return WHOLE * self.size - self.before - self.text - self.rich

    def _stream(self, content: dict[str, str], cell: nbformat.NotebookNode) -> bool:
        text = content["text"]
        room = min(self.size - self.text, self._room())
        kept = text[: max(0, room)] if len(cell.outputs) < OUTPUTS else ""
        self.text += len(kept)
        self.dropped += len(text) - len(kept)
        content["text"] = kept
        return bool(kept)

    def _rich(
        self,
        kind: str,
        content: dict[str, Any],
        size: int,
        cell: nbformat.NotebookNode,
        places: dict[str, Any],
    ) -> bool:
        name = (content.get("transient") or {}).get("display_id") if kind in SHOWN else None
        grows = size
        if name:
            shown = sum(map(len, places.get(name, {}).values())) + (kind != "update_display_data")
            grows = size * shown - self.displays.get(name, 0)
        full = len(cell.outputs) >= OUTPUTS and kind in ("display_data", "execute_result")
        if full or self.rich + grows > RICH * self.size or grows > self._room():
            self.dropped += size
            return False
        if name:
            self.displays[name] = self.displays.get(name, 0) + grows
        self.rich += grows
        return True


def collapse(cell: nbformat.NotebookNode, cut: str) -> None:
    """Keep the last state of each line that carriage returns wrote over; say what was cut."""
    for output in cell.outputs:
        if output.output_type == "stream" and "\r" in output.text:
            lines = output.text.replace("\r\n", "\n").split("\n")
            output.text = "\n".join(line.rstrip("\r").rsplit("\r", 1)[-1] for line in lines)
    if cut:
        cell.outputs.append(nbformat.v4.new_output("stream", name="stderr", text=cut))


def _well_formed(kind: str, content: dict[str, Any]) -> bool:
    if kind == "stream":
        return content.get("name") in STREAMS and isinstance(content.get("text"), str)
    if kind == "error":
        return _strings(content.get("traceback")) and _strings(
            [content.get("ename"), content.get("evalue")]
        )
    if kind in SHOWN:
        transient, data = content.get("transient") or {}, content.get("data")
        return (
            isinstance(data, dict)
            and all(isinstance(item, str) or "json" in name for name, item in data.items())
            and isinstance(content.setdefault("metadata", {}), dict)
            and isinstance(transient, dict)
            and isinstance(transient.get("display_id", ""), str | None)
        )
    return (
        kind in COMMS
        and isinstance(content.get("comm_id"), str)
        and isinstance(content.setdefault("data", {}), dict)
    )


def _strings(values: object) -> bool:
    return isinstance(values, list) and all(isinstance(value, str) for value in values)


def _shortened(content: dict[str, Any]) -> dict[str, Any]:
    lines, left = [], TRACEBACK
    for line in reversed(content["traceback"]):
        lines.append(line[-left:] if left else "")
        left -= len(lines[-1])
        if left <= 0:
            break
    return {
        "ename": content["ename"][:200],
        "evalue": content["evalue"][:TRACEBACK],
        "traceback": lines[::-1],
    }
