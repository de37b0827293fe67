"""A catalogue's packages published by workers of dask.distributed: each an edition of its own; one page over all."""

from __future__ import annotations

import multiprocessing
import time
import warnings
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Lock
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from jiaokou.catalogues import cluster
from jiaokou.catalogues.frames import counted, facts
from jiaokou.catalogues.storage import Bucket, Folder, storage
from jiaokou.data.descriptor import absolute, opened
from jiaokou.data.languages import LANGUAGES
from jiaokou.data.packages import named
from jiaokou.errors import JiaokouError, WrongUseError, in_short
from jiaokou.execution.notebooks import notebooks_folder
from jiaokou.publishing.publish import Tell

if TYPE_CHECKING:
    from distributed import Client

Tasks = dict[str, tuple[str, dict[str, Any]]]
"""By its name, the folder of what is to be published, and what is asked for it."""

COMPARISON = "comparison"
"""The name that the comparison of all packages is published by."""

_one_at_a_time = Lock()  # a publication sets the environment of its process


@dataclass(frozen=True)
class Row:
    """A package on the page over all: what became of it, its last good edition, and why there is no newer one.

    `state` is what became of it now (published, unchanged, failed), after so many `seconds`. `about` is its row of
    `jiaokou.catalogue()`, or what the descriptor states of the release where it cannot be read. `address` is the
    edition's folder, relative to the page, and `verdicts` counts the relations by their verdict; both are empty where
    nothing was ever published. `failure` is the kind of what went wrong (package, worker, edition), `error` says it.
    """

    name: str
    state: str
    seconds: float
    about: Mapping[str, Any]
    address: str
    made: str
    verdicts: Mapping[str, int]
    failure: str
    error: str


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
    if COMPARISON in packages:
        raise JiaokouError(f"a package is named “{COMPARISON}”, as the page that compares all; give it another name")
    tasks: Tasks = {name: (str(folder), asked) for name, folder in packages.items()}
    if not asked.get("briefings"):
        tasks[COMPARISON] = "", _comparison(catalogue, asked)
    rows: dict[str, Row] = {}
    try:
        with cluster.client(scheduler, jobs) as client:
            tell("catalogue", packages=len(packages), workers=len(client.nthreads()), tasks=len(tasks), out=str(place))
            for row in _published(client, place, tasks):
                rows[row.name] = row
                tell("package", package=row.name, state=row.state, seconds=row.seconds, error=row.error)
    except BaseException:
        if not scheduler:  # the workers of another cluster end what they have begun
            place.tidy(tasks.keys() - rows.keys())
        raise
    failed, index = {name: row.error for name, row in rows.items() if row.error}, "index.html"
    try:
        place.write(index, page([rows[name] for name in packages], place))
    except (JiaokouError, OSError) as error:  # which packages failed is told all the same
        failed[index] = _said(error)
        tell("package", package=index, state="failed", seconds=0.0, error=failed[index])
    states = Counter(published=0, unchanged=0, failed=0)
    states.update(rows[name].state for name in packages)
    tell("catalogue_published", index=f"{place}/{index}", **states)
    return f"{place}/{index}", failed


def _comparison(catalogue: str | Path, asked: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked for the page that compares the packages: its notebook; the rest as for them."""
    notebook = notebooks_folder() / "any_catalogue" / f"{COMPARISON}.ipynb"
    kept = {key: value for key, value in asked.items() if key not in ("notebooks", "settings", "unreviewed")}
    return {**kept, "briefings": [str(notebook)], "settings": [f"catalogue={absolute(catalogue)}"]}


def _published(client: Client, place: Folder | Bucket, tasks: Tasks) -> Iterator[Row]:
    """What became of each task, as it ends."""
    from distributed import as_completed

    folders, asked = zip(*tasks.values(), strict=True)
    futures = client.map(partial(publish_one, place), list(tasks), folders, asked, pure=False, key="publish")
    names = dict(zip(futures, tasks, strict=True))
    for future in as_completed(futures):
        if error := future.exception():
            name = names[future]
            yield _row(place, name, tasks[name][0], "failed", error=error)
        else:
            yield future.result()


def publish_one(place: Folder | Bucket, name: str, folder: str, asked: Mapping[str, Any]) -> Row:
    """In a worker: publish one package, and give its row of the front page."""
    # The processes that dask starts may have none of their own, and kernels are some.
    multiprocessing.current_process().daemon = False
    started = time.monotonic()
    with _one_at_a_time, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        state = "published" if place.publish(name, folder, **asked, jobs=1) else "unchanged"
        return _row(place, name, folder, state, round(time.monotonic() - started, 1))


def _row(
    place: Folder | Bucket, name: str, folder: str, state: str, seconds: float = 0.0, error: BaseException | None = None
) -> Row:
    about: Mapping[str, Any] = {}
    with suppress(JiaokouError):
        about = opened(Path(folder)).get("release") or {}
        about = facts(Path(folder))
    said = _said(error) if error else ""
    failure = said and ("worker" if said.startswith(_DIED) else "edition" if "package" in about else "package")
    for where in filter(None, (folder, str(place))):  # where they lie is nothing for readers
        said = said.replace(f"{where}/", "")
    address, receipt = place.latest(name) or ("", {})
    verdicts = Counter(receipt.get("verdicts", {}).values())
    return Row(name, state, seconds, about, address, receipt.get("made", "")[:10], verdicts, failure, said)


_DIED = "its worker died"


def _said(error: BaseException) -> str:
    """What is said of a package that could not be published."""
    from distributed import KilledWorker

    if isinstance(error, KilledWorker):
        return f"{_DIED} {error.allowed_failures + 1} times (out of memory?)"
    return str(error) if isinstance(error, JiaokouError) else in_short(error)


def page(rows: Sequence[Row], place: Folder | Bucket) -> str:
    """The page over all packages as HTML, in both languages."""
    from markupsafe import Markup

    from jiaokou import wording
    from jiaokou.data.package import open_package
    from jiaokou.html.exporter import LAYOUTS, allow, asset, policy

    script, codes = Markup(asset("sorting.js") + asset("front.js")), open_package()

    def view(lang: str) -> Any:
        return SimpleNamespace(
            lang=lang,
            tag=wording.HTML_LANG[lang],
            say=wording.phrases(lang),
            counted=lambda verdicts: counted(codes, "verdict", verdicts, lang),
            place=lambda row: row.about.get(f"place_{lang}") or row.about.get(f"publisher_{lang}") or row.name,
            period=lambda row: wording.period(row.about, lang) if "package" in row.about else "",
        )

    compared = place.latest(COMPARISON)
    return LAYOUTS.get_template("catalogue.html.j2").render(
        rows=rows,
        fronts=[view(lang) for lang in LANGUAGES],
        failed=[each for each in rows if each.error],
        total=sum((Counter(each.verdicts) for each in rows), Counter()),
        comparison=f"{compared[0]}/index.html" if compared else "",
        policy=policy(allow(script)),
        script=script,
        style=Markup(asset("style.css")),
    )
