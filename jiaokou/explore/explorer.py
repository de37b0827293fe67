"""All observations and milestones of a package to look through in a notebook, by mouse or keyboard (ipywidgets)."""

from __future__ import annotations

import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.explore.query import FIELDS, Chart, Choices, chart_of, code_of, options, rows_of, settled

if TYPE_CHECKING:
    from ipywidgets import VBox

_LANGUAGES = (("中文", "zh"), ("English", "en"))
_LISTS = {"section": "sections", "topic": "topics", "unit": "units", "stage": "stage", "basis": "basis"}

# JupyterLab takes arrow keys and letters for its cells (`d d` deletes one) even where a list of choices has the focus:
# ipywidgets' issue 3912. Shortcuts with Ctrl or Cmd stay Lab's.
_KEYS = """this.closest('.jiaokou-explorer').addEventListener('keydown', (pressed) => {
if (pressed.target.matches('select') && !pressed.ctrlKey && !pressed.metaKey) pressed.stopPropagation(); })"""

# Labels stand above their controls. Text of charts takes the colour of its surroundings, as tables do: Lab's themes
# say what is dark, and the chart cannot know.
_STYLE = """
.jiaokou-explorer .jiaokou-controls{gap:8px 16px;margin-bottom:8px;overflow:visible}
.jiaokou-explorer .jiaokou-controls .widget-inline-hbox{flex-direction:column;align-items:stretch;height:auto;
width:auto;margin:0}
.jiaokou-explorer .jiaokou-controls .widget-label{text-align:left;width:auto;height:auto;line-height:1.6}
.jiaokou-explorer .jiaokou-controls :is(.widget-dropdown,.widget-text){flex:1 1 150px;max-width:280px}
.jiaokou-explorer .jiaokou-controls :is(select,input){flex:none;height:2.2em}
.jiaokou-explorer .jiaokou-controls .widget-toggle-buttons{max-width:100%}
.jiaokou-explorer .widget-toggle-button{height:2.2em;line-height:2.2em;margin:0 4px 0 0}
.jiaokou-explorer select{appearance:auto;background-image:none}
[data-jp-theme-light="false"] .jiaokou-explorer{color-scheme:dark}
.jiaokou-explorer :is(button,select,input,textarea):focus-visible{outline:2px solid currentColor;outline-offset:1px}
.jiaokou-explorer :is(.widget-html,.widget-html-content){height:auto;overflow:visible;line-height:1.5}
.jiaokou-explorer textarea{font-family:var(--jp-code-font-family,monospace);field-sizing:content;resize:none}
.jiaokou-explorer .js-plotly-plot .infolayer text{fill:currentColor!important}
.jiaokou-explorer .jp-OutputArea-child{padding-left:0}
"""


class Explorer:
    """What `explorer` makes: `rows` are those chosen, `code` gives the same rows in a cell, `choices` what is chosen.

    `controls` are the widgets by name (`what`, `lang`, the fields, `words`); setting their `value` is choosing.
    """

    def __init__(self, package: str | Path, lang: str) -> None:
        import ipywidgets as widgets

        from jiaokou.wording import phrase

        def box(children: list[Any], name: str, **layout: str) -> Any:
            made = widgets.Box(children, layout=layout)
            made.add_class(name)
            return made

        fit = {"style": {"button_width": "auto"}}
        # In both languages: ipywidgets makes toggle buttons anew when their heading changes, and the focus is lost.
        heading = " / ".join(phrase("language", each) for _, each in _LANGUAGES)
        fields = dict.fromkeys(field for fields in FIELDS.values() for field in fields)
        self._folder = package
        self.controls: dict[str, Any] = {
            "what": widgets.ToggleButtons(options=list(FIELDS), **fit),
            **{field: widgets.Dropdown(options=[("", "")]) for field in fields},
            "words": widgets.Text(continuous_update=False),
            "lang": widgets.ToggleButtons(options=_LANGUAGES, value=lang, description=heading, **fit),
        }
        self._count, self._table = widgets.HTML(), widgets.HTML()
        self._message, self._units = widgets.HTML(), box([], "jiaokou-units", flex_flow="row wrap")
        self._figure = widgets.Output()
        self._code = widgets.Textarea(layout={"width": "auto"}, style={"description_width": "initial"})
        self._code_label = widgets.HTML()
        switches = box(
            [self.controls[name] for name in ("what", "lang")], "jiaokou-controls", flex_flow="row wrap"
        )
        choosing = [control for control in self.controls.values() if control not in switches.children]
        table = widgets.Box(
            [self._table], layout={"max_height": "32em", "overflow": "auto", "display": "block"}
        )
        self.widget: VBox = widgets.VBox(
            [
                widgets.HTML(
                    f'<style onload="{html.escape(_KEYS)}">{_STYLE}</style>', layout={"display": "none"}
                ),
                switches,
                box(choosing, "jiaokou-controls", flex_flow="row wrap"),
                self._count,
                self._message,
                self._units,
                self._figure,
                table,
                self._code_label,
                self._code,
            ]
        )
        self.widget.add_class("jiaokou-explorer")
        self._writing = False
        for control in self.controls.values():
            control.observe(self._changed, "value")
        self._write()

    @property
    def lang(self) -> str:
        """The language shown."""
        return str(self.controls["lang"].value)

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        chosen = {name: control.value or "" for name, control in self.controls.items() if name != "lang"}
        return Choices(**chosen)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows chosen, as `load()` or `milestones()` gives them."""
        return rows_of(self.choices, self._folder)

    @property
    def code(self) -> str:
        """Python that makes `rows` in a cell."""
        return code_of(self.choices, self._folder, lang=self.lang)

    def __repr__(self) -> str:
        return f"{self._said(self.rows)}\n\n{self.code}"

    def _repr_mimebundle_(self, **_: object) -> Mapping[str, Any]:
        """The widgets; where none can be shown (a page, papermill, a terminal), the rows chosen and their code."""
        rows = self.rows
        still = f"<p>{self._said(rows)}</p>{self._as_table(rows)}<pre>{html.escape(self.code)}</pre>"
        return {**self.widget._repr_mimebundle_(), "text/html": still, "text/plain": repr(self)}

    def _changed(self, _: object) -> None:
        if not self._writing:
            self._write()

    def _write(self) -> None:
        """Write all that is shown anew, from what is chosen."""
        self._writing = True
        try:
            data = open_package(self._folder)
            choices = settled(self.choices, self._folder)
            self._write_controls(choices, data)
            rows = self.rows
            self._count.value = f'<span role="status">{self._said(rows)}</span>'
            self._write_chart(chart_of(choices, rows, self._folder), rows, data)
            self._table.value = self._as_table(rows)
            self._code.value = self.code
            self._code.rows = self._code.value.count("\n") + 1
        except JiaokouError as error:
            self._count.value = f'<strong role="alert">{html.escape(str(error))}</strong>'
            self._message.value = self._table.value = self._code.value = ""
            self._units.children = self._figure.outputs = ()
        finally:
            self._writing = False

    def _write_controls(self, choices: Choices, data: Package) -> None:
        from jiaokou import wording
        from jiaokou.wording import phrase

        lang = self.lang
        for name, control in self.controls.items():
            if name != "lang":
                control.description = phrase("explore" if name == "what" else name, lang)
        self.controls["what"].options = [(phrase(what, lang), what) for what in FIELDS]
        self.controls["what"].value = choices.what
        self.controls["words"].placeholder = phrase("words_hint", lang)
        self._code_label.value = f"<strong>{phrase('as_code', lang)}</strong>"
        for field in _LISTS:
            control = self.controls[field]
            control.layout.display = None if field in FIELDS[choices.what] else "none"
            known = options(choices, field, self._folder) if field in FIELDS[choices.what] else {}
            named = [
                (phrase("option", lang, label=wording.code(data, _LISTS[field], code, lang), n=n), code)
                for code, n in known.items()
            ]
            control.options = [(phrase("all", lang, n=sum(known.values())), ""), *named]
            control.value = getattr(choices, field)

    def _write_chart(self, chart: Chart, rows: pd.DataFrame, data: Package) -> None:
        """The chart; or why there is none, with a button for each unit that one can be drawn of."""
        from jiaokou import wording
        from jiaokou.wording import phrase

        self._message.value = phrase(chart.why, self.lang, n=len(chart.units)) if chart.why else ""
        self._units.children = [
            self._unit_button(unit, wording.code(data, "units", unit, self.lang)) for unit in chart.units
        ]
        self._figure.outputs = (self._drawn(chart, rows),) if chart.name else ()

    def _drawn(self, chart: Chart, rows: pd.DataFrame) -> dict[str, Any]:
        from jiaokou import charts

        by = {"by": chart.by} if chart.by else {}
        figure = getattr(charts, chart.name)(rows, self.lang, **by, package=self._folder)
        shown = {
            "application/vnd.plotly.v1+json": {
                **json.loads(figure.to_json()),
                "config": {"displayModeBar": False},
            },
            "text/plain": figure.layout.meta["description"],
        }
        return {"output_type": "display_data", "data": shown, "metadata": {}}

    def _unit_button(self, unit: str, label: str) -> Any:
        import ipywidgets as widgets

        button = widgets.Button(description=label, layout={"width": "auto"})

        def choose(_: object) -> None:
            self.controls["unit"].value = unit
            self.controls["unit"].focus()  # the button is gone

        button.on_click(choose)
        return button

    def _said(self, rows: pd.DataFrame) -> str:
        """How many rows are chosen of how many, as plain text."""
        from jiaokou.wording import phrase

        everything = rows_of(Choices(self.choices.what), self._folder)
        return phrase("chosen", self.lang, n=len(rows), all=len(everything))

    def _as_table(self, rows: pd.DataFrame) -> str:
        from jiaokou import tables

        if rows.empty:
            return ""
        table = getattr(tables, self.choices.what)(rows, self.lang, package=self._folder)
        return str(table.as_raw_html())


def explorer(package: str | Path = "", lang: str = "zh") -> Explorer:
    """Look through all observations and milestones in a notebook: choose, see table and chart, take the code along.

    Sections, topics, stages, bases, units and words are chosen by mouse or keyboard; the language can be changed in
    the view. What is chosen stands below as code that gives the same rows, and in `.rows` for the next cell.

        >>> view = explorer(lang="en")
        >>> view.controls["unit"].value = "CNY"
        >>> print(view.code)
        import jiaokou as jk
        <BLANKLINE>
        rows = jk.load().query("unit == 'CNY'")
        jk.charts.bars(rows, "en")

    Raises JiaokouError without ipywidgets, for an unknown language, and for a package that is not sound.
    """
    from jiaokou.wording import check_language

    check_language(lang)
    open_package(package)
    try:
        import ipywidgets  # noqa: F401
    except ModuleNotFoundError:
        raise JiaokouError(
            'jiaokou.explorer needs ipywidgets: install it with pip install "jiaokou[lab]", then restart the kernel'
        ) from None
    return Explorer(package, lang)
