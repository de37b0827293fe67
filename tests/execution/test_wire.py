"""What goes through a wire comes out of it, however it is cut."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokou.execution.wire import CHANNELS, Message, Unpacker, packed
from jiaokou.execution.wired import Wire

messages = st.lists(st.tuples(st.sampled_from(CHANNELS), st.lists(st.binary(max_size=50), max_size=6)))


def unpacked(pieces: Sequence[bytes]) -> list[Message]:
    unpacker = Unpacker()
    return [message for piece in pieces for message in unpacker.feed(piece)]


@settings(deadline=None)
@given(messages, st.integers(1, 40))
def test_messages_come_out_as_they_went_in_however_the_stream_is_cut(sent: list[Message], size: int) -> None:
    stream = b"".join(packed(*message) for message in sent)
    assert unpacked([stream[at : at + size] for at in range(0, len(stream), size)]) == sent


def test_a_message_waits_until_it_is_whole() -> None:
    stream = packed("iopub", [b"one\n", b"", b"two"])
    assert unpacked([stream[:-1]]) == []
    assert unpacked([stream[:-1], stream[-1:]]) == [("iopub", [b"one\n", b"", b"two"])]


def test_a_reply_arrives_with_the_word_that_its_kernel_is_idle() -> None:
    reply = ("shell", [b"reply"])
    idle = ("iopub", [b"kernel.status", b'{"execution_state": "idle"}'])
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.setblocking(False)
        wire = Wire()
        wire.connect(ours)
        wire.send(*reply)
        with pytest.raises(BlockingIOError):
            theirs.recv(1)
        wire.send(*idle)
        assert unpacked([theirs.recv(1000)]) == [reply, idle]


def test_a_part_is_as_long_as_its_bytes_whatever_it_is_a_view_of() -> None:
    wide = memoryview(b"12345678").cast("I")
    assert unpacked([packed("shell", [wide])]) == [("shell", [b"12345678"])]


@pytest.fixture
def wired() -> Iterator[tuple[Wire, socket.socket]]:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.settimeout(10)
        wire = Wire()
        wire.connect(ours)
        wire.holds = True
        yield wire, theirs


def test_much_is_not_held_back(wired: tuple[Wire, socket.socket]) -> None:
    wire, theirs = wired
    much = ("iopub", [b"stream", b"x" * 70_000])
    theirs.settimeout(0)
    wire.send(*much)
    assert unpacked([theirs.recv(100_000)]) == [much]


def test_what_a_forked_process_sends_arrives_at_once_and_after_what_was_sent_before(
    wired: tuple[Wire, socket.socket],
) -> None:
    wire, theirs = wired
    parents, childs = ("iopub", [b"the parent's"]), ("iopub", [b"the child's"])
    wire.send(*parents)
    if not (child := os.fork()):
        wire.send(*childs)
        os._exit(0)
    os.waitpid(child, 0)
    assert unpacked([theirs.recv(1000)]) == [parents, childs]
