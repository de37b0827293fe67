"""How far a publication has come, and what went wrong: to a person at a terminal, to a log, or to a machine."""

import errno
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

import click

from jiaokou.cli import WORDS
from jiaokou.errors import JiaokouError, Stopped, WrongUseError, exhausted


@contextmanager
def progress(format_: str = "text") -> Iterator[Callable[..., None]]:
    """A bar on a terminal, else one line for each run; as ``json`` one object a line for each event.

    What goes wrong is one of these. What libraries warn of is for those who write notebooks, and is not shown.
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
        try:
            yield as_json if format_ == "json" else as_text
        except (Exception, Stopped) as error:
            is_shown = isinstance(error, Exception) and click.get_current_context().find_root().params["debug"]
            if format_ != "json" or is_shown:
                raise
            message, status = said(error)
            as_json("failed", error=message, status=status)
            raise click.exceptions.Exit(status) from None


def sentence(event: str, facts: dict[str, Any]) -> str:
    """What is said of an event."""
    if event == "unchanged" and facts["moved"]:
        event = "moved"
    if event == "package":
        event = f"package_{facts['state']}"
    listed = {name: ", ".join(fact) if isinstance(fact, list) else fact for name, fact in facts.items()}
    return WORDS["events"][event].format_map({**listed, "ended": facts.get("error") or "done"})


def said(error: BaseException) -> tuple[str, int]:
    """What is said of an error, and the exit status that it means."""
    match error:
        case Stopped(code=int(code)):
            error.told = True
            return str(error), code
        case click.ClickException():
            text = error.format_message()
            if isinstance(error, click.UsageError) and error.ctx:
                text = f"{text.rstrip('.')}; see {error.ctx.command_path} --help"
            return text, error.exit_code
        case JiaokouError():
            return str(error), 2 if isinstance(error, WrongUseError) else 1
        case OSError(filename=None, errno=errno.ENOSPC | errno.EDQUOT | errno.EFBIG | errno.EIO):
            # What is printed, since a file would have a name. Python would try again as it ends, and say so.
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            cure = "free some space, or send it elsewhere"
            return f"what is printed cannot be written: {error.strerror}; {cure}", 1
    if cure := exhausted(error):
        return f"{cure} ({type(error).__name__}: {error})", 1
    return f"unexpected {type(error).__name__}: {error} (jiaokou --debug … shows where; please report it)", 1
