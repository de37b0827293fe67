"""Notebooks through papermill and nbclient: each in a kernel of its own, several at a time, with limits on time."""

import asyncio
import json
import logging
import math
import os
import re
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory, gettempdir
from threading import Thread
from typing import Any

from filelock import FileLock, Timeout
from nbformat import NotebookNode, from_dict, validate

from jiaokou.execution import environment
from jiaokou.execution.forking import CAN_FORK, WarmServer, warm_server
from jiaokou.execution.kernel import WarmKernelManager

_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")
_SCRATCH, _LOCK = "jiaokou-run-", "lock"
_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
_PUT_IN = {"injected-parameters", "papermill-error-cell-tag"}  # papermill's tags
_YOUNG = 60  # seconds within which a new folder may not be locked yet
_SOCKET_PATH = 90  # bytes that the path of a Unix socket may have everywhere, less what is added to it

# What nbclient says of failing cells and dying kernels is in the outcomes; it is shown only to who asks for it.
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Run:
    """A notebook to run with the values of its parameters; `lang` is one of them."""

    path: Path
    lang: str
    values: Mapping[str, Any] = field(default_factory=dict)
    package_name: str = ""
    """What the executed notebook calls its data package, whose folder is another one on another machine."""

    @property
    def name(self) -> str:
        """Language and notebook, as in the edition: ``zh/01_economy``."""
        return f"{self.lang}/{self.path.stem}"


@dataclass(frozen=True)
class Outcome:
    """How a run ended: the executed notebook, what went wrong (empty if nothing did) and how long it took."""

    run: Run
    notebook: NotebookNode | None
    error: str
    seconds: float


def execute(
    runs: Sequence[Run], *, jobs: int = 0, timeout: float = 600, cell_timeout: float = 0, retries: int = 1
) -> Generator[Outcome]:
    """Run notebooks, at most `jobs` (0: as many as there are cores) at a time, and give each outcome as it comes.

    `timeout` is in seconds and holds for a whole run, `cell_timeout` for each of its cells (0: no limit of its own). A
    run is tried again, up to `retries` times, only where its kernel died; a failing cell fails again. Close the
    generator (`contextlib.closing`) to stop what is still running; the runs go on while it waits for you.
    """
    limits = _Limits(jobs or os.cpu_count() or 1, timeout, cell_timeout, retries)
    # What kernels leave lying about (connection files, profiles, files that a cell writes) goes with this folder.
    with _scratch() as scratch:
        server = warm_server((), os.environ, prepared=True) if runs and CAN_FORK else None
        ended: SimpleQueue[Outcome | BaseException] = SimpleQueue()
        loop = asyncio.SelectorEventLoop()
        work = loop.create_task(_run_all(runs, limits, scratch, server, ended.put))
        # A thread, so that kernels are served while the caller makes pages of what is ready.
        driver = Thread(target=_drive, args=(loop, work, ended.put), name="jiaokou-run")
        driver.start()
        try:
            for _ in runs:
                outcome = ended.get()
                if isinstance(outcome, BaseException):
                    raise outcome
                yield outcome
        finally:
            loop.call_soon_threadsafe(work.cancel)
            driver.join()
            loop.close()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that goes when the runs have ended, and with it those that killed processes have left."""
    for left in Path(gettempdir()).glob(f"{_SCRATCH}*"):
        with suppress(OSError, Timeout):  # another user's, or one in use
            if time.time() - left.stat().st_mtime > _YOUNG:
                with FileLock(left / _LOCK, blocking=False):
                    shutil.rmtree(left, ignore_errors=True)
    with (
        TemporaryDirectory(prefix=_SCRATCH, ignore_cleanup_errors=True) as folder,
        FileLock(Path(folder, _LOCK)),
    ):
        yield Path(folder)


@dataclass(frozen=True)
class _Limits:
    jobs: int
    timeout: float
    cell_timeout: float
    retries: int


def _drive(
    loop: asyncio.AbstractEventLoop, work: "asyncio.Task[None]", failed: Callable[[BaseException], None]
) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(work)
    except asyncio.CancelledError:
        return
    except BaseException as error:  # noqa: BLE001 - raised again by the thread that waits for outcomes
        failed(error)
    finally:  # a run that was stopped leaves nbclient's watch over its kernel
        left = asyncio.all_tasks(loop)
        for task in left:
            task.cancel()
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))


async def _run_all(
    runs: Sequence[Run],
    limits: _Limits,
    scratch: Path,
    server: WarmServer | None,
    report: Callable[[Outcome], None],
) -> None:
    # What takes long to import is imported while the server warms up.
    import papermill.execute  # noqa: F401
    from zmq.asyncio import Context

    import jiaokou.execution.cells  # noqa: F401

    if server:
        await server.warmed()  # before any clock starts
    slots = asyncio.Semaphore(limits.jobs)
    context = (
        Context()
    )  # for all stock kernels: ending one takes a tenth of a second, in which nothing else goes on

    async def one(run: Run, folder: Path) -> None:
        async with slots:
            report(await _attempt(run, limits, folder, context))

    try:
        async with asyncio.TaskGroup() as group:
            for number, run in enumerate(runs):
                group.create_task(one(run, scratch / str(number)))
    finally:
        context.destroy(linger=0)


async def _attempt(run: Run, limits: _Limits, folder: Path, context: Any) -> Outcome:
    from nbclient.exceptions import DeadKernelError

    started = time.monotonic()
    for left in range(limits.retries, -1, -1):
        try:
            return await _execute(run, started, limits, folder / str(left), context)
        except DeadKernelError:
            if (task := asyncio.current_task()) and task.cancelling():  # nbclient takes one for the other
                raise asyncio.CancelledError from None
            if not left:
                break
        except Exception as error:  # noqa: BLE001 - whatever one notebook does, the others go on
            said = " ".join(f"{type(error).__name__}: {error}".split())
            return Outcome(run, None, f"not run: {said[:300]}", time.monotonic() - started)
    tries = "once" if limits.retries == 0 else f"{limits.retries + 1} times"
    return Outcome(run, None, f"its kernel died {tries} (out of memory?)", time.monotonic() - started)


async def _execute(run: Run, started: float, limits: _Limits, folder: Path, context: Any) -> Outcome:
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError
    from papermill.execute import raise_for_execution_errors

    source = run.path.read_bytes()  # once, since somebody may write to it while it runs
    notebook = _prepared(run, source)
    position, error = 0, ""

    def at_cell(cell: NotebookNode, cell_index: int) -> None:
        nonlocal position
        position = cell_index

    def time_left(cell: NotebookNode | None = None) -> float:
        left = max(0.01, started + limits.timeout - time.monotonic())
        return min(left, limits.cell_timeout or left)

    try:
        await _run_cells(
            notebook,
            _manager(notebook, folder, context),
            folder,
            on_cell_start=at_cell,
            timeout_func=time_left,
        )
        raise_for_execution_errors(notebook, None)
    except PapermillExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    except CellTimeoutError:
        error = _too_long(limits, time.monotonic() - started)
    validate(notebook)
    notebook = canonical(notebook, run, source)
    if error:  # the cell's number is that in the source, where papermill has put nothing in
        number = sum("injected-parameters" not in _tags(cell) for cell in notebook.cells[: position + 1])
        error = f"cell {number}: {' '.join(error.split())}"
    return Outcome(run, notebook, error, time.monotonic() - started)


def _too_long(limits: _Limits, seconds: float) -> str:
    if seconds < limits.timeout:
        return f"not done after {limits.cell_timeout:g} s; allow more with --cell-timeout"
    return f"not done after {limits.timeout:g} s; allow more with --timeout"


def _prepared(run: Run, source: bytes) -> NotebookNode:
    """The notebook as papermill would run it: with its parameters, and without outputs."""
    from papermill.execute import remove_error_markers
    from papermill.parameterize import parameterize_notebook

    notebook = from_dict(json.loads(_loaded(run.path, source)))
    values = {"lang": run.lang, **run.values}
    notebook = remove_error_markers(
        parameterize_notebook(notebook, values, kernel_name="python3", language="python")
    )
    # Not every tool names a kernel, and it is this one whatever a notebook names.
    notebook.metadata["kernelspec"] = _KERNEL | notebook.metadata.get("kernelspec", {})
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@lru_cache(maxsize=16)
def _loaded(path: Path, _: bytes) -> str:
    """A notebook as papermill reads it, as JSON; once for all languages as long as it holds the same."""
    from papermill.iorw import load_notebook_node

    return json.dumps(load_notebook_node(str(path)))


async def _run_cells(notebook: NotebookNode, manager: WarmKernelManager, folder: Path, **hooks: Any) -> None:
    """Run a notebook's cells up to the first that fails, in a kernel of this Python; `folder` is the kernel's own."""
    from nbclient.exceptions import CellExecutionError

    from jiaokou.execution.cells import CellClient

    work = folder / "work"
    work.mkdir(parents=True)
    with Path(os.devnull).open("wb") as silence:
        client = CellClient(
            notebook,
            km=manager,
            log=_log,
            record_timing=False,
            shutdown_kernel="immediate",
            raise_on_iopub_timeout=True,
            iopub_timeout=60,
            startup_timeout=math.ceil(hooks["timeout_func"]()),
            **hooks,
        )
        try:
            await client.async_execute(
                cleanup_kc=True,
                env=environment.for_run(folder),
                cwd=str(work),
                stdout=silence.fileno(),
                stderr=silence.fileno(),
            )
        except CellExecutionError:
            return  # told by the cell's output
        finally:
            client.forget()
            if manager.has_kernel:  # stopped before nbclient was ready to see to it
                await manager.shutdown_kernel(now=True)


def _manager(notebook: NotebookNode, folder: Path, context: Any) -> WarmKernelManager:
    """A manager of a kernel of this interpreter for a notebook, whatever ``python3`` kernels the user has."""
    from jupyter_client.kernelspec import KernelSpecManager

    short = os.name == "posix" and len(os.fsencode(folder)) < _SOCKET_PATH
    return WarmKernelManager(
        context=context,
        kernel_name="python3",
        prepared=True,
        cells=[cell.source for cell in notebook.cells if cell.cell_type == "code"],
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        connection_file=str(folder / "k.json"),
        transport="ipc" if short else "tcp",
        log=_log,
    )


def canonical(notebook: NotebookNode, run: Run, source: bytes) -> NotebookNode:
    """`notebook`, executed from `source`, without what differs between runs; changed in place, and returned.

    Timings, paths of the run, memory addresses, the interpreter's version and the random ids of cells that the source
    gives none go; outputs that have a richer form lose their plain text.
    """
    ids = _ids(source)
    notebook.metadata.pop("papermill", None)
    notebook.metadata["language_info"] = {"name": "python"}
    notebook.cells = [cell for cell in notebook.cells if "papermill-error-cell-tag" not in _tags(cell)]
    own = [cell for cell in notebook.cells if "injected-parameters" not in _tags(cell)]
    for position, (cell, given) in enumerate(zip(own, ids, strict=True), start=1):
        cell["id"] = given or f"cell-{position}"
    for cell in notebook.cells:
        if "injected-parameters" in _tags(cell):
            cell["id"] = "injected-parameters"
            cell["source"] = _injected(run)
        cell.metadata.pop("papermill", None)
        if not _tags(cell):
            cell.metadata.pop("tags", None)
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if len(data) > 1:
                data.pop("text/plain", None)
            for holder, key in ((data, "text/plain"), (output, "text")):
                if key in holder:
                    holder[key] = _CELL_FILE.sub("<cell>", _ADDRESS.sub(" at 0x…", holder[key]))
            if "text/html" in data:
                data["text/html"] = _ADDRESS.sub(" at 0x…", data["text/html"])
    return notebook


@lru_cache(maxsize=16)
def _ids(source: bytes) -> list[str | None]:
    """The ids of a notebook's own cells: what a run before has put in is replaced."""
    cells = json.loads(source)["cells"]
    return [cell.get("id") for cell in cells if not _PUT_IN.intersection(_tags(cell))]


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])


def _injected(run: Run) -> str:
    from papermill.translators import translate_parameters

    values = {"lang": run.lang, **run.values}
    if "package" in values:
        values["package"] = run.package_name
    return translate_parameters("python3", "python", values, "Parameters")
