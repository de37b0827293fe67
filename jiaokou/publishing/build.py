"""The steps in which an edition is made in a folder: executed notebooks, pages, data, index, and a last look."""

import shutil
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
from nbformat import NotebookNode

import jiaokou
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError
from jiaokou.execution.runner import Outcome, Run, execute
from jiaokou.formats import as_csv
from jiaokou.html.document import Page
from jiaokou.html.exporter import BriefingExporter
from jiaokou.html.index import index
from jiaokou.publishing import diff, manifest, store
from jiaokou.publishing.fingerprint import Asked

DATA = "data"


def check_notebooks(asked: Asked, stored: Collection[str] = ()) -> None:
    """Raise JiaokouError unless each notebook that has to be run is a valid one."""
    for briefing in {briefing for run, (_, briefing) in asked.runs.items() if run not in stored}:
        briefing.check()


def write_briefings(
    folder: Path,
    asked: Asked,
    edition: str,
    stored: Mapping[str, Path],
    failed: Path | None,
    tell: Any,
    **how: Any,
) -> tuple[dict[str, float], dict[str, list[Page]]]:
    """Write every run's executed notebook and its page, taking over the notebooks that are `stored`.

    Returns how many seconds each run took that was run, and the pages of each language in order. Where a run fails
    JiaokouError is raised; its notebook goes to the folder `failed`, if there is one for that.
    """
    exporter = BriefingExporter(edition=edition, languages=asked.languages, package=asked.package)
    pages: dict[str, Page] = {}
    failures: dict[str, Outcome] = {}
    seconds: dict[str, float] = {}
    for run, outcome in _outcomes(
        asked, stored, tell, how
    ):  # a page is laid out while other notebooks still run
        if outcome.error or outcome.notebook is None:
            failures[run] = outcome
            continue
        seconds[run] = outcome.seconds
        _write(_notebook(folder, run), nbformat.writes(outcome.notebook))
        pages[run] = _write_page(folder, run, outcome.notebook, exporter, asked)
    if failures:
        raise JiaokouError(_failure(asked, failures, failed))
    for run, file in stored.items():
        _notebook(folder, run).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, _notebook(folder, run))
        pages[run] = _write_page(folder, run, nbformat.read(file, as_version=4), exporter, asked)
    return seconds, {
        lang: [pages[run] for run, (spoken, _) in asked.runs.items() if spoken == lang]
        for lang in asked.languages
    }


def _outcomes(
    asked: Asked, stored: Collection[str], tell: Any, how: Mapping[str, Any]
) -> Iterator[tuple[str, Outcome]]:
    """What comes of each run that is not stored, as it comes."""
    package = open_package(asked.package)
    names = {(lang, b.path): run for run, (lang, b) in asked.runs.items() if run not in stored}
    runs = [
        Run(briefing.path, lang, asked.given(briefing), package.name)
        for run, (lang, briefing) in asked.runs.items()
        if run not in stored
    ]
    if not runs:
        return
    with closing(execute(runs, **how)) as ended:
        for outcome in ended:
            run = names[outcome.run.lang, outcome.run.path]
            tell("run", run=run, seconds=round(outcome.seconds, 2), error=outcome.error)
            yield run, outcome


def _failure(asked: Asked, failures: Mapping[str, Outcome], folder: Path | None) -> str:
    """What is said of runs that failed; what they had shown until then is put into the folder, and that is named."""
    run = min(failures, key=list(asked.runs).index)
    lang, briefing = asked.runs[run]
    more = f"; {len(failures) - 1} more failed" if len(failures) > 1 else ""
    message = f"notebook {briefing.name} ({lang}), {failures[run].error}{more}"
    if folder is None:
        return message
    shutil.rmtree(folder, ignore_errors=True)  # what failed before
    for name, outcome in failures.items():
        if outcome.notebook is not None:
            _write(folder / f"{name}.ipynb", nbformat.writes(outcome.notebook))
    return f"{message}; see {folder}" if folder.is_dir() else message


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def _notebook(folder: Path, run: str) -> Path:
    return folder / "notebooks" / f"{run}.ipynb"


def _write_page(
    folder: Path, run: str, notebook: NotebookNode, exporter: BriefingExporter, asked: Asked
) -> Page:
    source = {"name": run.partition("/")[2], "path": str(asked.runs[run][1].path.parent)}
    html, resources = exporter.from_notebook_node(notebook, {"metadata": source})
    _write(folder / f"{run}.html", html)
    return resources["page"]


def write_data(folder: Path, asked: Asked) -> dict[str, str]:
    """Write the tidy data as published: one CSV for each of the library's frames. Returns each relation's verdict."""
    for table in ("sections", "load", "milestones", "indicators", "derived", "audit"):
        frame: pd.DataFrame = getattr(jiaokou, table)(package=asked.package)
        name = "observations" if table == "load" else table
        _write(folder / DATA / f"{name}.csv", as_csv(frame))
    return dict(frame[["relation", "verdict"]].astype("str").itertuples(index=False, name=None))


def write_changes(folder: Path, edition: str, out: Path) -> str:
    """Write what changed since the edition before; its name, or "" where there is none to compare with.

    An edition that is made again keeps its comparison: it is an input of the index page, as the receipt says.
    """
    same = manifest.read(out / edition)
    if same and diff.CHANGES not in manifest.damaged(out / edition, same):
        diff.copy(out / edition, folder)
        return str(same.get("before", ""))
    before = store.latest(out)
    if not before or before == edition or not manifest.is_whole(out / before):
        return ""
    diff.write(folder, (out / before, before), (folder, edition))
    return before


def write_index(folder: Path, asked: Asked, edition: str, pages: Mapping[str, Sequence[Page]]) -> None:
    """Write the front page, of all that the folder holds by now."""
    package = open_package(asked.package)
    files = sorted(path.name for path in (folder / DATA).iterdir())
    changes = diff.read(folder)
    html = index(package, pages, package.frames["observations"], files, edition, changes)
    _write(folder / "index.html", html)
