"""Charts of the audit: the verdicts at a glance, and each relation as a line of arithmetic with its intervals."""

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.canvas import BAR, GAP, Canvas, bounds, groups, hover_text
from jiaokou.charts.ranges import Range, draw, scale
from jiaokou.charts.style import DONE, VERDICT
from jiaokou.wording import Named, Row
from jiaokou.wording.languages import check_frame

_TILES = 16  # tiles in a line of `verdicts`


def verdicts(
    frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """One tile for each row of `audit()`, in a line for each verdict; hovering names the relation.

    The verdicts keep the order of their code list. Raises JiaokouError for no rows.
    """
    check_frame(frame, "charts.verdicts", "verdict", "observations")
    canvas = Canvas(frame, lang, package, "verdicts")
    said = []
    for label, rows in groups(canvas, frame, "verdict", "verdicts"):
        said.append((label, canvas.say("relations", n=len(rows))))
        canvas.label(*said[-1])
        for i, row in enumerate(rows):
            canvas.top += BAR + 7 if i and i % _TILES == 0 else 0
            style = VERDICT.get(str(row["verdict"]), DONE)
            lines = [canvas.name(row), _arithmetic(canvas, row), _because(canvas, row)]
            canvas.bar(i % _TILES, 0.88, style, hover_text(lines), BAR + 4)
        canvas.top += 4
        canvas.next()
    described = canvas.say("verdict_tiles", n=len(canvas.rows), items=canvas.items(said))
    return canvas.finish(title, source, [described], said, right=_TILES)


def relations(
    frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """Each row of `audit()` as a line of arithmetic, what it rests on, and what is found within what is expected.

    The wide pale band is what is expected, the thin one what is found; each row has a scale of its own, and an open
    end runs to the edge. Sides that are the same number, or cannot be told, are not drawn. Raises
    JiaokouError for no rows.
    """
    check_frame(frame, "charts.relations", "verdict", "observations")
    canvas = Canvas(frame, lang, package, "relations")
    said = []
    for row in canvas.rows:
        ranges = [
            bounds({end: row[f"{what}_{end}"] for end in ("lower", "upper")})
            for what in ("expected", "found")
        ]
        verdict = wording.code(canvas.package, "verdict", str(row["verdict"]), lang)
        arithmetic = _arithmetic(canvas, row)
        said.append((canvas.name(row), canvas.say("judged", arithmetic=arithmetic, verdict=verdict)))
        canvas.label(canvas.name(row), verdict)
        canvas.note(arithmetic, _because(canvas, row))
        notes = _notes(canvas, row, ranges)
        if notes and ranges[0] != ranges[1]:  # one number on both sides is no picture
            color = VERDICT.get(str(row["verdict"]), DONE).color
            hover = hover_text([canvas.name(row), arithmetic, *notes])
            draw(canvas, ranges, scale(ranges), color, hover)
            canvas.top += BAR + 6
            canvas.note(*notes)
        canvas.top += GAP
    described = canvas.say("audit", n=len(said), items=canvas.items(said))
    return canvas.finish(title, source, [described, canvas.say("own_scale_rows")], said)


def _arithmetic(canvas: Canvas, row: Row) -> str:
    return wording.arithmetic(row, canvas.lang, canvas.package)


def _because(canvas: Canvas, row: Row) -> str:
    return wording.because(row, canvas.lang, canvas.package)


def _notes(canvas: Canvas, row: Row, ranges: Sequence[Range]) -> list[str]:
    """What is found and what is expected, in words; nothing where nothing can be compared."""
    if ranges[1] == (None, None):
        return []
    found, expected = (wording.side(row, what, canvas.lang, canvas.package) for what in ("found", "expected"))
    return [canvas.say("found_is", range=found), canvas.say("expected_is", range=expected)]
