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
        if bar and event in ("run", "package"):
            if facts["error"]:  # stands above the bar, which is drawn anew below
                click.secho(f"\r\x1b[K{facts[event]}: {facts['error']}", fg="red", err=True)
            bar.update(1, facts[event])
            return
        shown.close()
        click.echo(sentence(event, facts), err=True)
        if (runs := facts.get("runs", facts.get("tasks"))) and sys.stderr.isatty():
            how: dict[str, Any] = {"show_pos": True, "item_show_func": lambda run: run}
            bar = shown.enter_context(click.progressbar(length=runs, file=sys.stderr, **how))

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
