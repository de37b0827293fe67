"""The template `jiaokou` for any figure, and what each basis, stage and verdict looks like: `styles.json` as Python.

Colours are Okabe and Ito's, and a grey for what is beside the point; fonts are the reader's own, Chinese included.
Backgrounds are transparent and colours neutral to light and dark, so that a page only restyles text (the layout's
`font.color`). What is done is solid; what is planned, or not finished, is hatched or dotted, which a greyscale print
and a colour-blind eye keep. A title is placed from its bottom: by its top, Plotly puts the first of two lines above
the figure.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import plotly.graph_objects as go
import plotly.io as pio
from plotly.colors import hex_to_rgb

from jiaokou.data.descriptor import Json

_FILE = json.loads(Path(__file__).with_name("styles.json").read_text("utf-8"))
COLORS, TRACES, LAYOUT, SHADED = (_FILE[key] for key in ("colors", "traces", "layout", "shaded"))
"""Colours by name; what traces of each kind (the lowest first), layouts, and shapes of shaded bands have in common."""

pio.templates["jiaokou"] = go.layout.Template(_FILE["template"])


@dataclass(frozen=True)
class Style:
    """How a bar is filled: solid, or with a pattern (`shape`) of its colour on a tint of it."""

    color: str
    opacity: float = 1.0
    shape: str = ""
    solidity: float = 0.35
    edge: str = ""

    @property
    def marker(self) -> Json:
        """The style as Plotly's `marker`."""
        if not self.shape:
            line = {"width": 1, "color": self.edge} if self.edge else {"width": 0}
            return {"color": tint(self.color, self.opacity), "line": line}
        pattern = {
            "shape": self.shape, "solidity": self.solidity, "size": 6, "fillmode": "replace",
            "fgcolor": self.color, "bgcolor": tint(self.color, 0.12),
        }  # fmt: skip
        return {"color": self.color, "pattern": pattern, "line": {"width": 1, "color": self.color}}


STYLES = {
    list_: {code: Style(**{key: COLORS.get(said, said) for key, said in look.items()}) for code, look in looks.items()}
    for list_, looks in _FILE["styles"].items()
}
"""The styles of the codes of each list that has any."""

DONE, INK = Style(COLORS["blue"]), Style(COLORS["ink"])
PALE, TRACK = Style(COLORS["grey"], 0.12), Style(COLORS["grey"], 0.22)


def style_of(list_: str, code: object) -> Style:
    """The style of a code; that of what is done for codes and lists without one of their own."""
    return STYLES.get(list_, {}).get(str(code), DONE)


def tint(color: str, opacity: float) -> str:
    """A hexadecimal colour with an opacity."""
    return "rgba({},{},{},{})".format(*hex_to_rgb(color), opacity)


def themed(text: str) -> str:
    """Plotly's HTML in the colour of a JupyterLab theme's own text; where there is none, in that of the layout's font.

    No one grey can be read on both the white and the near-black of Lab's two themes.
    """
    return f'<span style="color:var(--jp-content-font-color1)">{text}</span>'
