"""A matrix: who has what, a column for each place."""

from jiaokou.charts.canvas import Canvas, chart, hover_text
from jiaokou.charts.style import style_of


@chart("label_zh", "label_en", "place_zh", "place_en", "state")
def matrix(canvas: Canvas) -> None:
    """A row for each label and a column for each place, in the frame's order: compared, beside or silent.

    Takes rows with a label (`label_zh`, `label_en`), a place (`place_zh`, `place_en`) and a `state`. Raises
    JiaokouError for no rows.
    """
    column = f"place_{canvas.lang}"
    places = list(dict.fromkeys(canvas.frame[column]))
    canvas.ticks = {(number + 0.5) / len(places): place for number, place in enumerate(places)}
    for label, rows in canvas.frame.groupby(f"label_{canvas.lang}", sort=False):
        states = dict(zip(rows[column], rows["state"], strict=True))
        named = {
            s: [place for place in places if states.get(place, "silent") == s] for s in ("compared", "beside", "silent")
        }
        said = {s: canvas.say("enumeration").join(found) or canvas.say("nobody") for s, found in named.items()}
        entry = canvas.entry(str(label), "", canvas.say("matrix_row", **said))
        for number, place in enumerate(places):
            state = states.get(place, "silent")
            hover = hover_text(str(label), canvas.say("item", label=place, text=canvas.say(f"state_{state}")))
            entry.bar((number + 0.06) / len(places), 0.88 / len(places), style_of("state", state), hover)
    canvas.keys = [canvas.say("matrix_key")]
    canvas.upright = True
    canvas.describe("matrix", n=len(canvas.entries))
