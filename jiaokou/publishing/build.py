"""The steps in which an edition is made in a folder: executed notebooks, pages, data, index, and a last look."""

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
from nbformat import NotebookNode, v4

import jiaokou
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError
from jiaokou.execution.runner import Outcome, Run, execute
from jiaokou.formats import as_csv
from jiaokou.html.document import Page
from jiaokou.html.exporter import BriefingExporter
from jiaokou.html.index import index
from jiaokou.publishing import diff
from jiaokou.publishing.checks import gate
from jiaokou.publishing.fingerprint import Asked

DATA = "data"


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
    failures: list[Outcome] = []
    seconds: dict[str, float] = {}
    for outcome in _outcomes(asked, stored, tell, how):  # a page is laid out while other notebooks still run
        name = outcome.run.name
        if outcome.error:
            failures.append(outcome)
            continue
        seconds[name] = outcome.seconds
        assert outcome.notebook is not None
        _write(_notebook(folder, name), _text(outcome.notebook))
        pages[name] = _write_page(folder, name, outcome.notebook, exporter, outcome.run.path.parent)
    kept = failed is not None and _keep(failures, failed)
    if failures:
        raise JiaokouError(_message(asked, failures) + (f"; see {failed}" if kept else ""))
    beside = {f"{lang}/{briefing.name}": briefing.path.parent for lang, briefing in asked.runs}
    for name, file in stored.items():
        _notebook(folder, name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, _notebook(folder, name))
        notebook = v4.reads(file.read_text(encoding="utf-8"))
        pages[name] = _write_page(folder, name, notebook, exporter, beside[name])
    ordered: dict[str, list[Page]] = {lang: [] for lang in asked.languages}
    for lang, briefing in asked.runs:
        ordered[lang].append(pages[f"{lang}/{briefing.name}"])
    return seconds, ordered


def _outcomes(
    asked: Asked, stored: Mapping[str, Path], tell: Any, how: Mapping[str, Any]
) -> Iterator[Outcome]:
    """What comes of each run that is not stored, as it comes."""
    package = open_package(asked.package)
    runs = [
        Run(briefing.path, lang, asked.values[briefing.name], package.name)
        for lang, briefing in asked.runs
        if f"{lang}/{briefing.name}" not in stored
    ]
    if not runs:
        return
    with closing(execute(runs, **how)) as ended:
        for outcome in ended:
            tell("run", run=outcome.run.name, seconds=round(outcome.seconds, 2), error=outcome.error)
            yield outcome


def _keep(failures: Sequence[Outcome], folder: Path) -> bool:
    """Write what failed, as far as it came, for a look, instead of what failed before; whether there is anything."""
    shutil.rmtree(folder, ignore_errors=True)
    for outcome in failures:
        if outcome.notebook is not None:
            _write(folder / f"{outcome.run.name}.ipynb", _text(outcome.notebook))
    return folder.is_dir()


def _message(asked: Asked, failures: Sequence[Outcome]) -> str:
    order = [f"{lang}/{briefing.name}" for lang, briefing in asked.runs]
    first = min(failures, key=lambda outcome: order.index(outcome.run.name))
    more = f"; {len(failures) - 1} more failed" if len(failures) > 1 else ""
    return f"notebook {first.run.path.stem} ({first.run.lang}), {first.error}{more}"


def _text(notebook: NotebookNode) -> str:
    """A notebook as JSON with a line for each cell: to indent it all takes Python five times as long."""
    about = _json({name: part for name, part in notebook.items() if name != "cells"})
    cells = ",\n".join(map(_json, notebook.cells))
    return f'{{"cells": [\n{cells}\n],\n{about[1:]}\n'


_json = json.JSONEncoder(ensure_ascii=False, sort_keys=True).encode  # json.dumps would make one for each cell


def _write(path: Path, *pieces: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"".join(map(str.encode, pieces)))


def _notebook(folder: Path, name: str) -> Path:
    return folder / "notebooks" / f"{name}.ipynb"


def _write_page(
    folder: Path, name: str, notebook: NotebookNode, exporter: BriefingExporter, beside: Path
) -> Page:
    """Lay out a run's page from its executed notebook; `beside` is where the notebook's images lie."""
    source = {"name": name.partition("/")[2], "path": str(beside)}
    html, resources = exporter.from_notebook_node(notebook, {"metadata": source})
    _write(folder / f"{name}.html", html)
    return resources["page"]


def write_data(folder: Path, asked: Asked) -> None:
    """Write the tidy data as published: one CSV for each of the library's frames."""
    (folder / DATA).mkdir()
    for table in ("sections", "load", "milestones", "indicators", "derived", "audit"):
        frame: pd.DataFrame = getattr(jiaokou, table)(package=asked.package)
        name = "observations" if table == "load" else table
        _write(folder / DATA / f"{name}.csv", as_csv(frame))


def write_index(folder: Path, asked: Asked, edition: str, pages: Mapping[str, Sequence[Page]]) -> None:
    """Write the front page, of all that the folder holds by now."""
    package = open_package(asked.package)
    files = sorted(path.name for path in (folder / DATA).iterdir())
    changes = diff.read(folder)
    html = index(package, pages, package.frames["observations"], files, edition, changes)
    _write(folder / "index.html", html)


def check(folder: Path, asked: Asked) -> None:
    """Raise JiaokouError with all that the gate finds."""
    if problems := list(gate(folder, [f"{lang}/{briefing.name}" for lang, briefing in asked.runs])):
        raise JiaokouError(f"the edition was not published: {'; '.join(problems)}")


def verdicts(folder: Path) -> dict[str, str]:
    """Each relation's verdict, as published."""
    audit = pd.read_csv(folder / DATA / "audit.csv", dtype="str", index_col=0, keep_default_na=False)
    return {str(relation): str(verdict) for relation, verdict in audit["verdict"].items()}
