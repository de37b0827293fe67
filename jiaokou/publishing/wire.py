"""A kernel's channels over one socket, message by message: what ZeroMQ does with five sockets and its own threads.

A message is one line of JSON, the channel's name and the lengths of its parts, and then the parts as they are.
"""

import json
from collections.abc import Iterator, Sequence

CHANNELS = ("shell", "iopub", "stdin", "control")
"""The channels of Jupyter's protocol that a driver needs; a heartbeat would say no more than the process does."""

Part = bytes | memoryview
Message = tuple[str, list[bytes]]
"""A channel's name, and the parts of a message on it."""


def packed(channel: str, parts: Sequence[Part]) -> bytes:
    """A message on a channel as it goes through the socket."""
    head = json.dumps([channel, *(memoryview(part).nbytes for part in parts)])
    return b"".join([head.encode(), b"\n", *parts])


class Unpacker:
    """Puts messages together again from what a socket gives, however it is cut."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, received: bytes) -> Iterator[Message]:
        """The messages that are whole now."""
        self._held += received
        while (end := self._held.find(b"\n")) >= 0:
            channel, *lengths = json.loads(self._held[:end])
            if len(self._held) < end + 1 + sum(lengths):
                return
            parts, start = [], end + 1
            for length in lengths:
                parts.append(bytes(self._held[start : start + length]))
                start += length
            del self._held[:start]
            yield channel, parts
