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

from jiaokou.descriptor import absolute
from jiaokou.errors import JiaokouError
from jiaokou.publishing import forking, inputs, receipts, storage
from jiaokou.publishing.inputs import Asked, Inputs
from jiaokou.publishing.lean import no_grammars


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
    `settings` are ``NAME=VALUE`` texts; `jobs`, the time limits and `retries` as in `jiaokou.publishing.run.execute`.
    A run that an edition in `out` holds already, made from the same, is taken over unless `force` is set. While another
    publication writes to `out`, this one waits, or does not (`wait`). In the end at most `keep` editions stay (0: all).

    Wrong names and values raise WrongUseError before anything runs; whatever keeps the edition from being complete
    raises JiaokouError, and then the last edition stays as it is.
    """
    asked = inputs.asked(briefings, languages, settings, package, notebooks)
    made_from = inputs.read(asked)
    out = absolute(out)
    with storage.locked(out, wait=wait, waiting=lambda: tell("waiting", out=str(out))):
        storage.tidy(out)
        if not force and _is_whole(out / made_from.edition):
            moved = storage.point(out, made_from.edition)
            edition = Edition(out / made_from.edition, made=False)
            tell("unchanged", edition=made_from.edition, index=str(edition.index), moved=moved)
        else:
            how = {"jobs": jobs, "timeout": timeout, "cell_timeout": cell_timeout, "retries": retries}
            edition = _make(asked, made_from, out, tell, force=force, how=how)
        if keep and (gone := storage.prune(out, keep)):
            tell("pruned", editions=gone)
    return edition


def _is_whole(edition: Path) -> bool:
    receipt = receipts.read(edition)
    return receipt is not None and not receipts.damaged(edition, receipt)


def _make(
    asked: Asked, made_from: Inputs, out: Path, tell: Tell, *, force: bool, how: dict[str, Any]
) -> Edition:
    """Make the edition aside, and publish it."""
    started, name = time.monotonic(), made_from.edition
    keys = {f"{lang}/{b.name}": made_from.key(lang, b.name) for lang, b in asked.runs}
    stored = {} if force else storage.notebooks(out, keys)
    if len(stored) < len(keys):
        forking.warm_up()  # both processes have seconds of imports before them
    with no_grammars():
        from jiaokou.publishing import making

    tell("started", runs=len(keys) - len(stored), taken=len(stored))
    with storage.building(out, name) as folder, _rarely_collecting():
        seconds, pages = making.write_briefings(
            folder, asked, name, stored, out / storage.FAILED, tell, **how
        )
        making.write_data(folder, asked)
        before = _compare(folder, name, out)
        making.write_index(folder, asked, name, pages)
        making.check(folder, asked)
        _check_unchanged(asked, made_from)
        receipts.write(
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
                "verdicts": making.verdicts(folder),
                **asdict(made_from),
            },
        )
        storage.publish(folder, out, name)
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
    from jiaokou.publishing import comparison

    same = receipts.read(out / name)
    if same and not receipts.damaged(out / name, {"outputs": comparison.part_of(same)}):
        comparison.copy(out / name, folder)
        return str(same.get("before", ""))
    before = storage.latest(out)
    if not before or before == name or not _is_whole(out / before):
        return ""
    comparison.write(folder, (out / before, before), (folder, name))
    return before


def _check_unchanged(asked: Asked, made_from: Inputs) -> None:
    """Raise JiaokouError where an input is no longer what it was when the runs were asked for."""
    if changed := list(differences(asdict(made_from), asdict(inputs.read(asked)))):
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
    with no_grammars():
        from jiaokou.publishing import comparison, making

    out = absolute(out)
    folder, receipt = find(edition, out)
    asked = inputs.asked_again(receipt, package, notebooks)
    found = list(differences(receipt, asdict(inputs.read(asked))))
    tell("started", runs=len(asked.runs), taken=0)
    with tempfile.TemporaryDirectory(prefix="jiaokou-check-") as place, storage.written(Path(place)):
        again = Path(place)
        _, pages = making.write_briefings(again, asked, receipt["edition"], {}, None, tell, **how)
        making.write_data(again, asked)
        comparison.copy(folder, again)
        making.write_index(again, asked, receipt["edition"], pages)
        made = receipts.outputs(again)
    found += (f"{name}: changed since it was published" for name in receipts.damaged(folder, receipt))
    for name in sorted({*made, *receipt["outputs"]}):
        was, now = receipt["outputs"].get(name), made.get(name)
        if was != now:
            yields = "is not made now" if now is None else "is made now only" if was is None else "differs"
            found.append(f"{name}: {yields}")
    return found


def find(edition: str | Path, out: str | Path) -> tuple[Path, receipts.Receipt]:
    """The folder of an edition and its receipt, by its folder or its name in `out`; JiaokouError if there is none."""
    for folder in (absolute(edition), absolute(Path(out) / edition)):
        if receipt := receipts.read(folder):
            return folder, receipt
    raise JiaokouError(
        f"{edition} is no edition: it has no receipt.json that can be read; give its folder, such as editions/latest, "
        "or its name in the folder that --out names"
    )
