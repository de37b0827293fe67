"""The kernel of a driver that holds the other end of one socket: an ipykernel, but without ZeroMQ and its threads.

Of ipykernel's ten threads, those that carry messages cost more than most cells do. Here its main thread reads requests
between cells, and whatever sends a message writes it to the socket there and then. All else is ipykernel's: how cells
are run, what becomes an output, how streams are gathered.
"""

import contextlib
import fcntl
import os
import signal
import socket
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from ipykernel import iostream, ipkernel, kernelapp
from ipykernel.kernelbase import Kernel
from IPython.core.profiledir import ProfileDir
from IPython.paths import get_ipython_dir
from jupyter_client.session import Session, json_packer
from traitlets import Any as Anything
from traitlets import Type, default

from jiaokou.execution.shell import ZMQInteractiveShell
from jiaokou.execution.wire import CHANNELS, Part, Unpacker, packed, told

_CHUNK = 1 << 16  # bytes


class Wire:
    """The kernel's end of the socket."""

    _connection: socket.socket
    holds = False
    """Whether what a cell sends is held until it is done or `flush` is called: each arrival costs a driver a turn."""

    def __init__(self) -> None:
        self.channels = {name: _Channel(name, self) for name in CHANNELS}
        self._unpacker = Unpacker()
        self._held = bytearray()
        self.lock = threading.RLock()
        """Held by whoever writes."""
        # Processes that a cell forks print through this socket too, after what it has printed itself: `lockf` keeps
        # processes apart, but not threads.
        os.register_at_fork(before=self.flush, after_in_child=self._renew)

    def _renew(self) -> None:
        self.lock = threading.RLock()  # another thread may have held it
        self._held.clear()  # the parent's to send
        self.holds = False  # the thread that calls `flush` is the parent's as well

    def send(self, channel: str, parts: Sequence[Part]) -> None:
        """Send a message, now or soon."""
        with self.lock:
            self._held += packed(channel, parts)
            if len(self._held) > _CHUNK or not _is_followed(channel, parts, self.holds):
                self.flush()

    def flush(self) -> None:
        """Send what is held."""
        with self.lock:
            if self._held:
                with _uninterrupted():
                    held, self._held = self._held, bytearray()
                    self._send(held)

    def _send(self, content: bytes | bytearray) -> None:
        fcntl.lockf(self._connection, fcntl.LOCK_EX)
        try:
            self._connection.sendall(content)
        finally:
            fcntl.lockf(self._connection, fcntl.LOCK_UN)

    def connect(self, connection: socket.socket) -> None:
        """Speak over a connection."""
        self._connection = connection

    def listen(self, io_loop: Any) -> None:
        """Take requests from the event loop's next turn on."""
        for channel in self.channels.values():
            channel.io_loop = io_loop
        io_loop.add_handler(self._connection, self._receive, io_loop.READ)

    def _receive(self, *_: Any) -> None:
        for channel, parts in self._unpacker.feed(self._connection.recv(_CHUNK)):
            self.channels[channel].receive(parts)


def _is_followed(channel: str, parts: Sequence[Part], ends: bool) -> bool:
    """Whether ipykernel sends another message: at once after busy or a reply, idle at the end of what cells send."""
    if channel == "iopub" and bytes(parts[0]).endswith(b".status"):
        return b'"busy"' in bytes(parts[-1])
    return channel == "shell" or (ends and channel == "iopub")


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Hold an interrupt back, since nobody could read what follows half a message."""
    if threading.current_thread() is not threading.main_thread():  # no other is ever interrupted
        yield
        return
    held: list[Any] = []
    handler: Any = signal.signal(signal.SIGINT, lambda *args: held.append(args))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if held and callable(handler):
            handler(*held[0])


class _Channel:
    """What ipykernel asks of a ZeroMQ socket and of its stream."""

    closed = False
    io_loop: Any = None

    def __init__(self, name: str, wire: Wire) -> None:
        self._name, self._wire = name, wire
        self._receiver: Callable[[list[bytes]], Any] | None = None

    def send_multipart(self, parts: Sequence[Part], *_: Any, **__: Any) -> None:
        self._wire.send(self._name, parts)

    def on_recv(self, receiver: Callable[[list[bytes]], Any], copy: bool) -> None:
        self._receiver = receiver

    def receive(self, parts: Sequence[bytes]) -> None:
        if self._receiver is not None:
            self.io_loop.add_callback(self._receiver, parts)

    def flush(self, *_: Any) -> None:
        """What is held is followed by what sends it."""

    def close(self) -> None:
        """It goes with the process."""


class WireSession(Session):
    """Packs and unpacks the messages on a wire."""

    def __init__(self, **traits: Any) -> None:
        self._asked: dict[str, Any] = {}
        self._as_asked = b""
        super().__init__(**traits, pack=self._packed)

    def feed_identities(self, msg_list: Any, copy: bool = True) -> Any:
        """Whom a message is from, and its other parts."""
        return super().feed_identities(msg_list)

    def deserialize(self, msg_list: Any, content: bool = True, copy: bool = True) -> dict[str, Any]:
        """A message, whose header is remembered: it goes back with all that is said of it."""
        message = told(msg_list[1:])
        self._asked, self._as_asked = message["header"], msg_list[1]
        return message

    def _packed(self, part: Any) -> bytes:
        if not part:
            return b"{}"
        return self._as_asked if part is self._asked else json_packer(part)


class _Timer:
    """Of an event loop, what streams ask for: to call something later."""

    def call_later(self, seconds: float, call: Callable[[], object]) -> None:
        timer = threading.Timer(seconds, call)
        timer.daemon = True
        timer.start()


class _Publisher(iostream.IOPubThread):
    """Sends what is published at once, in the thread that publishes it: a thread for that which is never started."""

    def __init__(self, wire: Wire) -> None:
        self.wire, self.socket = wire, wire.channels["iopub"]
        self.background_socket = iostream.BackgroundSocket(self)
        self.io_loop = _Timer()  # type: ignore[assignment]
        self.thread = threading.Thread()
        self._stopped = self._pipe_flag = False
        self._master_pid = os.getpid()

    def stop(self) -> None:
        """There is nothing to stop."""


class OutStream(iostream.OutStream):
    """A stream of which no part is overtaken by a later message."""

    pub_thread: _Publisher

    def _flush(self) -> None:
        with self.pub_thread.wire.lock:
            super()._flush()


class _NoSubshells:
    """In place of the thread for subshells: false, since there is none, but asked for the thread that cells run in."""

    def __init__(self) -> None:
        self.parent_thread = threading.current_thread()

    def __bool__(self) -> bool:
        return False


class IPythonKernel(ipkernel.IPythonKernel):
    """The kernel, with channels in place of ZeroMQ's streams, and without a debugger's."""

    shell_stream = Anything()
    control_stream = Anything()
    shell_class = Type(ZMQInteractiveShell)
    _supports_kernel_subshells = False
    _execute_sleep = 0  # after each cell, for another thread to send what is published; there is none

    def start(self) -> None:
        """Answer requests."""
        assert self.shell
        assert isinstance(self.parent, WiredKernelApp)
        self.shell.exit_now = False
        Kernel.start(self)
        self.parent.wire.listen(self.io_loop)

    def _publish_status(self, status: str, channel: str, parent: Any = None) -> None:
        # That it is busy with what it was asked for tells a driver when, and a publication's takes no times.
        if status != "busy" or not isinstance(self.parent, PreparedKernelApp):
            super()._publish_status(status, channel, parent)

    def pre_handler_hook(self) -> None:
        """Let cells be interrupted, but nothing else: a driver that has its answer may end the kernel at once."""
        if self._runs_a_cell():
            super().pre_handler_hook()

    def post_handler_hook(self) -> None:
        """Be deaf to interrupts again."""
        if self._runs_a_cell():
            super().post_handler_hook()

    def _runs_a_cell(self) -> bool:
        return self.get_parent("shell")["header"]["msg_type"] == "execute_request"


class WiredKernelApp(kernelapp.IPKernelApp):
    """The application around the kernel."""

    def __init__(self, **traits: Any) -> None:
        self.wire = Wire()
        # 1 is for a parent that needs no watching; the default, none, makes the kernel greet a user on its terminal.
        super().__init__(parent_handle=1, outstream_class=f"{__name__}.OutStream", **traits)

    @default("session")
    def _session_default(self) -> Session:
        return WireSession(parent=self)

    def init_sockets(self) -> None:
        """Use the one that there will be."""
        self.configure_tornado_logger()
        self.iopub_thread = _Publisher(self.wire)
        self.iopub_socket = self.iopub_thread.background_socket

    def init_heartbeat(self) -> None:
        """None."""

    def write_connection_file(self, **_: Any) -> None:
        """Nobody can connect."""

    def init_kernel(self) -> None:
        """Make the kernel."""
        channels = self.wire.channels
        self.kernel = IPythonKernel.instance(
            parent=self,
            session=self.session,
            shell_stream=channels["shell"],
            control_stream=channels["control"],
            stdin_socket=channels["stdin"],
            shell_channel_thread=_NoSubshells(),
            iopub_thread=self.iopub_thread,
            iopub_socket=self.iopub_socket,
            log=self.log,
            profile_dir=self.profile_dir,
            user_ns=self.user_ns,
        )

    def run(self, connection: socket.socket) -> None:
        """Be the kernel at this end of a connection, until told to stop."""
        self.displayhook.get_execution_count = lambda: self.kernel.execution_count
        self.session.key = b""  # a wire is nobody else's, so that nothing on it is signed
        self.log.setLevel(self.log_level)  # what its handler drops need not be worded first
        self.wire.connect(connection)
        self.start()


class PreparedKernelApp(WiredKernelApp):
    """An application that is made before the process is forked for it, up to what belongs to one run.

    It has no user's configuration: its profile is nowhere until it belongs to a run, and then that of the folder
    ``IPYTHONDIR``, which it finds empty.
    """

    @default("ipython_dir")
    def _ipython_dir_nowhere(self) -> str:
        return ""

    def init_profile_dir(self) -> None:
        """Have one that is not on the disk: who is killed while preparing leaves nothing there."""
        self.profile_dir = ProfileDir(parent=self)

    def init_connection_file(self) -> None:
        """None is needed."""

    log_connection_info = init_connection_file

    def init_io(self) -> None:
        """Later: `take_over`."""

    def init_gui_pylab(self) -> None:
        """Later: `take_over`."""

    def _run_startup_files(self) -> None:
        """Later: `take_over`."""

    def take_over(self) -> None:
        """Belong to this process, its environment and folder, as if made here."""
        self.wire.holds = True  # the thread that waits for the driver's end calls `flush`
        self.session.pid = os.getpid()
        self.iopub_thread._master_pid = os.getpid()
        self.profile_dir, self.ipython_dir = None, get_ipython_dir()
        super().init_profile_dir()
        super().init_io()
        kernel, shell = self.kernel, self.kernel.shell
        kernel._stdout, kernel._stderr = sys.stdout, sys.stderr
        kernel.profile_dir = shell.profile_dir = self.profile_dir
        shell.ipython_dir = self.ipython_dir
        shell.starting_dir = str(Path.cwd())
        shell.user_ns["_dh"][:] = [Path.cwd()]
        shell.init_environment()
        super().init_gui_pylab()
        super()._run_startup_files()
        shell.user_ns_hidden.update(shell.user_ns)


def prepare() -> PreparedKernelApp:
    """An application for the processes that will be forked from this one."""
    users = os.environ.get("IPYTHONDIR")
    os.environ["IPYTHONDIR"] = tempfile.gettempdir()  # nothing is written to it, but it has to be there
    app: PreparedKernelApp = PreparedKernelApp.instance()
    app.initialize(["--HistoryManager.hist_file=:memory:"])
    app.kernel.shell.display_formatter.format(None)  # whose parts are made when they are first needed
    app.kernel.shell.logger  # noqa: B018
    del os.environ["IPYTHONDIR"]
    if users is not None:
        os.environ["IPYTHONDIR"] = users
    return app
