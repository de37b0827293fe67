"""Charts of bounds, of change between two years, and of the audit's relations."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd

from jiaokou import wording
from jiaokou.charts.canvas import LINE, SMALL_TEXT, Canvas, Entry, Range, bounds, chart, escape, hover_text
from jiaokou.charts.style import DONE, INK, SHADED, TRACK, style_of, themed
from jiaokou.errors import JiaokouError
from jiaokou.wording import Row
from jiaokou.wording.labels import cells, periods

_START = 80  # pixels that the value at the start of a slope is high


@chart("value", "lower", "upper", "unit")
def intervals(canvas: Canvas) -> None:
    """Bounds as ranges on one labelled axis, and the value as a dot; an open end runs to the edge.

    Of two rows, what they have in common is shaded, or the gap between them written. Raises JiaokouError for no rows,
    or several units.
    """
    if len(units := {str(row["unit"]) for row in canvas.rows}) > 1:
        raise JiaokouError(f"charts.intervals draws one scale, not {', '.join(sorted(units))}: select rows of one unit")
    unit, ranges = units.pop(), [bounds(row) for row in canvas.rows]
    canvas.range = left, right = _edges([end for range_ in ranges for end in range_ if end is not None], unit)
    for row, (low, high) in zip(canvas.rows, ranges, strict=True):
        label, text = canvas.name(row), canvas.interval(low, high, unit, row=row)
        start, end, hover = left if low is None else low, right if high is None else high, hover_text(label, text)
        entry = canvas.entry(label, text, at=end)
        entry.bar(left, right - left, TRACK, hover, 2).bar(start, end - start, DONE, hover)
        entry.mark("dot", float(row["value"]), INK.color, hover)
    canvas.ticks = {number: canvas.amount(number, unit) for number in _round_numbers(canvas, unit)}
    canvas.keys = _compared(canvas, unit, ranges) if len(ranges) == 2 else []
    canvas.describe("intervals", *canvas.keys, periods(canvas.rows, canvas.lang))


def _edges(ends: Sequence[float], unit: str) -> tuple[float, float]:
    """The ends of ranges, with room at both sides; 0 to 100 for percentages that are far apart."""
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    if unit == "percent" and low >= 0 and high <= 100 and high - low > 40:
        return 0, 100
    room = (high - low) * 0.15 or abs(low) * 0.1 or 1.0
    return low - room, high + room


def _round_numbers(canvas: Canvas, unit: str) -> list[float]:
    """Some round numbers: about four if they are short, else two or three."""
    left, right = canvas.range
    rough = (right - left) / (4 if cells(canvas.amount(round(right), unit)) <= 5 else 2.5)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    return [round(step * n, 12) for n in range(math.ceil(left / step), math.floor(right / step) + 1)]


def _compared(canvas: Canvas, unit: str, ranges: Iterable[Range]) -> list[str]:
    """What ranges have in common, or how far they are apart, shaded; nothing where an open end leaves it unsaid."""
    lows, highs = zip(*ranges, strict=True)
    if None in lows + highs:
        return []
    start, end = max(lows), min(highs)
    canvas.shapes = [SHADED | {"x0": start, "x1": end}]
    if start > end:
        return [canvas.say("gap_between", gap=canvas.interval(start - end, None, unit))]
    return [canvas.say("in_common", range=canvas.interval(start, end, unit))]


@chart("value", "lower", "upper", "unit", "period_end")
def slopes(canvas: Canvas, *, ends: pd.DataFrame, rates: pd.DataFrame | None = None) -> None:
    """Each value and what it grew to, or is to grow to: a line above a base line of 0, steady growth between the two.

    Rows of `ends` belong to those of `starts` and have the same unit; `rates` says the yearly growth of each. A start
    is as high in every chart, so that one growth has one slope. Raises JiaokouError for no rows, ranks, frames of
    unequal length, or an end that is not later or not above 0.
    """
    others = wording.rows(ends)
    growth: list[Row | None] = [None] * len(others) if rates is None else [*wording.rows(rates)]
    if not len(canvas.rows) == len(others) == len(growth):
        raise JiaokouError(f"charts.slopes got {len(canvas.rows)} starts and {len(others)} ends: give one for each")
    for start, end, rate in zip(canvas.rows, others, growth, strict=True):
        unit, positive = str(start["unit"]), min(start["value"], end["value"]) > 0
        if unit == "rank" or unit != end["unit"] or not positive or _year(start) >= _year(end):
            named = f"{canvas.name(start)} to {canvas.name(end)}"
            raise JiaokouError(f"charts.slopes draws growth of one unit to a later year, not {named}")
        texts = [canvas.interval(*bounds(row), unit, row=row) for row in (start, end)]
        yearly = "" if rate is None else canvas.say("per_year", growth=canvas.interval(*bounds(rate), "percent"))
        name = canvas.name(end if wording.missing(start.get("printed")) else start)
        said = canvas.say("path_item", start=texts[0], end=texts[1], growth=yearly)
        entry = canvas.entry(name, "", said, detail=yearly)
        _slope(canvas, entry, start, end, texts)
    canvas.keys = [canvas.say("from_zero")]
    canvas.describe("slopes")


def _slope(canvas: Canvas, entry: Entry, start: Row, end: Row, texts: list[str]) -> None:
    """A line with a dot for each year, both values at its ends, and the base line below it."""
    first, years = _year(start), _year(end) - _year(start)
    ratio = float(end["value"]) / float(start["value"])
    x = [0.02 + 0.96 * n / years for n in range(years + 1)]
    heights = [_START * ratio ** (n / years) for n in range(years + 1)]
    named = [canvas.say("year", year=str(first + n)) for n in range(years + 1)]
    entry.depth = base = LINE + max(heights)
    entry.add("bar", {"marker": TRACK.marker}, base=0, x=1, width=2, hovertext="", down=base)
    for place, year, height in zip(x, named, heights, strict=True):
        entry.add("line", {"name": entry.label}, x=place, down=base - height, hovertext=hover_text(entry.label, year))
    before, after = (8, -4) if ratio > 1 else (-4, 8)  # both texts stand off the line
    for n, apart, side in ((0, before, "right"), (-1, after, "left")):
        text = themed(escape(canvas.say("item", label=named[n], text=texts[n])))
        side = f"{'bottom' if apart > 0 else 'top'} {side}"
        entry.add("text", SMALL_TEXT, x=x[n], down=base - heights[n] + apart, text=text, textposition=side)
    entry.add("text", SMALL_TEXT, x=0, down=base, text=themed("0"), textposition="top right")


def _year(row: Row) -> int:
    return int(pd.Timestamp(row["period_end"]).year)


@chart("verdict", "observations")
def relations(canvas: Canvas) -> None:
    """Each row of `audit()` as a line of arithmetic, its verdict, and what it rests on.

    What has a limit is a bar from 0, on a track that ends at the limit. Nothing is drawn of sides that should be equal
    (`intervals` draws two ranges), nor where nothing can be compared. Raises JiaokouError for no rows.
    """
    for row in canvas.rows:
        label, verdict = canvas.name(row), canvas.code("verdict", row["verdict"])
        judged = canvas.say("judged", arithmetic=canvas.arithmetic(row), verdict=verdict)
        entry = canvas.entry(label, "", judged, notes=[judged, canvas.because(row)])
        low, high = bounds(row, "found_")
        reached = low if high is None else high
        limits = [end for end in bounds(row, "expected_") if end is not None]
        if len(limits) == 1 and reached is not None and reached >= 0 < (limit := limits[0]):
            style, hover, full = style_of("verdict", row["verdict"]), hover_text(label, judged), max(limit, reached)
            entry.bar(0, limit / full, TRACK, hover).bar(0, reached / full, style, hover)
            entry.mark("limit", limit / full, INK.color, hover)
            if high is None:
                entry.mark("arrow", reached / full, style.color, hover)
    canvas.describe("audit")
