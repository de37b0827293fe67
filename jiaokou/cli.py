"""The command ``jiaokou``. Exit status: 0 all well, 1 something was found or failed, 2 wrong use, 130 interrupted.

What a command needs is imported when it runs: pandas, nbconvert and plotly would make ``--help`` wait for seconds.
"""

import signal
import sys
from pathlib import Path
from typing import Any

import click

from jiaokou.errors import JiaokouError, WrongUseError

FORMATS = ("table", "json", "csv", "parquet", "xlsx")

package_option = click.option(
    "--package", metavar="DIR", default="", help="A data package's folder; default: Jiaokou's own."
)
format_option = click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS[:2]),
    default="table",
    show_default=True,
    help="How to print.",
)


class _Command(click.Group):
    """Commands return their exit status; whatever goes wrong is one line on standard error."""

    def main(self, args: Any = None, *more: Any, **extra: Any) -> Any:
        args = list(sys.argv[1:] if args is None else args)
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
        except click.ClickException as error:
            status = _fail(error.format_message(), error.exit_code)
        except Exception as error:
            if "--debug" in args:
                raise
            status = 2 if isinstance(error, WrongUseError) else 1
            if isinstance(error, JiaokouError):
                _fail(str(error), status)
            else:
                _fail(
                    f"{type(error).__name__}: {error} (a defect of jiaokou; jiaokou --debug … shows where)",
                    status,
                )
        sys.exit(status or 0)


def _fail(message: str, status: int) -> int:
    click.echo(f"error: {' '.join(message.split())}", err=True)
    return status


@click.group("jiaokou", cls=_Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="jiaokou")
@click.option("--debug", is_flag=True, expose_value=False, help="Show the whole traceback of an error.")
def main() -> None:
    """A county's printed five-year-plan summary as tidy data, notebooks and bilingual briefings."""


@main.command()
@click.argument("briefings", nargs=-1, metavar="[BRIEFING]...")
@click.option(
    "--lang", "languages", multiple=True, metavar="zh|en", help="Language; may be repeated. Default: all."
)
@package_option
@click.option("--out", default="editions", show_default=True, metavar="DIR", help="Where editions are kept.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Notebooks at a time. Default: one for each core."
)
@click.option(
    "--timeout",
    type=click.FloatRange(1),
    default=600,
    show_default=True,
    metavar="S",
    help="Seconds for a run.",
)
@click.option(
    "--retries",
    type=click.IntRange(0),
    default=1,
    show_default=True,
    metavar="N",
    help="Further tries where a kernel died.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="NAME=VALUE", help="A notebook's parameter; may be repeated."
)
@click.option("--force", is_flag=True, help="Make the edition again though nothing has changed.")
def publish(jobs: int | None, **options: Any) -> None:
    """Run notebooks and publish their briefings as an edition: all of them, or each BRIEFING (economy, 01_economy)."""
    from jiaokou.publishing import edition
    from jiaokou.publishing.progress import progress

    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a scheduler's stop is as clean as Ctrl-C
    with progress() as (started, report):
        made = edition.publish(jobs=jobs or 0, started=started, report=report, **options)
    click.echo(f"{made.index}{'' if made.made else ' (nothing has changed; --force makes it again)'}")


@main.command()
@package_option
@format_option
@click.option(
    "--source", metavar="TEXT", help="The release's text: show each number in its sentence, here alone."
)
def audit(package: str, format_: str, source: str | None) -> int:
    """Check which printed figures agree with each other; status 1 if a verdict is not the one known for the release."""
    import jiaokou
    from jiaokou.publishing import frames

    found = jiaokou.audit(package=package)
    if source:
        frames.show(frames.quoted(found, source, package), format_)
    elif format_ == "table":
        frames.show(frames.argued(found, package), format_)
    else:
        frames.show(found, format_)
    # A known mismatch is the release's own; another verdict, or another number in it, is news in either direction.
    news = found.loc[~found["as_known"], "relation"]
    if len(news):
        click.echo(f"not as known for this release: {', '.join(news)}", err=True)
    return int(len(news) > 0)


@main.command()
@click.argument("text", type=click.Path(path_type=Path))
@package_option
@format_option
def verify(text: Path, package: str, format_: str) -> int:
    """Compare the data with TEXT, a file with the release's text; status 1 if they differ."""
    import jiaokou
    from jiaokou.provenance import is_release, read_text
    from jiaokou.publishing import frames

    content = read_text(text)
    if not is_release(content, package=package):
        click.echo(
            f"{text} is another text than the release (its sha256 differs); compared all the same", err=True
        )
    found = jiaokou.verify(content, package=package)
    frames.show(
        found, format_, ["paragraph", "kind", "subject", "message"], empty="The data agree with the text."
    )
    return int(len(found) > 0)


@main.command()
@click.argument("section", required=False)
@click.option("--lang", metavar="zh|en", help="Labels in this language only; for tables the default is zh.")
@package_option
@click.option(
    "--format",
    "format_",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How to write.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where to; default: the terminal.",
)
def data(section: str | None, lang: str | None, package: str, format_: str, out: Path | None) -> None:
    """The observations of a SECTION, or of all."""
    import jiaokou
    from jiaokou.publishing import frames
    from jiaokou.publishing.parameters import languages

    if out is None and format_ in ("parquet", "xlsx"):
        raise click.UsageError(f"{format_} is not for a terminal: say where to with --out FILE")
    sections = list(jiaokou.sections(package=package)["section"])
    if section and section not in sections:
        raise click.UsageError(f"no section {section!r}; there are: {', '.join(sections)}")
    observations = jiaokou.load(section, package=package)
    spoken = languages([lang] if lang else [])
    frame = (
        frames.readable(observations, spoken[0], package)
        if format_ == "table"
        else frames.spoken(observations, spoken)
    )
    if out:
        frames.write(frame, format_, out)
    else:
        frames.show(frame, format_)


@main.command()
@click.argument("before", metavar="EDITION")
@click.argument("after", metavar="EDITION")
@format_option
def compare(before: str, after: str, format_: str) -> int:
    """What changed from one EDITION to another (their folders); status 1 if anything did."""
    from jiaokou.publishing import comparison, frames

    found = comparison.compare(before, after)
    frames.show(found, format_, empty="The editions hold the same.")
    return int(len(found) > 0)
