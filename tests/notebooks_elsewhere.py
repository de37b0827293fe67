"""Small notebooks as people elsewhere make them, one for each kind of thing that they show.

Their outputs are what the libraries named put out, shortened; none of these need be installed.
"""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell, new_notebook, new_output
from small_notebooks import PLOTLY, code, text


class Elsewhere(NamedTuple):
    """A notebook and what its page holds: texts to read, texts never to be read, and losses that it says."""

    notebook: NotebookNode
    seen: Sequence[str] = ()
    unseen: Sequence[str] = ()
    lost: Sequence[str] = ()
    here: Sequence[str] = ()
    """Selectors of elements that are seen."""


def png() -> str:
    """A red square of four pixels."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 2, 2, 8, 2, 0, 0, 0)
    rows = zlib.compress(b"\0\xff\0\0\xff\0\0" * 2)
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    return base64.b64encode(whole).decode()


PNG = png()
HOME = "/" + "home/anna"  # of no machine that this was written on


def book(*cells: NotebookNode) -> NotebookNode:
    return new_notebook(cells=[text("# Bread sold by the bakery\n\nIt sells more on Saturdays."), *cells])


def shown(*outputs: dict[str, Any] | NotebookNode) -> NotebookNode:
    return book(code("x", outputs=outputs))


def plotly(*traces: dict[str, Any], **rest: Any) -> dict[str, Any]:
    return {PLOTLY: {"data": list(traces), "layout": {}, **rest}}


BAR = {"type": "bar", "x": ["a", "b"], "y": [1, 2]}
MAP = {"type": "choropleth", "locations": ["FRA"], "z": [1]}
SVG = '<svg width="20" height="20"><circle cx="9" cy="9" r="9"/></svg>'
FRAME = (
    "<div>\n<style scoped>\n    .dataframe tbody tr th:only-of-type {\n        vertical-align: middle;\n    }\n</style>\n"
    '<table border="1" class="dataframe">\n<thead><tr style="text-align: right;"><th></th><th>bread</th><th>sold</th></tr></thead>\n'
    "<tbody><tr><th>0</th><td>rye</td><td>1,200.5</td></tr><tr><th>1</th><td>A loaf with a very long name, "
    "which nobody would want to see cut</td><td>NaN</td></tr></tbody>\n</table>\n</div>"
)
VEGA = {"$schema": "https://vega.github.io/schema/vega-lite/v5.20.1.json", "mark": {"type": "bar"}}
ALTAIR = (
    '<style>#altair-viz-1.vega-embed {width: 100%;}</style>\n<div id="altair-viz-1"></div>\n<script type="text/javascript">\n'
    "var VEGA_DEBUG = {}; (function(spec, embedOpt){ loadScript('vega', 'https://cdn.jsdelivr.net/npm/vega@5?noext') })"
    f"({json.dumps(VEGA)}, {{}});\n</script>"
)
FOLIUM = (
    '<div style="width:100%;"><div style="position:relative;width:100%;height:0;padding-bottom:60%;">'
    '<span style="color:#565656">Make this Notebook Trusted to load map: File -&gt; Trust Notebook</span>'
    '<iframe srcdoc="&lt;script src=&quot;https://cdn.jsdelivr.net/npm/leaflet/leaflet.js&quot;&gt;&lt;/script&gt;" '
    'style="position:absolute;width:100%;height:100%;" allowfullscreen></iframe></div></div>'
)
PYECHARTS = (
    "\n<script>\n    require.config({ paths: {'echarts':'https://assets.pyecharts.org/assets/v5/echarts.min'} });\n</script>\n\n"
    '        <div id="8f7a" style="width:900px; height:500px;"></div>\n\n<script>\n        require([\'echarts\'], function(echarts) {});\n</script>\n'
)
BOKEH = {
    "text/html": '\n  <div id="d6a" data-root-id="p1001" style="display: contents;"></div>\n',
    "application/javascript": "(function(root) { root.Bokeh.embed.embed_items_notebook([], []) })(window);",
    "application/vnd.bokehjs_exec.v0+json": "",
    "text/plain": "<Figure p1001>",
}
GREAT = (
    '<div id="gt1" style="padding-left:0px;overflow-x:auto;"><style>\n#gt1 table {font-family: sans-serif; color: #333333;}\n'
    "#gt1 .gt_table { background-color: #FFFFFF; color: #333333; }\n</style>\n"
    '<table class="gt_table" data-quarto-bootstrap="false"><thead><tr><td colspan="2" class="gt_heading gt_title">Loaves</td></tr>'
    '<tr><th class="gt_col_heading">day</th></tr></thead><tbody class="gt_table_body"><tr><td class="gt_row">Saturday</td></tr></tbody></table></div>'
)
STYLER = (
    '<style type="text/css">\n#T_a1_row0_col0 {\n  background-color: #fff5f0;\n  color: #000000;\n}\n</style>\n<table id="T_a1">\n'
    '<thead><tr><th class="blank level0">&nbsp;</th><th id="T_a1_level0_col0">sold</th></tr></thead>\n<tbody><tr><th>0</th>'
    '<td id="T_a1_row0_col0" class="data row0 col0">12</td></tr></tbody>\n</table>\n'
)
ELSEWHERE = {
    "altair": Elsewhere(
        shown({"text/html": ALTAIR, "text/plain": "alt.Chart(...)"}), lost=["alt.Chart"], unseen=["VEGA"]
    ),
    "altair_in_lab": Elsewhere(
        shown(
            {"application/vnd.vegalite.v5+json": VEGA, "text/plain": "<VegaLite 5 object>\n\nIf you see this message"}
        ),
        lost=["VegaLite"],
        unseen=["If you see this message"],
    ),
    "altair_with_png": Elsewhere(
        shown(
            {
                "application/vnd.vegalite.v5+json": VEGA,
                "text/html": ALTAIR,
                "image/png": PNG,
                "text/plain": "alt.Chart(...)",
            }
        ),
        here=["main img"],
    ),
    "bokeh": Elsewhere(shown(BOKEH), lost=["Figure"]),
    "folium": Elsewhere(
        shown({"text/html": FOLIUM, "text/plain": "<folium.folium.Map at 0x7f>"}),
        lost=["folium.folium.Map"],
        unseen=["Trust"],
    ),
    "pyecharts": Elsewhere(
        shown({"text/html": PYECHARTS, "text/plain": "<pyecharts.render.display.HTML at 0x7f>"}), lost=["pyecharts"]
    ),
    "plotly_maps": Elsewhere(
        shown(plotly(MAP), plotly({"type": "scattermapbox", "lat": [1], "lon": [2]}), plotly(BAR)),
        lost=["choropleth", "scattermapbox"],
        here=[".chart .main-svg"],
    ),
    "plotly_map_with_png": Elsewhere(shown({**plotly(MAP), "image/png": PNG}), here=["main img"]),
    "plotly_gone_kinds": Elsewhere(shown(plotly({"type": "heatmapgl", "z": [[1]]})), lost=["heatmapgl"]),
    "plotly_frames": Elsewhere(
        shown(
            plotly(
                BAR,
                layout={
                    "updatemenus": [
                        {"type": "buttons", "buttons": [{"label": "Play", "method": "animate", "args": [None]}]}
                    ]
                },
                frames=[{"name": "1", "data": [{**BAR, "y": [5, 1]}]}],
            )
        ),
        here=[".chart .updatemenu-button"],
    ),
    "plotly_titles_as_text": Elsewhere(
        shown(plotly(BAR, layout={"title": "Sales", "xaxis": {"title": "Kind"}})), here=[".gtitle", ".xtitle"]
    ),
    "plotly_not_a_number": Elsewhere(
        shown(plotly({**BAR, "y": [float("nan"), 2]}), plotly({**BAR, "y": [float("inf"), 2]}), plotly(BAR)),
        here=[".chart .main-svg"],
    ),
    "plotly_formula": Elsewhere(
        shown(plotly(BAR, layout={"title": {"text": r"$\frac{a}{b}$"}})), lost=[r"\frac{a}{b}"]
    ),
    "plotly_webgl": Elsewhere(
        shown(plotly({**BAR, "type": "scattergl"}), plotly({"type": "parcoords", "dimensions": [{"values": [1, 2]}]})),
        here=[".chart .point"],
        lost=["parcoords"],
        unseen=["WebGL"],
    ),
    "plotly_sankey": Elsewhere(
        shown(
            plotly(
                {"type": "sankey", "node": {"label": ["a", "b"]}, "link": {"source": [0], "target": [1], "value": [1]}}
            )
        ),
        here=[".sankey-link"],
    ),
    "plotly_circle": Elsewhere(
        shown(plotly({"type": "scatter", "x": [0, 1], "y": [0, 1]}, layout={"width": 300, "height": 300})),
        here=[".chart.sized"],
    ),
    "widgets": Elsewhere(
        shown(
            {
                "application/vnd.jupyter.widget-view+json": {"model_id": "1"},
                "text/plain": "IntSlider(value=3, description='n')",
            },
            {
                "application/vnd.jupyter.widget-view+json": {"model_id": "2"},
                "text/plain": "  0%|          | 0/30 [00:00<?, ?it/s]",
            },
        ),
        lost=["IntSlider", "an interactive control"],
        unseen=["value=3", "0/30"],
    ),
    "objects": Elsewhere(
        shown(
            {"text/plain": "<IPython.core.display.Javascript object>", "application/javascript": "alert(1)"},
            {"text/plain": "<IPython.core.display.HTML object>"},
        ),
        lost=["javascript", "IPython.core.display.HTML"],
        unseen=["alert(1)"],
    ),
    "script": Elsewhere(
        shown(
            {"text/html": "<script>document.title='broken'</script>"}, {"text/html": "<p>kept</p><script>1</script>"}
        ),
        seen=["kept"],
        lost=["which a script", "which a script"],
    ),
    "animation": Elsewhere(
        shown(
            {
                "text/html": '<link rel="stylesheet" href="https://example.org/font.css"><script>var a</script><img id="a"><button onclick="a.play()">+</button>',
                "text/plain": "<IPython.core.display.HTML object>",
            }
        ),
        lost=["which a script"],
        unseen=["font.css"],
    ),
    "controls": Elsewhere(
        shown({"text/html": "<p>kept</p><select><option>one</option></select>"}), seen=["kept"], lost=["a form"]
    ),
    "frame_in_colab": Elsewhere(
        shown(
            {
                "text/html": f'<div id="df-1" class="colab-df-container">{FRAME}<div class="colab-df-buttons">'
                '<button onclick="convert()" title="Convert" style="display:none;"></button><script>1</script></div></div>'
            }
        ),
        here=["td.number"],
        lost=["which a script"],
    ),
    "wide": Elsewhere(
        shown(
            {"text/html": '<div style="width:900px">wide</div>'},
            {"text/html": "<progress style='width:60ex' max='10' value='3'></progress>"},
        ),
        seen=["wide"],
        here=["progress"],
    ),
    "long_table": Elsewhere(
        shown({"text/html": f'<table class="dataframe"><tbody>{"<tr><td>1</td></tr>" * 70}</tbody></table>'}),
        seen=["All 70 rows"],
    ),
    "nothing": Elsewhere(
        shown(
            new_output("stream", name="stdout", text="\n"),
            {"text/html": "&nbsp;<!-- no more -->"},
            new_output("error", ename="StopIteration", evalue="", traceback=[]),
        ),
        seen=["StopIteration"],
        unseen=["StopIteration:"],
    ),
    "remote_images": Elsewhere(
        book(
            text("![far](https://example.org/a.png)"),
            code("x", outputs=[{"text/html": '<img src="//example.org/b.png">'}]),
        ),
        lost=["https://example.org/a.png", "//example.org/b.png"],
    ),
    "images_beside": Elsewhere(
        book(text("![near](pictures/near%20by.png) ![gone](gone.png)")), lost=["gone.png"], here=["img[alt=near]"]
    ),
    "attachment": Elsewhere(
        book(
            new_markdown_cell(
                "![pasted](attachment:a.png) ![lost](attachment:b.png)", attachments={"a.png": {"image/png": PNG}}
            )
        ),
        lost=["attachment:b.png"],
        here=["img[alt=pasted]"],
    ),
    "image_sizes": Elsewhere(
        shown(
            new_output("display_data", {"image/png": PNG}, metadata={"image/png": {"width": 40, "alt": "Loaves"}}),
            {"image/svg+xml": SVG},
        ),
        here=["img[width='40'][alt=Loaves]", "img"],
    ),
    "formulas": Elsewhere(
        book(
            text(
                "The share $\\frac{a}{b}$ of\n\n$$\\begin{aligned}x&=1\\\\y&=2\\end{aligned}$$\n\nand $\\nosuchthing$."
            ),
            code(
                "m",
                outputs=[{"text/latex": "$\\displaystyle x^{2}$", "text/plain": "<IPython.core.display.Math object>"}],
            ),
        ),
        here=["p math mfrac", "math mtable", "math msup"],
        lost=["\\nosuchthing"],
    ),
    "money": Elsewhere(book(text("It cost $5 and then $10, or $5-$10.")), seen=["It cost $5 and then $10, or $5-$10."]),
    "hostile_style": Elsewhere(
        book(
            code(
                "x",
                outputs=[
                    {"text/html": "<style>p{display:none}} main, p {display:none}</style><p>styled</p><b>bold</b>"}
                ],
            ),
            text("after"),
        ),
        seen=["more on Saturdays", "after"],
        unseen=["styled"],
    ),
    "unclosed": Elsewhere(
        book(
            code("x", outputs=[{"text/html": "<div><b>open <!-- "}, {"text/html": "</main></body><p>stray"}]),
            text("Still here"),
        ),
        seen=["open", "stray", "Still here"],
    ),
    "refresh": Elsewhere(
        shown(
            {
                "text/html": '<base href="https://example.org/"><meta http-equiv="refresh" content="0; url=https://example.org/">'
                '<link rel="stylesheet" href="https://example.org/x.css"><form action="https://example.org"><input name="q"></form><p>kept</p>'
            }
        ),
        seen=["kept"],
        lost=["example.org", "x.css", "a form"],
    ),
    "other_requests": Elsewhere(
        shown(
            {
                "text/html": '<video poster="https://a.org/p.png" src="https://a.org/v.mp4"></video><svg><image xlink:href="https://a.org/i.png"/></svg>'
                f'<table background="https://a.org/t.png"><tr><td>x</td></tr></table><a href="https://a.org" ping="https://a.org/ping">link</a>'
                f'<img alt="two" src="data:image/png;base64,{PNG}" srcset="https://a.org/2.png 2x"><p style="background:url(https://a.org/b.png)">b</p>'
            }
        ),
        seen=["link"],
        lost=["p.png", "v.mp4", "i.png", "t.png", "b.png"],
        here=["img[alt=two]"],
    ),
    "terminal": Elsewhere(
        shown(
            new_output(
                "stream",
                name="stdout",
                text="a\rb\n\x1b[1;31mred\x1b[0m \x1b]8;;https://x.org\x1b\\link\x1b]8;;\x1b\\\nabc\b\bX\x1b[K\n  5%\r\x1b[2Kdone",
            ),
            {"text/plain": "\x1b[32mgreen\x1b[0m"},
        ),
        seen=["b\nred link\naX\ndone", "green"],
        unseen=["[32m", "a\n", "5%"],
    ),
    "traceback": Elsewhere(
        shown(
            new_output(
                "error",
                ename="FileNotFoundError",
                evalue=f"[Errno 2] No such file or directory: '{HOME}/loaves.csv'",
                traceback=[
                    "\x1b[0;31mTraceback",
                    "File ~/venv/lib/python3.11/site-packages/pandas/io/common.py:873, in get()",
                    f'File "{HOME}/x.py", line 1',
                ],
            )
        ),
        seen=["common.py:873", 'File "x.py"'],
        unseen=["anna", "site-packages", "~/"],
    ),
    "pandas": Elsewhere(
        shown({"text/html": FRAME}, {"text/html": STYLER}), seen=["nobody would want to see cut"], here=["td.number"]
    ),
    "great_tables": Elsewhere(
        shown({"text/html": GREAT}), seen=["Saturday"], here=["[aria-label*=Loaves]", ".coloured"]
    ),
    "markdown": Elsewhere(
        book(
            text("[Sales of rye](#Sales-of-rye) [as on GitHub](#sales-of-rye-too) [写在最后](#写在最后)"),
            text(
                '## Sales of rye\n\n> Quoted\n\n| a | b |\n| - | -: |\n| 1 | 2 |\n\n### Sales of *rye*, too[^a]\n\n[^a]: Of the bakery\n\n## 写在最后\n\n[nowhere](#nowhere) <a name="old"></a>[old](#old)'
            ),
        ),
        seen=["Quoted", "Of the bakery"],
        unseen=["[^a]"],
        here=["[id='Sales-of-rye']", "a[href='#old']", ".table table", "blockquote", "sup a"],
    ),
    "magic": Elsewhere(book(code('%matplotlib inline\nloaves = "rye"', "parameters")), seen=["loaves = rye"]),
    "other_language": Elsewhere(book(code('lang = "eng"', "parameters")), seen=["more on Saturdays"]),
    "chinese": Elsewhere(
        new_notebook(cells=[text("面包房的销量。"), text("## 面包房\n\n周六卖得多。")]), seen=["周六卖得多"]
    ),
    "sound": Elsewhere(
        shown(
            {
                "text/html": '<audio controls><source src="data:audio/wav;base64,UklGRiQAAABXQVZF" type="audio/wav"></audio>'
            }
        ),
        here=["audio"],
    ),
    "json": Elsewhere(
        shown({"application/json": {"loaves": 3}, "text/plain": "<IPython.core.display.JSON object>"}),
        seen=['"loaves": 3'],
    ),
    "ids_of_the_page": Elsewhere(
        shown({"text/html": '<p id="charts">one</p><p id="plotly">two</p>'}, plotly(BAR)),
        seen=["one"],
        here=[".chart .main-svg"],
    ),
}
