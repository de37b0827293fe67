"""A kernel's channels over one socket, message by message: what ZeroMQ does with five sockets and its own threads.

A message is one line of JSON, the channel's name and the lengths of its parts, and then the parts as they are.
Nobody else can write to a wire, so that what a part says is taken as it is.
"""

import datetime
import json
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

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


def told(packed: Sequence[bytes]) -> dict[str, Any]:
    """The message of its parts from the header on; a session's own way looks for dates in all of them."""
    header, metadata, content = (json.loads(packed[place]) for place in (0, 2, 3))
    header["date"] = datetime.datetime.fromisoformat(header["date"])
    return {
        "header": header,
        "msg_id": header["msg_id"],
        "msg_type": header["msg_type"],
        "parent_header": _parent(packed[1]),
        "metadata": metadata,
        "content": content,
        "buffers": [memoryview(part) for part in packed[4:]],
    }


@lru_cache(maxsize=64)
def _parent(header: bytes) -> Mapping[str, Any]:
    """The header of a request, which comes back with all that is said of it."""
    return json.loads(header)
