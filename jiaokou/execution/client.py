"""Clients of the warmed process's kernels as nbclient and papermill know them, over ZeroMQ or a wire's other end."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Sequence
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import DELIM, Session

from jiaokou.execution.wire import CHANNELS, Part, Unpacker, packed, told

_CHUNK = 1 << 18


class Wire:
    """The driver's end of a kernel's socket, read by the running event loop."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._unpacker = connection, Unpacker()
        self._received: dict[str, asyncio.Queue[list[bytes]]] = {name: asyncio.Queue() for name in CHANNELS}
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(connection, self._receive)

    def send(self, channel: str, parts: Sequence[Part]) -> None:
        """Send a message; requests are small, and the kernel reads them whenever no cell keeps it."""
        self._connection.sendall(packed(channel, parts))

    async def receive(self, channel: str, timeout: float | None) -> list[bytes]:
        """The next message on a channel; raises TimeoutError if none comes within `timeout` seconds."""
        received = self._received[channel]
        if not received.empty():  # to wait for it would take a timer
            return received.get_nowait()
        async with asyncio.timeout(timeout):
            return await received.get()

    def close(self) -> None:
        """Leave the socket, which is somebody else's to close."""
        self._loop.remove_reader(self._connection)

    def _receive(self) -> None:
        try:
            received = self._connection.recv(_CHUNK)
        except ConnectionResetError:
            received = b""
        if not received:  # the kernel has ended
            self.close()
        for channel, parts in self._unpacker.feed(received):
            self._received[channel].put_nowait(parts)


class WireChannel:
    """One of a kernel's channels."""

    def __init__(self, name: str, wire: Wire, session: Session) -> None:
        self._name, self._wire, self._session = name, wire, session
        self._alive = False

    def start(self) -> None:
        """Begin; messages have been waiting."""
        self._alive = True

    def stop(self) -> None:
        """End."""
        self._alive = False

    close = stop

    def is_alive(self) -> bool:
        """Whether it is started."""
        return self._alive

    def send(self, message: dict[str, Any]) -> None:
        """Send a message of Jupyter's protocol."""
        self._session.send(self, message)  # type: ignore[arg-type]  # which sends its parts by:

    def send_multipart(self, parts: Sequence[Part], *_: Any, **__: Any) -> None:
        """Send the parts of a message."""
        self._wire.send(self._name, parts)

    async def get_msg(self, timeout: float | None = None) -> dict[str, Any]:
        """The next message; raises `queue.Empty` if none comes within `timeout` seconds."""
        try:
            parts = await self._wire.receive(self._name, timeout)
        except TimeoutError:
            raise Empty from None
        return told(parts[parts.index(DELIM) + 2 :])  # after whom it is from, and a signature


class WarmKernelClient(AsyncKernelClient):
    """A client that is ready as soon as its kernel is."""

    def start_channels(
        self,
        shell: bool = True,
        iopub: bool = True,
        stdin: bool = True,
        hb: bool = False,
        control: bool = True,
    ) -> None:
        """Open the channels; no heartbeat, since the manager knows whether the process lives."""
        super().start_channels(shell, iopub, stdin, hb, control)

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel answers and its output arrives; what arrives later names what it belongs to."""
        deadline = time.monotonic() + (timeout or float("inf"))
        while True:
            with contextlib.suppress(Empty):
                await self._sign_of_life()
                return
            if not await self.is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > deadline:
                raise RuntimeError(f"Kernel didn't respond in {timeout:g} seconds")

    async def _sign_of_life(self) -> None:
        self.kernel_info()
        await self.shell_channel.get_msg(timeout=1)
        await self.iopub_channel.get_msg(timeout=0.2)


class WireClient(WarmKernelClient):
    """A client of a kernel on a wire. Nobody is there to be asked for input."""

    def join(self, wire: Wire) -> "WireClient":
        """Use a wire for all channels."""
        # Of a heartbeat, which does not beat, a client asks whether it lives, and would make one only for that.
        for name in (*CHANNELS, "hb"):
            setattr(self, f"_{name}_channel", WireChannel(name, wire, self.session))
        return self

    async def _sign_of_life(self) -> None:
        # That it starts; what is said to it from then on waits until it listens.
        await self.iopub_channel.get_msg(timeout=1)
