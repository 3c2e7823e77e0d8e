"""Jupyter's manager and client of a kernel that runs in a sandbox and may be hostile.

What arrives is checked before anybody looks into it: a message that is unsigned or has an odd
form is as if it had never been sent. Sockets connect once and never again, so that a kernel
can't have the grader connect to something else by putting a link in a socket's place.
"""

from __future__ import annotations

import math
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from queue import Empty
from typing import Any

import zmq
import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.channels import AsyncZMQSocketChannel
from jupyter_client.manager import AsyncKernelManager
from traitlets import Any as AnyTrait, Type

from dcgan_classroom.sandbox.base import Sandbox
from dcgan_classroom.sandbox.process import MB, Limits, Running
from dcgan_classroom.submissions import why_too_large
from dcgan_lib.shared import CourseError

ARGUMENTS = (
    *("-m", "ipykernel_launcher", "-f", "{connection}"),
    *("--log-level=CRITICAL", "--HistoryManager.hist_file=:memory:"),
)
PORTS = ("shell_port", "iopub_port", "stdin_port", "control_port", "hb_port")
MESSAGE_MB = 64  # a longer part of a message ends the connection
WAITING = 64  # messages that wait unread on this side; then the kernel's own queue fills
SMALL = 2**17  # bytes of a part of a message that can hold nothing large
PARTS, LEVELS = 500_000, 200  # of the JSON in a part of a message; else it is dropped unread
DEEP = 20  # levels of a message's content; what lies deeper is dropped
STATUSES = ("ok", "error", "aborted")


class Channel(AsyncZMQSocketChannel):
    """A socket that only lets well-formed messages through, each with its ``size`` in bytes."""

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next good message; raises ``Empty`` after ``timeout`` seconds."""
        last = math.inf if timeout is None else time.monotonic() + timeout
        while True:
            left = None if timeout is None else max(0.0, last - time.monotonic())
            if not await self.socket.poll(None if left is None else int(left * 1000)):
                raise Empty
            parts = await self.socket.recv_multipart()
            message = self._read(parts)
            if message is not None:
                message["size"] = sum(map(len, parts))
                return message
            if time.monotonic() > last:
                raise Empty

    def _read(self, parts: list[bytes]) -> dict[str, Any] | None:
        try:
            _, rest = self.session.feed_identities(parts)
            texts = rest[
                1:5
            ]  # after the signature: header, parent, metadata, content; then buffers
            if any(len(text) > SMALL and why_too_large(text, PARTS, LEVELS) for text in texts):
                return None
            message = self.session.deserialize(rest)
            header, parent, content = (
                message[name] for name in ("header", "parent_header", "content")
            )
            if not all(isinstance(value, dict) for value in (header, parent, content)):
                return None
            kind = header["msg_type"]
            if not isinstance(kind, str) or not isinstance(parent.get("msg_id", ""), str):
                return None
            if kind == "execute_reply" and content.get("status") not in STATUSES:
                return None
            message["content"] = plain(content)
            return message
        except Exception:  # whatever a hostile kernel may think of
            return None


class Client(AsyncKernelClient):
    """A client with such channels, and with bounds on what waits in memory."""

    shell_channel_class = Type(Channel)
    iopub_channel_class = Type(Channel)
    stdin_channel_class = Type(Channel)
    control_channel_class = Type(Channel)

    def _context_default(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.RECONNECT_IVL, -1)
        context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_MB * MB)
        context.setsockopt(zmq.RCVHWM, WAITING)
        return context

    def start_channels(self, **kinds: bool) -> None:
        """Start those channels that are used: no stdin, and no heartbeat (the process is seen)."""
        super().start_channels(stdin=False, hb=False)

    def stop_channels(self) -> None:
        """Close the channels that were opened; the inherited way opens the others first."""
        for channel in (self._shell_channel, self._iopub_channel, self._control_channel):
            if channel is not None:
                channel.stop()
        self.context.destroy(linger=0)


class Manager(AsyncKernelManager):
    """A manager whose kernel is a process in a sandbox."""

    running: Running | None = AnyTrait(None, allow_none=True)
    interrupts = 0  # that were asked for

    def launch(
        self, sandbox: Sandbox, box: Path, readable: Sequence[Path], limits: Limits
    ) -> Running:
        """Start the kernel, and wait until it listens.

        Raises:
            CourseError: it does not; no student is to blame, for nothing of theirs ran yet.
        """
        self.transport, self.client_factory = "ipc", Client
        self.session.key = secrets.token_hex(32).encode()
        for number, port in enumerate(PORTS, 1):
            setattr(self, port, number)
        given = {key: value for key, value in self.get_connection_info().items() if key != "ip"}
        given["key"] = self.session.key.decode()
        self.running = sandbox.start(ARGUMENTS, given, box, readable, limits)
        self.ip = str(self.running.sockets / "s")
        self._wait_until_it_listens()
        self._connect_control_socket()  # now, while no student's code has run
        return self.running

    def _wait_until_it_listens(self) -> None:
        assert self.running is not None
        waiting = [f"{self.ip}-{number}" for number in range(1, len(PORTS) + 1)]
        while waiting:
            if not self.running.alive:
                raise CourseError(
                    "A kernel ended before it was ready. Expected: ipykernel to start in the "
                    f"sandbox. Received: {self.running.errors.strip()[-500:] or 'nothing'} Give it "
                    "more (--memory, --timeout), or see `doctor`."
                )
            if _listens(waiting[0]):
                waiting.pop(0)
            else:
                time.sleep(0.01)

    @property
    def has_kernel(self) -> bool:
        """Whether it was started."""
        return self.running is not None

    async def is_alive(self) -> bool:
        """Whether its process has not ended."""
        return self.running is not None and self.running.alive

    _async_is_alive = is_alive  # the client asks in this way

    async def interrupt_kernel(self) -> None:
        """Ask it, by a message, to interrupt the cell; it may ignore that."""
        self.interrupts += 1
        self.session.send(self._control_socket, self.session.msg("interrupt_request", content={}))

    def close(self) -> None:
        """End the kernel, if it was started, and let go of every socket; can be called twice."""
        if self.running is not None:
            self.running.close()
        self._close_control_socket()
        if self._created_context:
            self.context.destroy(linger=0)

    def _create_connected_socket(self, channel: str, identity: bytes | None = None) -> Any:
        self.context.setsockopt(zmq.RECONNECT_IVL, -1)
        return super()._create_connected_socket(channel, identity)


def plain(value: Any, depth: int = 0) -> Any:
    """JSON that can be written again: no lone surrogates, no NaN, nothing very deep."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode("utf-8")
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict) and depth < DEEP:
        return {plain(str(key)): plain(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list) and depth < DEEP:
        return [plain(item, depth + 1) for item in value]
    return value if value is None or isinstance(value, int) else None


def _listens(path: str) -> bool:
    if not Path(path).exists():
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
