"""A publication beside the stock commands and stock kernels: wall time, CPU time, memory over many runs.

    make bench
    .venv/bin/python benchmarks/publication.py --rounds 1 --notebooks 2 --runs 32    # a quick look

Measured are, for all notebooks in both languages: ``papermill NOTEBOOK OUT -p lang LANG`` and ``jupyter nbconvert --to
html OUT``, one after the other for each briefing; ``jiaokou publish --force`` with stock kernels, as many at a time as
there are cores; the same as it is; and again when nothing has changed. CPU time is that of all processes that took
part. Ratios of one run are what counts: a machine's seconds are its own, and others may share it.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from processes import BIN, ROOT, Cost, adopt, cost, watch_memory

from jiaokou.execution.runner import Run, execute

LANGUAGES = ("zh", "en")
STOCK_KERNELS = """
import sys
from jiaokou.execution import fork_server
fork_server.can_fork = lambda: False
from jiaokou.cli.main import main
main(sys.argv[1:])
"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3, help="how often each way is measured (3)")
    options.add_argument("--notebooks", type=int, default=8, help="how many notebooks are published (8)")
    options.add_argument("--runs", type=int, default=512, help="runs over which memory is watched (512)")
    asked = options.parse_args()
    adopt()
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))[: asked.notebooks]
    with tempfile.TemporaryDirectory(prefix="jiaokou-bench-") as scratch:
        rounds = [dict(_round(notebooks, Path(scratch))) for _ in range(asked.rounds)]
    print(f"{len(notebooks) * len(LANGUAGES)} briefings, {os.cpu_count()} cores, median of {asked.rounds}")
    for way in rounds[0]:
        wall, cpu = (median(each[way][kind] for each in rounds) for kind in (0, 1))
        print(f"{way:<34} {wall:8.2f} s wall {cpu:8.2f} s CPU")
    ours = "jiaokou publish --force"
    _report("papermill + nbconvert : ours, wall", [each["stock commands"].wall / each[ours].wall for each in rounds])
    _report("stock kernels : ours, wall", [each["publish, stock kernels"].wall / each[ours].wall for each in rounds])
    _report("stock kernels : ours, CPU", [each["publish, stock kernels"].cpu / each[ours].cpu for each in rounds])
    single = [each["papermill, one notebook"].wall / each["papermill --engine jiaokou, one"].wall for each in rounds]
    _report("stock engine : ours, one notebook", single)
    _report_memory(notebooks, asked.runs)


def _report(name: str, ratios: list[float]) -> None:
    print(f"{name:<34} {median(ratios):8.1f}        ({min(ratios):.1f} to {max(ratios):.1f})")


def _round(notebooks: list[Path], scratch: Path) -> Iterator[tuple[str, Cost]]:
    names, out = [path.stem for path in notebooks], scratch / "editions"
    publish = [*names, "--out", out]
    one = [notebooks[0], scratch / "one.ipynb"]
    yield "stock commands", cost(lambda: _stock(notebooks, scratch))
    yield (
        "publish, stock kernels",
        cost(lambda: _run(sys.executable, "-c", STOCK_KERNELS, "publish", *publish, "--force")),
    )
    several = [cost(lambda: _run(BIN / "jiaokou", "publish", *publish, "--force")) for _ in range(3)]
    yield "jiaokou publish --force", Cost(*(median(kind) for kind in zip(*several, strict=True)))
    yield "jiaokou publish, nothing changed", cost(lambda: _run(BIN / "jiaokou", "publish", *publish))
    yield "papermill, one notebook", cost(lambda: _run(BIN / "papermill", *one))
    yield ("papermill --engine jiaokou, one", cost(lambda: _run(BIN / "papermill", "--engine", "jiaokou", *one)))
    shutil.rmtree(out)


def _stock(notebooks: list[Path], scratch: Path) -> None:
    for path in notebooks:
        for lang in LANGUAGES:
            done = scratch / f"{path.stem}-{lang}.ipynb"
            _run(BIN / "papermill", path, done, "-p", "lang", lang)
            _run(BIN / "jupyter", "nbconvert", "--to", "html", done)


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=ROOT)


def _report_memory(notebooks: list[Path], count: int) -> None:
    """Memory of all processes while `count` runs go by."""
    todo = [Run(path, lang) for path in notebooks for lang in LANGUAGES]
    todo = (todo * (count // len(todo) + 1))[:count]
    sizes: list[tuple[float, int]] = []
    over = threading.Event()
    watch = threading.Thread(target=watch_memory, args=(sizes, over))
    watch.start()
    started = time.perf_counter()
    try:
        with closing(execute(todo)) as outcomes:
            for outcome in outcomes:
                assert not outcome.error, (outcome.run, outcome.error)
    finally:
        over.set()
        watch.join()
    half = (started + time.perf_counter()) / 2
    early, late = (
        max((size for at, size in sizes if (at > half) == second), default=0) / 1024 for second in (False, True)
    )
    print(f"memory over {count} runs: {early:.0f} MiB PSS at most in the first half, {late:.0f} in the second")


if __name__ == "__main__":
    main()
