"""All observations and milestones of a package to look through in a notebook, by mouse or keyboard (ipywidgets)."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from jiaokou import charts, tables, wording
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.explore.query import FIELDS, Chart, Choices, Narrowed, chart_of, code_of, narrowed
from jiaokou.wording import phrase

_LANGUAGES = (("中文", "zh"), ("English", "en"))
_LISTS = {"section": "sections", "topic": "topics", "unit": "units", "stage": "stage", "basis": "basis"}

_STYLE = Path(__file__).with_suffix(".css")

# JupyterLab takes arrow keys and letters for its cells (`d d` deletes one) even where a list of choices has the focus:
# ipywidgets' issue 3912. Shortcuts with Ctrl or Cmd stay Lab's.
_KEYS = """this.closest('.jiaokou-explorer').addEventListener('keydown', (pressed) => {
if (pressed.target.matches('select') && !pressed.ctrlKey && !pressed.metaKey) pressed.stopPropagation(); })"""


class Explorer:
    """What `explorer` makes: `rows` are those chosen, `code` gives the same rows in a cell, `choices` what is chosen.

    `controls` are the widgets by name (`what`, `lang`, the fields, `words`, `codes`); setting their `value` is
    choosing.
    """

    def __init__(self, lang: str, package: str | Path) -> None:
        import ipywidgets as widgets

        def box(children: list[Any], **layout: str) -> Any:
            return widgets.Box(children, layout={"flex_flow": "row wrap", **layout})

        fit = {"style": {"button_width": "auto"}}
        # In both languages: ipywidgets makes toggle buttons anew when their heading changes, and the focus is lost.
        heading = " / ".join(phrase("language", each) for _, each in _LANGUAGES)
        self._folder = package
        self.controls: dict[str, Any] = {
            "what": widgets.ToggleButtons(options=list(FIELDS), **fit),
            "lang": widgets.ToggleButtons(options=_LANGUAGES, value=lang, description=heading, **fit),
            **{field: widgets.Dropdown(options=[("", "")]) for field in _LISTS},
            "words": widgets.Text(continuous_update=False),
            "codes": widgets.SelectMultiple(),
        }
        self._said, self._table = widgets.HTML(), widgets.HTML()
        self._figure = widgets.Output()
        self._code = widgets.Textarea(layout={"width": "auto"}, style={"description_width": "initial"})
        self._code_label = widgets.HTML()
        style = f'<style onload="{html.escape(_KEYS)}">{_STYLE.read_text("utf-8")}</style>'
        switches, choosing = (box(part) for part in (self._controls[:2], self._controls[2:]))
        for controls in (switches, choosing):
            controls.add_class("jiaokou-controls")
        table = box([self._table], max_height="32em", overflow="auto", display="block")
        shown = [self._said, self._figure, table, self._code_label, self._code]
        self.widget = widgets.VBox(
            [widgets.HTML(style, layout={"display": "none"}), switches, choosing, *shown]
        )
        self.widget.add_class("jiaokou-explorer")
        self._writing = False
        for control in self._controls:
            control.observe(self._changed, "value")
        self._write()

    @property
    def _controls(self) -> list[Any]:
        return list(self.controls.values())

    @property
    def lang(self) -> str:
        """The language shown."""
        return str(self.controls["lang"].value)

    @property
    def choices(self) -> Choices:
        """What is chosen."""
        chosen: dict[str, Any] = {name: each.value for name, each in self.controls.items() if name != "lang"}
        return Choices(**chosen)

    @property
    def rows(self) -> pd.DataFrame:
        """The rows chosen, as `load()` or `milestones()` gives them."""
        return narrowed(self.choices, self._folder).rows

    @property
    def code(self) -> str:
        """Python that makes `rows` in a cell."""
        return code_of(self.choices, self._folder, lang=self.lang)

    def __repr__(self) -> str:
        return f"{self._counted(self.rows)}\n\n{self.code}"

    def _ipython_display_(self) -> None:
        """Show the rows chosen with their code, then the widgets, which hide them.

        So a page, a saved notebook or one whose kernel was restarted has the rows, where it has no widgets.
        """
        rows = self.rows
        saved = f"<p>{phrase('run_again', self.lang)} {self._counted(rows)}</p>{self._as_table(rows)}"
        saved = f'<div class="jiaokou-saved">{saved}<pre>{html.escape(self.code)}</pre></div>'
        display({"text/html": saved, "text/plain": repr(self)}, raw=True)
        display({**self.widget._repr_mimebundle_(), "text/html": "", "text/plain": ""}, raw=True)

    def _changed(self, _: object) -> None:
        if not self._writing:
            self._write()

    def _write(self) -> None:
        """Write all that is shown anew, from what is chosen."""
        self._writing = True
        try:
            data = open_package(self._folder)
            left = narrowed(self.choices, self._folder)
            self._write_controls(left, data)
            choices, *_, rows = left
            chart = chart_of(choices, rows, self._folder)
            units = rows["unit"].nunique() if "unit" in rows else 0
            why = phrase(chart.why, self.lang, n=units) if chart.why else ""
            self._said.value = f'<span role="status">{self._counted(rows)} {why}</span>'
            self._figure.outputs = (self._drawn(chart, rows),) if chart.name else ()
            self._table.value = self._as_table(rows)
            self._code.value = self.code
            self._code.rows = self._code.value.count("\n") + 1
        except JiaokouError as error:
            self._said.value = f'<strong role="alert">{html.escape(str(error))}</strong>'
            self._table.value = self._code.value = ""
            self._figure.outputs = ()
        finally:
            self._writing = False

    def _write_controls(self, left: Narrowed, data: Package) -> None:
        lang = self.lang
        for name, control in self.controls.items():
            if name != "lang":
                control.description = phrase("explore" if name == "what" else name, lang)
        self.controls["what"].options = [(phrase(what, lang), what) for what in FIELDS]
        self.controls["what"].value = left.choices.what
        self.controls["words"].placeholder = phrase("words_hint", lang)
        self._code_label.value = f"<strong>{phrase('as_code', lang)}</strong>"
        for field, list_ in _LISTS.items():
            control = self.controls[field]
            control.layout.display = None if field in FIELDS[left.choices.what] else "none"
            known = left.options[field]
            named = [
                (phrase("option", lang, label=wording.code(data, list_, code, lang), n=n), code)
                for code, n in known.items()
            ]
            control.options = [(phrase("all", lang, n=sum(known.values())), ""), *named]
            control.value = getattr(left.choices, field)
        self.controls["codes"].options = [
            (f"{row[left.choices.kind]} · {wording.label(row, lang, data)}", row[left.choices.kind])
            for row in wording.rows(left.offered)
        ]
        self.controls["codes"].value = left.choices.codes

    def _drawn(self, chart: Chart, rows: pd.DataFrame) -> dict[str, Any]:
        by = {"by": chart.by} if chart.by else {}
        figure = getattr(charts, chart.name)(rows, self.lang, **by, package=self._folder)
        plot = {**json.loads(figure.to_json()), "config": {"displayModeBar": False}}
        shown = {"application/vnd.plotly.v1+json": plot, "text/plain": figure.layout.meta["description"]}
        return {"output_type": "display_data", "data": shown, "metadata": {}}

    def _counted(self, rows: pd.DataFrame) -> str:
        """How many rows are chosen of how many, as plain text."""
        everything = narrowed(Choices(self.choices.what), self._folder).rows
        return phrase("chosen", self.lang, n=len(rows), all=len(everything))

    def _as_table(self, rows: pd.DataFrame) -> str:
        if rows.empty:
            return ""
        table = getattr(tables, self.choices.what)(rows, self.lang, package=self._folder)
        return str(table._repr_html_())


def explorer(lang: str = "zh", *, package: str | Path = "") -> Explorer:
    """Look through all observations and milestones in a notebook: choose, see table and chart, take the code along.

    Sections, topics, stages, bases, units, words and single rows are chosen by mouse or keyboard; the language can be
    changed in the view. What is chosen stands below as code that gives the same rows, and in `.rows` for the next
    cell.

        >>> view = explorer("en")
        >>> view.controls["unit"].value = "CNY"
        >>> print(view.code)
        import jiaokou
        <BLANKLINE>
        page = jiaokou.briefing("en")
        rows = page.load().query("unit == 'CNY'")
        page.charts.bars(rows)

    Raises JiaokouError without ipywidgets, for an unknown language, and for a package that is not sound.
    """
    wording.check_language(lang)
    open_package(package)
    try:
        return Explorer(lang, package)
    except ModuleNotFoundError:
        raise JiaokouError(
            'jiaokou.explorer needs ipywidgets: install it with pip install "jiaokou[lab]", then restart the kernel'
        ) from None
