"""Charts of amounts and counts: how much, of what whole, how far from what was aimed at."""

from collections.abc import Sequence
from itertools import groupby
from math import inf, isfinite

import pandas as pd

from jiaokou import wording
from jiaokou.charts.canvas import Canvas, bounds, chart, hover_text, is_open
from jiaokou.charts.style import INK, TRACK, style_of
from jiaokou.errors import JiaokouError
from jiaokou.wording import Row
from jiaokou.wording.labels import periods


@chart("value", "unit")
def bars(canvas: Canvas) -> None:
    """Values of one unit as bars, largest first; rows of `load()` or of `derived()`.

    Plans and targets are hatched, bounds drawn as whiskers where they can be seen. Raises JiaokouError for no rows,
    several units, ranks, or values below 0.
    """
    units = list(dict.fromkeys(str(row["unit"]) for row in canvas.rows))
    if len(units) > 1 or units == ["rank"]:
        raise JiaokouError(f"charts.bars draws lengths of one unit, not {', '.join(units)}: select rows of one unit")
    if any(row["value"] < 0 for row in canvas.rows):
        raise JiaokouError("charts.bars draws lengths, and a value is below 0: use charts.intervals")
    ends = [end for row in canvas.rows for end in (row["value"], bounds(row)[1]) if isfinite(end)]
    canvas.range = 0, max(ends) or 1.0
    for row in sorted(canvas.rows, key=lambda row: -row["value"]):
        value, (low, high) = float(row["value"]), bounds(row)
        canvas.entry(canvas.name(row), canvas.quantity(row), row=row, at=max(filter(isfinite, (value, high))))
        _bar(canvas, row, 0, value)
        if 0.015 * canvas.range[1] < high - low < inf and not is_open(row):
            canvas.bar(low, high - low, INK, 2)
    _describe(canvas, "bars", canvas.rows)


@chart("value", "unit")
def progress(canvas: Canvas, *, wholes: pd.DataFrame | None = None, without: pd.DataFrame | None = None) -> None:
    """Parts of their wholes, on one axis from 0 to 100 per cent: of `wholes` row by row, or percentages themselves.

    A whole may be a target, and stand beside several parts; those `without` any printed part are named too. Raises
    JiaokouError for no rows, frames of unequal length, units that differ, a whole of 0, or growth.
    """
    hundred: Row = {"value": 100.0, "unit": "percent"}
    measures = wording.records(canvas.package, "indicators")
    all_ = [hundred] * len(canvas.rows) if wholes is None else wording.rows(wholes)
    for part, whole in canvas.together(parts=canvas.rows, wholes=all_):
        indicator = part.get("indicator")  # a computed row has none
        if wholes is None and not (wording.missing(indicator) or measures[indicator]["measure"] == "share"):
            raise JiaokouError(f"charts.progress got {indicator}, which is no part of a whole: use charts.bars")
        share, value, detail = _share(canvas, part, whole), canvas.quantity(part), ""
        if wholes is not None:
            detail = canvas.say("part_of_whole", part=value, whole=canvas.quantity(whole))
            basis = canvas.code("basis", _basis(canvas, part))
            value = canvas.say("of_basis", label=_percent(canvas, share), basis=basis)
        canvas.entry(canvas.name(part), value, detail=detail, row=part, at=1)
        canvas.bar(0, 1, TRACK)
        _bar(canvas, part, 0, share)
    for aim in [] if without is None else wording.rows(without):
        label, none = canvas.name(aim), canvas.say("no_value")
        canvas.entry(label, none, detail=canvas.quantity(aim), row=aim, at=1)
        canvas.bar(0, 1, TRACK, hover=hover_text(label, none))
    canvas.ticks = {share: _percent(canvas, share) for share in (0, 0.25, 0.5, 0.75, 1)}
    _describe(canvas, "progress", canvas.rows)


@chart("value", "unit")
def decomposition(canvas: Canvas, *, parts: pd.DataFrame, rest: str = "") -> None:
    """Wholes, the parts printed of each below it, and the `rest`, which is computed with its bounds.

    `parts` has a row for each row of wholes; one that stands several times in a row has several parts. Each whole has
    a length of its own. Raises JiaokouError for no rows, frames of unequal length, units that differ, a whole of 0.
    """
    given = wording.rows(parts)
    pairs = canvas.together(parts=given, wholes=canvas.rows)
    for _, group in groupby(pairs, key=lambda pair: (canvas.name(pair[1]), pair[1]["value"])):
        of_it, (whole, *_) = zip(*group, strict=True)
        start, (low, high), full = 0.0, bounds(whole), canvas.quantity(whole)
        canvas.entry(canvas.name(whole), full, row=whole, at=1)
        _bar(canvas, whole, 0, 1)
        for part in of_it:
            share, text = _share(canvas, part, whole), canvas.quantity(part)
            value = canvas.say("in_brackets", text=text, more=_percent(canvas, share))
            said = canvas.say("part_of_whole", part=text, whole=full)
            canvas.entry(canvas.name(part), value, said, row=part, at=start + share)
            _bar(canvas, part, start, share)
            least, most = bounds(part)
            start, low, high = start + share, low - most, high - least
        left = {"lower": low if isfinite(low) else None, "upper": high if isfinite(high) else None}
        over = {"value": float(whole["value"]) * (1 - start), "qualifier": None} | left
        text = canvas.say("in_brackets", text=canvas.quantity(dict(whole) | over), more=_percent(canvas, 1 - start))
        canvas.entry(rest or canvas.say("the_rest"), text, at=1)
        canvas.bar(start, 1 - start, TRACK)
    _describe(canvas, "decomposition", [*canvas.rows, *given])


@chart()
def composition(canvas: Canvas, *, by: str) -> None:
    """How many rows there are of each value of the column `by` (basis, claim, stage, topic, section …), as bars.

    Ordered categories keep their order; others go from the most frequent down. Raises JiaokouError for no rows.
    """
    groups, total = canvas.groups(by), len(canvas.rows)
    if not getattr(canvas.frame[by].dtype, "ordered", False):
        groups.sort(key=lambda group: -len(group[2]))
    canvas.range = 0, max(len(rows) for *_, rows in groups)
    for code, label, rows in groups:
        text = canvas.say("count_share", n=len(rows), share=_percent(canvas, len(rows) / total))
        canvas.entry(label, text, at=len(rows))
        canvas.bar(0, len(rows), style_of(by, code))
    canvas.describe("composition", groups=len(groups))


def _bar(canvas: Canvas, row: Row, start: float, length: float) -> None:
    """Draw a row as its kind of claim looks, with an arrow where it may be more."""
    style = style_of("basis", _basis(canvas, row))
    canvas.bar(start, length, style)
    if is_open(row):
        canvas.mark("arrow", start + length, style.color)


def _share(canvas: Canvas, part: Row, whole: Row) -> float:
    """The part as a fraction of its whole."""
    if part["unit"] != whole["unit"] or not whole["value"]:
        raise JiaokouError(
            f"charts.{canvas.chart} got a part in {part['unit']} of a whole of {whole['value']} in {whole['unit']}: "
            "give both in one unit, and no whole of 0"
        )
    return float(part["value"]) / float(whole["value"])


def _basis(canvas: Canvas, row: Row) -> str:
    """What kind of claim a row is; a computed one is of its first operand's."""
    operand = wording.records(canvas.package, "observations").get(row.get("first"), {})
    return str(operand.get("basis", "actual") if wording.missing(row.get("basis")) else row["basis"])


def _percent(canvas: Canvas, share: float) -> str:
    return canvas.quantity({"value": round(share * 100, 0 if share >= 0.01 else 1), "unit": "percent"})


def _describe(canvas: Canvas, key: str, rows: Sequence[Row]) -> None:
    """Describe the figure, with the rows' periods; the subtitle says how hatching and arrows are read."""
    is_planned = any(style_of("basis", _basis(canvas, row)).shape for row in rows)
    canvas.keys = [canvas.say("hatched") * is_planned, canvas.say("open_end") * any(map(is_open, rows))]
    canvas.describe(key, periods(rows, canvas.lang))
