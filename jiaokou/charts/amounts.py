"""Charts of amounts and counts: how much, how far, of what kind."""

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.canvas import BAR, GAP, LINE, Canvas, capital, escape, hover_text, is_open, labelled, reach
from jiaokou.charts.style import DONE, TRACK, style_of
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row
from jiaokou.wording.labels import periods

_TILES, _TILE = 20, 0.86  # tiles in a line of `stages`, and how wide one is


def bars(
    observations: pd.DataFrame,
    lang: str = "zh",
    *,
    title: str = "",
    source: str = "",
    package: Named = None,
    sort: bool = True,
) -> go.Figure:
    """Values of one unit as bars, largest first or as given; rows of `load()` or of `derived()`.

    Plans and targets are hatched, bounds drawn as whiskers where they can be seen. Raises JiaokouError for no rows,
    several units, or ranks.
    """
    canvas = Canvas("bars", observations, lang, package, "value", "unit")
    canvas.check_lengths(canvas.rows)
    full = reach(canvas.rows)
    for row in sorted(canvas.rows, key=lambda row: -row["value"]) if sort else canvas.rows:
        canvas.label(canvas.name(row), canvas.quantity(row), row=row)
        canvas.value_bar(row, full)
    key = "bars" if sort else "bars_as_given"
    return canvas.finish(key, title, source, *_reading(canvas), right=full)


def progress(
    parts: pd.DataFrame,
    lang: str = "zh",
    *,
    title: str = "",
    source: str = "",
    package: Named = None,
    wholes: pd.DataFrame | None = None,
) -> go.Figure:
    """Parts within their wholes: `wholes` row by row, or 100 % if `parts` are percentages themselves.

    Raises JiaokouError for no rows, frames of unequal length, a part and a whole of different units, or growth.
    """
    canvas = Canvas("progress", parts, lang, package, "value", "unit")
    others = [None] * len(canvas.rows) if wholes is None else wording.rows(wholes)
    if len(others) != len(canvas.rows):
        raise JiaokouError(
            f"charts.progress got {len(canvas.rows)} parts and {len(others)} wholes: give one for each part"
        )
    for part, whole in zip(canvas.rows, others, strict=True):
        share, text = _share(canvas, part, whole)
        canvas.label(canvas.name(part), text, row=part)
        canvas.bar(0, 1, TRACK, canvas.hover(part if whole is None else whole))
        canvas.bar(0, share, DONE, canvas.hover(part))
        if is_open(part):
            canvas.mark("arrow", share, DONE.color, canvas.hover(part))
        canvas.next()
    return canvas.finish("progress", title, source, *_reading(canvas))


def _share(canvas: Canvas, part: Row, whole: Row | None) -> tuple[float, str]:
    """The part as a fraction of its whole, and what is said of it."""
    unit, full = ("percent", 100.0) if whole is None else (whole["unit"], float(whole["value"]))
    if part["unit"] != unit:
        raise JiaokouError(f"charts.progress got a part in {part['unit']} of a whole in {unit}: give both in one unit")
    if not full:
        raise JiaokouError("charts.progress got a whole of 0, of which nothing is a part: leave its row out")
    share, text = float(part["value"]) / full, canvas.quantity(part)
    if whole is not None:
        percent = canvas.quantity({"value": share * 100, "unit": "percent"})
        return share, canvas.say("part_of_whole", part=text, whole=canvas.quantity(whole), share=percent)
    indicator = part.get("indicator")  # a computed row has none
    measures = wording.records(canvas.package, "indicators")
    if not wording.missing(indicator) and measures[indicator]["measure"] != "share":
        raise JiaokouError(f"charts.progress got {indicator}, which is no part of a whole: use charts.bars")
    return share, text


def comparison(
    observations: pd.DataFrame,
    lang: str = "zh",
    *,
    title: str = "",
    source: str = "",
    package: Named = None,
    by: str = "topic",
) -> go.Figure:
    """Targets, plans, announced and actual values side by side, grouped `by` topic, indicator, entity …

    Groups of one unit share a scale; if the units differ, each group has its own, which the description says. Raises
    JiaokouError for no rows, or a group of several units.
    """
    needed = ("basis", "entity", "indicator", "value", "unit")
    canvas = Canvas("comparison", observations, lang, package, *needed)
    groups = canvas.groups(by)
    shared = len({row["unit"] for row in canvas.rows}) == 1
    for heading, rows in groups:
        canvas.check_lengths(rows)
        full = reach(canvas.rows if shared else rows)
        canvas.note(heading, bold=True, size=13)
        hatched_first = sorted(rows, key=lambda row: (style_of("basis", row["basis"]).shape != "/", -row["value"]))
        for row in hatched_first:
            label, value = _among(canvas, row, rows), canvas.quantity(row)
            canvas.label(label, value, (canvas.say("of_basis", label=heading, basis=label), value), row)
            canvas.value_bar(row, full, scale=1 / full)
        canvas.top += GAP / 2
    scales = "" if shared else canvas.say("own_scale")
    return canvas.finish("comparison", title, source, scales, *_reading(canvas), groups=len(groups))


def _among(canvas: Canvas, row: Row, rows: list[Row]) -> str:
    """A row's name in its group: what kind of claim, and by whom, or of what, as far as the group leaves it open."""
    basis = capital(canvas.code("basis", row["basis"]))
    if len({str(other["indicator"]) for other in rows}) > 1:
        # The name would say the basis again where that tells it from other values.
        return canvas.say("of_basis", label=canvas.name(dict(row) | {"differs_by": ""}), basis=basis)
    if row["entity"] == canvas.package.release.entity:
        return basis
    return canvas.say("in_brackets", text=basis, more=canvas.code("entities", row["entity"]))


def composition(
    frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None, by: str
) -> go.Figure:
    """How many rows there are of each value of the column `by` (basis, claim, stage, topic, section …), as bars.

    Ordered categories keep their order; others go from the most frequent down. Raises JiaokouError for no rows.
    """
    canvas = Canvas("composition", frame, lang, package)
    groups, total = canvas.groups(by), len(canvas.rows)
    if not getattr(frame[by].dtype, "ordered", False):
        groups.sort(key=lambda group: -len(group[1]))
    for label, rows in groups:
        percent = len(rows) / total * 100
        share = canvas.quantity({"value": round(percent, 0 if percent >= 1 else 1), "unit": "percent"})
        text = canvas.say("count_share", n=len(rows), share=share)
        canvas.label(label, text)
        canvas.bar(0, len(rows), style_of(by, rows[0][by]), hover_text(label, text))
        canvas.next()
    longest = max(len(rows) for _, rows in groups)
    return canvas.finish("composition", title, source, right=longest, groups=len(groups))


def stages(
    milestones: pd.DataFrame,
    lang: str = "zh",
    *,
    title: str = "",
    source: str = "",
    package: Named = None,
    by: str = "topic",
) -> go.Figure:
    """One tile for each milestone, in a row for each `by` (topic, section, claim, place …), filled by stage.

    The key on top gives the total of each stage. Hatched and dotted tiles are not finished, solid ones are.
    """
    canvas = Canvas("stages", milestones, lang, package, "stage")
    groups = canvas.groups(by)
    key = {
        stage: (canvas.code("stage", stage), canvas.say("count", n=len(rows)))
        for stage, rows in canvas.by_code("stage").items()
    }
    _draw_key(canvas, key)
    order = list(key)
    for label, rows in groups:
        canvas.label(label, canvas.say("count", n=len(rows)))
        by_stage = sorted(rows, key=lambda row: order.index(row["stage"]))
        tiles = ((style_of("stage", row["stage"]), canvas.hover(row, key[row["stage"]][0])) for row in by_stage)
        canvas.tiles(tiles, _TILES, _TILE)
    totals, lines = canvas.items(key.values()), canvas.say("stages_rows", items=canvas.items())
    return canvas.finish("stages", title, source, lines, right=_TILES, groups=len(groups), items=totals)


def _draw_key(canvas: Canvas, key: dict[str, tuple[str, str]]) -> None:
    """A tile, the name and the total of each stage, in two columns."""
    height, second = -(-len(key) // 2), 9.6
    for i, (stage, (label, count)) in enumerate(key.items()):
        column, line = divmod(i, height)
        canvas.top = line * (LINE + 3)
        canvas.bar(column * second, _TILE, style_of("stage", stage), escape(label))
        canvas.top -= 3
        canvas.text(labelled(label, count), column * second + 1.1)
    canvas.top = height * (LINE + 3) + GAP


def verdicts(
    frame: pd.DataFrame, lang: str = "zh", *, title: str = "", source: str = "", package: Named = None
) -> go.Figure:
    """One tile for each row of `audit()`, in a line for each verdict; hovering names the relation.

    The verdicts keep the order of their code list. Raises JiaokouError for no rows.
    """
    canvas = Canvas("verdicts", frame, lang, package, "verdict", "observations")
    for label, rows in canvas.groups("verdict"):
        canvas.label(label, canvas.say("relations", n=len(rows)))
        tiles = [
            (
                style_of("verdict", row["verdict"]),
                hover_text(canvas.name(row), canvas.arithmetic(row), canvas.because(row)),
            )
            for row in rows
        ]
        canvas.tiles(tiles, 16, 0.88, BAR + 4)
    return canvas.finish("verdict_tiles", title, source, right=16)


def _reading(canvas: Canvas) -> list[str]:
    """The description's last sentences: periods, hatching, arrows, as far as the rows have them."""
    planned = any(style_of("basis", row.get("basis")).shape for row in canvas.rows)
    return [
        periods(canvas.rows, canvas.lang),
        canvas.say("hatched") if planned else "",
        canvas.say("open_end") if any(map(is_open, canvas.rows)) else "",
    ]
