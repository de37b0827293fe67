"""A board of names, and a matrix of who has what: for what is no amount."""

from collections.abc import Sequence

from jiaokou import wording
from jiaokou.charts.canvas import GAP, LINE, NARROW, SMALL, Canvas, chart, hover_text
from jiaokou.charts.style import PALE, Style, style_of
from jiaokou.errors import JiaokouError
from jiaokou.wording.labels import wrap

_DEEP = 8  # chips in a column
_ACROSS = {"narrow": 1, "wide": 2, "broad": 3}  # columns side by side
_CELLS = {"narrow": NARROW - 2, "wide": 34, "broad": 36}  # half-width characters in a chip


@chart()
def board(canvas: Canvas, *, by: str = "") -> None:
    """Rows of `milestones()` or `audit()` by name, in a column for each stage or verdict, or value of the column `by`.

    Each is a chip, which says its stage or verdict where the column does not. Raises JiaokouError for no rows.
    """
    coded = next((column for column in ("stage", "verdict") if column in canvas.frame), "")
    if not coded:
        raise JiaokouError("charts.board takes rows with a stage or a verdict: those of milestones() or audit()")
    says_it = by in ("", coded) or canvas.frame[coded].nunique() == 1
    columns, counted = [], []  # in a column are chips: a name, the style of the strip at its left, what hovering says
    for _, label, rows in canvas.groups(by or coded):
        chips = []
        for row in rows:
            name, code = canvas.name(row), str(row[coded])
            said = canvas.code(coded, code)
            more = [say(row, *canvas.words) for say in (wording.arithmetic, wording.because) if coded == "verdict"]
            text = name if says_it else canvas.say("in_brackets", text=name, more=said)
            chips.append((text, style_of(coded, code), hover_text(name, said, *more)))
            canvas.table.append([name, said if says_it else canvas.say("of_basis", label=label, basis=said)])
        counted.append((label, n := canvas.say("count", n=len(rows))))
        columns.append((canvas.say("in_brackets", text=label, more=n), chips))
    _lay(columns, canvas)
    canvas.describe("board", pairs=counted)


def _lay(columns: Sequence[tuple[str, list[tuple[str, Style, str]]]], canvas: Canvas) -> None:
    """Headed columns in as many lines as they take, one of many chips as wide as several; on a phone one by one."""
    across, place, top, end = _ACROSS[canvas.width], 0, canvas.top, canvas.top
    headings = [wrap(heading, _CELLS[canvas.width] - 6) for heading, _ in columns]  # bold, and larger
    under = LINE * max(map(len, headings)) + 8
    for heading, (_, chips) in zip(headings, columns, strict=True):
        wide = min(across, -(-len(chips) // _DEEP))
        if place + wide > across:
            place, top = 0, end + LINE
        canvas.text(heading, place / across, top, form="<b>{}</b>")
        deep = -(-len(chips) // wide)
        for first in range(0, len(chips), deep):
            canvas.top = top + under
            for chip in chips[first : first + deep]:
                _draw(canvas, *chip, place / across, across)
            place, end = place + 1, max(end, canvas.top)
    canvas.top = end + GAP


def _draw(canvas: Canvas, text: str, own: Style, hover: str, left: float, across: int) -> None:
    lines = wrap(text, _CELLS[canvas.width])
    height, strip = SMALL * len(lines) + 8, 0.024 / (across + 1)
    middle = canvas.top + height / 2
    for style, length in ((PALE, 1 / across - 0.01), (own, strip)):
        canvas.add("bar", {"marker": style.marker}, base=left, x=length, width=height, hovertext=hover, y=middle)
    canvas.text(lines, left + 2 * strip, middle, "middle right", "small")
    canvas.top += height + 4


@chart("label_zh", "label_en", "place_zh", "place_en", "state")
def matrix(canvas: Canvas) -> None:
    """A row for each label and a column for each place, in the frame's order: compared, beside or silent.

    Takes rows with a label (`label_zh`, `label_en`), a place (`place_zh`, `place_en`) and a `state`. Raises
    JiaokouError for no rows.
    """
    label, place = f"label_{canvas.lang}", f"place_{canvas.lang}"
    states = canvas.frame.pivot_table("state", label, place, "first", sort=False, fill_value="silent")
    canvas.ticks = {(number + 0.5) / states.shape[1]: str(name) for number, name in enumerate(states)}
    for name, of_it in states.iterrows():
        places = {state: of_it.index[of_it == state] for state in ("compared", "beside", "silent")}
        said = {state: canvas.say("enumeration").join(each) or canvas.say("nobody") for state, each in places.items()}
        canvas.entry(str(name), "", canvas.say("matrix_row", **said))
        for number, (where, state) in enumerate(of_it.items()):
            hover = hover_text(str(name), canvas.say("item", label=where, text=canvas.say(f"state_{state}")))
            canvas.bar((number + 0.06) / len(of_it), 0.88 / len(of_it), style_of("state", state), hover=hover)
    canvas.keys = [canvas.say("matrix_key")]
    canvas.upright = True
    canvas.describe("matrix", n=len(states))
