"""Charts of bounds, of growth, and of the audit's relations."""

import math
from collections.abc import Iterable, Sequence

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.analysis.derive import required_growth
from jiaokou.charts.canvas import BAR, GAP, LINE, Canvas, Range, bounds, hover_text, labelled
from jiaokou.charts.style import COLORS, TRACK, Style, style_of
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row
from jiaokou.wording.labels import cells, periods

Scale = tuple[float, float]
"""The numbers at the left and the right edge."""

_SEEN = 0.006  # part of the width under which a band would not be seen
_PANEL = 44  # pixels that a line of `paths` rises at most


def intervals(
    rows: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """Bounds as ranges, and the value as a dot.

    Rows of one unit share its scale; rows of several are drawn relative to their value, which then may not be 0. An
    open end runs to the edge. Raises JiaokouError for no rows.
    """
    canvas = Canvas("intervals", rows, lang, package, "value", "lower", "upper", "unit")
    units = {str(row["unit"]) for row in canvas.rows}
    relative = len(units) > 1
    if relative and not all(row["value"] for row in canvas.rows):
        raise JiaokouError(
            "charts.intervals draws rows of several units relative to their values, of which one is 0: select rows of "
            "one unit"
        )
    unit = "percent" if relative else units.pop()
    bases = [float(row["value"]) / 100 if relative else 1.0 for row in canvas.rows]
    ranges = [bounds(row, base) for row, base in zip(canvas.rows, bases, strict=True)]
    edges = scale(ranges, unit)
    heights = []
    for row, range_, base in zip(canvas.rows, ranges, bases, strict=True):
        label, value = canvas.name(row), canvas.quantity(row)
        more = wording.interval(*bounds(row), str(row["unit"]), lang, canvas.package, row)
        silent = None in range_ or more == value  # bounds that say no more than the value
        text = value if silent else canvas.say("in_brackets", text=value, more=more)
        canvas.label(label, text)
        hover = hover_text(label, text)
        canvas.bar(0, 1, TRACK, hover, 2)
        draw(canvas, [range_], edges, COLORS["blue"], hover, float(row["value"]) / base)
        heights.append(canvas.top + BAR / 2)
        canvas.next()
    canvas.ticks(_ticks(canvas, *edges, unit), heights)
    return canvas.finish("intervals", title, source, canvas.say("relative") if relative else "")


def scale(ranges: Iterable[Range], unit: str = "") -> Scale:
    """Left and right edge: the finite ends of ranges with room at both sides; 0 to 100 for wide percentages."""
    ends = [end for range_ in ranges for end in range_ if end is not None and math.isfinite(end)] or [0.0]
    low, high = min(ends), max(ends)
    if unit == "percent" and low >= 0 and high <= 100 and high - low > 40:
        return 0.0, 100.0
    room = (high - low) * 0.15 or abs(low) * 0.1 or 1.0
    return low - room, high + room


def _ticks(canvas: Canvas, left: float, right: float, unit: str) -> dict[float, str]:
    """Places and texts of some round numbers on a scale: about four if they are short, else two or three."""

    def text(number: float) -> str:
        return wording.amount(number, unit, canvas.lang, canvas.package)

    rough = (right - left) / (4 if cells(text(round(right))) <= 5 else 2.5)
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 2.5, 5, 10) if power * n >= rough)
    numbers = [round(step * n, 12) for n in range(math.ceil(left / step), math.floor(right / step) + 1)]
    return {(number - left) / (right - left): text(number) for number in numbers}


def draw(canvas: Canvas, ranges: Sequence[Range], edges: Scale, color: str, hover: str, value: float | None) -> None:
    """The last range as a thin band with a dot at `value`, one before it as a wide pale band, or a tick if narrow."""
    left, right = edges
    width = right - left
    styles = [(TRACK, BAR), (Style(color, 0.55), 6)]
    for (low, high), (style, thickness) in zip(ranges, styles[-len(ranges) :], strict=True):
        if low is not None or high is not None:
            start = 0.0 if low is None else (low - left) / width
            length = (1.0 if high is None else (high - left) / width) - start
            canvas.bar(start, length, style, hover, thickness)
            if length < _SEEN and style is TRACK:
                canvas.mark("limit", start, COLORS["grey"], hover)
    if value is not None:
        canvas.mark("dot", (value - left) / width, color, hover)


def paths(
    now: pd.DataFrame,
    lang: str = "zh",
    *,
    goals: Iterable[float],
    target_year: int,
    title: str = "",
    source: str = "",
    package: Named = None,
) -> go.Figure:
    """The constant yearly growth that leads from each value (at the end of its period) to its goal in `target_year`.

    `goals` are numbers in the unit of each row: those of a frame of targets, or what-ifs. Slopes compare: lines
    share one relative scale.
    Raises JiaokouError for no rows, ranks, unequal lengths, or where no growth can lead to the goal.
    """
    canvas = Canvas("paths", now, lang, package, "value", "lower", "upper", "unit", "period_end")
    try:
        aims, last = [float(goal) for goal in goals], int(target_year)
    except (TypeError, ValueError):
        raise JiaokouError(
            "charts.paths takes goals, a number for each value, and target_year, a whole number"
        ) from None
    if "rank" in {row["unit"] for row in canvas.rows}:
        raise JiaokouError("charts.paths draws growth, and a rank does not grow: select rows of another unit")
    if len(aims) != len(canvas.rows):
        raise JiaokouError(f"charts.paths got {len(canvas.rows)} values and {len(aims)} goals: give one for each value")
    goal_of = list(zip(canvas.rows, aims, strict=True))
    needed = [required_growth(row, goal, last - _year(row)) for row, goal in goal_of]
    ratios = [1.0, *(goal / float(row["value"]) for row, goal in goal_of)]
    first, pixels = min(map(_year, canvas.rows)), _PANEL / (max(ratios) - min(ratios) or 1.0)
    for (row, goal), bounds_ in zip(goal_of, needed, strict=True):
        label = canvas.name(row)
        growth = canvas.say("per_year", growth=wording.interval(*bounds_, "percent", lang, canvas.package))
        start, end = canvas.quantity(row), wording.amount(goal, str(row["unit"]), lang, canvas.package, row)
        canvas.label(label, growth, (label, canvas.say("path_item", start=start, end=end, growth=growth)))
        _path(canvas, row, goal, (first, last), (start, end), pixels)
    more = canvas.say("one_scale"), periods(canvas.rows, lang)
    return canvas.finish("paths", title, source, *more, last=str(last))


def _year(row: Row) -> int:
    return int(pd.Timestamp(row["period_end"]).year)


def _path(canvas: Canvas, row: Row, goal: float, years: tuple[int, int], texts: tuple[str, str], pixels: float) -> None:
    """A line through one dot a year, with the start's and the goal's value below it.

    Heights are ratios to the start, each as many `pixels` in all rows, so that slopes compare.
    """
    value, start, (first, last) = float(row["value"]), _year(row), years
    steps = range(start, last + 1)
    said = [canvas.say("year", year=str(year)) for year in steps]
    ratios = [(goal / value) ** ((year - start) / (last - start)) for year in steps]
    x = [0.02 + 0.96 * (year - first) / (last - first) for year in steps]
    y = [canvas.top + 8 + (max(ratios) - ratio) * pixels for ratio in ratios]
    then = {"unit": row["unit"], "indicator": row.get("indicator")}
    hover = [
        hover_text(canvas.name(row), year, canvas.quantity(then | {"value": value * ratio}))
        for year, ratio in zip(said, ratios, strict=True)
    ]
    canvas.line(x, y, hover)
    canvas.top = max(y) + 8
    canvas.text(labelled(said[0], texts[0]), x[0] - 0.02)
    canvas.text(labelled(said[-1], texts[1]), 1, "left")
    canvas.top += LINE + GAP


def relations(
    frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """Each row of `audit()` as a line of arithmetic, what it rests on, and what is found within what is expected.

    The wide pale band is what is expected, the thin one what is found; each row has a scale of its own, and an open
    end runs to the edge. Sides that are the same number, or cannot be told, are not drawn. Raises
    JiaokouError for no rows.
    """
    canvas = Canvas("relations", frame, lang, package, "verdict", "observations")
    for row in canvas.rows:
        label, verdict = canvas.name(row), canvas.code("verdict", row["verdict"])
        arithmetic = canvas.arithmetic(row)
        judged = canvas.say("judged", arithmetic=arithmetic, verdict=verdict)
        canvas.label(label, verdict, (label, judged))
        canvas.note(arithmetic, canvas.because(row))
        expected, found = (bounds(row, side=side) for side in ("expected_", "found_"))
        if found != (None, None) and found != expected:  # one number on both sides is no picture
            color = style_of("verdict", row["verdict"]).color
            texts = [
                canvas.say(f"{side}_is", range=wording.side(row, side, lang, canvas.package))
                for side in ("found", "expected")
            ]
            low, high = found
            middle = None if low is None or high is None else (low + high) / 2
            hover = hover_text(label, arithmetic, *texts)
            draw(canvas, [expected, found], scale([expected, found]), color, hover, middle)
            canvas.top += BAR + 6
            canvas.note(*texts)
        canvas.top += GAP
    return canvas.finish("audit", title, source, canvas.say("own_scale_rows"))
