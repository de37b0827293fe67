"""A catalogue published by dask beside one `jiaokou publish` after another; and what is left when things break.

    .venv/bin/python benchmarks/catalogue.py                              # 300 packages: an hour or two on two cores
    .venv/bin/python benchmarks/catalogue.py --packages 40 --loop 10      # a quick look

The packages are generated from a seed, of 40 to 400 observations each, and of each its one section is published in
both languages by the notebook that serves any package. Measured are: `jiaokou publish` in a loop over some of them; the
catalogue on one worker and on two; and again, nothing having changed. Some of them are then published anew with a
worker killed in the middle, and on disks that fill up. CPU time is that of all processes that took part, memory their
proportional set size. Ratios of one run are what counts: a machine's seconds are its own, and others may share it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import subprocess
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from loading import generate
from processes import BIN, ROOT, adopt, cost, family, watch_memory

from jiaokou.publishing import manifest

SECTION = "works"
MILLION = 1_000_000


@dataclass
class Run:
    """What a command told, when it told it (by `time.perf_counter`), how it ended, and what it took."""

    events: list[tuple[float, dict[str, Any]]] = field(default_factory=list)
    sizes: list[tuple[float, int]] = field(default_factory=list)
    status: int = 0
    wall: float = 0
    cpu: float = 0

    @property
    def states(self) -> Counter[str]:
        """How many packages ended in which state."""
        return Counter(event["state"] for _, event in self.events if event["event"] == "package")

    @property
    def error(self) -> str:
        """What was said in the end, where something went wrong."""
        return next((event["error"] for _, event in self.events if event["event"] == "failed"), "")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--packages", type=int, default=300, help="how many are generated (300)")
    options.add_argument("--loop", type=int, default=30, help="how many of them are published one by one (30)")
    options.add_argument("--breaking", type=int, default=60, help="how many of them while something breaks (60)")
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    adopt()
    with tempfile.TemporaryDirectory(prefix="jiaokou-bench-") as scratch:
        one, size = measure(Path(scratch), asked.packages, min(asked.loop, asked.packages), asked.seed)
        break_things(Path(scratch), min(asked.breaking, asked.packages), size)
        extrapolate(one, asked.packages, size)


def measure(scratch: Path, packages: int, loop: int, seed: int) -> tuple[Run, int]:
    """What publishing costs; returned are the run on one worker, and the bytes of an edition."""
    catalogue, chosen = scratch / "catalogue", random.Random(seed)
    for number in range(packages):
        make(catalogue / f"p{number:04}", chosen.randrange(40, 400), chosen.randrange(MILLION))
    print(f"{packages} packages from seed {seed}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before")

    each = [cost(lambda n=n: alone(catalogue / f"p{n:04}", scratch / "loop" / f"p{n:04}")) for n in range(loop)]
    alone_cpu, alone_wall = (sum(took[kind] for took in each) / loop for kind in (1, 0))
    print(f"{'publish in a loop, of ' + str(loop):<36} {alone_wall:7.2f} s wall {alone_cpu:7.2f} s CPU a package")

    one = together(catalogue, scratch / "one", "1")
    report("one worker", one, packages)
    two = together(catalogue, scratch / "two", "2")
    report("two workers", two, packages)
    same = together(catalogue, scratch / "two", "2")
    report("two workers, nothing changed", same, packages)
    assert same.states == {"unchanged": packages}, same.states
    print(f"CPU a package, loop : one worker     {alone_cpu * packages / one.cpu:.2f}")
    print(f"wall, one worker : two               {one.wall / two.wall:.2f}")
    memory(one)
    check(scratch / "two", packages)
    return one, sum(file.stat().st_size for file in (scratch / "two").rglob("*") if file.is_file()) // packages


def break_things(scratch: Path, packages: int, size: int) -> None:
    """Nothing is lost, and nothing half-written left, whatever breaks."""
    catalogue = scratch / "breaking.txt"
    catalogue.write_text("".join(f"catalogue/p{number:04}\n" for number in range(packages)))
    kill(catalogue, scratch / "killed", packages)
    full_output(catalogue, scratch / "full", packages, size)
    full_scratch(catalogue, scratch / "killed", scratch / "tmp", packages)


def make(folder: Path, observations: int, seed: int) -> None:
    """A package of its own name."""
    generate(folder, observations, seed)
    file = folder / "datapackage.json"
    content = json.loads(file.read_text("utf-8"))
    content["release"] |= {"publisher_zh": folder.name, "publisher_en": folder.name}
    file.write_text(json.dumps(content | {"name": folder.name}), "utf-8")


def alone(package: Path, out: Path) -> None:
    command = [BIN / "jiaokou", "publish", SECTION, "--package", package, "--out", out, "--jobs", "1"]
    subprocess.run(list(map(str, command)), check=True, capture_output=True, cwd=ROOT)


def together(
    catalogue: Path,
    out: Path,
    jobs: str,
    *more: str,
    then: Callable[[Run], None] = lambda run: None,
    **environment: str,
) -> Run:
    """Publish the catalogue; `then` is called after each event."""
    run, over = Run(), threading.Event()
    command = [BIN / "jiaokou", "publish", SECTION, "--catalogue", catalogue, "--out", out, "--jobs", jobs, *more]
    watch = threading.Thread(target=watch_memory, args=(run.sizes, over))

    def work() -> None:
        watch.start()
        told = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE, "env": {**os.environ, **environment}}
        with subprocess.Popen(
            list(map(str, [*command, "--log-format", "json"])), text=True, cwd=ROOT, **told
        ) as process:
            for line in process.stderr:
                if line.startswith("{"):
                    run.events.append((time.perf_counter(), json.loads(line)))
                    then(run)
        run.status = process.returncode

    try:
        run.wall, run.cpu = cost(work)
    finally:
        over.set()
        watch.join()
    return run


def report(name: str, run: Run, packages: int) -> None:
    print(f"{name:<36} {run.wall / packages:7.2f} s wall {run.cpu / packages:7.2f} s CPU a package")


def memory(run: Run) -> None:
    """Memory while the first third of the packages was published, and while the last was."""
    ended = [at for at, event in run.events if event["event"] == "package"]
    if (third := len(ended) // 3) < 3:
        return  # too short a run
    spans = {"first": (ended[0], ended[third]), "last": (ended[-third - 1], ended[-1])}
    found = {
        name: [size / 1024 for at, size in run.sizes if begin <= at <= end] for name, (begin, end) in spans.items()
    }
    said = ", ".join(f"{name} third {median(all_):.0f} MiB (at most {max(all_):.0f})" for name, all_ in found.items())
    print(f"memory of all, one worker            {said}")


def check(out: Path, packages: int, *, known: int | None = None) -> None:
    """All editions that readers are led to are whole, and nothing half-written lies about."""
    latest = [manifest.is_whole(link) for link in out.glob("*/latest")]
    left = [path.name for path in out.rglob(".*-*")]
    assert all(latest), "an edition is not whole"
    assert left == [], left
    assert len(latest) == (packages if known is None else known), len(latest)


def kill(catalogue: Path, out: Path, packages: int) -> None:
    """Two workers, one of which is killed after a third of the packages."""
    killed: list[int] = []

    def then(run: Run) -> None:
        if run.states.total() == packages // 3 and not killed:
            killed.append(workers()[0])
            os.kill(killed[0], signal.SIGKILL)

    run = together(catalogue, out, "2", then=then)
    assert killed
    check(out, packages)
    print(f"a worker killed in the middle        status {run.status}, {dict(run.states)}; every edition whole")


def workers() -> list[int]:
    """The processes that publish: those that dask's own have begun."""
    return [number for number in family() if b"spawn_main" in Path(f"/proc/{number}/cmdline").read_bytes()]


@contextmanager
def small_disk(place: Path, size: int) -> Iterator[bool]:
    """A file system of so many bytes, where one may be mounted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(place)]
    mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", place], check=True)


def full_output(catalogue: Path, place: Path, packages: int, size: int) -> None:
    """A disk with room for half of the editions, and then for all."""
    with small_disk(place, size * packages // 2) as mounted:
        if not mounted:
            print("a full disk                          not measured: only root may mount a small file system")
            return
        run = together(catalogue, place / "out", "2")
        check(place / "out", packages, known=run.states["published"])
        assert (run.status, "No space left" in str(run.events)) == (1, True)
        print(f"disk of the editions full            status {run.status}, {dict(run.states)}; every edition whole")
        subprocess.run(["mount", "-o", f"remount,size={size * packages * 2}", place], check=True)
        run = together(catalogue, place / "out", "2")
        check(place / "out", packages)
        print(f"the same with room                   status {run.status}, {dict(run.states)}; every edition whole")


def full_scratch(catalogue: Path, out: Path, place: Path, packages: int) -> None:
    """No room for what scheduler, workers and kernels write beside the editions, which were made before."""
    before = {link.parent.name: link.readlink() for link in out.glob("*/latest")}
    with small_disk(place, 16384) as mounted:
        if not mounted:
            return
        (place / "filled").write_bytes(b"x" * 4096)
        run = together(catalogue, out, "2", "--force", TMPDIR=str(place))
    check(out, packages)
    assert before == {link.parent.name: link.readlink() for link in out.glob("*/latest")}
    said = run.error[:120] or f"{dict(run.states)}"
    print(f"disk of the scheduler full           status {run.status}, every edition as it was; {said}")


def extrapolate(run: Run, packages: int, size: int, many: int = 3000, on: int = 20) -> None:
    """What more packages on more workers would take, on paper."""
    ended = [at for at, event in run.events if event["event"] == "package"]
    each = (ended[-1] - ended[0]) / (packages - 1)
    begun = run.wall - each * packages
    print(
        f"on paper: {many} packages on {on} workers take {(begun + each * many / on) / 60:.1f} minutes and "
        f"{size * many / 1e9:.1f} GB, if each worker has cores of its own as the one here had, starting takes as long "
        f"({begun:.0f} s), and storage and scheduler are no bottleneck (dask's scheduler takes about a millisecond a "
        f"task; storage takes {size * on / each / MILLION:.1f} MB a second)"
    )


if __name__ == "__main__":
    main()
