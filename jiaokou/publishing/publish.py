"""Editions: all briefings in all languages, made aside, looked over, and published together or not at all.

What loads pandas and the notebook libraries is imported only once something has to be made.
"""

import datetime
import platform
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol

from jiaokou.data.descriptor import absolute
from jiaokou.errors import JiaokouError
from jiaokou.execution import environment
from jiaokou.publishing import fingerprint, manifest, store
from jiaokou.publishing.fingerprint import Asked, Inputs


class Tell(Protocol):
    """Told what happens while it happens: an event, and facts about it that JSON can hold.

    The events: ``waiting`` (for), ``ignored`` (variables of the environment), ``started`` (runs, taken, out), ``run``
    (run, seconds, error), ``published`` (edition, index, run, taken, seconds), ``unchanged`` (edition, index, moved:
    whether ``latest`` led elsewhere) and ``pruned`` (editions).
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

    `briefings` says which, by name or by a notebook's path, and `languages` (none: all); `notebooks` is the folder of
    those that are named, if not the project's own. `settings` are ``NAME=VALUE`` texts; `jobs`, the time limits and
    `retries` as in `jiaokou.execution.runner.execute`. A run that an edition in `out` holds already, made from the
    same, is taken over unless `force` is set. While another publication writes to `out`, this one waits, or does not
    (`wait`). In the end at most `keep` editions stay (0: all). While it makes an edition, the process has the
    environment of `jiaokou.execution.environment`.

    Wrong names and values raise WrongUseError before anything runs; whatever keeps the edition from being complete
    raises JiaokouError, and then the last edition stays as it is.
    """
    asked = fingerprint.asked(briefings, languages, settings, package, notebooks)
    inputs = fingerprint.read(asked)
    out = absolute(out)
    with store.locked(out, wait=wait, waiting=lambda: tell("waiting", out=str(out))):
        store.tidy(out)
        if not force and manifest.is_whole(out / inputs.edition):
            edition = Edition(out / inputs.edition, made=False)
            moved = store.point(out, inputs.edition)
            tell("unchanged", edition=inputs.edition, index=str(edition.index), moved=moved)
        else:
            how = {"jobs": jobs, "timeout": timeout, "cell_timeout": cell_timeout, "retries": retries}
            edition = _make(asked, inputs, out, tell, force=force, how=how)
        if keep and (gone := store.prune(out, keep)):
            tell("pruned", editions=gone)
    return edition


def _make(
    asked: Asked, inputs: Inputs, out: Path, tell: Tell, *, force: bool, how: dict[str, Any]
) -> Edition:
    """Make the edition aside, and publish it."""
    started, name = time.monotonic(), inputs.edition
    keys = {run: inputs.key(lang, briefing.name) for run, (lang, briefing) in asked.runs.items()}
    stored = {} if force else store.notebooks(out, keys)
    if ignored := environment.ignored():
        tell("ignored", variables=ignored)
    with environment.having():
        if len(stored) < len(keys):  # both processes have seconds of imports before them
            from jiaokou.execution.provisioner import start_fork_server

            start_fork_server(environment.for_run(Path(tempfile.gettempdir())))
        with environment.without_grammars():
            from jiaokou.publishing import build, checks

        build.check_notebooks(asked, stored)
        tell("started", runs=len(keys) - len(stored), taken=len(stored), out=str(out))
        with store.building(out, name) as folder:
            failed = out / store.FAILED
            seconds, pages = build.write_briefings(folder, asked, name, stored, failed, tell, **how)
            verdicts = build.write_data(folder, asked)
            before = build.write_changes(folder, name, out)
            build.write_index(folder, asked, name, pages)
            if problems := list(checks.gate(folder, list(asked.runs))):
                raise JiaokouError(f"the edition was not published: {'; '.join(problems)}")
            _check_unchanged(asked, inputs)
            runs = {
                run: {"key": key, "seconds": round(seconds.get(run, 0), 2), "taken": run in stored}
                for run, key in keys.items()
            }
            made = {"before": before, "runs": runs, "verdicts": verdicts, **asdict(inputs)}
            manifest.write(folder, {"edition": name, **_occasion(), **made})
            store.publish(folder, out, name)
    edition = Edition(out / name, made=True, run=len(keys) - len(stored), taken=len(stored))
    facts = {"edition": name, "index": str(edition.index), "run": edition.run, "taken": edition.taken}
    tell("published", **facts, seconds=round(time.monotonic() - started, 1))
    return edition


def _occasion() -> dict[str, str]:
    """When and on what an edition was made, which its receipt alone says."""
    return {
        "made": datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds"),
        "platform": f"Python {platform.python_version()}, {platform.platform()}",
    }


def _check_unchanged(asked: Asked, inputs: Inputs) -> None:
    """Raise JiaokouError where an input is no longer what it was when the runs were asked for."""
    if changed := list(fingerprint.differences(asdict(inputs), asdict(fingerprint.read(asked)))):
        raise JiaokouError(
            f"the inputs changed while the edition was made ({changed[0]}); publish again when nothing writes to them"
        )
