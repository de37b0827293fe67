"""Editions: all briefings in all languages, made aside, looked over, and published together or not at all."""

import datetime
import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd

import jiaokou
from jiaokou.datasets import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.publishing import parameters
from jiaokou.publishing.exporter import BriefingExporter
from jiaokou.publishing.gate import gate
from jiaokou.publishing.index import index
from jiaokou.publishing.page import Page
from jiaokou.publishing.run import Outcome, Run, execute

LATEST = "latest"
RECEIPT = "receipt.json"
FAILED = "failed"
# What the bytes of a page depend on besides this package and its inputs.
MADE_WITH = (
    "babel great-tables ipykernel ipython jiaokou jinja2 mistune nbclient nbconvert nbformat pandas papermill plotly"
).split()

_CODE = {".py", ".j2", ".js", ".css", ".json"}


@dataclass(frozen=True)
class Edition:
    """A published edition: its folder, and whether it was made now (False: the same inputs had made it before)."""

    path: Path
    made: bool

    @property
    def index(self) -> Path:
        """The page to open first."""
        return self.path / "index.html"


def publish(
    briefings: Sequence[str] = (),
    *,
    languages: Sequence[str] = (),
    package: str | Path = "",
    out: str | Path = "editions",
    jobs: int = 0,
    timeout: float = 600,
    retries: int = 1,
    settings: Sequence[str] = (),
    force: bool = False,
    notebooks: Path | None = None,
    started: Callable[[int], None] = lambda runs: None,
    report: Callable[[Outcome], None] = lambda outcome: None,
) -> Edition:
    """Run notebooks in each language and publish their briefings as ``out/<edition>``; ``out/latest`` then leads to it.

    `briefings` and `languages` say which (none: all), `notebooks` where they are, if not in the project's own folder;
    `settings` are ``NAME=VALUE`` texts; `jobs`, `timeout` and `retries` as in `jiaokou.publishing.run.execute`.
    `started` is told how many runs there will be, `report` how each ended. Wrong names and values raise WrongUseError
    before anything runs; whatever keeps the edition from being complete raises JiaokouError, and then the last edition
    stays as it is.
    """
    chosen = parameters.briefings(briefings, notebooks)
    spoken = parameters.languages(languages)
    values = parameters.settings(chosen, settings)
    data = open_package(package)
    if str(package):
        for briefing in chosen:
            values[briefing.name]["package"] = str(data.path)
    made_from = _made_from(data, chosen, spoken, values)
    name = _digest(json.dumps(made_from, sort_keys=True).encode())[:12]
    out = Path(out).expanduser().resolve()
    if (out / name / RECEIPT).is_file() and not force:
        _point(out, name)
        return Edition(out / name, made=False)

    runs = [
        Run(briefing.path, lang, values[briefing.name], data.name) for lang in spoken for briefing in chosen
    ]
    started(len(runs))
    with _aside(out) as folder:
        outcomes = _run_all(runs, out, report, jobs=jobs, timeout=timeout, retries=retries)
        exporter = BriefingExporter(edition=name, languages=spoken, package=str(package))
        pages: dict[str, list[Page]] = {lang: [] for lang in spoken}
        for run in runs:
            pages[run.lang].append(_export(exporter, outcomes[run.name], folder))
        files = _write_data(folder / "data", package)
        _write(folder / "index.html", index(data, pages, data.frames["observations"], files, name))
        if problems := list(gate(folder, [run.name for run in runs])):
            raise JiaokouError(f"the edition was not published: {'; '.join(problems)}")
        receipt = {
            "edition": name,
            "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "seconds": {run: round(outcome.seconds, 2) for run, outcome in sorted(outcomes.items())},
            "python": platform.python_version(),
            **made_from,
            "outputs": {
                file.relative_to(folder).as_posix(): _digest(file.read_bytes()) for file in _files(folder)
            },
        }
        _write(folder / RECEIPT, json.dumps(receipt, ensure_ascii=False, indent=1) + "\n")
        _replace(folder, out / name)
    _point(out, name)
    shutil.rmtree(out / FAILED, ignore_errors=True)
    return Edition(out / name, made=True)


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A new folder in `out` to build in; should that fail, it is taken away."""
    try:
        out.mkdir(parents=True, exist_ok=True)
        folder = Path(tempfile.mkdtemp(prefix=".building-", dir=out))
    except OSError as error:
        raise JiaokouError(
            f"cannot write to {out}: {error.strerror}; choose another folder with --out"
        ) from None
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _made_from(
    data: Package,
    chosen: Sequence[parameters.Briefing],
    spoken: Sequence[str],
    values: Mapping[str, dict[str, Any]],
) -> dict[str, Any]:
    """All that an edition depends on, the same on any machine: what an edition is named after."""
    named = {"package": data.name}  # not its folder
    return {
        "languages": list(spoken),
        "parameters": {name: each | (named if "package" in each else {}) for name, each in values.items()},
        "inputs": _inputs(data, chosen),
        "versions": {name: version(name) for name in MADE_WITH},
    }


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _inputs(data: Package, chosen: Sequence[parameters.Briefing]) -> dict[str, str]:
    """The hash of every file that goes into an edition, under a name that is the same on any machine."""
    code = Path(jiaokou.__file__).parent
    inside = {"data", "notebooks", "__pycache__"}  # the first two are counted by themselves below
    found = {
        f"jiaokou/{path.relative_to(code).as_posix()}": path
        for path in _files(code)
        if path.suffix in _CODE and not inside.intersection(path.relative_to(code).parts)
    }
    found |= {f"data/{path.resolve().relative_to(data.path).as_posix()}": path for path in data.files}
    found |= {f"notebooks/{briefing.path.name}": briefing.path for briefing in chosen}
    return {name: _digest(path.read_bytes()) for name, path in sorted(found.items())}


def _run_all(
    runs: Sequence[Run], out: Path, report: Callable[[Outcome], None], **how: Any
) -> dict[str, Outcome]:
    """Run everything; where something failed, keep those notebooks in ``out/failed`` and raise."""
    outcomes: dict[str, Outcome] = {}
    with closing(execute(runs, **how)) as ended:
        for outcome in ended:
            outcomes[outcome.run.name] = outcome
            report(outcome)
    failed = [outcomes[run.name] for run in runs if outcomes[run.name].error]
    if failed:
        shutil.rmtree(out / FAILED, ignore_errors=True)
        for outcome in failed:
            if outcome.notebook is not None:
                _write(out / FAILED / f"{outcome.run.name}.ipynb", nbformat.writes(outcome.notebook) + "\n")
        first = failed[0]
        more = f"; {len(failed) - 1} more failed" if len(failed) > 1 else ""
        look = f"; see {out / FAILED}" if any(outcome.notebook for outcome in failed) else ""
        raise JiaokouError(f"notebook {first.run.path.stem} ({first.run.lang}), {first.error}{more}{look}")
    return outcomes


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _export(exporter: BriefingExporter, outcome: Outcome, folder: Path) -> Page:
    """Write the run's notebook and its page."""
    run = outcome.run
    assert outcome.notebook is not None
    _write(folder / "notebooks" / f"{run.name}.ipynb", nbformat.writes(outcome.notebook) + "\n")
    html, resources = exporter.from_notebook_node(outcome.notebook, {"metadata": {"name": run.path.stem}})
    _write(folder / f"{run.name}.html", html)
    return resources["page"]


def _write_data(folder: Path, package: str | Path) -> list[str]:
    """The tidy data as published, one CSV for each of the library's frames; the names of the files."""
    folder.mkdir()
    tables = ("sections", "load", "milestones", "indicators", "derived", "audit")
    for table in tables:
        frame: pd.DataFrame = getattr(jiaokou, table)(package=package)
        name = "observations" if table == "load" else table
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
    return [path.name for path in _files(folder)]


def _replace(building: Path, target: Path) -> None:
    building.chmod(0o755)  # temporary folders are for their owner alone
    if target.exists():
        old = building.with_name(f"{building.name}-old")
        target.rename(old)
        building.rename(target)
        shutil.rmtree(old)
    else:
        building.rename(target)


def _point(out: Path, name: str) -> None:
    """Let ``latest`` lead to the edition, in one step."""
    link = out / f".{LATEST}-{os.getpid()}"
    link.unlink(missing_ok=True)
    link.symlink_to(name, target_is_directory=True)
    link.replace(out / LATEST)
