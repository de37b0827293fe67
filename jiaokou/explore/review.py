"""A draft to decide in a notebook, one row at a time in its sentence, by keyboard alone (ipywidgets)."""

from __future__ import annotations

import html
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from jiaokou import wording
from jiaokou.data.descriptor import absolute
from jiaokou.drafting import draft
from jiaokou.errors import JiaokouError
from jiaokou.wording import phrase

KEYS = {"c": "confirm", "e": "edit", "r": "reject", "n": "next", "b": "back", "u": "undo", "a": "alike"}
_EDITED = ("printed", "value", "unit", "qualifier", "kind", "name", "period_start", "period_end", "basis", "reason")

_BESIDE = ("section", "state", "compared_with", "period_from", "doubt")


class Review:
    """What `review` makes: `rows` is the draft, `row` the label of the one shown, `press` does what a key does.

    Every decision is saved at once; where `draft.csv` was changed by another program meanwhile, that is told, and the
    file is read again instead.
    """

    def __init__(self, folder: Path, lang: str, reviewer: str) -> None:
        import ipywidgets as widgets

        self.folder, self.lang, self.reviewer = folder, lang, reviewer
        self._before: list[tuple[Any, pd.Series[str]]] = []
        self.said = ""
        self._at = 0
        self._load()
        self._shown, self._key = widgets.HTML(), widgets.Text(description=phrase("review_key", lang))
        self.fields = {name: widgets.Text(description=name) for name in _EDITED}
        keys = widgets.HTML(
            " ".join(f"<kbd>{key}</kbd> {phrase(f'review_{what}', lang)}" for key, what in KEYS.items())
        )
        self.widget = widgets.VBox([keys, self._shown, self._key, *self.fields.values()])
        self._key.observe(self._typed, "value")
        self._write()

    def press(self, key: str) -> None:
        """Do what a key does to the row shown: c confirms, e takes the fields over, r rejects, n and b go on and back,
        u undoes, and a confirms every row without a doubt that has the same unit and kind.
        """
        what, self.said = KEYS.get(key, ""), ""
        if what in ("next", "back"):
            self._at = (self._at + (1 if what == "next" else -1)) % len(self._order)
        elif what == "undo" and self._before:
            row, was = self._before.pop()
            self.rows.loc[row] = was
            self._at = self._order.index(row)
            self._save()
        elif what == "alike":
            mine = self.rows.loc[self.row]
            same = (self.rows[["unit", "kind"]] == mine[["unit", "kind"]]).all(axis="columns") & (
                self.rows["doubt"] == ""
            )
            for row in self.rows.index[same & (self.rows["state"] == "drafted")]:
                self._decide(row, "confirmed")
            self._go_on()
        elif what in ("confirm", "edit", "reject"):
            if what == "edit":
                state, values = "edited", {name: field.value for name, field in self.fields.items()}
            else:
                state, values = f"{what}{'' if what.endswith('e') else 'e'}d", {}
            self._decide(self.row, state, **values)
            self._go_on()
        self._write()

    @property
    def row(self) -> Any:
        """The label of the row shown."""
        return self._order[self._at]

    def _load(self) -> None:
        rows = draft.read(self.folder)
        if rows is None or rows.empty:
            raise JiaokouError(f"{self.folder / draft.FILE} has no rows; draft first: jiaokou draft TEXT {self.folder}")
        self.rows, self._stamp = rows, (self.folder / draft.FILE).stat().st_mtime_ns
        quantities = rows[rows["kind"] != "name"]
        doubt = (quantities["doubt"] != "").to_numpy()
        self._order = [*quantities.index[doubt], *quantities.index[~doubt], *rows.index[rows["kind"] == "name"]]
        self._at = 0
        self._go_on()

    def _go_on(self) -> None:
        """To the next row that is undecided, quantities first; none is left where all are decided."""
        left = [at for at, row in enumerate(self._order) if self.rows.at[row, "state"] == "drafted"]
        self._at = next((at for at in left if at >= self._at), left[0] if left else self._at)

    def _decide(self, row: Any, state: str, **values: str) -> None:
        self._before.append((row, self.rows.loc[row].copy()))
        for name, value in {**values, "state": state, "reviewer": self.reviewer}.items():
            self.rows.at[row, name] = value
        self._save()

    def _save(self) -> None:
        file = self.folder / draft.FILE
        if file.stat().st_mtime_ns != self._stamp:
            self._before.clear()
            self._load()
            self.said = phrase("review_conflict", self.lang)
            return
        draft.write(self.rows, self.folder)
        self._stamp = file.stat().st_mtime_ns

    def _typed(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.press(change["new"][-1].lower())
            self._key.value = ""

    def _write(self) -> None:
        row = self.rows.loc[self.row]
        start, end = (int(row[place]) - int(row["sentence_start"]) for place in ("start", "end"))
        before, printed, after = (html.escape(row["sentence"][a:b]) for a, b in ((0, start), (start, end), (end, None)))
        quantities = int((self.rows["kind"] != "name").sum())
        left = phrase("review_left", self.lang, n=draft.undecided(self.rows), all=quantities)
        facts = " · ".join(html.escape(row[name]) for name in _BESIDE if row[name])
        status = f'<p role="status">{html.escape(self.said)} {left}</p>'
        self._shown.value = f"{status}<p>{before}<mark>{printed}</mark>{after}</p><p>{facts}</p>"
        for name, field in self.fields.items():
            field.value = row[name]

    def _ipython_display_(self) -> None:
        display(self.widget)


def review(folder: str | Path, lang: str = "zh", *, reviewer: str = "") -> Review:
    """Decide the rows of a package's `draft.csv` in a notebook, the doubtful first, each in its sentence.

    Keys are typed into the field that has the focus; each decision is saved at once, and the next call goes on where
    the last one stopped. Raises JiaokouError without ipywidgets, and where there is no draft.
    """
    wording.check_language(lang)
    try:
        return Review(absolute(folder), lang, reviewer)
    except ModuleNotFoundError:
        raise JiaokouError(
            'jiaokou.review needs ipywidgets: install it with pip install "jiaokou[lab]", then restart the kernel'
        ) from None
