"""Editions: all briefings in all languages, made aside, looked over, and published together or not at all.

What loads pandas and the notebook libraries is imported only once something has to be made.
"""

import datetime
import gc
import platform
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from jiaokou.data.descriptor import absolute
from jiaokou.errors import JiaokouError
from jiaokou.execution.environment import for_run, without_grammars
from jiaokou.execution.provisioner import start_fork_server
from jiaokou.publishing import fingerprint, manifest, store
from jiaokou.publishing.fingerprint import Asked, Inputs


class Tell(Protocol):
    """Told what happens while it happens: an event, and facts about it that JSON can hold.

    The events: ``waiting`` (for), ``started`` (runs, taken), ``run`` (run, seconds, error), ``published`` (edition,
    index, run, taken, seconds), ``unchanged`` (edition, index, moved: whether ``latest`` led elsewhere) and
    ``pruned`` (editions).
    """

    def __call__(self, event: str, **facts: Any) -> None:
        """Tell it."""


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
    jobs: int = 0,
    timeout: float = 600,
    cell_timeout: float = 0,
    retries: int = 1,
    settings: Sequence[str] = (),
    force: bool = False,
    wait: bool = True,
    keep: int = 0,
    notebooks: Path | None = None,
    tell: Tell = lambda event, **facts: None,
) -> Edition:
    """Run notebooks in each language and publish their briefings as ``out/<edition>``; ``out/latest`` then leads to it.

    `briefings` and `languages` say which (none: all), `notebooks` where they are, if not in the project's own folder;
    `settings` are ``NAME=VALUE`` texts; `jobs`, the time limits and `retries` as in `jiaokou.execution.runner.execute`.
    A run that an edition in `out` holds already, made from the same, is taken over unless `force` is set. While another
    publication writes to `out`, this one waits, or does not (`wait`). In the end at most `keep` editions stay (0: all).

    Wrong names and values raise WrongUseError before anything runs; whatever keeps the edition from being complete
    raises JiaokouError, and then the last edition stays as it is.
    """
    asked = fingerprint.asked(briefings, languages, settings, package, notebooks)
    made_from = fingerprint.read(asked)
    out = absolute(out)
    with store.locked(out, wait=wait, waiting=lambda: tell("waiting", out=str(out))):
        store.tidy(out)
        if not force and _is_whole(out / made_from.edition):
            moved = store.point(out, made_from.edition)
            edition = Edition(out / made_from.edition, made=False)
            tell("unchanged", edition=made_from.edition, index=str(edition.index), moved=moved)
        else:
            how = {"jobs": jobs, "timeout": timeout, "cell_timeout": cell_timeout, "retries": retries}
            edition = _make(asked, made_from, out, tell, force=force, how=how)
        if keep and (gone := store.prune(out, keep)):
            tell("pruned", editions=gone)
    return edition


def _is_whole(edition: Path) -> bool:
    receipt = manifest.read(edition)
    return receipt is not None and not manifest.damaged(edition, receipt)


def _make(
    asked: Asked, made_from: Inputs, out: Path, tell: Tell, *, force: bool, how: dict[str, Any]
) -> Edition:
    """Make the edition aside, and publish it."""
    started, name = time.monotonic(), made_from.edition
    keys = {f"{lang}/{b.name}": made_from.key(lang, b.name) for lang, b in asked.runs}
    stored = {} if force else store.notebooks(out, keys)
    if len(stored) < len(keys):
        start_fork_server(
            for_run(Path(tempfile.gettempdir()))
        )  # both processes have seconds of imports before them
    with without_grammars():
        from jiaokou.publishing import build

    tell("started", runs=len(keys) - len(stored), taken=len(stored))
    with store.building(out, name) as folder, _rarely_collecting():
        seconds, pages = build.write_briefings(folder, asked, name, stored, out / store.FAILED, tell, **how)
        build.write_data(folder, asked)
        before = _compare(folder, name, out)
        build.write_index(folder, asked, name, pages)
        build.check(folder, asked)
        _check_unchanged(asked, made_from)
        manifest.write(
            folder,
            {
                "edition": name,
                "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
                "platform": f"Python {platform.python_version()}, {platform.platform()}",
                "before": before,
                "runs": {
                    run: {"key": key, "seconds": round(seconds.get(run, 0), 2), "taken": run in stored}
                    for run, key in keys.items()
                },
                "verdicts": build.verdicts(folder),
                **asdict(made_from),
            },
        )
        store.publish(folder, out, name)
    edition = Edition(out / name, made=True, run=len(keys) - len(stored), taken=len(stored))
    tell(
        "published",
        edition=name,
        index=str(edition.index),
        run=edition.run,
        taken=edition.taken,
        seconds=round(time.monotonic() - started, 1),
    )
    return edition


@contextmanager
def _rarely_collecting() -> Iterator[None]:
    """Look for unreachable cycles, of which pages leave few, only now and then: each look goes through all there is."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _compare(folder: Path, name: str, out: Path) -> str:
    """Write what changed since the edition before; its name, or "" where there is none to compare with.

    An edition that is made again keeps its comparison: it is an input of the index page, as the receipt says.
    """
    from jiaokou.publishing import diff

    same = manifest.read(out / name)
    if same and not manifest.damaged(out / name, {"outputs": diff.part_of(same)}):
        diff.copy(out / name, folder)
        return str(same.get("before", ""))
    before = store.latest(out)
    if not before or before == name or not _is_whole(out / before):
        return ""
    diff.write(folder, (out / before, before), (folder, name))
    return before


def _check_unchanged(asked: Asked, made_from: Inputs) -> None:
    """Raise JiaokouError where an input is no longer what it was when the runs were asked for."""
    if changed := list(differences(asdict(made_from), asdict(fingerprint.read(asked)))):
        raise JiaokouError(
            f"the inputs changed while the edition was made ({changed[0]}); publish again when nothing writes to them"
        )


def differences(before: Any, after: Any) -> Iterator[str]:
    """What differs between what two editions were made from, one line for each."""
    for part in ("languages", "parameters"):
        if before[part] != after[part]:
            yield f"{part}: {before[part]}, now {after[part]}"
    for name in sorted({*before["versions"], *after["versions"]}):
        was, now = before["versions"].get(name), after["versions"].get(name)
        if was != now:
            yield f"version of {name}: {was or 'none'}, now {now or 'none'}"
    for name in sorted({*before["inputs"], *after["inputs"]}):
        was, now = before["inputs"].get(name), after["inputs"].get(name)
        if was != now:
            yield f"input {name}: {'new' if was is None else 'gone' if now is None else 'changed'}"


def check(
    edition: str | Path,
    *,
    package: str | Path = "",
    out: str | Path = "editions",
    notebooks: Path | None = None,
    tell: Tell = lambda event, **facts: None,
    **how: Any,
) -> list[str]:
    """Make an edition again aside, and say what differs, one line for each; nothing where it is the same to the byte.

    `edition` is a folder, or a name in `out`; `package` is needed where it was made from another than Jiaokou's own;
    the rest as in `publish`. What it was compared with on its index page is taken from the edition itself.
    """
    with without_grammars():
        from jiaokou.publishing import build, diff

    out = absolute(out)
    folder, receipt = find(edition, out)
    asked = fingerprint.asked_again(receipt, package, notebooks)
    found = list(differences(receipt, asdict(fingerprint.read(asked))))
    tell("started", runs=len(asked.runs), taken=0)
    with tempfile.TemporaryDirectory(prefix="jiaokou-check-") as place, store.written(Path(place)):
        again = Path(place)
        _, pages = build.write_briefings(again, asked, receipt["edition"], {}, None, tell, **how)
        build.write_data(again, asked)
        diff.copy(folder, again)
        build.write_index(again, asked, receipt["edition"], pages)
        made = manifest.outputs(again)
    found += (f"{name}: changed since it was published" for name in manifest.damaged(folder, receipt))
    for name in sorted({*made, *receipt["outputs"]}):
        was, now = receipt["outputs"].get(name), made.get(name)
        if was != now:
            yields = "is not made now" if now is None else "is made now only" if was is None else "differs"
            found.append(f"{name}: {yields}")
    return found


def find(edition: str | Path, out: str | Path) -> tuple[Path, manifest.Receipt]:
    """The folder of an edition and its receipt, by its folder or its name in `out`; JiaokouError if there is none."""
    for folder in (absolute(edition), absolute(Path(out) / edition)):
        if receipt := manifest.read(folder):
            return folder, receipt
    raise JiaokouError(
        f"{edition} is no edition: it has no receipt.json that can be read; give its folder, such as editions/latest, "
        "or its name in the folder that --out names"
    )
