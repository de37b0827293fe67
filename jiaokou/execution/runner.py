"""Notebooks through papermill and nbclient: each in a kernel of its own, several at a time, with limits on time."""

import asyncio
import json
import logging
import math
import os
import re
import time
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Empty
from threading import Event, Thread
from typing import Any

from jupyter_client.kernelspec import KernelSpecManager
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode, reads, validate
from nbformat.v4 import new_code_cell
from papermill.execute import ERROR_MARKER_TAG
from papermill.translators import translate_parameters
from zmq.asyncio import Context

from jiaokou.errors import JiaokouError, in_short
from jiaokou.execution.environment import for_run
from jiaokou.execution.notebooks import Run
from jiaokou.execution.provisioner import ForkingKernelManager
from jiaokou.execution.scratch import scratch_folder

MOST_PRINTED = 1_000_000
"""Characters that a cell may print; what it prints beyond them is left out, and the cell's output says so."""
MOST_SHOWN = 50_000_000
"""Characters of a notebook's other outputs; a run that shows more is ended."""

_SOCKET_PATH = 90  # bytes that the path of a Unix socket may have everywhere, less what is added to it
_INJECTED = "injected-parameters"  # papermill's tag
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-f]{8,16}(?=>|&gt;)")  # as an object shows itself
_PYTHON = {"name": "python3", "display_name": "Python 3", "language": "python"}

# What nbclient says of failing cells and dying kernels is in the outcomes; it is shown only to who asks for it.
_log = logging.getLogger(__name__)
_log.addHandler(logging.NullHandler())


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
    """Run notebooks, at most `jobs` (0: one more than there are cores) at a time, and give each outcome as it comes.

    `timeout` is in seconds and holds for a whole run, `cell_timeout` for each of its cells (0: no limit of its own). A
    run is tried again, up to `retries` times, only where its kernel died; a failing cell fails again. Close the
    generator (`contextlib.closing`) to stop what is still running; the runs go on while it waits for you.
    """
    jobs = min(jobs or (os.cpu_count() or 1) + 1, len(runs))  # one more, for one always starts, ends, or is waited for
    _check_machine(jobs)
    slots = asyncio.Semaphore(jobs)

    async def in_turn(run: Run, folder: Path) -> Outcome:
        async with slots:
            return await _run(run, folder, timeout, cell_timeout, retries)

    # What kernels leave lying about (connection files, profiles, files that a cell writes) goes with the folder. The
    # thread serves kernels while the caller makes pages of what is ready.
    with scratch_folder() as scratch, ThreadPoolExecutor(1, "jiaokou-execution") as thread:
        runner = asyncio.Runner(loop_factory=asyncio.SelectorEventLoop)
        thread.submit((loop := runner.get_loop()).run_forever)
        try:
            work = [in_turn(run, scratch / str(number)) for number, run in enumerate(runs)]
            for done in as_completed([asyncio.run_coroutine_threadsafe(each, loop) for each in work]):
                yield done.result()
        finally:
            loop.call_soon_threadsafe(loop.stop)
            thread.submit(runner.close)  # which stops what still runs


def _check_machine(kernels: int) -> None:
    """Raise what the system raises, OSError or RuntimeError, where too few files may be open or threads run.

    Tried is what so many kernels were seen to need; one that lacks some of it ends without a word.
    """
    with ExitStack() as tried:
        for _ in range(70 + 30 * kernels):
            tried.callback(os.close, os.dup(2))
        tried.callback((done := Event()).set)
        for _ in range(24 + 24 * kernels):
            Thread(target=done.wait).start()


async def _run(run: Run, folder: Path, timeout: float, cell_timeout: float, retries: int) -> Outcome:
    """Run a notebook, and again where its kernel dies; its kernels write to `folder`."""
    started = time.monotonic()
    notebook, error = None, f"its kernel died {'once' if retries == 0 else f'{retries + 1} times'} (out of memory?)"
    try:
        for again in range(retries + 1):
            with suppress(DeadKernelError):
                notebook, error = await _executed(run, folder / str(again), started, timeout, cell_timeout)
                break
    except JiaokouError as failure:
        error = str(failure)
    except Exception as failure:  # noqa: BLE001 - whatever one notebook does, the others go on
        error = f"not run: {in_short(failure)}"
    return Outcome(run, notebook, error, time.monotonic() - started)


async def _executed(
    run: Run, folder: Path, started: float, timeout: float, cell_timeout: float
) -> tuple[NotebookNode, str]:
    """The notebook, executed up to the first cell that fails, and what went wrong there."""
    notebook, error = _prepared(run), ""
    reached: list[NotebookNode] = []
    try:
        async with asyncio.timeout_at(started + timeout):
            await _run_cells(
                notebook,
                folder,
                on_cell_start=lambda cell, cell_index: reached.append(cell),
                timeout_func=lambda cell: cell_timeout,
                iopub_timeout=math.ceil(cell_timeout or timeout),  # for output that comes after the cell's end
                raise_on_iopub_timeout=True,
            )
    except CellExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
        if failure.ename == "SystemExit":
            error += " (a run ends with its last cell; leave the exit out)"
    except CellTimeoutError:
        error = f"not done after {cell_timeout:g} s; allow more with --cell-timeout"
    except TimeoutError:
        error = f"not done after {timeout:g} s; allow more with --timeout"
    _make_reproducible(notebook, run, folder)
    validate(notebook)
    if error:  # the cell's number is that in the source, where nothing is injected
        number = sum(_INJECTED not in _tags(cell) for cell in reached)
        place = f"cell {number}" if reached else "its kernel did not answer"
        error = f"{place}: {' '.join(error.split())}"
    return notebook, error


async def _run_cells(notebook: NotebookNode, folder: Path, **how: Any) -> None:
    """Run a notebook's cells up to the first that fails, in a kernel of this Python; `folder` is the kernel's own."""
    work = folder / "work"
    work.mkdir(parents=True)
    short = os.name == "posix" and len(os.fsencode(folder)) < _SOCKET_PATH
    manager = ForkingKernelManager(
        context=Context.instance(),  # one for all: ending one takes a tenth of a second, in which nothing else goes on
        kernel_name=_PYTHON["name"],
        kernel_spec_manager=KernelSpecManager(kernel_dirs=[]),  # whatever ``python3`` kernels the user has
        connection_file=str(folder / "k.json"),
        transport="ipc" if short else "tcp",
        log=_log,
    )
    client = _Client(notebook, km=manager, log=_log, record_timing=False, **how)
    try:
        with Path(os.devnull).open("wb") as silence:
            await client.async_execute(env=for_run(folder), cwd=str(work), stdout=silence, stderr=silence)
    except DeadKernelError:
        if (task := asyncio.current_task()) and task.cancelling():  # nbclient takes one for the other
            raise asyncio.CancelledError from None
        raise
    finally:
        if client.kc:
            client.kc.stop_channels()
        await manager.shutdown_kernel(now=True)


class _Client(NotebookClient):
    """Runs a notebook's cells in a kernel, and keeps no more of their outputs than a page could show."""

    def __init__(self, nb: NotebookNode, **traits: Any) -> None:
        super().__init__(nb, **traits)
        self._printed = Counter[int]()
        self._shown = 0

    async def async_start_new_kernel_client(self) -> Any:
        """A client of the kernel, once its output arrives: ipykernel greets whoever listens.

        jupyter_client's own way goes on to wait until nothing has arrived for a fifth of a second.
        """
        manager: Any = self.km
        self.kc = client = manager.client(context=manager.context)
        # Nobody is there to be asked, and the manager knows whether the process lives.
        client.start_channels(stdin=False, hb=False)
        while await client.is_alive():
            with suppress(Empty):
                await client.get_iopub_msg(timeout=1)
                return client
        raise DeadKernelError

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output to a cell's, unless the cell has printed too much already."""
        content = msg["content"]
        if msg["msg_type"] != "stream":
            self._shown += sum(len(part) for part in content.get("data", {}).values() if isinstance(part, str))
            if self._shown > MOST_SHOWN:
                raise JiaokouError(
                    f"its outputs are longer than {MOST_SHOWN:,} characters; let it show less, or smaller images"
                )
            return super().output(outs, msg, display_id, cell_index)
        before = self._printed[cell_index]
        self._printed[cell_index] += len(content["text"])
        if before > MOST_PRINTED:
            return None
        if self._printed[cell_index] > MOST_PRINTED:
            kept = content["text"][: MOST_PRINTED - before]
            content["text"] = f"{kept}\n[a cell's output ends here, after {MOST_PRINTED:,} characters]\n"
        return super().output(outs, msg, display_id, cell_index)


def _prepared(run: Run) -> NotebookNode:
    """The notebook as papermill would run it: with its parameters, without outputs, and every cell with an id."""
    content = json.loads(run.path.read_text(encoding="utf-8"))
    for number, cell in enumerate(content["cells"], start=1):  # nbformat would give a new one at each reading
        cell.setdefault("id", f"cell-{number}")
    notebook = reads(json.dumps(content | {"nbformat_minor": 5}), as_version=4)
    # Not every tool names a kernel, and it is this one whatever a notebook names.
    notebook.metadata["kernelspec"] = _PYTHON | notebook.metadata.get("kernelspec", {})
    cells = [cell for cell in notebook.cells if not {_INJECTED, ERROR_MARKER_TAG}.intersection(_tags(cell))]
    for each in (notebook, *cells):  # what an earlier run left
        each.metadata.pop("papermill", None)
    for cell in cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    after = next((number for number, cell in enumerate(cells, start=1) if "parameters" in _tags(cell)), 0)
    cells.insert(after, new_code_cell(_assigned(run.parameters), id=_INJECTED, metadata={"tags": [_INJECTED]}))
    notebook.cells = cells
    return notebook


def _assigned(values: Mapping[str, Any]) -> str:
    """The code that gives parameters their values."""
    return translate_parameters(_PYTHON["name"], _PYTHON["language"], values, "Parameters")


def _make_reproducible(notebook: NotebookNode, run: Run, folder: Path) -> None:
    """Take out of an executed notebook what differs between runs: the interpreter's version, and the run's own paths.

    What a cell printed stays as it is, but for the names that ipykernel gives cells in warnings and tracebacks; of an
    object that is shown, its address in memory goes. Outputs that have a richer form lose their plain text.
    """
    notebook.metadata["language_info"] = {"name": "python"}
    named = re.compile(re.escape(str(folder)) + r"/ipykernel_\d+/\d+\.py")
    for cell in notebook.cells:
        if _INJECTED in _tags(cell):
            cell["source"] = _assigned({**run.parameters, **run.names})
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
