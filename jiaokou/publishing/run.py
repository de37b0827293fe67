"""Notebooks through papermill: each in a kernel of its own, several at a time, with a limit on time."""

import json
import multiprocessing
import os
import re
import signal
import time
from collections.abc import Generator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from weakref import WeakSet

from nbformat import NotebookNode

from jiaokou.provenance import PUBLISHING

_kernels: "WeakSet[Any]" = WeakSet()  # the managers of a worker's kernels
_ADDRESS = re.compile(r" at 0x[0-9a-fA-F]+")
_CELL_FILE = re.compile(r"[^\s\"']*ipykernel_\d+[/\\]\d+\.py")


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
    runs: Sequence[Run], *, jobs: int = 0, timeout: float = 600, retries: int = 1
) -> Generator[Outcome]:
    """Run notebooks, at most `jobs` (0: as many as there are cores) at a time, and give each outcome as it comes.

    `timeout` is in seconds and holds for a whole run. A run is tried again, up to `retries` times, only where its
    kernel died; a failing cell fails again. Close the generator (`contextlib.closing`) to stop what is still running.
    """
    workers = min(jobs or os.cpu_count() or 1, len(runs)) or 1
    # What kernels leave lying about (connection files, profiles, files that a cell writes) goes with this folder.
    with TemporaryDirectory(prefix="jiaokou-", ignore_cleanup_errors=True) as scratch:
        # A fresh interpreter for each worker: papermill changes the working directory, and a fork could hold locks.
        context = multiprocessing.get_context("spawn")
        pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_prepare, initargs=(scratch,))
        try:
            futures = {pool.submit(_attempt, run, timeout, retries): run for run in runs}
            for future in as_completed(futures):
                yield _outcome(future, futures[future])
        except BaseException:
            # On an error or Ctrl-C nothing is waited for.
            for process in list(pool._processes.values()):
                process.terminate()
            raise
        finally:
            pool.shutdown(cancel_futures=True)


def _outcome(future: "Future[Outcome]", run: Run) -> Outcome:
    try:
        return future.result()
    except BrokenProcessPool:
        return Outcome(
            run, None, "the process that ran it was killed (out of memory?); try fewer --jobs", 0.0
        )


def _prepare(scratch: str) -> None:
    """Make a worker quiet, deaf to Ctrl-C (its parent ends it) and independent of the user's own Jupyter."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _stop)
    silence = os.open(os.devnull, os.O_WRONLY)
    for stream in (1, 2):
        os.dup2(silence, stream)
    for name in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        os.environ[name] = str(Path(scratch, name.lower()))
    os.environ |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), scratch)
    os.environ[PUBLISHING] = "1"
    os.chdir(scratch)


def _stop(*_: object) -> None:
    """End a worker with its kernels, which would notice only after a while that they are alone."""
    for manager in _kernels:
        process = getattr(manager.provisioner, "process", None)
        if process is not None:
            process.kill()
    os._exit(1)


def _attempt(run: Run, timeout: float, retries: int) -> Outcome:
    from nbclient.exceptions import DeadKernelError

    started = time.monotonic()
    for left in range(retries, -1, -1):
        try:
            return _execute(run, started, timeout)
        except DeadKernelError:
            if not left:
                break
        except Exception as error:  # noqa: BLE001 - whatever one notebook does, the others go on
            said = " ".join(f"{type(error).__name__}: {error}".split())
            return Outcome(run, None, f"not run: {said[:300]}", time.monotonic() - started)
    tries = "once" if retries == 0 else f"{retries + 1} times"
    return Outcome(run, None, f"its kernel died {tries} (out of memory?)", time.monotonic() - started)


def _execute(run: Run, started: float, timeout: float) -> Outcome:
    import papermill
    from nbclient.exceptions import CellTimeoutError
    from papermill.exceptions import PapermillExecutionError

    seen: dict[str, Any] = {"notebook": None, "cell": 0}
    values = {"lang": run.lang, **run.values}
    error = ""
    try:
        papermill.execute_notebook(
            str(run.path).replace("{", "{{").replace("}", "}}"),  # papermill formats the path
            None,
            values,
            kernel_name="python3",
            language="python",
            progress_bar=False,
            kernel_manager_class=_kernel_manager(),
            shutdown_kernel="immediate",
            record_timing=False,
            start_timeout=round(timeout),
            iopub_timeout=60,
            timeout_func=lambda cell: max(1, round(started + timeout - time.monotonic())),
            on_notebook_start=lambda notebook: seen.update(notebook=notebook),
            on_cell_start=lambda cell, cell_index: seen.update(cell=cell_index),
        )
    except PapermillExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    except CellTimeoutError:
        error = f"not done after {timeout:g} s; allow more with --timeout"
    notebook = canonical(seen["notebook"], run)
    if error:  # the cell's number is that in the source, where papermill has put nothing in
        number = sum("injected-parameters" not in _tags(cell) for cell in notebook.cells[: seen["cell"] + 1])
        error = f"cell {number}: {' '.join(error.split())}"
    return Outcome(run, notebook, error, time.monotonic() - started)


def _kernel_manager() -> type:
    """A manager that starts this interpreter's ipykernel, whatever ``python3`` kernels the user has."""
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec
    from jupyter_client.manager import AsyncKernelManager

    class ThisPython(AsyncKernelManager):
        def __init__(self, **options: Any) -> None:
            super().__init__(**options)
            _kernels.add(self)

        @property
        def kernel_spec(self) -> KernelSpec:
            return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict())

    return ThisPython


def canonical(notebook: NotebookNode, run: Run) -> NotebookNode:
    """`notebook` without what differs between runs of the same inputs; changed in place, and returned.

    Timings, paths of the run, memory addresses, the interpreter's version and the random ids of cells that the source
    gives none go; outputs that have a richer form lose their plain text.
    """
    ids = [cell.get("id") for cell in json.loads(run.path.read_text(encoding="utf-8"))["cells"]]
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
    return notebook


def _tags(cell: NotebookNode) -> list[str]:
    return cell.metadata.get("tags", [])


def _injected(run: Run) -> str:
    from papermill.translators import translate_parameters

    values = {"lang": run.lang, **run.values}
    if "package" in values:
        values["package"] = run.package_name
    return translate_parameters("python3", "python", values, "Parameters")
