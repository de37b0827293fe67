"""How an edition is built in a folder: executed notebooks and their pages, data, what changed, and the index page."""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from jiaokou.analysis.audit import audit_of
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError
from jiaokou.execution.notebooks import Briefing, Run
from jiaokou.execution.runner import execute
from jiaokou.formats import datapackage
from jiaokou.html.document import Page
from jiaokou.html.exporter import BriefingExporter, plotly_bundle
from jiaokou.html.index import front_pages
from jiaokou.publishing import manifest, store
from jiaokou.publishing.diff import compare
from jiaokou.publishing.fingerprint import Asked

CHANGES = "changes.json"


def build(
    folder: Path,
    asked: Asked,
    edition: str,
    tell: Any,
    *,
    same: Path,
    stored: Mapping[str, Path],
    out: Path | None = None,
    **limits: Any,
) -> dict[str, Any]:
    """Write all of an edition but its receipt, and return what that says of it besides its inputs.

    The notebooks that are `stored` are taken over. Where a run fails JiaokouError is raised, and what the notebook had
    shown until then is kept in `out`, the folder of editions, if it is made for one. The index page says what changed
    since the latest edition there, unless the edition has been made before, as `same`: that comparison is then kept,
    since it is an input of the page.
    """
    new = {name: run for name, run in asked.runs.items() if name not in stored}
    for path in {run.path for run in new.values()}:
        Briefing(path).check()
    package = open_package(asked.package)
    if of_others := all(given.get("catalogue") for given in asked.values.values()):
        frames = {name: frame if name == "entities" else frame.iloc[:0] for name, frame in package.frames.items()}
        package = replace(package, frames=frames)  # of the library's own values such an edition tells nothing
    names = [each.name for each in asked.briefings]
    exporter = BriefingExporter(edition=edition, languages=asked.languages, briefings=names, package=asked.package)
    pages: dict[str, Page] = {}
    ended: dict[str, dict[str, Any]] = {}
    # While the process that kernels are forked from imports, there is nothing else to do.
    plotly_bundle(whole=False)
    files = dict(datapackage.files(package))
    for name, content in files.items():
        _write(folder / "data" / name, content)
    # A page is laid out while other notebooks still run.
    for name, notebook, took in _executed(new, stored, out, tell, limits):
        _write(folder / "notebooks" / f"{name}.ipynb", nbformat.writes(notebook))
        briefing, beside = name.partition("/")[2], str(asked.runs[name].path.parent)
        html, pages[name] = exporter.lay_out(notebook, briefing, beside)
        _write(folder / f"{name}.html", html)
        ended[name] = {"seconds": round(took, 2), "taken": name in stored}
    spoken = {lang: [pages[f"{lang}/{name}"] for name in names] for lang in asked.languages}
    if of_others:
        titles: dict[str, Any] = {f"title_{lang}": told[0].title for lang, told in spoken.items()}
        package = replace(package, release=replace(package.release, **titles))
    filled = [name for name, content in files.items() if content.count(b"\n") > 1]  # a table without rows is no news
    if changes := _changes(folder, edition, same, out):
        manifest.write_json(folder / CHANGES, changes)
    for file, html in front_pages(package, spoken, [] if of_others else filled, edition, changes).items():
        _write(folder / file, html)
    return {
        "before": changes["before"] if changes else "",
        "runs": ended,
        "verdicts": audit_of(package).set_index("relation")["verdict"].astype("str").to_dict(),
    }


def _executed(
    runs: Mapping[str, Run], stored: Mapping[str, Path], out: Path | None, tell: Any, limits: Any
) -> Iterator[tuple[str, NotebookNode, float]]:
    """Each run's notebook and seconds as it ends, then those that are stored. Raises JiaokouError for a failure."""
    failures: dict[str, str] = {}
    failed = out and out / store.FAILED
    with closing(execute([*runs.values()], **limits)) as outcomes:
        for outcome in outcomes:
            name = next(name for name, run in runs.items() if run is outcome.run)
            tell("run", run=name, seconds=round(outcome.seconds, 2), error=outcome.error)
            if outcome.notebook is not None and not outcome.error:
                yield name, outcome.notebook, outcome.seconds
                continue
            if failed and not failures:  # what failed before
                shutil.rmtree(failed, ignore_errors=True)
            if failed and outcome.notebook is not None:
                _write(failed / f"{name}.ipynb", nbformat.writes(outcome.notebook))
            failures[name] = outcome.error
    if failures:
        first = min(failures, key=[*runs].index)
        lang, _, briefing = first.partition("/")
        more = f"; {len(failures) - 1} more failed" if len(failures) > 1 else ""
        see = f"; see {failed}" if failed and failed.is_dir() else ""
        raise JiaokouError(f"notebook {briefing} ({lang}), {failures[first]}{more}{see}")
    for name, file in stored.items():
        yield name, nbformat.read(file, as_version=4), 0


def _changes(folder: Path, edition: str, same: Path, out: Path | None) -> dict[str, Any] | None:
    """The edition compared with and what changed since; None where there is none to compare with."""
    kept, receipt = same / CHANGES, manifest.read(same)
    if receipt and manifest.digest(kept) == receipt["outputs"].get(CHANGES, ""):  # "": there is no such file
        return json.loads(kept.read_bytes()) if kept.is_file() else None
    if out is None or (before := out / store.latest(out)) == same or not manifest.is_whole(before):
        return None
    found = compare((before, before.name), (folder, edition))
    return {"before": before.name, "changes": found.to_dict("records")}


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
