"""All observations and milestones of a package to look through in a notebook, by mouse or keyboard (ipywidgets)."""

import html
import json
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from IPython.core.formatters import format_display_data
from IPython.display import display

from jiaokou import charts, wording
from jiaokou.data.package import open_package, pick
from jiaokou.errors import JiaokouError
from jiaokou.explore.search import search
from jiaokou.explore.show import show
from jiaokou.wording import phrase

FIELDS = {"observations": ("section", "topic", "basis", "unit"), "milestones": ("section", "topic", "stage")}
"""What can be chosen of each kind of row; each is a column of codes."""

_LANGUAGES = (("中文", "zh"), ("English", "en"))
_FIELDS = ("section", "topic", "unit", "stage", "basis")

# JupyterLab takes arrow keys and letters for its cells (`d d` deletes one) even where a list of choices has the focus:
# ipywidgets' issue 3912. Shortcuts with Ctrl or Cmd stay Lab's.
_KEYS = """this.closest('.widget-vbox').addEventListener('keydown', (pressed) => {
if (pressed.target.matches('select') && !pressed.ctrlKey && !pressed.metaKey) pressed.stopPropagation(); })"""


class Selection:
    """Which rows are wanted (`what` is observations or milestones): by codes of fields, `words`, and single `codes`.

    Choices are made one after the other; a code that those before it leave nothing of is dropped, so that `chosen` and
    `codes` are those that hold. Of `total` rows the `offered` are those out of which single ones can be chosen, and
    `rows` those chosen; `options` says of each field how many rows each code would leave. Words are looked for as
    `search` does. Raises JiaokouError for words without a letter or digit.
    """

    def __init__(self, what: str = "observations", *, package: str | Path = "", **choices: Any) -> None:
        self.what, self.package, self.words = what, package, choices.get("words", "")
        self.kind = what.removesuffix("s")  # the rows' column of codes, and their kind in a search
        self.chosen: dict[str, str] = {}
        self.options: dict[str, dict[str, int]] = {}
        frame = open_package(package).frames[what].copy()
        self.total = len(frame)
        for field in FIELDS[what]:
            counts = frame[field].value_counts(sort=False)
            self.options[field] = {str(code): int(n) for code, n in counts.items() if n}
            if (code := choices.get(field)) in self.options[field]:
                self.chosen[field] = code
                frame = frame[frame[field] == code]
        if self.words.strip():
            found = search(self.words, package=package).query(f"kind == {self.kind!r}")
            frame = frame[frame[self.kind].isin(found["code"])]
        self.offered = frame
        known = set(frame[self.kind])
        self.codes = tuple(code for code in choices.get("codes", ()) if code in known)
        self.rows = pick(frame, *self.codes) if self.codes else frame

    @property
    def chart(self) -> tuple[str, str, str]:
        """The chart that suits the rows: its name in `charts`, the column it is made by, or why there is none.

        Milestones by stage; values of one unit as bars, shares within their whole.
        """
        if self.rows.empty:
            return "", "", "none_chosen"
        if self.what == "milestones":
            by = "claim" if "topic" in self.chosen else "topic" if "section" in self.chosen else "section"
            return "board", by, ""
        units = {*self.rows["unit"]}
        if len(units) > 1 or "rank" in units:
            return "", "", "choose_unit" if len(units) > 1 else "ranks_undrawn"
        indicators = open_package(self.package).frames["indicators"].set_index("indicator")
        if {*indicators.loc[self.rows["indicator"], "measure"]} == {"share"}:
            return "progress", "", ""
        return "intervals" if (self.rows["value"] < 0).any() else "bars", "", ""

    def code(self, lang: str = "zh") -> str:
        """Python for a notebook cell: makes `rows` what is chosen, and ends in the chart or the table of them."""
        chart, by, _ = self.chart
        lines = ["import jiaokou", "", f"page = jiaokou.briefing({_texts(lang, str(self.package))})"]
        rows = "page.milestones()" if self.what == "milestones" else "page.load()"
        if self.codes:
            lines.append(f"rows = jiaokou.pick({rows}, {_texts(*self.codes)})")
        else:
            query = " and ".join(f"{field} == {code!r}" for field, code in self.chosen.items())
            lines.append(f"rows = {rows}" + (f".query({_texts(query)})" if query else ""))
            if self.words.strip():
                lines.append(f"found = page.search({_texts(self.words)}).query(\"kind == '{self.kind}'\")")
                lines.append(f'rows = rows[rows["{self.kind}"].isin(found["code"])]')
        drawn = f"page.charts.{chart}(rows{f', by={_texts(by)}' if by else ''})" if chart else "page.show(rows)"
        return "\n".join([*lines, "rows" if self.rows.empty else drawn])


class Explorer:
    """What `explorer` makes: `rows` are those chosen, `code` gives the same rows in a cell.

    `controls` are the widgets by name (`what`, `lang`, the fields, `words`, `codes`); setting their `value` is
    choosing.
    """

    def __init__(self, lang: str, package: str | Path) -> None:
        widgets = ipywidgets("explorer")
        # In both languages: ipywidgets makes toggle buttons anew when their heading changes, and the focus is lost.
        heading = " / ".join(phrase("language", each) for _, each in _LANGUAGES)
        self._package = package
        self._writing = False
        self.controls: dict[str, Any] = {
            "what": widgets.ToggleButtons(options=list(FIELDS)),
            "lang": widgets.ToggleButtons(options=_LANGUAGES, value=lang, description=heading),
            **{field: widgets.Dropdown(options=[("", "")]) for field in _FIELDS},
            "words": widgets.Text(continuous_update=False),
            "codes": widgets.SelectMultiple(),
        }
        self._figure, self._code = widgets.Output(), widgets.Textarea()
        self._shown = widgets.HTML(layout={"max_height": "32em", "overflow": "auto"})
        what, language, *fields = self.controls.values()
        choosing = [widgets.Box(each).add_class("jiaokou-controls") for each in ([what, language], fields)]
        self.widget = widgets.VBox([style(), *choosing, self._figure, self._shown, self._code])
        self.widget.add_class("jiaokou-explorer")
        for control in self.controls.values():
            control.observe(self._write, "value")
        self._write()

    def __repr__(self) -> str:
        return self.code

    def _ipython_display_(self) -> None:
        """Show the rows chosen with their code, then the widgets, which hide them.

        So a page, a saved notebook or one whose kernel was restarted has the rows, where it has no widgets.
        """
        said, code = f"<p>{phrase('run_again', self.lang)}</p>", f"<pre>{html.escape(self.code)}</pre>"
        saved = f'<div class="jiaokou-saved">{said}{self._shown.value}{code}</div>'
        display({"text/html": saved, "text/plain": repr(self)}, raw=True)
        display({**format_display_data(self.widget)[0], "text/html": "", "text/plain": ""}, raw=True)

    def _write(self, _: object = None) -> None:
        """Write all that is shown anew, from what is chosen."""
        if self._writing:  # a control that is written has changed
            return
        self._writing = True
        try:
            self.lang = str(self.controls["lang"].value)
            chosen = {name: each.value for name, each in self.controls.items() if name != "lang"}
            left = Selection(package=self._package, **chosen)
            self._write_controls(left)
            self.rows, self.code = left.rows, left.code(self.lang)
            self._figure.outputs = self._drawn(left)
            self._shown.value = self._said(left)
            self._code.value, self._code.rows = self.code, self.code.count("\n") + 1
        except JiaokouError as error:
            self._shown.value = f'<p role="alert"><strong>{html.escape(str(error))}</strong></p>'
        finally:
            self._writing = False

    def _write_controls(self, left: Selection) -> None:
        lang, controls, data = self.lang, self.controls, open_package(self._package)
        for name in controls.keys() - {"lang"}:
            controls[name].description = phrase(name, lang)
        controls["what"].options = [(phrase(what, lang), what) for what in FIELDS]
        controls["what"].value = left.what
        controls["words"].placeholder = phrase("words_hint", lang)
        self._code.description = phrase("as_code", lang)
        for field in _FIELDS:
            known = left.options.get(field, {})
            labels = {code: wording.code(data, field, code, lang) for code in known}
            options = [(phrase("option", lang, label=labels[code], n=n), code) for code, n in known.items()]
            controls[field].options = [(phrase("all", lang, n=sum(known.values())), ""), *options]
            controls[field].value = left.chosen.get(field, "")
            controls[field].layout.display = None if field in left.options else "none"
        controls["codes"].options = [
            (f"{row[left.kind]} · {wording.label(row, lang, data)}", row[left.kind])
            for row in wording.rows(left.offered)
        ]
        controls["codes"].value = left.codes

    def _drawn(self, left: Selection) -> tuple[dict[str, Any], ...]:
        """The output of the chart that suits the rows, if any does."""
        chart, by, _ = left.chart
        if not chart:
            return ()
        figure = getattr(charts, chart)(left.rows, self.lang, **({"by": by} if by else {}), package=self._package)
        plot = {**json.loads(figure.to_json()), "config": {"displayModeBar": False}}
        shown = {"application/vnd.plotly.v1+json": plot, "text/plain": figure.layout.meta["description"]}
        return ({"output_type": "display_data", "data": shown, "metadata": {}},)

    def _said(self, left: Selection) -> str:
        """How many rows are chosen of how many, why no chart suits them, and their table."""
        *_, why = left.chart
        said = [phrase("chosen", self.lang, n=len(left.rows), all=left.total)]
        if why:
            said.append(phrase(why, self.lang, n=len({*left.rows.get("unit", ())})))
        table = "" if left.rows.empty else show(left.rows, self.lang, package=self._package).as_raw_html()
        return f'<p role="status">{" ".join(said)}</p>{table}'


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
    return Explorer(lang, package)


def style() -> Any:
    """The widget that gives the others around it their style, and lets lists of choices have their keys."""
    css = Path(__file__).with_suffix(".css").read_text("utf-8")
    content = f'<style onload="{html.escape(_KEYS)}">{css}</style>'
    return ipywidgets("explorer").HTML(content, layout={"display": "none"})


def ipywidgets(caller: str) -> ModuleType:
    """The library of widgets, an extra. Raises JiaokouError without it."""
    try:
        return import_module("ipywidgets")
    except ModuleNotFoundError:
        raise JiaokouError(
            f'jiaokou.{caller} needs ipywidgets: install it with pip install "jiaokou[lab]", then restart the kernel'
        ) from None


def _texts(*texts: str) -> str:
    """Those strings that are not empty as Python code, in double quotes."""
    return ", ".join(json.dumps(text, ensure_ascii=False) for text in texts if text)
