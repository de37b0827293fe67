"""The driver's end of a wire: a kernel client as nbclient and papermill know one, without ZeroMQ."""

import asyncio
import socket
from collections.abc import Sequence
from queue import Empty
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.session import Session

from jiaokou.publishing.wire import CHANNELS, Part, Unpacker, packed

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

    async def receive(self, channel: str) -> list[bytes]:
        """The next message on a channel."""
        return await self._received[channel].get()

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
            parts = await asyncio.wait_for(self._wire.receive(self._name), timeout)
        except TimeoutError:
            raise Empty from None
        _, rest = self._session.feed_identities(parts)
        return self._session.deserialize(rest)


class WireClient(AsyncKernelClient):
    """A client of a kernel on a wire. Nobody is there to be asked for input."""

    def join(self, wire: Wire) -> "WireClient":
        """Use a wire for all channels."""
        for name in CHANNELS:
            setattr(self, f"_{name}_channel", WireChannel(name, wire, self.session))
        return self
