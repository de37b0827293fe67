"""The dask cluster that publishes: one of this machine's processes, begun and ended with the command, or another."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import resource_tracker
from typing import TYPE_CHECKING, Any

from jiaokou.errors import JiaokouError
from jiaokou.execution.fork_server import without_interrupts
from jiaokou.execution.scratch import scratch_folder

if TYPE_CHECKING:
    from distributed import Client

_OWN = {
    "distributed.scheduler.allowed-failures": 2,  # of workers that one package may lose, and is still tried again
    "distributed.scheduler.no-workers-timeout": "5 minutes",  # or it would wait for ever where none can be started
    "distributed.scheduler.worker-saturation": 1.0,  # a worker that dies takes one package with it, not the next too
}
"""The configuration of a cluster of this machine; another has its own."""


@contextmanager
def client(scheduler: str = "", workers: int = 0) -> Iterator[Client]:
    """A client of the cluster whose `scheduler` is named, or of one of so many `workers` here (0: one for each core).

    A worker is a process with one thread. Where the caller fails or is interrupted, workers of this machine end at once
    with all that they have started; those of another cluster end what they have begun.
    """
    try:
        import distributed
    except ImportError:
        raise JiaokouError("a catalogue is published by dask: pip install 'jiaokou[catalogue]'") from None
    if not scheduler:
        with _own(workers or os.cpu_count() or 1) as own:
            yield own
        return
    try:
        other = distributed.Client(scheduler)
    except (OSError, ValueError) as error:
        raise JiaokouError(f"no scheduler answers at {scheduler}: {error}; start one: dask scheduler") from None
    with other:
        _check_release(other)
        yield other


def _check_release(client: Client) -> None:
    """Raise JiaokouError for a cluster with another release, or none: a task that a worker cannot read would end it."""
    found: Any = client.get_versions(packages=["jiaokou"])
    machines = found["client"], found["scheduler"], *found["workers"].values()
    ours, *theirs = (each["packages"]["jiaokou"] or "none" for each in machines)
    if others := ", ".join(sorted({*theirs} - {ours})):
        raise JiaokouError(f"jiaokou is {ours} here, and {others} on the cluster: install the same there")


@contextmanager
def _own(workers: int) -> Iterator[Client]:
    import dask
    from distributed import Client, LocalCluster

    with scratch_folder() as folder, dask.config.set(_OWN, temporary_directory=str(folder)):
        # The cluster's thread, and the processes that it starts, shall hear no Ctrl-C: the main thread ends them.
        resource_tracker.ensure_running()  # by the first of those processes, which would let it through again
        with without_interrupts():
            cluster = LocalCluster(
                n_workers=workers,
                threads_per_worker=1,
                memory_limit=1 / workers,
                dashboard_address=None,
                scheduler_kwargs={"dashboard_address": "127.0.0.1:0"},  # or its HTTP server would take dask's own port
                silence_logs="CRITICAL",
                env={"TMPDIR": str(folder)},  # so that nothing is left of a worker that was killed
            )
        with cluster, Client(cluster) as client:
            try:
                yield client
            except BaseException:
                _end_workers(cluster)
                raise


def _end_workers(cluster: Any) -> None:
    async def end() -> None:  # first closed, so that no nanny starts another in the place of one that is killed
        closing = asyncio.gather(*(nanny.close(timeout=1) for nanny in cluster.workers.values()))
        for process in multiprocessing.active_children():
            process.kill()
        await closing

    with suppress(TimeoutError):
        cluster.sync(end)
