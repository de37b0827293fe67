"""A catalogue's packages published by workers of dask.distributed: each an edition of its own; one page over all."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from multiprocessing import resource_tracker
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from jiaokou.catalogue import front
from jiaokou.catalogue.storage import Bucket, Folder, storage
from jiaokou.data.descriptor import absolute
from jiaokou.data.packages import named
from jiaokou.errors import JiaokouError, WrongUseError, exhausted
from jiaokou.execution.notebooks import notebooks_folder
from jiaokou.execution.scratch import scratch_folder
from jiaokou.publishing.publish import Tell

if TYPE_CHECKING:
    from distributed import Client

_CONFIGURATION = {
    "distributed.scheduler.allowed-failures": 2,
    "distributed.scheduler.no-workers-timeout": "5 minutes",  # or it would wait for ever where none can be started
    "distributed.scheduler.worker-saturation": 1.0,  # a worker that dies takes one package with it, not the next too
}
"""Of a cluster on this machine: among others how often a package is tried again whose worker died."""


@dataclass(frozen=True)
class Published:
    """How the publication of one package ended, after how many seconds, and its row of the front page."""

    state: str
    seconds: float
    row: front.Row


Tasks = dict[str, tuple[str, dict[str, Any]]]
"""By its name, the folder of what is to be published, and what is asked for it."""

_one_at_a_time = Lock()  # a publication sets the environment of its process


def publish_all(
    catalogue: str | Path,
    *,
    out: str | Path = "editions",
    scheduler: str = "",
    jobs: int = 0,
    tell: Tell = lambda event, **facts: None,
    **asked: Any,
) -> tuple[str, dict[str, str]]:
    """Publish each package of a catalogue as editions in ``out/NAME``.

    Returned is the page over all, and what went wrong by the package's name.

    `out` is a folder or an address of fsspec. The packages are published by the workers of the dask cluster whose
    `scheduler` is named, for whom catalogue and folder must lie where they lie here; or else by `jobs` processes of
    this machine (0: as many as there are cores). The rest is as in `jiaokou.publishing.publish.publish`. Whatever
    happens to a package, the others are published, and its own last edition stays. In the end ``out/index.html``
    leads to the latest edition of each, and to a page that compares them, unless only some briefings were named.

    The events told: ``catalogue`` (packages, workers, tasks, out), ``package`` (package, state: published, unchanged or
    failed; seconds, error) and ``catalogue_published`` (index, and how many were published, unchanged, failed).
    """
    packages, place = named(catalogue), storage(out)
    if isinstance(place, Bucket) and asked.get("keep"):
        raise WrongUseError("--keep is for folders: nothing locks an object store while editions are deleted")
    if front.COMPARISON in packages:
        raise JiaokouError(
            f"a package is named “{front.COMPARISON}”, as the page that compares all; give it another name"
        )
    tasks: Tasks = {name: (str(folder), asked) for name, folder in packages.items()}
    if not asked.get("briefings"):
        tasks[front.COMPARISON] = "", _comparison(catalogue, asked)
    done: dict[str, Published] = {}
    failed: dict[str, str] = {}
    try:
        with _cluster(scheduler, jobs) as client:
            tell("catalogue", packages=len(packages), workers=len(client.nthreads()), tasks=len(tasks), out=str(place))
            for name, ended, error in _outcomes(client, place, tasks):
                done[name] = ended
                failed |= {name: error} if error else {}
                tell("package", package=name, state=ended.state, seconds=ended.seconds, error=error)
    except BaseException:
        if not scheduler:  # the workers of another cluster end what they have begun
            place.tidy(tasks.keys() - done.keys())
        raise
    index = "index.html"
    try:
        place.write(index, front.page([done[name].row for name in packages], place))
    except (JiaokouError, OSError) as error:  # which packages failed is told all the same
        failed[index] = _said(error)
        tell("package", package=index, state="failed", seconds=0.0, error=failed[index])
    states = Counter(done[name].state for name in packages)
    counted = {state: states[state] for state in ("published", "unchanged", "failed")}
    tell("catalogue_published", index=f"{place}/{index}", **counted)
    return f"{place}/{index}", failed


def _comparison(catalogue: str | Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for the page that compares the packages: its notebook; the rest as for them."""
    notebook = notebooks_folder() / "any_catalogue" / f"{front.COMPARISON}.ipynb"
    kept = {key: value for key, value in asked.items() if key not in ("notebooks", "settings", "unreviewed")}
    return {**kept, "briefings": [str(notebook)], "settings": [f"catalogue={absolute(catalogue)}"]}


def _outcomes(client: Client, place: Folder | Bucket, tasks: Tasks) -> Iterator[tuple[str, Published, str]]:
    """How each task ended, as it ends, and what went wrong."""
    from distributed import as_completed

    arguments = zip(*((name, *given) for name, given in tasks.items()), strict=True)
    futures = client.map(partial(publish_one, place), *arguments, pure=False, key="publish")
    names = {future.key: name for future, name in zip(futures, tasks, strict=True)}
    for future in as_completed(futures):
        name = names[future.key]
        if error := future.exception():
            said = _said(error)
            yield name, Published("failed", 0.0, front.row(name, tasks[name][0], place, said)), said
        else:
            yield name, future.result(), ""


def publish_one(place: Folder | Bucket, name: str, folder: str, asked: Mapping[str, Any]) -> Published:
    """In a worker: publish one package, and tell how that went, with its row for the front page."""
    # The processes that dask starts may have none of their own, and kernels are some.
    multiprocessing.current_process().daemon = False
    started = time.monotonic()
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = place.publish(name, folder, **asked, jobs=1)
        row = front.row(name, folder, place)
    seconds = round(time.monotonic() - started, 1)
    return Published("published" if made else "unchanged", seconds, row)


def _said(error: BaseException) -> str:
    """What is said of a package that could not be published."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return f"its worker died {error.allowed_failures + 1} times (out of memory?)"
    if isinstance(error, JiaokouError):
        return str(error)
    return exhausted(error) or " ".join(f"{type(error).__name__}: {error}".split())[:300]


@contextmanager
def _cluster(scheduler: str, jobs: int) -> Iterator[Client]:
    """A client of the cluster whose scheduler is named, or of one in processes of this machine."""
    try:
        import dask
        from distributed import Client, LocalCluster
        from distributed.utils import LoopRunner
    except ImportError:
        raise JiaokouError("a catalogue is published by dask: pip install 'jiaokou[catalogue]'") from None
    if scheduler:
        try:
            client = Client(scheduler)
        except (OSError, ValueError) as error:
            raise JiaokouError(f"no scheduler answers at {scheduler}: {error}; start one: dask scheduler") from None
        with client:
            _check_release(client)
            yield client
        return
    workers = jobs or os.cpu_count() or 1
    with scratch_folder() as folder, dask.config.set(_CONFIGURATION, temporary_directory=str(folder)):
        with _deaf_to_interrupts():
            runner = LoopRunner()
            runner.start()
        with (
            LocalCluster(
                n_workers=0,
                threads_per_worker=1,
                memory_limit=1 / workers,
                loop=runner.loop,
                dashboard_address=None,
                silence_logs="CRITICAL",
                env={"TMPDIR": str(folder)},  # so that nothing is left of a worker that was killed
            ) as cluster,
            Client(cluster) as client,
        ):
            try:
                cluster.scale(workers)
                client.wait_for_workers(workers)
                yield client
            except BaseException:
                _end_workers(cluster)
                raise


def _check_release(client: Client) -> None:
    """Raise JiaokouError for a cluster with another release, or none: a task that a worker cannot read would end it."""
    try:
        theirs = {client.run_on_scheduler(version, "jiaokou"), *client.run(version, "jiaokou").values()}
    except PackageNotFoundError:
        theirs = {"none"}
    if others := theirs - {ours := version("jiaokou")}:
        raise JiaokouError(
            f"jiaokou is {ours} here, and {', '.join(sorted(others))} on the cluster: install the same there"
        )


@contextmanager
def _deaf_to_interrupts() -> Iterator[None]:
    """Threads that begin now, and the processes that they start, hear no Ctrl-C: this one hears it and ends them."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()  # by the first process that is started, which would let Ctrl-C through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end_workers(cluster: Any) -> None:
    """End the workers of this machine at once, which would else finish what they do; with each, what it has started."""

    async def end() -> None:
        closing = asyncio.gather(*(nanny.close(timeout=1) for nanny in cluster.workers.values()))
        for process in multiprocessing.active_children():
            process.kill()
        await closing

    with suppress(TimeoutError):
        cluster.sync(end)
