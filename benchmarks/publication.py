"""A publication by the stock commands and by ours: wall time, CPU of a further briefing, memory over many runs.

    make bench
    .venv/bin/python benchmarks/publication.py --rounds 1 --notebooks 2 --runs 32    # a quick look

The stock commands are ``papermill NOTEBOOK OUT -p lang LANG`` and ``jupyter nbconvert --to html OUT``, one after the
other for each briefing; ours is ``jiaokou publish --force``. Ratios of one session are what counts: a machine's figures
in seconds are its own, and where others share it they vary by half within minutes. What a further briefing costs is
therefore told in Plotly's charts too: warm ``px.bar`` calls, measured before and after each pair of publications.
"""

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from statistics import median
from typing import NamedTuple

from jiaokou.execution.runner import Run, execute

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
LANGUAGES = ("zh", "en")
CHARTS = """
import time, pandas as pd, plotly.express as px
rows = pd.DataFrame({"x": ["a", "b", "c"], "y": [1, 2, 3]})
px.bar(rows, x="x", y="y")
before = time.process_time()
for _ in range(40):
    px.bar(rows, x="x", y="y")
print((time.process_time() - before) / 40)
"""


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--rounds", type=int, default=3, help="how often each way is measured (3)")
    options.add_argument("--notebooks", type=int, default=8, help="how many notebooks are published (8)")
    options.add_argument("--runs", type=int, default=128, help="runs over which memory is watched (128)")
    asked = options.parse_args()
    notebooks = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))[: asked.notebooks]
    with tempfile.TemporaryDirectory(prefix="jiaokou-bench-") as scratch:
        rounds = [_round(notebooks, Path(scratch)) for _ in range(asked.rounds)]
    pages = len(notebooks) * len(LANGUAGES)
    print(f"{pages} briefings, {os.cpu_count()} cores, median of {asked.rounds}")
    for name, way in (("papermill + nbconvert", "stock"), ("jiaokou publish --force", "ours")):
        wall, cpu = (median(getattr(each, way)[what] for each in rounds) for what in (0, 1))
        print(f"{name:<24} {wall:8.1f} s wall {cpu:8.1f} s CPU")
    _report_ratios("ratio of wall time", [each.stock[0] / each.ours[0] for each in rounds])
    further = [(each.ours[1] - each.alone[1]) / (pages - 1) for each in rounds]
    print(f"each further briefing    {median(further):8.3f} s CPU (all processes, page included)")
    costs = list(zip(further, rounds, strict=True))
    _report_ratios("ratio of that CPU", [each.stock[1] / pages / cpu for cpu, each in costs])
    print(f"one px.bar beside it     {median(each.chart for each in rounds):8.4f} s CPU")
    _report_ratios("briefing in px.bars", [cpu / each.chart for cpu, each in costs])
    _report_runs(notebooks, asked.runs)


def _report_ratios(name: str, ratios: list[float]) -> None:
    print(f"{name:<24} {median(ratios):8.1f}        ({min(ratios):.1f} to {max(ratios):.1f})")


class _Round(NamedTuple):
    """Wall and CPU seconds of the stock commands, of ours, of ours for the first briefing alone; CPU of a chart.

    All but the stock commands' are medians of several: what a further briefing costs is a small difference.
    """

    stock: Sequence[float]
    ours: Sequence[float]
    alone: Sequence[float]
    chart: float


def _round(notebooks: list[Path], scratch: Path) -> _Round:
    names = [path.stem for path in notebooks]
    first = (*names[:1], "--lang", LANGUAGES[0])
    stock, ours, alone, charts = _timed(lambda: _stock(notebooks, scratch)), [], [], [_chart()]
    for _ in range(5):
        ours.append(_timed(lambda: _ours(names, scratch)))
        alone.append(_timed(lambda: _ours(first, scratch)))
        charts.append(_chart())
    middle = [[median(each) for each in zip(*times, strict=True)] for times in (ours, alone)]
    return _Round(stock, *middle, median(charts))


def _chart() -> float:
    """CPU seconds of one warm chart of Plotly Express, in a process of its own."""
    asked = [sys.executable, "-c", CHARTS]
    return float(subprocess.run(asked, capture_output=True, check=True, text=True).stdout)


def _timed(work) -> tuple[float, float]:
    before, started = _children(), time.perf_counter()
    work()
    return time.perf_counter() - started, _children() - before


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _stock(notebooks: list[Path], scratch: Path) -> None:
    for path in notebooks:
        for lang in LANGUAGES:
            done = scratch / f"{path.stem}-{lang}.ipynb"
            _run(BIN / "papermill", path, done, "-p", "lang", lang)
            _run(BIN / "jupyter", "nbconvert", "--to", "html", done)


def _ours(asked: Sequence[str], scratch: Path) -> None:
    out = scratch / "editions"
    _run(BIN / "jiaokou", "publish", *asked, "--force", "--out", out)
    shutil.rmtree(out)


def _run(*command: object) -> None:
    subprocess.run([str(part) for part in command], check=True, capture_output=True, cwd=ROOT)


def _report_runs(notebooks: list[Path], count: int) -> None:
    """CPU of a further run (kernel and driver, without its page), and memory while `count` of them go by."""
    todo = [Run(path, lang) for path in notebooks for lang in LANGUAGES]
    todo = (todo * (count // len(todo) + 1))[:count]
    sizes: list[tuple[float, int]] = []
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(sizes, over))
    watch.start()
    marks: list[tuple[float, float]] = []
    try:
        with closing(execute(todo)) as outcomes:
            for outcome in outcomes:
                assert not outcome.error, (outcome.run.name, outcome.error)
                marks.append((time.perf_counter(), _own_and_kernels()))
    finally:
        over.set()
        watch.join()
    quarter = len(marks) // 4
    each = (marks[-1][1] - marks[quarter][1]) / (len(marks) - 1 - quarter)
    print(f"each further run         {each:8.3f} s CPU (kernel and driver, {len(marks) - 1 - quarter} runs)")
    half = (marks[0][0] + marks[-1][0]) / 2
    early = max(size for at, size in sizes if at <= half) / 1024
    late = max(size for at, size in sizes if at > half) / 1024
    print(
        f"memory, all processes    {early:8.0f} MiB PSS at most in the first half, {late:.0f} in the second"
    )


def _own_and_kernels() -> float:
    """CPU seconds of this process, the warmed one and all kernels that have ended."""
    used = time.process_time()
    tick = os.sysconf("SC_CLK_TCK")
    for child in _family():
        try:
            fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
        except OSError:  # a kernel that has ended meanwhile, and is in the warmed process's figures
            continue
        if fields[1] == str(os.getpid()):
            used += sum(map(int, fields[11:15])) / tick
    return used


def _family() -> list[int]:
    """The descendants of this process."""
    parents = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, IndexError):
            continue
    found = [os.getpid()]
    for number in found:
        found += [child for child, parent in parents.items() if parent == number]
    return found[1:]


def _watch(sizes: list[tuple[float, int]], over: threading.Event) -> None:
    """Note the proportional set size of all processes, in KiB, until told to stop."""
    while not over.wait(0.25):
        total = 0
        for number in [os.getpid(), *_family()]:
            try:
                rollup = Path(f"/proc/{number}/smaps_rollup").read_text()
            except OSError:
                continue
            total += next(
                (int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")), 0
            )
        sizes.append((time.perf_counter(), total))


if __name__ == "__main__":
    main()
