"""Charts of amounts and counts: how much, of what whole, how far from what was aimed at."""

from itertools import groupby

import pandas as pd

from jiaokou import wording
from jiaokou.charts.canvas import Canvas, Range, bounds, chart, hover_text, is_open
from jiaokou.charts.style import INK, TRACK, style_of
from jiaokou.errors import JiaokouError
from jiaokou.wording import Row
from jiaokou.wording.labels import periods


@chart("value", "unit")
def bars(canvas: Canvas, *, sort: bool = True) -> None:
    """Values of one unit as bars, largest first or as given; rows of `load()` or of `derived()`.

    Plans and targets are hatched, bounds drawn as whiskers where they can be seen. Raises JiaokouError for no rows,
    several units, ranks, or values below 0.
    """
    units = list(dict.fromkeys(str(row["unit"]) for row in canvas.rows))
    if len(units) > 1 or units == ["rank"]:
        raise JiaokouError(f"charts.bars draws lengths of one unit, not {', '.join(units)}: select rows of one unit")
    if any(row["value"] < 0 for row in canvas.rows):
        raise JiaokouError("charts.bars draws lengths, and a value is below 0: use charts.intervals")
    full = max(max(float(row["value"]), bounds(row)[1] or 0) for row in canvas.rows) or 1.0
    canvas.range = 0, full
    for row in sorted(canvas.rows, key=lambda row: -row["value"]) if sort else canvas.rows:
        value, style, hover = float(row["value"]), style_of("basis", row.get("basis")), canvas.hover(row)
        low, high = bounds(row)
        entry = canvas.entry(canvas.name(row), canvas.quantity(row), row=row, at=max(value, high or 0))
        entry.bar(0, value, style, hover)
        if is_open(row):
            entry.mark("arrow", value, style.color, hover)
        elif low is not None and high is not None and high - low > 0.015 * full:
            entry.bar(low, high - low, INK, hover, 2)
    canvas.describe("bars" if sort else "bars_as_given", _reading(canvas, canvas.rows))


@chart("value", "unit")
def progress(canvas: Canvas, *, wholes: pd.DataFrame | None = None, without: pd.DataFrame | None = None) -> None:
    """Parts of their wholes, on one axis from 0 to 100 per cent: of `wholes` row by row, or percentages themselves.

    A whole may be a target, and stand beside several parts; those `without` any printed part are named too. Raises
    JiaokouError for no rows, frames of unequal length, units that differ, a whole of 0, or growth.
    """
    hundred: Row = {"value": 100.0, "unit": "percent"}
    pairs = _pairs(canvas, [hundred] * len(canvas.rows) if wholes is None else wording.rows(wholes), canvas.rows)
    measures = wording.records(canvas.package, "indicators")
    for whole, part in pairs:
        indicator = part.get("indicator")  # a computed row has none
        if wholes is None and not (wording.missing(indicator) or measures[indicator]["measure"] == "share"):
            raise JiaokouError(f"charts.progress got {indicator}, which is no part of a whole: use charts.bars")
        share, value, detail = _share(canvas, part, whole), canvas.quantity(part), ""
        if wholes is not None:
            detail = canvas.say("part_of_whole", part=value, whole=canvas.quantity(whole))
            value = canvas.say(
                "of_basis", label=_percent(canvas, share), basis=canvas.code("basis", _basis(canvas, part))
            )
        style, hover = style_of("basis", _basis(canvas, part)), canvas.hover(part)
        entry = canvas.entry(canvas.name(part), value, detail=detail, row=part, at=1)
        entry.bar(0, 1, TRACK, hover).bar(0, share, style, hover)
        if is_open(part):
            entry.mark("arrow", share, style.color, hover)
    for aim in [] if without is None else wording.rows(without):
        label, none = canvas.name(aim), canvas.say("no_value")
        canvas.entry(label, none, detail=canvas.quantity(aim), row=aim, at=1).bar(0, 1, TRACK, hover_text(label, none))
    canvas.ticks = {share: _percent(canvas, share) for share in (0, 0.25, 0.5, 0.75, 1)}
    canvas.describe("progress", _reading(canvas, canvas.rows))


@chart("value", "unit")
def decomposition(canvas: Canvas, *, parts: pd.DataFrame, rest: str = "") -> None:
    """Wholes, the parts printed of each below it, and the `rest`, which is computed with its bounds.

    `parts` has a row for each row of wholes; one that stands several times in a row has several parts. Each whole has
    a length of its own. Raises JiaokouError for no rows, frames of unequal length, units that differ, a whole of 0.
    """
    given = wording.rows(parts)
    pairs = _pairs(canvas, canvas.rows, given)
    for _, group in groupby(pairs, key=lambda pair: (canvas.name(pair[0]), pair[0]["value"])):
        (whole, *_), of_it = (list(each) for each in zip(*group, strict=True))
        start, left, full = 0.0, bounds(whole), canvas.quantity(whole)
        _segment(canvas, whole, 0, 1, full)
        for part in of_it:
            share, text = _share(canvas, part, whole), canvas.quantity(part)
            value = canvas.say("in_brackets", text=text, more=_percent(canvas, share))
            _segment(canvas, part, start, share, value, canvas.say("part_of_whole", part=text, whole=full))
            start, left = start + share, _less(left, bounds(part))
        over = {"value": float(whole["value"]) * (1 - start), "qualifier": None, "lower": left[0], "upper": left[1]}
        label, text = rest or canvas.say("the_rest"), canvas.quantity(dict(whole) | over)
        value = canvas.say("in_brackets", text=text, more=_percent(canvas, 1 - start))
        canvas.entry(label, value, at=1).bar(start, 1 - start, TRACK, hover_text(label, value))
    canvas.describe("decomposition", _reading(canvas, [*canvas.rows, *given]))


@chart()
def composition(canvas: Canvas, *, by: str) -> None:
    """How many rows there are of each value of the column `by` (basis, claim, stage, topic, section …), as bars.

    Ordered categories keep their order; others go from the most frequent down. Raises JiaokouError for no rows.
    """
    groups, total = canvas.groups(by), len(canvas.rows)
    if not getattr(canvas.frame[by].dtype, "ordered", False):
        groups.sort(key=lambda group: -len(group[2]))
    for code, label, rows in groups:
        text = canvas.say("count_share", n=len(rows), share=_percent(canvas, len(rows) / total))
        canvas.entry(label, text, at=len(rows)).bar(0, len(rows), style_of(by, code), hover_text(label, text))
    canvas.range = 0, max(len(rows) for *_, rows in groups)
    canvas.describe("composition", groups=len(groups))


def _segment(canvas: Canvas, row: Row, start: float, share: float, value: str, said: str = "") -> None:
    entry = canvas.entry(canvas.name(row), value, said, row=row, at=start + share)
    entry.bar(start, share, style_of("basis", row.get("basis")), canvas.hover(row))


def _pairs(canvas: Canvas, wholes: list[Row], parts: list[Row]) -> list[tuple[Row, Row]]:
    if len(wholes) != len(parts):
        raise JiaokouError(
            f"charts.{canvas.chart} got {len(parts)} parts and {len(wholes)} wholes: give one for each part"
        )
    return list(zip(wholes, parts, strict=True))


def _share(canvas: Canvas, part: Row, whole: Row) -> float:
    """The part as a fraction of its whole."""
    if part["unit"] != whole["unit"] or not whole["value"]:
        raise JiaokouError(
            f"charts.{canvas.chart} got a part in {part['unit']} of a whole of {whole['value']} in {whole['unit']}: "
            "give both in one unit, and no whole of 0"
        )
    return float(part["value"]) / float(whole["value"])


def _less(one: Range, other: Range) -> Range:
    """The bounds of a difference."""
    (low, high), (least, most) = one, other
    return None if low is None or most is None else low - most, None if high is None or least is None else high - least


def _basis(canvas: Canvas, row: Row) -> str:
    """What kind of claim a row is; a computed one is of its first operand's."""
    operand = wording.records(canvas.package, "observations").get(row.get("first"), {})
    return str(operand.get("basis", "actual") if wording.missing(row.get("basis")) else row["basis"])


def _percent(canvas: Canvas, share: float) -> str:
    return canvas.quantity({"value": round(share * 100, 0 if share >= 0.01 else 1), "unit": "percent"})


def _reading(canvas: Canvas, rows: list[Row]) -> str:
    """The periods, for the description; how hatching and arrows are read becomes part of the subtitle."""
    is_planned = any(style_of("basis", _basis(canvas, row)).shape for row in rows)
    canvas.keys = [canvas.say("hatched") * is_planned, canvas.say("open_end") * any(map(is_open, rows))]
    return periods(rows, canvas.lang)
