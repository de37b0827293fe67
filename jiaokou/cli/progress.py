"""How far a publication has come, said on standard error: to a person at a terminal, to a log, or to a machine."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click

from jiaokou.publishing.publish import Tell


@contextmanager
def progress(format_: str = "text") -> Iterator[Tell]:
    """A bar on a terminal, else one line for each run; as ``json`` one object a line for each event.

    What libraries warn of is for those who write notebooks, and is not shown.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        if format_ == "json":
            yield _as_json
        elif sys.stderr.isatty():
            terminal = _Terminal()
            try:
                yield terminal
            finally:
                terminal.stop()
        else:
            yield _as_text


def _as_json(event: str, **facts: Any) -> None:
    click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False), err=True)


def _as_text(event: str, **facts: Any) -> None:
    if line := sentence(event, facts):
        click.echo(line, err=True)


def sentence(event: str, facts: dict[str, Any]) -> str:
    """What is said of an event; "" where that is nothing."""
    match event:
        case "ignored":
            return f"ignored, since it would change the pages: {', '.join(facts['variables'])}"
        case "started":
            return f"{facts['runs']} to run, {facts['taken']} taken over, into {facts['out']}"
        case "waiting":
            return f"waiting for another publication in {facts['out']} to end (--no-wait would not)"
        case "run":
            return f"{facts['run']}  {facts['seconds']:.1f} s  {facts['error'] or 'done'}"
        case "published":
            counts = f"{facts['taken']} taken over, {facts['run']} run"
            return f"published edition {facts['edition']}: {counts}, {facts['seconds']:.1f} s"
        case "unchanged":
            again = ", and latest leads to it again" if facts["moved"] else ""
            return f"nothing has changed since edition {facts['edition']}{again}; --force makes it again"
        case "pruned":
            return f"deleted {', '.join(facts['editions'])} (--keep)"
    return ""


class _Terminal:
    """A live line with a bar, a count, the time and the run that has just ended; errors stay above it."""

    def __init__(self) -> None:
        self._bar: Any = None

    def __call__(self, event: str, **facts: Any) -> None:
        if event == "run" and self._bar:
            self._bar.update(self._bar.task_ids[0], advance=1, description=facts["run"])
            if facts["error"]:
                said = f"{facts['run']}: {facts['error']}"
                self._bar.console.print(said, style="red", markup=False, highlight=False)
        elif line := sentence(event, facts):
            self.stop()
            click.echo(line, err=True)
        if event == "started" and facts["runs"]:
            self._start(facts["runs"])

    def _start(self, runs: int) -> None:
        # rich takes longer to load than it takes to see that nothing has changed.
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        text = TextColumn("{task.description}", markup=False)
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), text)
        self._bar = Progress(*columns, console=Console(stderr=True), transient=True)
        self._bar.add_task("", total=runs)
        self._bar.start()

    def stop(self) -> None:
        if self._bar:
            self._bar.stop()
