"""How far a publication has come."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from jiaokou.publishing.run import Outcome


@contextmanager
def progress() -> Iterator[tuple[Callable[[int], None], Callable[[Outcome], None]]]:
    """A progress bar on a terminal, and one line for each run otherwise; both on standard error."""
    console = Console(stderr=True)
    if not console.is_terminal:

        def line(outcome: Outcome) -> None:
            click.echo(f"{outcome.run.name}  {outcome.seconds:.1f} s  {outcome.error or 'done'}", err=True)

        yield lambda runs: None, line
        return
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("", total=None)

        def report(outcome: Outcome) -> None:
            progress.update(task, advance=1, description=outcome.run.name)
            if outcome.error:
                progress.console.print(
                    f"{outcome.run.name}: {outcome.error}", style="red", markup=False, highlight=False
                )

        yield lambda runs: progress.update(task, total=runs), report
