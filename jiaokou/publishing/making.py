"""The steps in which an edition is made in a folder: executed notebooks, pages, data, index, and a last look."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
from nbformat import v4

import jiaokou
from jiaokou.datasets import open_package
from jiaokou.errors import JiaokouError
from jiaokou.publishing import comparison
from jiaokou.publishing.exporter import BriefingExporter
from jiaokou.publishing.gate import gate
from jiaokou.publishing.index import index
from jiaokou.publishing.inputs import Asked
from jiaokou.publishing.page import Page
from jiaokou.publishing.run import Outcome, Run, execute

DATA = "data"


def write_notebooks(
    folder: Path, asked: Asked, stored: Mapping[str, Path], failed: Path | None, tell: Any, **how: Any
) -> dict[str, float]:
    """Write every run's executed notebook, taking over those `stored`; how many seconds each run took that was run.

    Where a run fails JiaokouError is raised; its notebook goes to the folder `failed`, if there is one for that.
    """
    package = open_package(asked.package)
    values = {briefing.name: asked.values[briefing.name] for briefing in asked.briefings}
    runs = [
        Run(briefing.path, lang, values[briefing.name], package.name)
        for lang, briefing in asked.runs
        if f"{lang}/{briefing.name}" not in stored
    ]
    outcomes = _run(runs, tell, **how) if runs else {}
    failures = [outcomes[run.name] for run in runs if outcomes[run.name].error]
    kept = failed is not None and _keep(failures, failed)
    if failures:
        raise JiaokouError(_message(failures) + (f"; see {failed}" if kept else ""))
    for name, outcome in outcomes.items():
        _write(folder / "notebooks" / f"{name}.ipynb", _text(outcome))
    for name, file in stored.items():
        target = folder / "notebooks" / f"{name}.ipynb"
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, target)
    return {name: outcome.seconds for name, outcome in outcomes.items()}


def _run(runs: Sequence[Run], tell: Any, **how: Any) -> dict[str, Outcome]:
    outcomes: dict[str, Outcome] = {}
    with closing(execute(runs, **how)) as ended:
        for outcome in ended:
            outcomes[outcome.run.name] = outcome
            tell("run", run=outcome.run.name, seconds=round(outcome.seconds, 2), error=outcome.error)
    return outcomes


def _keep(failures: Sequence[Outcome], folder: Path) -> bool:
    """Write what failed, as far as it came, for a look, instead of what failed before; whether there is anything."""
    shutil.rmtree(folder, ignore_errors=True)
    for outcome in failures:
        if outcome.notebook is not None:
            _write(folder / f"{outcome.run.name}.ipynb", _text(outcome))
    return folder.is_dir()


def _message(failures: Sequence[Outcome]) -> str:
    first = failures[0]
    more = f"; {len(failures) - 1} more failed" if len(failures) > 1 else ""
    return f"notebook {first.run.path.stem} ({first.run.lang}), {first.error}{more}"


def _text(outcome: Outcome) -> str:
    assert outcome.notebook is not None
    return v4.writes(outcome.notebook) + "\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def write_pages(folder: Path, asked: Asked, edition: str) -> dict[str, list[Page]]:
    """Lay out every run's page from its executed notebook; the pages of each language in order."""
    exporter = BriefingExporter(edition=edition, languages=asked.languages, package=asked.package)
    pages: dict[str, list[Page]] = {lang: [] for lang in asked.languages}
    for lang, briefing in asked.runs:
        text = (folder / "notebooks" / lang / f"{briefing.name}.ipynb").read_text(encoding="utf-8")
        # Read without a validation: it was written by us just now, or its hash is the receipt's.
        html, resources = exporter.from_notebook_node(v4.reads(text), {"metadata": {"name": briefing.name}})
        _write(folder / lang / f"{briefing.name}.html", html)
        pages[lang].append(resources["page"])
    return pages


def write_data(folder: Path, asked: Asked) -> None:
    """Write the tidy data as published: one CSV for each of the library's frames."""
    (folder / DATA).mkdir()
    for table in ("sections", "load", "milestones", "indicators", "derived", "audit"):
        frame: pd.DataFrame = getattr(jiaokou, table)(package=asked.package)
        name = "observations" if table == "load" else table
        _write(folder / DATA / f"{name}.csv", frame.to_csv(index=False, lineterminator="\n"))


def write_index(folder: Path, asked: Asked, edition: str, pages: Mapping[str, Sequence[Page]]) -> None:
    """Write the front page, of all that the folder holds by now."""
    package = open_package(asked.package)
    files = sorted(path.name for path in (folder / DATA).iterdir())
    changes = comparison.read(folder)
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
