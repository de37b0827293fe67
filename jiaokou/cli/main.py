"""The command ``jiaokou``. Exit status: 0 all well, 1 something was found or failed, 2 wrong use.

Stopped by Ctrl-C it is 130, by a service manager's SIGTERM 143, as shells have it.

What a command needs is imported when it runs: pandas, nbconvert and plotly would make ``--help`` wait for seconds.
"""

import errno
import io
import math
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from jiaokou.errors import JiaokouError, WrongUseError

FORMATS = ("table", "json", "csv", "parquet", "xlsx")
ENDINGS = {name: name for name in FORMATS[1:]} | dict.fromkeys(("", "tsv", "txt"), FORMATS[0])
TABLES = ("observations", "milestones", "derived", "indicators", "audit")  # jiaokou.formats would load pandas

PUBLISHING = """\b
Examples:
  jiaokou publish                                  everything that has changed
  jiaokou publish economy audit --lang en --out pages
                                                   two briefings, in English
  jiaokou publish outlook --set target_year=2030 --out pages
                                                   with another parameter
  jiaokou publish --package county/data            from another data package
  jiaokou publish --force --jobs 4                 everything, four at a time
  jiaokou publish --timeout 300 --cell-timeout 60 --retries 2
                                                   within limits of time
  jiaokou publish --no-wait --keep 14 --log-format json
                                                   for a scheduler
  jiaokou publish --check latest                   is it the same, made again?
"""
USING = """\b
Examples:
  jiaokou publish                                  all briefings, as an edition
  jiaokou data --out jiaokou.xlsx --lang zh        all data, for Excel
  jiaokou audit --help                             each command has its own
"""
AUDITING = """\b
Examples:
  jiaokou audit                                    verdicts and what they rest on
  jiaokou audit --package county/data --format json
                                                   for a program
  jiaokou audit --source summary.txt --lang zh     each number in its sentence
"""
VERIFYING = """\b
Examples:
  jiaokou verify summary.txt                       the release's text
  jiaokou verify county.txt --package county/data --format json
                                                   of another data package
"""
DATA = """\b
Examples:
  jiaokou data economy                             one section, to read
  jiaokou data --out jiaokou.xlsx --lang zh        everything, for Excel
  jiaokou data --table milestones --out milestones.csv
                                                   another table
  jiaokou data livelihood --format json            for a program
  jiaokou data --package county/data --out county.parquet
                                                   of another data package
"""
COMPARING = """\b
Examples:
  jiaokou compare 0f32c1a7be55 latest
  jiaokou compare old/editions/latest editions/latest --format json
"""
STARTING = """\b
Examples:
  jiaokou new another-county/data                  an empty package, to fill in
  jiaokou new next-year/data next-year.txt         for this text
  jiaokou data --package another-county/data       says what is missing first
"""

package_option = click.option(
    "--package", metavar="DIR", default="", help="A data package's folder; default: Jiaokou's own."
)
out_option = click.option(
    "--out", default="editions", show_default=True, metavar="DIR", help="Where editions are kept."
)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS[:2]),
    default="table",
    show_default=True,
    help="How to print.",
)


class _Terminated(KeyboardInterrupt):
    """SIGTERM, which is to end everything as cleanly as Ctrl-C does."""


class _Stopped(click.ClickException):
    """The command was stopped, and not for a mistake."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class _Seconds(click.FloatRange):
    """A time limit, in whose range click would count what is no number (`nan`) and what is no limit (`inf`)."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        seconds = super().convert(value, param, ctx)
        if not math.isfinite(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


class _Command(click.Group):
    """Commands return their exit status; whatever goes wrong is one line on standard error."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt as stop:
            raise _Stopped(*_said(stop)) from None

    def main(self, args: Any = None, *more: Any, **extra: Any) -> Any:
        args = list(sys.argv[1:] if args is None else args)
        for stream in (sys.stdout, sys.stderr):  # a console without Chinese shows its codes: \u4ea4
            if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
                stream.reconfigure(errors="backslashreplace")
        try:
            status = super().main(args, *more, **extra | {"standalone_mode": False})
        except click.exceptions.NoArgsIsHelpError as error:
            error.show()
            status = error.exit_code
        except click.Abort:
            status = _fail("interrupted", 130)
        except click.UsageError as error:
            command = error.ctx.command_path if error.ctx else "jiaokou"
            status = _fail(f"{error.format_message().rstrip('.')}; see {command} --help", error.exit_code)
        except _Stopped as error:
            status = _fail(error.message, error.status)
        except click.ClickException as error:
            status = _fail(error.format_message(), error.exit_code)
        except Exception as error:
            if "--debug" in args:
                raise
            status = _fail(*_said(error))
            if _is_printing(error):  # else Python tries again as it ends, and says so in lines of its own
                with suppress(OSError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(status or 0)


def _is_printing(error: BaseException) -> bool:
    """Whether the system refuses what is printed: a full disk, a device that fails. A file would have a name."""
    refusals = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)
    return isinstance(error, OSError) and error.errno in refusals and error.filename is None


def _said(error: BaseException) -> tuple[str, int]:
    """What is said of an error, and the exit status that it means."""
    match error:
        case _Terminated():
            return "terminated", 143
        case KeyboardInterrupt():
            return "interrupted", 130
        case WrongUseError():
            return str(error), 2
        case JiaokouError():
            return str(error), 1
        case OSError() if _is_printing(error):
            return (
                f"what is printed cannot be written: {error.strerror}; free some space, or send it elsewhere",
                1,
            )
    return f"{type(error).__name__}: {error} (a defect of jiaokou; jiaokou --debug … shows where)", 1


def _fail(message: str, status: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return status


@contextmanager
def _stopped_cleanly() -> Iterator[None]:
    """Take SIGTERM as an interruption."""

    def stop(*_: object) -> None:
        raise _Terminated

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _told_as_event(tell: Any) -> Iterator[None]:
    """Tell what goes wrong as an event, a defect of ours too, for those who read nothing else."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        asked = click.get_current_context().find_root().get_parameter_source("debug")
        if isinstance(error, click.ClickException) or asked is ParameterSource.COMMANDLINE:
            raise
        message, status = _said(error)
        tell("failed", error=message, status=status)
        raise click.exceptions.Exit(status) from None


@click.group("jiaokou", cls=_Command, epilog=USING, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jiaokou")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
def main() -> None:
    """A county's printed five-year-plan summary as tidy data, notebooks and bilingual briefings."""


@main.command(epilog=PUBLISHING)
@click.argument("briefings", nargs=-1, metavar="[BRIEFING]...")
@click.option(
    "--lang", "languages", multiple=True, metavar="zh|en", help="Language; may be repeated. Default: all."
)
@package_option
@out_option
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A notebook's parameter; may be repeated."
)
@click.option("--force", is_flag=True, help="Run everything, though it has been run before.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Notebooks at a time. Default: one for each core."
)
@click.option(
    "--timeout",
    type=_Seconds(1),
    default=600,
    show_default=True,
    metavar="S",
    help="Seconds for a run.",
)
@click.option("--cell-timeout", type=_Seconds(1), metavar="S", help="Seconds for a cell. Default: the run's.")
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Further tries where a kernel died.",
)
@click.option(
    "--no-wait", is_flag=True, help="Give up at once while another publication writes to the same folder."
)
@click.option("--keep", type=click.IntRange(1), metavar="N", help="Keep the newest N editions. Default: all.")
@click.option(
    "--log-format",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Progress on standard error: for people, or one JSON object a line.",
)
@click.option(
    "--check",
    "checked",
    metavar="EDITION",
    help="Make an edition again aside, and say what differs; status 1 if anything does.",
)
def publish(log_format: str, checked: str | None, **options: Any) -> int:
    """Run notebooks and publish their briefings as an edition: all of them, or each BRIEFING (economy, 01_economy).

    A run that an edition holds already, made from the same, is taken over. `latest` leads to a new edition only
    once the whole of it has been looked over; the index page's path is printed.

    With a BRIEFING, or one language, the edition holds that alone, and `latest` leads to it as to any other: name
    another folder with `--out` where `latest` is to stay with all of them.
    """
    from jiaokou.cli.progress import progress

    options["jobs"] = options["jobs"] or 0
    options["cell_timeout"] = options["cell_timeout"] or 0
    with (
        progress(log_format) as tell,
        _told_as_event(tell) if log_format == "json" else nullcontext(),
        _stopped_cleanly(),
    ):
        return _publish(tell, options) if checked is None else _check(checked, tell, options)


def _publish(tell: Any, options: dict[str, Any]) -> int:
    from jiaokou.publishing import publish

    made = publish.publish(
        tell=tell, wait=not options.pop("no_wait"), keep=options.pop("keep") or 0, **options
    )
    click.echo(made.index)
    return 0


def _check(checked: str, tell: Any, options: dict[str, Any]) -> int:
    from jiaokou.publishing import publish

    if not checked:
        raise WrongUseError("--check names no edition; give its folder, or its name, such as latest")
    for name in ("briefings", "languages", "settings", "force", "no_wait", "keep"):
        if options.pop(name):
            raise WrongUseError("--check makes what the edition's receipt says; name nothing else to make")
    found = publish.check(checked, tell=tell, **options)
    for line in found or [f"{checked}: made again, and the same to the byte"]:
        click.echo(line)
    return int(bool(found))


@main.command(epilog=AUDITING)
@package_option
@format_option
@click.option(
    "--source", metavar="TEXT", help="The release's text: show each number in its sentence, here alone."
)
@click.option("--lang", metavar="zh|en", default="en", show_default=True, help="Language of the table.")
def audit(package: str, format_: str, source: str | None, lang: str) -> int:
    """Check which printed figures agree with each other; status 1 if a verdict is not the one known for the release."""
    import jiaokou
    from jiaokou.cli import terminal
    from jiaokou.execution.parameters import languages

    (spoken,) = languages([lang])
    found, is_read = jiaokou.audit(package=package), format_ == "table"
    if source is not None:
        terminal.show(terminal.quoted(found, source, package, spoken if is_read else ""), format_)
    else:
        terminal.show(terminal.readable(found, "audit", spoken, package) if is_read else found, format_)
    # A known mismatch is the release's own; another verdict, or another number in it, is news in either direction.
    news = found.loc[~found["as_known"], "relation"]
    if len(news):
        click.echo(f"not as known for this release: {', '.join(news)}", err=True)
    return int(len(news) > 0)


@main.command(epilog=VERIFYING)
@click.argument("text", type=click.Path(path_type=Path))
@package_option
@format_option
def verify(text: Path, package: str, format_: str) -> int:
    """Compare the data with TEXT, a file with the release's text; status 1 if they differ."""
    import jiaokou
    from jiaokou.analysis.provenance import is_release, read_text
    from jiaokou.cli import terminal

    content = read_text(text)
    if not is_release(content, package=package):
        click.echo(
            f"{text} is another text than the release (its sha256 differs); compared all the same", err=True
        )
    found = jiaokou.verify(content, package=package)
    terminal.show(
        found, format_, ["paragraph", "kind", "subject", "message"], empty="The data agree with the text."
    )
    return int(len(found) > 0)


@main.command(epilog=DATA)
@click.argument("section", required=False)
@click.option(
    "--table", type=click.Choice(TABLES), help="Which table. Default: observations; in xlsx all of them."
)
@click.option(
    "--lang",
    metavar="zh|en",
    help="Texts in this language only; a workbook speaks it throughout. Default: both, on a terminal zh.",
)
@package_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    help="How to write. Default: as FILE's name ends; with no ending, .tsv or .txt a table.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to, whole or not at all. Default: the terminal.",
)
def data(
    section: str | None,
    table: str | None,
    lang: str | None,
    package: str,
    format_: str | None,
    out: Path | None,
) -> None:
    """The data of a SECTION, or of all: as a table to read, or as a file for a spreadsheet or a program.

    A CSV file starts with a byte order mark, for Excel; what is printed does not.
    """
    format_ = format_ or ENDINGS.get(out.suffix[1:].lower() if out else "")
    if format_ is None:
        known = ", ".join(f".{ending}" for ending in ENDINGS if ending)
        raise click.UsageError(
            f"no format goes by the ending of {out}: use {known}, or name one with --format"
        )
    if out is None and format_ in ("parquet", "xlsx"):
        raise click.UsageError(f"{format_} is not for a terminal: say where to with --out FILE")
    from jiaokou import formats
    from jiaokou.cli import terminal
    from jiaokou.execution.parameters import languages

    spoken = languages([] if lang is None else [lang])
    names = [table] if table else TABLES if format_ == "xlsx" else TABLES[:1]
    served = {name: formats.served(name, section, package=package) for name in names}
    if format_ == "xlsx":
        assert out
        formats.write(out, format_, served, lang=lang or "", package=package)
        return
    ((name, frame),) = served.items()
    frame = (
        terminal.readable(frame, name, spoken[0], package)
        if format_ == "table"
        else formats.spoken(frame, spoken)
    )
    if not out:
        terminal.show(frame, format_)
    elif format_ == "table":
        formats.replace(out, terminal.as_tabs(frame).encode())
    else:
        formats.write(out, format_, {name: frame}, package=package)


@main.command(epilog=COMPARING)
@click.argument("before", metavar="EDITION")
@click.argument("after", metavar="EDITION")
@out_option
@format_option
def compare(before: str, after: str, out: str, format_: str) -> int:
    """What changed from one EDITION to another (names, or folders); status 1 if anything did."""
    from jiaokou.cli import terminal
    from jiaokou.publishing import diff, publish

    old, new = (publish.find(name, out) for name in (before, after))
    found = diff.compare((old[0], old[1]["edition"]), (new[0], new[1]["edition"]))
    terminal.show(found, format_, empty="The editions hold the same.")
    return int(len(found) > 0)


@main.command(epilog=STARTING)
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("text", metavar="[TEXT]", required=False, type=click.Path(path_type=Path))
def new(folder: Path, text: Path | None) -> None:
    """Start an empty data package in DIR, a new or an empty folder, for another release or another county.

    TEXT is a file with the release's text: what identifies it (sha256, characters, paragraphs) is filled in; the text
    itself stays where it is.
    """
    from jiaokou.data.scaffold import start

    identity = None
    if text:
        from jiaokou.analysis.provenance import identity as identified
        from jiaokou.analysis.provenance import read_text

        identity = identified(read_text(text))
    made = start(folder, identity)
    click.echo(
        f"{made}: fill in name, licences and release in datapackage.json; README.md explains each file"
    )
    click.echo(
        "key in sections.csv, topics.csv, entities.csv and indicators.csv, then observations and sentences.csv"
    )
    click.echo(f"ask what is missing next, in a notebook: jiaokou.validate({str(made)!r})")
