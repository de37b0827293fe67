"""The warmed process: it has done what every notebook does first, and forks itself for each kernel asked for.

`jiaokou.execution.forking` starts it and speaks to it over a socket: one byte from here says that it is ready; each
message from there is one byte with four file descriptors, those named in `Request`. While it waits the process has one
thread, no ZeroMQ context and no event loop, so that a fork is a sound copy of it.

It is run as a script: importing it by name would import the library, and with it pandas, before they can be shown a
kernel to be imported in.
"""

import builtins
import contextlib
import gc
import importlib
import json
import os
import random
import select
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

# What a kernel imports only as it starts or shows its first output: too late to share it. debugpy, of which ipykernel
# imports the server half, is compiled anew at each import and costs half a second.
LATE = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.magics",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "cProfile",
    "faulthandler",
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "ipykernel.zmqshell",
    "matplotlib_inline.backend_inline",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
)


SIZE = 4  # bytes, of which the first counts most
SOON = 100  # milliseconds, of the same order as those after which ipykernel sends what is printed


class Request(NamedTuple):
    """The file descriptors that come with a request."""

    status: int
    """Where the server writes the kernel's process number and, in the end, its exit code: a line each."""
    order: int
    """A socket on which the kernel's order comes: its size in `SIZE` bytes, then JSON (argv, cwd, env, wired, and the
    cells that it is going to run, as far as they are known); the driver lives while its other end is open. A kernel
    that is `wired` goes on to speak over it (`jiaokou.execution.wire`)."""
    stdout: int
    stderr: int


def main(channel: int, prepared: bool) -> None:
    """Be the server on the socket `channel` until its other end is closed; in a forked process, be the kernel.

    If it is to be `prepared`, kernels are made before the fork: for drivers that want no user's configuration.
    """
    os.setsid()
    given = set(os.environ)
    warm_up()
    app = None
    if prepared:
        from jiaokou.execution import wired

        app = wired.prepare()
    gc.collect()
    gc.freeze()  # so that no kernel's collector touches, and thereby copies, the pages that all share
    # debugpy, for one, sets a variable when it is imported, and any kernel that imports it has it too.
    added = {name: value for name, value in os.environ.items() if name not in given}
    forked = serve(channel, app)
    if forked is not None:
        run_kernel(*forked, added, app)


def warm_up() -> None:
    """Import what notebooks need, open the package, and make one figure and one table of each kind in each language."""
    with _as_in_a_kernel():
        for name in LATE:
            with contextlib.suppress(ImportError):  # an optional one
                importlib.import_module(name)
        import jiaokou.execution.wired  # noqa: F401
        from jiaokou.execution.lean import no_grammars
        from jiaokou.execution.rehearsal import rehearse

        with no_grammars():
            rehearse()


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let libraries that look, when imported, for the front end they are in (pandas, plotly) see a kernel's."""
    from ipykernel.zmqshell import ZMQInteractiveShell

    # A shell that was never made ready, of the same name: they ask for no more than that.
    looks = {"__init__": lambda shell: None, "__module__": ZMQInteractiveShell.__module__, "kernel": None}
    shell: Any = type(ZMQInteractiveShell.__name__, (ZMQInteractiveShell,), looks)
    vars(builtins)["get_ipython"] = shell.instance
    shell.instance()
    try:
        yield
    finally:
        del vars(builtins)["get_ipython"]
        shell.clear_instance()


def serve(channel: int, app: Any) -> tuple[Request, dict[str, Any]] | None:
    """Fork for each request; return it and its order in the forked process, and None once nobody can ask any more.

    If the kernels' application was made already, it reads the cells that they are going to run.
    """
    kernels: dict[int, int] = {}  # process number -> where its exit code goes
    with contextlib.ExitStack() as stack:
        requests = stack.enter_context(socket.socket(fileno=channel))
        ended, wakeup = map(stack.enter_context, socket.socketpair())
        ended.setblocking(False)
        wakeup.setblocking(False)
        selector = stack.enter_context(selectors.DefaultSelector())
        selector.register(requests, selectors.EVENT_READ)
        selector.register(ended, selectors.EVENT_READ)
        signal.set_wakeup_fd(wakeup.fileno())
        signal.signal(signal.SIGCHLD, lambda *_: None)
        requests.send(b"w")
        while True:
            ready = {key.fileobj for key, _ in selector.select()}
            if ended in ready:
                ended.recv(4096)
                _report(kernels)
            if requests not in ready:
                continue
            fds = _received(requests)
            if not fds:
                return None
            request = Request(*fds)
            if (order := _ordered(request.order)) is None:
                for fd in request:
                    os.close(fd)
                continue
            if app is not None:
                app.kernel.shell.foresee(order["cells"])
            number = os.fork()
            if not number:
                signal.set_wakeup_fd(-1)
                signal.signal(signal.SIGCHLD, signal.SIG_DFL)
                for status in kernels.values():
                    os.close(status)
                os.close(request.status)
                return request, order
            kernels[number] = request.status
            for fd in request[1:]:
                os.close(fd)
            _tell(request.status, number)


def _received(requests: socket.socket) -> list[int]:
    """The descriptors of the next request; none once nobody can ask any more."""
    try:
        return socket.recv_fds(requests, 1, len(Request._fields), socket.MSG_CMSG_CLOEXEC)[1]
    except ConnectionResetError:  # the other end was closed without having read that this one was ready
        return []


def _ordered(fd: int) -> dict[str, Any] | None:
    """The order that comes on a socket; None where its driver has gone."""
    with socket.fromfd(fd, socket.AF_UNIX, socket.SOCK_STREAM) as driver:
        size = int.from_bytes(driver.recv(SIZE, socket.MSG_WAITALL), "big")
        content = driver.recv(size, socket.MSG_WAITALL)
    return json.loads(content) if content and len(content) == size else None


def _report(kernels: dict[int, int]) -> None:
    """Give the exit codes of kernels that ended, and end what they have left running."""
    while kernels and (found := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)):
        # Until it is waited for, the dead kernel keeps its number from meaning another group of processes.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(found.si_pid, signal.SIGKILL)
        _, status = os.waitpid(found.si_pid, 0)
        if (fd := kernels.pop(found.si_pid, None)) is not None:
            _tell(fd, os.waitstatus_to_exitcode(status))
            os.close(fd)


def _tell(fd: int, number: int) -> None:
    with contextlib.suppress(BrokenPipeError):  # nobody waits for it any more
        os.write(fd, b"%d\n" % number)


def run_kernel(request: Request, order: dict[str, Any], added: dict[str, str], app: Any) -> None:
    """Be an ordinary ipykernel, as if just started with the order's arguments, folder and environment.

    `added` are the variables that imports have set; `app` is the kernel's application, if it was made already.
    """
    os.setsid()
    driver = socket.socket(fileno=request.order)
    send = None if app is None else app.wire.flush
    threading.Thread(target=_die_with, args=(driver, send), daemon=True).start()
    _take_streams(request)
    _take_environment({**added, **order["env"]})
    os.chdir(order["cwd"])
    _reseed()
    sys.argv[:] = order["argv"]

    if app is not None:
        app.take_over()
        app.run(driver)
    elif order["wired"]:
        from jiaokou.execution.wired import WiredKernelApp

        app = WiredKernelApp.instance()
        app.initialize()
        app.run(driver)
    else:
        from ipykernel.kernelapp import IPKernelApp

        IPKernelApp.launch_instance(parent_handle=1)  # as in `WiredKernelApp`


def _die_with(driver: socket.socket, send: Callable[[], None] | None) -> None:
    """Wait until the driver is gone, and take the kernel and all that it has started along; `send` until then."""
    hung_up = select.poll()
    hung_up.register(driver, select.POLLRDHUP)
    while send and not hung_up.poll(SOON):
        with contextlib.suppress(OSError):  # it is gone
            send()
    hung_up.poll()
    os.killpg(0, signal.SIGKILL)


def _take_streams(request: Request) -> None:
    with Path(os.devnull).open("rb") as nothing:
        for fd, own in ((nothing.fileno(), 0), (request.stdout, 1), (request.stderr, 2)):
            os.dup2(fd, own)
    os.close(request.stdout)
    os.close(request.stderr)


def _take_environment(environment: dict[str, str]) -> None:
    for name in set(os.environ).difference(environment):
        del os.environ[name]
    # Those that are set anew are few, and each costs a call of the system's.
    os.environ.update({name: value for name, value in environment.items() if os.environ.get(name) != value})
    time.tzset()


def _reseed() -> None:
    """Make random numbers as random as in a process of its own; `random` sees to itself, numpy does not."""
    random.seed()
    if "numpy" in sys.modules:
        sys.modules["numpy"].random.seed()


if __name__ == "__main__":
    main(int(sys.argv[2]), prepared="prepared" in sys.argv[3:])
