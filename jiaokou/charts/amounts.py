"""Charts of amounts and counts: how much, how far, of what kind."""

import pandas as pd
import plotly.graph_objects as go

from jiaokou import wording
from jiaokou.charts.canvas import (
    BAR,
    GAP,
    LINE,
    Canvas,
    capital,
    escape,
    groups,
    hover_text,
    is_open,
    measured,
    one_unit,
    reach,
    sorted_by,
)
from jiaokou.charts.style import BASIS, DONE, STAGE, TRACK
from jiaokou.errors import JiaokouError
from jiaokou.wording import Named, Row
from jiaokou.wording.labels import periods
from jiaokou.wording.languages import check_frame

_TILES = 20  # tiles in a line of `stages`


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
    canvas = Canvas(measured(observations, "bars"), lang, package, "bars")
    one_unit(canvas.rows, "bars")
    rows = sorted(canvas.rows, key=lambda row: -float(row["value"])) if sort else canvas.rows
    full, said = reach(rows), []
    for row in rows:
        said.append((canvas.name(row), canvas.quantity(row)))
        canvas.label(*said[-1])
        canvas.value_bar(row, full)
    described = canvas.say("bars" if sort else "bars_as_given", n=len(rows), items=canvas.items(said))
    return canvas.finish(title, source, [described, *_reading(canvas)], said, _printed(rows), right=full)


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
    canvas = Canvas(measured(parts, "progress"), lang, package, "progress")
    others = [None] * len(canvas.rows) if wholes is None else wording.rows(wholes)
    if len(others) != len(canvas.rows):
        raise JiaokouError(
            f"charts.progress got {len(canvas.rows)} parts and {len(others)} wholes: give one for each part"
        )
    said = []
    for part, whole in zip(canvas.rows, others, strict=True):
        share, text = _share(canvas, part, whole)
        said.append((canvas.name(part), text))
        canvas.label(*said[-1])
        canvas.bar(0, 1, TRACK, canvas.hover(part if whole is None else whole))
        canvas.bar(0, share, DONE, canvas.hover(part))
        if is_open(part):
            canvas.mark(share, "triangle-right", DONE.color, canvas.hover(part), size=16)
        canvas.next()
    described = canvas.say("progress", n=len(said), items=canvas.items(said))
    return canvas.finish(title, source, [described, *_reading(canvas)], said, _printed(canvas.rows))


def _share(canvas: Canvas, part: Row, whole: Row | None) -> tuple[float, str]:
    """The part as a fraction of its whole, and what is said of it."""
    unit = "percent" if whole is None else str(whole["unit"])
    if part["unit"] != unit:
        raise JiaokouError(
            f"charts.progress got a part in {part['unit']} of a whole in {unit}: give both in one unit"
        )
    if whole is None:
        if _measure(canvas, part) not in ("share", ""):
            raise JiaokouError(
                f"charts.progress got {part['indicator']}, which is no part of a whole: use charts.bars"
            )
        return float(part["value"]) / 100, canvas.quantity(part)
    if not whole["value"]:
        raise JiaokouError("charts.progress got a whole of 0, of which nothing is a part: leave its row out")
    share = float(part["value"]) / float(whole["value"])
    percent = canvas.quantity({"value": share * 100, "unit": "percent"})
    return share, canvas.say(
        "part_of_whole", part=canvas.quantity(part), whole=canvas.quantity(whole), share=percent
    )


def _measure(canvas: Canvas, row: Row) -> str:
    """What kind of measure an observation is; empty for a computed row."""
    indicators = wording.records(canvas.package, "indicators")
    return "" if wording.missing(row.get("indicator")) else str(indicators[row["indicator"]]["measure"])


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
    check_frame(observations, "charts.comparison", "basis", "entity", "indicator")
    frame = measured(observations, "comparison")
    canvas = Canvas(frame, lang, package, "comparison")
    grouped = groups(canvas, frame, by, "comparison")
    shared = len({row["unit"] for row in canvas.rows}) == 1
    said: list[tuple[str, str]] = []
    drawn: list[Row] = []
    for heading, rows in grouped:
        one_unit(rows, "comparison")
        full = reach(canvas.rows if shared else rows)
        canvas.heading(heading)
        for row in sorted(
            rows, key=lambda row: (BASIS.get(str(row["basis"]), DONE).shape != "/", -float(row["value"]))
        ):
            label = _among(canvas, row, rows)
            said.append((canvas.say("of_basis", label=heading, basis=label), canvas.quantity(row)))
            drawn.append(row)
            canvas.label(label, canvas.quantity(row))
            canvas.value_bar(row, full, scale=1 / full)
        canvas.top += GAP / 2
    described = canvas.say("comparison", groups=len(grouped), n=len(said), items=canvas.items(said))
    parts = [described, "" if shared else canvas.say("own_scale"), *_reading(canvas)]
    return canvas.finish(title, source, parts, said, _printed(drawn))


def _among(canvas: Canvas, row: Row, rows: list[Row]) -> str:
    """A row's name in its group: what kind of claim, and by whom, or of what, as far as the group leaves it open."""
    basis = capital(wording.code(canvas.package, "basis", str(row["basis"]), canvas.lang))
    if len({str(other["indicator"]) for other in rows}) > 1:
        # The name would say the basis again where that tells it from other values.
        return canvas.say("of_basis", label=canvas.name(dict(row) | {"differs_by": ""}), basis=basis)
    if row["entity"] == canvas.package.release.entity:
        return basis
    entity = wording.code(canvas.package, "entities", str(row["entity"]), canvas.lang)
    return canvas.say("in_brackets", text=basis, more=entity)


def composition(
    frame: pd.DataFrame,
    lang: str = "zh",
    *,
    title: str = "",
    source: str = "",
    package: Named = None,
    by: str,
) -> go.Figure:
    """How many rows there are of each value of the column `by` (basis, claim, stage, topic, section …), as bars.

    Ordered categories keep their order; others go from the most frequent down. Raises JiaokouError for no rows.
    """
    canvas = Canvas(frame, lang, package, "composition")
    grouped = groups(canvas, frame, by, "composition")
    if not (isinstance(dtype := frame[by].dtype, pd.CategoricalDtype) and dtype.ordered):
        grouped.sort(key=lambda group: -len(group[1]))
    styles, total, said = {"basis": BASIS, "stage": STAGE}.get(by, {}), len(canvas.rows), []
    for label, rows in grouped:
        percent = len(rows) / total * 100
        share = canvas.quantity({"value": round(percent, 0 if percent >= 1 else 1), "unit": "percent"})
        said.append((label, canvas.say("count_share", n=len(rows), share=share)))
        canvas.label(*said[-1])
        canvas.bar(0, len(rows), styles.get(str(rows[0][by]), DONE), hover_text(said[-1]))
        canvas.next()
    described = canvas.say("composition", n=total, groups=len(grouped), items=canvas.items(said))
    return canvas.finish(title, source, [described], said, right=max(len(rows) for _, rows in grouped))


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
    check_frame(milestones, "charts.stages", "stage")
    canvas = Canvas(milestones, lang, package, "stages")
    grouped = groups(canvas, milestones, by, "stages")
    key = {
        stage: (wording.code(canvas.package, "stage", stage, lang), canvas.say("count", n=len(rows)))
        for stage, rows in sorted_by(canvas, milestones, "stage").items()
        if stage
    }
    _key(canvas, key)
    order, said = list(key), []
    for label, rows in grouped:
        said.append((label, canvas.say("count", n=len(rows))))
        canvas.label(*said[-1])
        for i, row in enumerate(sorted(rows, key=lambda row: order.index(str(row["stage"])))):
            canvas.top += BAR + 3 if i and i % _TILES == 0 else 0
            stage = str(row["stage"])
            canvas.bar(i % _TILES, 0.86, STAGE.get(stage, DONE), canvas.hover(row, key[stage][0]))
        canvas.next()
    parts = [
        canvas.say("stages", n=len(canvas.rows), groups=len(grouped), items=canvas.items(list(key.values()))),
        canvas.say("stages_rows", items=canvas.items(said)),
    ]
    return canvas.finish(title, source, parts, said, right=_TILES)


def _key(canvas: Canvas, key: dict[str, tuple[str, str]]) -> None:
    """A tile, the name and the total of each stage, in two columns."""
    height, second = -(-len(key) // 2), 9.6
    for i, (stage, (label, count)) in enumerate(key.items()):
        column, line = divmod(i, height)
        canvas.top = line * (LINE + 3)
        canvas.bar(column * second, 0.86, STAGE.get(stage, DONE), escape(label))
        canvas.top -= 3
        canvas.text(f"{escape(label)}\u2002<b>{count}</b>", column * second + 1.1)
    canvas.top = height * (LINE + 3) + GAP


def _printed(rows: list[Row]) -> list[Row]:
    """The rows if they were printed, rather than computed."""
    return rows if all("printed" in row for row in rows) else []


def _reading(canvas: Canvas) -> list[str]:
    """The description's last sentences: periods, hatching, arrows, as far as the rows have them."""
    planned = any(BASIS.get(str(row.get("basis")), DONE).shape for row in canvas.rows)
    return [
        periods(canvas.rows, canvas.lang),
        canvas.say("hatched") if planned else "",
        canvas.say("open_end") if any(map(is_open, canvas.rows)) else "",
    ]
