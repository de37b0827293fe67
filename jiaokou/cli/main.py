"""The command ``jiaokou``. Exit status: 0 all well, 1 something was found or failed, 2 wrong use.

Stopped by Ctrl-C it is 130, by a service manager's SIGTERM 143, as shells have it.

What a command needs is imported when it runs: pandas, nbconvert and plotly would make ``--help`` wait for seconds.
"""

import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from jiaokou.cli import WORDS
from jiaokou.cli.progress import progress, said
from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError, WrongUseError

FORMATS = ("table", "json", "csv", "parquet", "xlsx")
ENDINGS = {name: name for name in FORMATS[1:]} | dict.fromkeys(("", "tsv", "txt"), FORMATS[0])
TABLES = ("observations", "milestones", "derived", "indicators", "audit")  # jiaokou.formats would load pandas
HOW_HELP_IS_SHOWN = {"help_option_names": ["-h", "--help"], "show_default": True}
SECONDS = click.IntRange(1, 1_000_000)


def option(key: str, *names: str, **how: Any) -> Callable[[Any], Any]:
    """An option, whose help stands in words.toml under `key`: a command's name, and the option's."""
    command, _, name = key.partition(".")
    return click.option(f"--{name}", *names, help=WORDS[command][name], **how)


def examples(command: str) -> str:
    """The examples that a command's help ends with."""
    return f"\b\nExamples:\n{WORDS[command]['examples']}"


package_option = option("any.package", metavar="DIR", default="", show_default=False)
out_option = option("any.out", metavar="DIR", default="editions")
format_option = option("any.format", "format_", type=click.Choice(FORMATS[:2]), default="table")


class _Command(click.Group):
    """Commands return their exit status; whatever goes wrong is one line on standard error."""

    def main(self, args: Any = None, *more: Any, **extra: Any) -> Any:
        args = list(sys.argv[1:] if args is None else args) or ["--help"]
        for stream in (sys.stdout, sys.stderr):  # a console without Chinese shows its codes: \u4ea4
            if isinstance(stream, io.TextIOWrapper) and stream.errors == "strict":
                stream.reconfigure(errors="backslashreplace")
        try:
            status = super().main(args, *more, **extra | {"standalone_mode": False})
        except Exception as error:
            if "--debug" in args and not isinstance(error, click.ClickException):
                raise
            message, status = said(error)
            click.echo(f"error: {' '.join(message.split())}", err=True)
        sys.exit(status or 0)


@click.group("jiaokou", cls=_Command, epilog=examples("any"), context_settings=HOW_HELP_IS_SHOWN)
@click.version_option(package_name="jiaokou")
@option("any.debug", is_flag=True)
def main(debug: bool) -> None:
    """A county's printed five-year-plan summary as tidy data, notebooks and bilingual briefings."""


@main.command(epilog=examples("publish"))
@click.argument("briefings", nargs=-1, metavar="[BRIEFING|FILE.ipynb]...")
@option("publish.lang", "languages", multiple=True, type=click.Choice(LANGUAGES))
@package_option
@option("publish.notebooks", type=click.Path(path_type=Path), metavar="DIR")
@out_option
@option("publish.set", "settings", multiple=True, metavar="NAME=VALUE")
@option("publish.force", is_flag=True)
@option("publish.jobs", type=click.IntRange(1), metavar="N")
@option("publish.timeout", type=SECONDS, default=600, metavar="S")
@option("publish.cell-timeout", type=SECONDS, metavar="S")
@option("publish.retries", type=click.IntRange(0), default=1, metavar="N")
@option("publish.no-wait", is_flag=True)
@option("publish.keep", type=click.IntRange(1), metavar="N")
@option("publish.unreviewed", is_flag=True)
@option("publish.log-format", type=click.Choice(("text", "json")), default="text")
@option("publish.check", "checked", metavar="EDITION")
@option("publish.catalogue", metavar="DIR|FILE")
@option("publish.scheduler", metavar="ADDRESS")
def publish(log_format: str, checked: str | None, **options: Any) -> int:
    """Run notebooks and publish their briefings as an edition: all of them, or each BRIEFING (economy, 01_economy).

    A notebook of your own is named by its FILE, wherever it lies. A run that an edition holds already, made from the
    same, is taken over. `latest` leads to a new edition only once the whole of it has been looked over; the index
    page's path is printed.

    With a BRIEFING, a FILE, or one language, the edition holds that alone, and `latest` leads to it as to any other:
    name another folder with `--out` where `latest` is to stay with all of them.
    """
    from jiaokou.publishing import publish

    asked = {name: value for name, value in options.items() if value not in (None, (), False)}
    with progress(log_format) as tell:
        if checked is None:
            asked["wait"] = not asked.pop("no_wait", False)
            if "catalogue" in asked:
                return _publish_catalogue(tell=tell, **asked)
            if "scheduler" in asked or "://" in asked["out"]:
                raise WrongUseError("--scheduler, and an address as --out, are for --catalogue; name that too")
            click.echo(publish.publish(tell=tell, **asked).index)
            return 0
        if asked.keys() & {"briefings", "languages", "settings", "force", "no_wait", "keep", "unreviewed", "catalogue"}:
            raise WrongUseError("--check makes what the edition's receipt says; name nothing else to make")
        found = publish.reproduce(checked, tell=tell, **asked)
        click.echo("\n".join(found or [f"{checked}: made again, and the same to the byte"]))
        return int(bool(found))


def _publish_catalogue(*, package: str, out: str, tell: Any, **asked: Any) -> int:
    """Publish many packages; whoever reads the exit status is told which of them failed."""
    from jiaokou.catalogues.publish import publish_all

    if package:
        raise WrongUseError("--catalogue publishes the packages that it holds; leave out --package")
    if "scheduler" in asked and "jobs" in asked:
        raise WrongUseError("--jobs is for workers of this machine; those of --scheduler are as many as they are")
    if "notebooks" in asked:  # a worker has a working directory of its own
        asked["notebooks"] = asked["notebooks"].absolute()
    index, failed = publish_all(out=out, tell=tell, **asked)
    click.echo(index)
    if failed:
        raise JiaokouError(f"not published: {', '.join(failed)}; the last edition of each, if any, stays")
    return 0


@main.command(epilog=examples("audit"))
@package_option
@format_option
@option("audit.source", metavar="TEXT")
@option("audit.lang", type=click.Choice(LANGUAGES), default="en")
def audit(package: str, format_: str, source: str | None, lang: str) -> int:
    """Check which printed figures agree with each other; status 1 if a verdict is not the one known for the release."""
    import jiaokou
    from jiaokou.cli import terminal

    found = jiaokou.audit(package=package)
    printed = terminal.readable(found, "audit", lang, package) if format_ == "table" else found
    if source is not None:
        printed = terminal.quoted(printed.assign(observations=found["observations"]), source, package)
    terminal.show(printed, format_)
    # A known mismatch is the release's own; another verdict, or another number in it, is news in either direction.
    news = found.loc[~found["as_known"], "relation"]
    if len(news):
        click.echo(f"not as known for this release: {', '.join(news)}", err=True)
    return int(len(news) > 0)


@main.command(epilog=examples("verify"))
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
        click.echo(f"{text} is another text than the release (its sha256 differs); compared all the same", err=True)
    found = jiaokou.verify(content, package=package)
    printed = found[["paragraph", "kind", "subject", "message"]] if format_ == "table" else found
    terminal.show(printed, format_, empty="The data agree with the text.")
    return int(len(found) > 0)


@main.command(epilog=examples("data"))
@click.argument("section", required=False)
@option("data.table", type=click.Choice(TABLES))
@option("data.lang", type=click.Choice(LANGUAGES))
@package_option
@option("data.format", "form", type=click.Choice(FORMATS))
@option("data.out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE")
def data(
    section: str | None, table: str | None, lang: str | None, package: str, form: str | None, out: Path | None
) -> None:
    """The data of a SECTION, or of all: as a table to read, or as a file for a spreadsheet or a program.

    A CSV file starts with a byte order mark, for Excel; what is printed does not.
    """
    if form is None and (form := ENDINGS.get(out.suffix[1:].lower() if out else "")) is None:
        known = ", ".join(f".{ending}" for ending in ENDINGS if ending)
        raise click.UsageError(f"no format goes by the ending of {out}: use {known}, or name one with --format")
    if out is None and form in ("parquet", "xlsx"):
        raise click.UsageError(f"{form} is not for a terminal: say where to with --out FILE")
    from jiaokou import formats
    from jiaokou.cli import terminal

    spoken = [lang] if lang else list(LANGUAGES)
    names = [table] if table else TABLES if form == "xlsx" else TABLES[:1]
    served = {name: formats.served(name, section, package=package) for name in names}
    if form == "table":
        served = {name: terminal.readable(f, name, spoken[0], package) for name, f in served.items()}
    elif form != "xlsx":  # a workbook chooses its columns itself
        served = {name: formats.spoken(frame, spoken) for name, frame in served.items()}
    if out is None:
        terminal.show(served[names[0]], form)
        return
    if form == "table":
        formats.replace(out, terminal.as_tabs(served[names[0]]).encode())
    else:
        formats.write(out, form, served, lang=lang or "", package=package)
    click.echo(f"written: {out.absolute()}", err=True)


@main.command(epilog=examples("compare"))
@click.argument("before", metavar="EDITION")
@click.argument("after", metavar="EDITION")
@out_option
@format_option
def compare(before: str, after: str, out: str, format_: str) -> int:
    """What changed from one EDITION to another (names, or folders); status 1 if anything did."""
    from jiaokou.cli import terminal
    from jiaokou.publishing import diff, store

    held = [store.find(name, out) for name in (before, after)]
    found = diff.compare(*((folder, receipt["edition"]) for folder, receipt in held))
    terminal.show(found, format_, empty="The editions hold the same.")
    return int(len(found) > 0)


@main.command(epilog=examples("draft"))
@click.argument("text", type=click.Path(path_type=Path))
@click.argument("folder", metavar="DIR", required=False, type=click.Path(path_type=Path))
@option("draft.period", metavar="START/END", default="", show_default=False)
@option("draft.lang", "languages", multiple=True, type=click.Choice(LANGUAGES))
@option("draft.title", default="", show_default=False)
@option("draft.publisher", metavar="NAME", default="", show_default=False)
@option("draft.apply", "apply_rows", is_flag=True)
@option("draft.xlsx", "as_sheet", is_flag=True)
@option("draft.accuracy", is_flag=True)
def draft(text: Path, folder: Path | None, apply_rows: bool, accuracy: bool, **more: Any) -> None:
    """Draft the quantities of TEXT (plain text, PDF or Word) for a data package in DIR, to be reviewed in draft.csv.

    Drafting again, after a change of the text or of the rules, keeps what was decided wherever its sentence is the
    same. A new package is started where DIR is none.
    """
    from jiaokou.cli import terminal
    from jiaokou.drafting import command
    from jiaokou.drafting import draft as drafts

    if accuracy:
        terminal.show(drafts.accuracy(folder or text), "table", empty=WORDS["draft"]["undecided"])
        return
    if folder is None:
        raise click.UsageError("name the package's folder too: jiaokou draft TEXT DIR")
    made = command.draft_package(text, folder, apply_rows=apply_rows, **more)
    for key in ("done", "applied") if apply_rows else ("done",):
        click.echo(WORDS["draft"][key].format(**made.said))
    for key in ("lost", "untranslated"):
        if made.said.get(key):
            click.echo(WORDS["draft"][key].format(**made.said), err=True)
    for line in made.left:
        click.echo(WORDS["draft"]["left"].format(what=line), err=True)


@main.command(epilog=examples("new"))
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.argument("text", metavar="[TEXT]", required=False, type=click.Path(path_type=Path))
def new(folder: Path, text: Path | None) -> None:
    """Start an empty data package in DIR, a new or an empty folder, for another release or another county.

    TEXT is a file with the release's text: what identifies it (sha256, characters, paragraphs) is filled in; the text
    itself stays where it is.
    """
    from jiaokou.analysis import provenance
    from jiaokou.data.scaffold import start
    from jiaokou.drafting.observations import known_units

    identity = provenance.identity(provenance.read_text(text)) if text else None
    click.echo(WORDS["new"]["done"].format(folder=str(start(folder, identity, known_units()))))
