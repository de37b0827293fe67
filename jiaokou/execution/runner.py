"""Notebooks through papermill and nbclient: each in a kernel of its own, several at a time, with limits on time."""

import asyncio
import json
import logging
import math
import os
import re
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbformat import NotebookNode

from jiaokou.errors import JiaokouError, in_short
from jiaokou.execution.environment import for_run
from jiaokou.execution.limits import Limits, check_machine
from jiaokou.execution.provisioner import ForkingKernelManager, start_fork_server
from jiaokou.execution.scratch import scratch_folder

_SOCKET_PATH = 90  # bytes that the path of a Unix socket may have everywhere, less what is added to it
_INJECTED = "injected-parameters"  # papermill's tag
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{8,16}(?=>|&gt;)")  # as an object shows itself
_PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}

# What nbclient says of failing cells and dying kernels is in the outcomes; it is shown only to who asks for it.
_log = logging.getLogger(__name__)
for _each in (_log, logging.getLogger("papermill")):  # which warns of notebooks without parameters
    _each.addHandler(logging.NullHandler())


@dataclass(frozen=True)
class Run:
    """A notebook to run with the values of its parameters; `lang` is one of them."""

    path: Path
    lang: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """What the executed notebook calls the folders among its values, which are others on another machine."""

    @property
    def name(self) -> str:
        """Language and notebook, as in the edition: ``zh/01_economy``."""
        return f"{self.lang}/{self.path.stem}"

    @property
    def parameters(self) -> dict[str, Any]:
        """All values that are put into the notebook."""
        return {"lang": self.lang, **self.values}


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
    limits = Limits(jobs or os.cpu_count() or 1, timeout, cell_timeout, retries)
    check_machine(min(limits.jobs, len(runs)))
    # What kernels leave lying about (connection files, profiles, files that a cell writes) goes with this folder.
    with scratch_folder() as scratch:
        if runs:
            start_fork_server(for_run(scratch))
        ended: SimpleQueue[Outcome | BaseException] = SimpleQueue()
        loop = asyncio.SelectorEventLoop()
        work = loop.create_task(_run_all(runs, limits, scratch, ended.put))
        # A thread, so that kernels are served while the caller makes pages of what is ready.
        driver = Thread(target=_drive, args=(loop, work, ended.put), name="jiaokou-execution")
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


async def _run_all(runs: Sequence[Run], limits: Limits, scratch: Path, report: Callable[[Outcome], None]) -> None:
    from zmq.asyncio import Context

    slots = asyncio.Semaphore(limits.jobs)
    context = Context()  # one for all: ending one takes a tenth of a second, in which nothing else goes on

    async def one(run: Run, folder: Path) -> None:
        async with slots:
            report(await _attempt(run, limits, folder, context))

    try:
        async with asyncio.TaskGroup() as group:
            for number, run in enumerate(runs):
                group.create_task(one(run, scratch / str(number)))
    finally:
        context.destroy(linger=0)


async def _attempt(run: Run, limits: Limits, folder: Path, context: Any) -> Outcome:
    from nbclient.exceptions import DeadKernelError

    started = time.monotonic()
    for left in range(limits.retries, -1, -1):
        try:
            return await _execute(run, started, limits, folder / str(left), context)
        except DeadKernelError:
            if (task := asyncio.current_task()) and task.cancelling():  # nbclient takes one for the other
                raise asyncio.CancelledError from None
        except JiaokouError as error:
            return Outcome(run, None, str(error), time.monotonic() - started)
        except Exception as error:  # noqa: BLE001 - whatever one notebook does, the others go on
            return Outcome(run, None, f"not run: {in_short(error)}", time.monotonic() - started)
    tries = "once" if limits.retries == 0 else f"{limits.retries + 1} times"
    return Outcome(run, None, f"its kernel died {tries} (out of memory?)", time.monotonic() - started)


async def _execute(run: Run, started: float, limits: Limits, folder: Path, context: Any) -> Outcome:
    from nbclient.exceptions import CellExecutionError, CellTimeoutError
    from nbformat import validate

    notebook = _prepared(run)
    position, error = 0, ""

    def at_cell(cell: NotebookNode, cell_index: int) -> None:
        nonlocal position
        position = cell_index

    try:
        await _run_cells(
            notebook, folder, context, on_cell_start=at_cell, timeout_func=lambda cell=None: limits.left(started)
        )
    except CellExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
        if failure.ename == "SystemExit":
            error += " (a run ends with its last cell; leave the exit out)"
    except CellTimeoutError:
        error = limits.broken(started)
    _make_reproducible(notebook, run, folder)
    validate(notebook)
    if error:  # the cell's number is that in the source, where papermill has put nothing in
        number = sum(_INJECTED not in _tags(cell) for cell in notebook.cells[: position + 1])
        error = f"cell {number}: {' '.join(error.split())}"
    return Outcome(run, notebook, error, time.monotonic() - started)


async def _run_cells(notebook: NotebookNode, folder: Path, context: Any, **hooks: Any) -> None:
    """Run a notebook's cells up to the first that fails, in a kernel of this Python; `folder` is the kernel's own."""
    from jiaokou.execution.client import LimitedClient

    work = folder / "work"
    work.mkdir(parents=True)
    manager = _manager(folder, context)
    with Path(os.devnull).open("wb") as silence:
        await manager.start_kernel(
            extra_arguments=["--HistoryManager.hist_file=:memory:"],
            env=for_run(folder),
            cwd=str(work),
            stdout=silence,
            stderr=silence,
        )
        client = manager.client()
        try:
            client.start_channels(hb=False)  # the manager knows whether the process lives
            seconds = hooks["timeout_func"](None)
            await _is_ready(client, time.monotonic() + seconds)
            executor = LimitedClient(
                notebook,
                km=manager,
                log=_log,
                record_timing=False,
                raise_on_iopub_timeout=True,
                iopub_timeout=math.ceil(min(seconds, 60)),
                **hooks,
            )
            client.allow_stdin = False  # nobody is there to be asked
            executor.kc = client
            await executor.async_execute()
        finally:
            client.stop_channels()
            await manager.shutdown_kernel(now=True)


async def _is_ready(client: Any, deadline: float) -> None:
    """Wait until a kernel answers and its output arrives; nbclient sorts out what belongs to no cell.

    jupyter_client's own way would go on to wait until nothing has arrived for a fifth of a second.
    """
    from nbclient.exceptions import DeadKernelError

    while time.monotonic() < deadline:
        client.kernel_info()
        with suppress(Empty):
            await client.get_shell_msg(timeout=1)
            await client.get_iopub_msg(timeout=0.2)
            return
        if not await client.is_alive():
            raise DeadKernelError("Kernel died")
    raise JiaokouError("its kernel did not answer; allow more with --timeout")


def _manager(folder: Path, context: Any) -> ForkingKernelManager:
    """A manager of a kernel of this interpreter, whatever ``python3`` kernels the user has."""
    short = os.name == "posix" and len(os.fsencode(folder)) < _SOCKET_PATH
    return ForkingKernelManager(
        context=context,
        kernel_name=_PYTHON["name"],
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),
        connection_file=str(folder / "k.json"),
        transport="ipc" if short else "tcp",
        log=_log,
    )


def _prepared(run: Run) -> NotebookNode:
    """The notebook as papermill would run it: with its parameters, without outputs, and every cell with an id."""
    from nbformat import reads
    from nbformat.v4 import upgrade
    from papermill.execute import remove_error_markers
    from papermill.parameterize import parameterize_notebook

    source = run.path.read_text(encoding="utf-8")
    notebook = upgrade(reads(source, as_version=4))
    given = [cell.get("id") for cell in json.loads(source).get("cells", [])]
    for number, cell in enumerate(notebook.cells, start=1):  # nbformat gives a new one at each reading
        cell["id"] = (given[number - 1] if given else None) or f"cell-{number}"
        cell.metadata.setdefault("tags", [])  # papermill looks for it
    notebook.metadata["papermill"] = {}
    notebook = parameterize_notebook(
        remove_error_markers(notebook), run.parameters, kernel_name=_PYTHON["name"], language="python"
    )
    # Not every tool names a kernel, and it is this one whatever a notebook names.
    notebook.metadata["kernelspec"] = _PYTHON | notebook.metadata.get("kernelspec", {})
    del notebook.metadata["papermill"]
    for cell in notebook.cells:
        cell.metadata.pop("papermill", None)
        if not _tags(cell):
            cell.metadata.pop("tags", None)
        if _INJECTED in _tags(cell):
            cell["id"] = _INJECTED
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _make_reproducible(notebook: NotebookNode, run: Run, folder: Path) -> None:
    """Take out of an executed notebook what differs between runs: the interpreter's version, and the run's own paths.

    What a cell printed stays as it is, but for the names that ipykernel gives cells in warnings and tracebacks; of an
    object that is shown, its address in memory goes. Outputs that have a richer form lose their plain text.
    """
    from papermill.translators import translate_parameters

    notebook.metadata["language_info"] = {"name": "python"}
    values = {**run.parameters, **run.names}
    named = re.compile(re.escape(str(folder)) + r"/ipykernel_\d+/\d+\.py")
    for cell in notebook.cells:
        if _INJECTED in _tags(cell):
            cell["source"] = translate_parameters(_PYTHON["name"], "python", values, "Parameters")
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                output["traceback"] = [named.sub("<cell>", line) for line in output.traceback]
            elif output.get("name") == "stderr":
                output["text"] = named.sub("<cell>", output.text)
            elif len(data := output.get("data", {})) > 1:
                data.pop("text/plain", None)
            for kind in {"text/plain", "text/html"}.intersection(output.get("data", {})):
                output.data[kind] = _ADDRESS.sub("0x…", output.data[kind])


def _tags(cell: Mapping[str, Any]) -> list[str]:
    return cell["metadata"].get("tags", [])
