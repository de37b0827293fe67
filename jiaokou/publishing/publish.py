"""Editions: all briefings in all languages, made aside, looked over, and published together or not at all.

What loads pandas and the notebook libraries is imported only once something has to be made.
"""

import datetime
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any

from jiaokou.data.descriptor import absolute, folder_of, opened
from jiaokou.data.languages import chosen as chosen_languages
from jiaokou.errors import JiaokouError
from jiaokou.execution import environment, fork_server
from jiaokou.execution.notebooks import briefings as find_briefings
from jiaokou.explore import parameters
from jiaokou.publishing import fingerprint, manifest, store
from jiaokou.publishing.fingerprint import Asked, Inputs

Tell = Callable[..., None]
"""Told what happens while it happens: an event, and by keyword facts about it that JSON can hold.

The events: ``waiting`` (for), ``ignored`` (variables of the environment), ``started`` (runs, taken, out), ``run`` (run,
seconds, error), ``published`` (edition, index, run, taken, seconds), ``unchanged`` (edition, index, moved: whether
``latest`` led elsewhere) and ``pruned`` (editions).
"""


@dataclass(frozen=True)
class Edition:
    """A published edition: its folder, and whether it was made now (False: the same inputs had made it before).

    Of its notebooks, `run` were run and `taken` were taken over from editions that were there.
    """

    path: Path
    made: bool
    run: int = 0
    taken: int = 0

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
    settings: Sequence[str] = (),
    force: bool = False,
    wait: bool = True,
    keep: int = 0,
    notebooks: Path | None = None,
    unreviewed: bool = False,
    tell: Tell = lambda event, **facts: None,
    **limits: float,
) -> Edition:
    """Run notebooks in each language and publish their briefings as ``out/<edition>``; ``out/latest`` then leads to it.

    `briefings` says which, by name or by a notebook's path, and `languages` (none: those that the package states, or
    all); `notebooks` is the folder of those that are named, if not the package's own. `settings` are ``NAME=VALUE``
    texts; the `limits` are those of `jiaokou.execution.runner.execute`: `jobs`, `timeout`, `cell_timeout` and
    `retries`. A run that an edition in `out` holds already, made from the same, is taken over unless `force` is set.
    While another publication writes to `out`, this one waits, or does not (`wait`). Values that nobody reviewed (see
    `jiaokou.drafting`) are refused, or published with their number on every page (`unreviewed`). In the end at most
    `keep` editions stay (0: all). While it makes an edition, the process has the environment of
    `jiaokou.execution.environment`.

    Wrong names and values raise WrongUseError before anything runs; whatever keeps the edition from being complete
    raises JiaokouError, and then the last edition stays as it is.
    """
    asked = requested(briefings, languages, package, settings, notebooks, unreviewed=unreviewed)
    inputs = fingerprint.read(asked)
    out = absolute(out)
    with store.locked(out, wait=wait, waiting=lambda: tell("waiting", out=str(out))):
        if not force and manifest.is_whole(out / inputs.edition):
            edition = Edition(out / inputs.edition, made=False)
            moved = store.point(out, inputs.edition)
            tell("unchanged", edition=inputs.edition, index=str(edition.index), moved=moved)
        else:
            edition = _make(asked, inputs, out, tell, force=force, limits=limits)
        if keep and (gone := store.prune(out, keep)):
            tell("pruned", editions=gone)
    return edition


def requested(
    briefings: Sequence[str] = (),
    languages: Sequence[str] = (),
    package: str | Path = "",
    settings: Sequence[str] = (),
    notebooks: Path | None = None,
    *,
    unreviewed: bool = False,
) -> Asked:
    """What `publish` is asked for by these arguments of it, all of them checked."""
    folder = folder_of(package)
    content = opened(folder)
    if (left := content.get("unreviewed")) and not unreviewed:
        raise JiaokouError(
            f"{left} drafted values of {folder} were reviewed by nobody; decide them in {folder / 'draft.csv'} and "
            f"apply it (jiaokou draft TEXT {folder} --apply), or publish with --unreviewed, and every page says how "
            "many they are"
        )
    chosen = find_briefings(briefings, notebooks, package)
    values = parameters.settings({briefing.name: briefing.parameters for briefing in chosen}, settings)
    values = {each.name: ({"section": each.section} if each.section else {}) | values[each.name] for each in chosen}
    for given in values.values():
        if given.get("catalogue"):  # a run has a working directory of its own
            given["catalogue"] = str(absolute(given["catalogue"]))
    return Asked(chosen, chosen_languages(languages, content.get("languages", ()), folder), values, str(package))


def _make(asked: Asked, inputs: Inputs, out: Path, tell: Tell, *, force: bool, limits: Mapping[str, Any]) -> Edition:
    """Make the edition aside, and publish it."""
    started, name = time.monotonic(), inputs.edition
    keys = {run: inputs.key(run) for run in asked.runs}
    stored = {} if force else store.notebooks(out, keys)
    edition = Edition(out / name, made=True, run=len(keys) - len(stored), taken=len(stored))
    if ignored := environment.ignored():
        tell("ignored", variables=ignored)
    with TemporaryDirectory(prefix=store.ASIDE, dir=out, ignore_cleanup_errors=True) as aside:
        folder = Path(aside) / name  # a temporary folder is for nobody else to read
        folder.mkdir()
        tell("started", runs=edition.run, taken=edition.taken, out=str(out))
        facts = _build(folder, asked, name, tell, stored=stored, same=edition.path, out=out, **limits)
        from jiaokou.publishing.checks import gate

        if problems := list(gate(folder, list(asked.runs))):
            raise JiaokouError(f"the edition was not published: {'; '.join(problems)}")
        if changed := list(fingerprint.read(asked).differences(vars(inputs))):
            raise JiaokouError(
                f"the inputs changed while the edition was made ({changed[0]}); "
                "publish again when nothing writes to them"
            )
        receipt = {
            "edition": name,
            "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
            "platform": f"Python {platform.python_version()}, {platform.platform()}",
            **facts,
            "runs": {run: {"key": keys[run], **facts["runs"][run]} for run in keys},
            **vars(inputs),
            "outputs": manifest.outputs(folder),
        }
        manifest.write_json(folder / manifest.RECEIPT, receipt)
        store.publish(folder, out, name)
    said = {"edition": name, "index": str(edition.index), "run": edition.run, "taken": edition.taken}
    tell("published", **said, seconds=round(time.monotonic() - started, 1))
    return edition


def _build(
    folder: Path, asked: Asked, name: str, tell: Tell, *, stored: Mapping[str, Path], **more: Any
) -> dict[str, Any]:
    """`jiaokou.publishing.build.build` in the environment of a publication."""
    with environment.having():
        if len(stored) < len(asked.runs):  # both processes have seconds of imports before them
            fork_server.start(environment.for_run(Path(gettempdir())))
        with environment.without_grammars():
            from jiaokou.publishing.build import build
        return build(folder, asked, name, tell, stored=stored, **more)


def reproduce(
    edition: str | Path,
    *,
    package: str | Path = "",
    out: str | Path = "editions",
    notebooks: Path | None = None,
    tell: Tell = lambda event, **facts: None,
    **limits: Any,
) -> list[str]:
    """Make an edition again aside, and say what differs, one line for each; nothing where it is the same to the byte.

    `edition` is a folder, or a name in `out`; `package` and `notebooks` are needed where it was made from others than
    Jiaokou's own; the rest as in `publish`. What it was compared with on its index page is taken from the edition.
    """
    folder, receipt = store.find(edition, absolute(out))
    stated = receipt["parameters"]
    if not str(package) and (named := {v["package"] for v in stated.values() if "package" in v}):
        raise JiaokouError(
            f"edition {receipt['edition']} was made from the data package {named.pop()}; "
            "say where that lies with --package"
        )
    values = {name: {k: v for k, v in given.items() if k != "package"} for name, given in stated.items()}
    asked = Asked(find_briefings(list(stated), notebooks, package), receipt["languages"], values, str(package))
    found = [*fingerprint.read(asked).differences(receipt)]
    with TemporaryDirectory(prefix="jiaokou-check-") as place, store.written(Path(place)):
        again = Path(place)
        tell("started", runs=len(asked.runs), taken=0, out=place)
        _build(again, asked, receipt["edition"], tell, stored={}, same=folder, **limits)
        made = manifest.outputs(again)
    found += [f"{name}: changed since it was published" for name in manifest.damaged(folder, receipt)]
    for name, was, now in fingerprint.changed(receipt["outputs"], made):
        how = "differs" if was and now else "is not made now" if was else "is made now only"
        found.append(f"{name}: {how}")
    return found
