"""Charts of bounds, of change between two years, and of the audit's relations."""

import math
from collections.abc import Sequence
from math import isfinite

import pandas as pd

from jiaokou import wording
from jiaokou.charts.canvas import BAR, LINE, Canvas, bounds, chart, hover_text
from jiaokou.charts.style import DONE, INK, SHADED, TRACK, style_of
from jiaokou.errors import JiaokouError
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
    left, right = _scale(canvas, [end for each in ranges for end in each if isfinite(end)], unit)
    for row, (low, high) in zip(canvas.rows, ranges, strict=True):
        start, end = max(left, low), min(right, high)
        canvas.entry(canvas.name(row), wording.interval(row, *canvas.words), at=end)
        canvas.bar(left, right - left, TRACK, 2)
        canvas.bar(start, end - start, DONE)
        canvas.mark("dot", float(row["value"]), INK.color)
    canvas.keys = _compared(canvas, unit, ranges) if len(ranges) == 2 else []
    canvas.describe("intervals", *canvas.keys, periods(canvas.rows, canvas.lang))


def _scale(canvas: Canvas, ends: Sequence[float], unit: str) -> tuple[float, float]:
    """An axis with room at both sides of these ends, and some round numbers: about four if short, else two or three.

    Percentages that are far apart have one from 0 to 100.
    """
    low, high = min(ends, default=0.0), max(ends, default=0.0)
    room = (high - low) * 0.15 or abs(low) * 0.1 or 1.0
    is_whole = unit == "percent" and low >= 0 and high <= 100 and high - low > 40
    canvas.range = left, right = (0, 100) if is_whole else (low - room, high + room)
    last = canvas.quantity({"value": round(right), "unit": unit, "qualifier": "exact"})
    rough = (right - left) / (4 if cells(last) <= 5 else 2.5)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    ticks = [round(step * n, 12) for n in range(math.ceil(left / step), math.floor(right / step) + 1)]
    canvas.ticks = {tick: canvas.quantity({"value": tick, "unit": unit, "qualifier": "exact"}) for tick in ticks}
    return canvas.range


def _compared(canvas: Canvas, unit: str, ranges: Sequence[tuple[float, float]]) -> list[str]:
    """What ranges have in common, or how far they are apart, shaded; nothing where an open end leaves it unsaid."""
    lows, highs = zip(*ranges, strict=True)
    if not all(map(isfinite, lows + highs)):
        return []
    start, end = max(lows), min(highs)
    canvas.shapes = [SHADED | {"x0": start, "x1": end}]
    key, low, high = ("gap_between", start - end, None) if start > end else ("in_common", start, end)
    found = wording.interval({"lower": low, "upper": high, "unit": unit}, *canvas.words)
    return [canvas.say(key, range=found)]


@chart("value", "lower", "upper", "unit", "period_end")
def slopes(canvas: Canvas, *, ends: pd.DataFrame, rates: pd.DataFrame | None = None) -> None:
    """Each value and what it grew to, or is to grow to: a line above a base line of 0, steady growth between the two.

    Rows of `ends` belong to those of `starts` and have the same unit; `rates` says the yearly growth of each. A start
    is as high in every chart, so that one growth has one slope. Raises JiaokouError for no rows, ranks, frames of
    unequal length, or an end that is not later or not above 0.
    """
    others = wording.rows(ends)
    yearly = [""] * len(others)
    if rates is not None:
        yearly = [canvas.say("per_year", growth=wording.interval(rate, *canvas.words)) for rate in wording.rows(rates)]
    for start, end, growth in canvas.together(starts=canvas.rows, ends=others, rates=yearly):
        unit, positive = str(start["unit"]), min(start["value"], end["value"]) > 0
        if unit == "rank" or unit != end["unit"] or not positive or start["period_end"].year >= end["period_end"].year:
            path = f"{canvas.name(start)} to {canvas.name(end)}"
            raise JiaokouError(f"charts.slopes draws growth of one unit to a later year, not {path}")
        texts = [wording.interval(row, *canvas.words) for row in (start, end)]
        name = canvas.name(end if wording.missing(start.get("printed")) else start)
        said = canvas.say("path_item", start=texts[0], end=texts[1], growth=growth)
        first, ratio = start["period_end"].year, float(end["value"]) / float(start["value"])
        years = end["period_end"].year - first
        base = LINE + _START * max(1, ratio)
        canvas.entry(name, "", said, detail=growth, depth=base)
        top = canvas.drawn
        canvas.add("bar", {"marker": TRACK.marker}, base=0, x=1, width=2, hovertext="", y=top + base)
        points = [(0.02 + 0.96 * n / years, base - _START * ratio ** (n / years)) for n in range(years + 1)]
        named = [canvas.say("year", year=str(first + n)) for n in range(years + 1)]
        for (x, down), year in zip(points, named, strict=True):
            canvas.add("line", {"name": name}, x=x, hovertext=hover_text(name, year), y=top + down)
        before, after = (8, -4) if ratio > 1 else (-4, 8)  # both texts stand off the line
        for n, apart, side in ((0, before, "right"), (-1, after, "left")):
            x, down = points[n]
            side, text = f"{'bottom' if apart > 0 else 'top'} {side}", canvas.say("item", label=named[n], text=texts[n])
            canvas.text([text], x, top + (down + apart), side, "small")
        canvas.text(["0"], 0, top + base, "top right", "small")
    canvas.keys = [canvas.say("from_zero")]
    canvas.describe("slopes")


@chart("verdict", "observations")
def relations(canvas: Canvas) -> None:
    """Each row of `audit()` as a line of arithmetic, its verdict, and what it rests on.

    What has a limit is a bar from 0, on a track that ends at the limit. Nothing is drawn of sides that should be equal
    (`intervals` draws two ranges), nor where nothing can be compared. Raises JiaokouError for no rows.
    """
    for row in canvas.rows:
        verdict = canvas.code("verdict", row["verdict"])
        judged = canvas.say("judged", arithmetic=wording.arithmetic(row, *canvas.words), verdict=verdict)
        low, high = bounds(row, "found_")
        reached, limits = high if isfinite(high) else low, list(filter(isfinite, bounds(row, "expected_")))
        is_drawn = len(limits) == 1 and isfinite(reached) and reached >= 0 < limits[0]
        notes = [judged, wording.because(row, *canvas.words)]
        canvas.entry(canvas.name(row), "", judged, notes=notes, depth=BAR if is_drawn else 0)
        if is_drawn:
            style, full = style_of("verdict", row["verdict"]), max(limits[0], reached)
            canvas.bar(0, limits[0] / full, TRACK)
            canvas.bar(0, reached / full, style)
            canvas.mark("limit", limits[0] / full, INK.color)
            if not isfinite(high):
                canvas.mark("arrow", reached / full, style.color)
    canvas.describe("audit")
