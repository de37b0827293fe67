"""How far a publication has come, said on standard error: to a person at a terminal, to a log, or to a machine."""

import json
import sys
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import click

from jiaokou.cli import WORDS
from jiaokou.publishing.publish import Tell


@contextmanager
def progress(format_: str = "text") -> Iterator[Tell]:
    """A bar on a terminal, else one line for each run; as ``json`` one object a line for each event.

    What libraries warn of is for those who write notebooks, and is not shown.
    """
    bar: Any = None

    def as_json(event: str, **facts: Any) -> None:
        click.echo(json.dumps({"event": event, **facts}, ensure_ascii=False), err=True)

    def as_text(event: str, **facts: Any) -> None:
        nonlocal bar
        if bar and event in ("run", "package"):  # errors stay above it
            bar.update(bar.task_ids[0], advance=1, description=facts[event])
            if facts["error"]:
                bar.console.print(f"{facts[event]}: {facts['error']}", style="red", markup=False, highlight=False)
            return
        shown.close()
        click.echo(sentence(event, facts), err=True)
        if (runs := facts.get("runs", facts.get("tasks"))) and sys.stderr.isatty():
            bar = shown.enter_context(_bar(runs))

    with warnings.catch_warnings(), ExitStack() as shown:
        warnings.simplefilter("ignore")
        yield as_json if format_ == "json" else as_text


def sentence(event: str, facts: dict[str, Any]) -> str:
    """What is said of an event."""
    if event == "unchanged" and facts["moved"]:
        event = "moved"
    if event == "package":
        event = f"package_{facts['state']}"
    said = {name: ", ".join(fact) if isinstance(fact, list) else fact for name, fact in facts.items()}
    return WORDS["events"][event].format_map({**said, "ended": facts.get("error") or "done"})


def _bar(runs: int) -> Any:
    """A live line with a bar, a count, the time and the run that has just ended."""
    # rich takes longer to load than it takes to see that nothing has changed.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeElapsedColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), "{task.description}")
    bar = Progress(*columns, console=Console(stderr=True), transient=True)
    bar.add_task("", total=runs)
    return bar
