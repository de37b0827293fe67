"""The template `jiaokou` for any figure, and what each basis, stage and verdict looks like.

Backgrounds are transparent and colours neutral to light and dark, so that a page only restyles text (the layout's
`font.color`). What is done is solid; what is planned, or not finished, is hatched or dotted, which a greyscale print
and a colour-blind eye keep.
"""

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import plotly.io as pio

FONT = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", '
    '"Noto Sans SC", "Noto Sans CJK SC", sans-serif'
)
"""The reader's own fonts, Chinese included."""

# Okabe and Ito's blues, orange, green and vermilion, and a grey for what is beside the point.
BLUE, SKY, ORANGE, GREEN, VERMILION, GREY = "#0072B2", "#56B4E9", "#E69F00", "#009E73", "#D55E00", "#8A8F98"
INK, RULE = "#5B6470", "rgba(128,134,145,0.3)"

pio.templates["jiaokou"] = go.layout.Template(
    layout={
        "font": {"family": FONT, "size": 13, "color": INK},
        "title": {  # from its bottom: by its top, Plotly puts the first of two lines above the figure
            "font": {"size": 16}, "x": 0, "xanchor": "left", "xref": "container", "y": 1, "yanchor": "bottom",
            "yref": "paper", "pad": {"t": 8, "b": 8},
        },
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "colorway": [BLUE, ORANGE, GREEN, VERMILION, GREY],
        "margin": {"l": 2, "r": 10, "t": 2, "b": 2, "pad": 0},
        "xaxis": {"gridcolor": RULE, "linecolor": RULE, "zerolinecolor": RULE, "automargin": True},
        "yaxis": {"gridcolor": RULE, "linecolor": RULE, "zerolinecolor": RULE, "automargin": True},
        "hovermode": "closest",
        "hoverlabel": {
            "align": "left", "bgcolor": "#20262E", "bordercolor": "#20262E",
            "font": {"family": FONT, "size": 13, "color": "#FFFFFF"},
        },
    }
)  # fmt: skip


@dataclass(frozen=True)
class Style:
    """How a bar is filled: solid, or with a pattern (`shape`) of its colour on a tint of it."""

    color: str
    opacity: float = 1.0
    shape: str = ""
    solidity: float = 0.35
    edge: str = ""

    @property
    def marker(self) -> dict[str, Any]:
        """The style as Plotly's `marker`."""
        if not self.shape:
            line = {"width": 1, "color": self.edge} if self.edge else {"width": 0}
            return {"color": tint(self.color, self.opacity), "line": line}
        pattern = {
            "shape": self.shape, "solidity": self.solidity, "size": 6, "fillmode": "replace",
            "fgcolor": self.color, "bgcolor": tint(self.color, 0.12),
        }  # fmt: skip
        return {"color": self.color, "pattern": pattern, "line": {"width": 1, "color": self.color}}


def themed(text: str) -> str:
    """Plotly's HTML in the colour of a JupyterLab theme's own text; where there is none, in that of the layout's font.

    No one grey can be read on both the white and the near-black of Lab's two themes.
    """
    return f'<span style="color:var(--jp-content-font-color1)">{text}</span>'


def tint(color: str, opacity: float) -> str:
    """A hexadecimal colour with an opacity."""
    red, green, blue = (int(color[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"


DONE, TRACK = Style(BLUE), Style(GREY, 0.22)

BASIS = {
    "actual": DONE,
    "announced": Style(SKY, edge=BLUE),
    "planned": Style(BLUE, shape="/"),
    "target": Style(BLUE, shape="/"),
    "design_capacity": Style(BLUE, shape="."),
    "equipment": Style(GREY),
    "threshold": Style(GREY, shape="/"),
    "name": Style(GREY, shape="."),
}
STAGE = {
    "planned": Style(GREY, shape="/", solidity=0.15),
    "introduced": Style(ORANGE, shape=".", solidity=0.3),
    "approved": Style(ORANGE, shape="/", solidity=0.4),
    "begun": Style(ORANGE, 0.25, edge=ORANGE),
    "under_construction": Style(ORANGE, shape="x", solidity=0.5),
    "structure_complete": Style(ORANGE),
    "completed": Style(SKY, edge=BLUE),
    "in_operation": DONE,
    "ongoing": Style(GREEN, 0.25, edge=GREEN),
    "achieved": Style(GREEN),
}
VERDICT = {
    "holds": DONE,
    "holds_under_reading": Style(SKY, edge=BLUE),
    "cannot_hold": Style(VERMILION, shape="x", solidity=0.5),
    "cannot_tell": Style(GREY, shape="/", solidity=0.2),
    "too_weak": Style(GREY, shape=".", solidity=0.25),
}
