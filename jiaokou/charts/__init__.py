"""Frame + language -> a Plotly figure, in one template, with every word and number written by `wording`.

Every chart takes `(frame, lang, *, title, subtitle, source, package)` and returns a `go.Figure`; only the frame must
be given. Language is then zh, the title says what the rows are, the subtitle place, unit and period, the source line
where they stand, and the package is the one that the frame was loaded from. The figure's `layout.meta` holds `title`,
`subtitle`, `description` (a written description made from the data), `source`, `table` (head and rows, as text),
`height` (pixels without the title), and `narrow` and `broad`, what is different on less than 640 and more than 800
pixels: `data`, for each trace the attributes that change, and `layout`. `layout.title` repeats the title for
JupyterLab: a page that prints `meta["title"]` as its heading clears it and sets `layout.height` to `meta["height"]`. A
frame without rows raises JiaokouError; there is no blank chart.

A chart of your own takes the same look with Plotly's template `jiaokou`, and the same dress with `frame`.

    >>> import jiaokou
    >>> rows = jiaokou.pick(jiaokou.load(), "forest_cover")
    >>> progress(rows, "en", title="Forest").layout.meta["table"][1]
    ['Forest coverage rate', '42.02%', '42.02%', '29']
"""

import plotly.graph_objects as go

from jiaokou.charts.amounts import bars, composition, decomposition, progress
from jiaokou.charts.boards import board, matrix
from jiaokou.charts.ranges import intervals, relations, slopes

__all__ = "bars board composition decomposition frame intervals matrix progress relations slopes".split()
__dir__ = __all__.copy  # what Tab shows


def frame(
    figure: go.Figure, *, title: str = "", subtitle: str = "", source: str = "", description: str = ""
) -> go.Figure:
    """A copy of any Plotly figure with what a page prints around it: title, subtitle, source, written description.

    They go into `layout.meta`, as with the charts here; `layout.title` repeats title and subtitle for JupyterLab. Of
    `title` and `subtitle` those that the figure already has stay unless others are given.
    """
    framed = go.Figure(figure)
    own = framed.layout.title
    own.update({"text": title or own.text, "subtitle": {"text": subtitle or own.subtitle.text}})
    texts = {"title": own.text, "subtitle": own.subtitle.text, "source": source, "description": description}
    meta = framed.layout.meta if isinstance(framed.layout.meta, dict) else {}
    framed.layout.meta = meta | {key: str(text) for key, text in texts.items() if text}
    return framed
