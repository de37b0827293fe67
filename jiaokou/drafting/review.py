"""A draft to decide in a notebook, one row at a time in its sentence, by keyboard alone (ipywidgets)."""

import html
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
from IPython.display import display

from jiaokou import wording
from jiaokou.data.descriptor import absolute
from jiaokou.drafting import draft
from jiaokou.drafting.columns import DECIDED, SHOWN, checked, codes, heading
from jiaokou.drafting.observations import check_value, label
from jiaokou.errors import JiaokouError
from jiaokou.explore.explorer import ipywidgets, style
from jiaokou.wording import phrase

KEYS = {"c": "confirm", "e": "edit", "r": "reject", "n": "next", "b": "back", "u": "undo", "a": "alike"}
_EDITED = [column for column in SHOWN if column in DECIDED and column not in ("state", "reviewer")]  # each has a field
_LONG = ("printed", "name", "section", "reason")


class Review:
    """What `review` makes: `rows` is the draft, `row` the label of the one shown, `press` does what a key does.

    Every decision is saved at once. Where `draft.csv` was changed by another program meanwhile, its decisions are taken
    over; of a row that both have decided, the file's decision stays, and that is told.
    """

    rows: pd.DataFrame

    def __init__(self, folder: Path, lang: str, reviewer: str) -> None:
        widgets = ipywidgets("review")
        self.folder, self.lang, self.reviewer = folder, lang, reviewer
        self.said = ""
        self._before: list[tuple[pd.DataFrame, int]] = []  # the rows before each step, and which one was shown
        self._at = 0
        rows = draft.read(folder)
        if rows is None or rows.empty:
            raise JiaokouError(f"{folder / draft.FILE} has no rows; draft first: jiaokou draft TEXT {folder}")
        self._take(rows)
        self._given = rows.copy()
        self._go_on()
        self._shown, self._key = widgets.HTML(), widgets.Text(description=phrase("review_key", lang))
        self.fields = {}
        for name in _EDITED:
            known = {each: each for each in rows[name] if each} if name == "section" else codes(name, lang)
            options = [("", ""), *((word, code) for code, word in known.items())]
            made = partial(widgets.Dropdown, options=options) if known else widgets.Text
            layout = {"width": "40em" if name in _LONG else "20em"}
            self.fields[name] = made(description=heading(name, lang), layout=layout)
        keys = " ".join(f"<kbd>{key}</kbd> {phrase(f'review_{what}', lang)}" for key, what in KEYS.items())
        self.widget = widgets.VBox([style(), widgets.HTML(keys), self._shown, self._key, *self.fields.values()])
        self._key.observe(self._typed, "value")
        self._write({})

    def press(self, key: str) -> None:
        """Do what a key does to the row shown: c confirms, e takes the fields over, r rejects, n and b go on and back,
        u undoes, and a confirms every row without a doubt that has the same unit and kind.

        Fields that were changed are taken over by every key, as an edit or with the rejection; u takes them back first.
        Those that cannot be taken over stay as they are, and so does the row shown.
        """
        what, self.said = KEYS.get(key, ""), ""
        typed = {name: field.value for name, field in self.fields.items() if field.value != self._filled[name]}
        state = {"confirm": "confirmed", "edit": "edited", "reject": "rejected"}.get(what)
        if typed and what not in ("reject", "undo"):
            state = "edited"
        if not what or (state and not self._judge(state, typed)):
            self._write(typed)
            return
        if what in ("next", "back"):
            self._at = (self._at + (1 if what == "next" else -1)) % len(self._order)
        elif what == "undo" and self._before and not typed:
            self.rows, self._at = self._before.pop()
            self._save()
        elif what == "alike":
            self._confirm_alike()
        if what in ("confirm", "edit", "reject", "alike"):
            self._go_on()
        self._write({})

    @property
    def row(self) -> Any:
        """The label of the row shown."""
        return self._order[self._at]

    def _take(self, rows: pd.DataFrame) -> None:
        self.rows, self._order = rows, draft.in_order(rows)
        self._stamp = _changed(self.folder)

    def _go_on(self) -> None:
        """To the next row that is undecided, quantities first; none is left where all are decided."""
        left = [at for at, row in enumerate(self._order) if self.rows.at[row, "state"] == "drafted"]
        self._at = next((at for at in left if at >= self._at), left[0] if left else self._at)

    def _judge(self, state: str, typed: dict[str, str]) -> bool:
        """Give the row shown its state and what was typed; whether `draft.csv` can hold it and says nothing else."""
        rows = self.rows.loc[[self.row]]
        try:
            values = checked(draft.records(rows.assign(**typed))[0], partial(heading, lang=self.lang))
            if state == "edited":
                check_value(values)
        except JiaokouError as error:
            self.said = str(error)
            return False
        return self._decide(rows.index, state, values)

    def _confirm_alike(self) -> None:
        alike = (self.rows[["unit", "kind"]] == self.rows.loc[self.row, ["unit", "kind"]]).all(axis="columns")
        rows = self.rows.index[alike & (self.rows["doubt"] == "") & (self.rows["state"] == "drafted")]
        self.said = phrase("review_alike_done", self.lang, n=len(rows), what=", ".join(self.rows["printed"][rows]))
        if len(rows):
            self._decide(rows, "confirmed", {})

    def _decide(self, rows: pd.Index, state: str, values: dict[str, str]) -> bool:
        self._before.append((self.rows.copy(), self._at))
        for name, value in {**values, "state": state, "reviewer": self.reviewer}.items():
            self.rows.loc[rows, name] = value
        return self._save()

    def _save(self) -> bool:
        """Write the file; whether no other program has decided a row otherwise in it."""
        told = self._stamp != _changed(self.folder) and self._reconcile()
        draft.write(self.rows, self.folder)
        self._stamp = _changed(self.folder)
        return not told

    def _reconcile(self) -> bool:
        """Take over what another program has decided in the file; where it has decided a row otherwise, say so."""
        now, start = draft.read(self.folder), self.rows.at[self.row, "start"]
        if now is None:  # deleted meanwhile
            return False
        rows, told = draft.reconciled(now, self._given, self.rows)
        if told:
            self.said = phrase("review_conflict", self.lang, what="; ".join(told))
        self._given = now
        self._before.clear()
        self._take(rows)
        self._at = self._order.index(rows.index[rows["start"] == start][0]) if start in set(rows["start"]) else 0
        return bool(told)

    def _typed(self, change: dict[str, Any]) -> None:
        if change["new"]:
            self.press(change["new"][-1].lower())
            self._key.value = ""

    def _write(self, typed: dict[str, str]) -> None:
        """Show the row; what was typed and not taken over stays in its fields."""
        row = self.rows.loc[self.row]
        start, end = (int(row[place]) - int(row["sentence_start"]) for place in ("start", "end"))
        before, printed, after = (html.escape(row["sentence"][a:b]) for a, b in ((0, start), (start, end), (end, None)))
        quantities = int((self.rows["kind"] != "name").sum())
        left = phrase("review_left", self.lang, n=draft.undecided(self.rows), all=quantities)
        facts = [codes(column, self.lang).get(row[column], "") for column in ("state", "doubt")]
        if row["kind"] != "name" and (called := label(draft.records(self.rows.loc[[self.row]])[0])) != row["name"]:
            facts.append(phrase("review_label", self.lang, label=called))
        said = " · ".join(html.escape(each) for each in facts if each)
        status = f'<p role="status">{html.escape(self.said)} {left}</p>'
        self._shown.value = f"{status}<p>{before}<mark>{printed}</mark>{after}</p><p>{said}</p>"
        for name, field in self.fields.items():
            options = [code for _, code in getattr(field, "options", ())]
            field.value = row[name] if not options or row[name] in options else ""
        self._filled = {name: field.value for name, field in self.fields.items()}
        for name, value in typed.items():
            self.fields[name].value = value

    def _ipython_display_(self) -> None:
        display(self.widget)


def _changed(folder: Path) -> int:
    """When the draft of a folder was last written; 0 where it is deleted."""
    file = folder / draft.FILE
    return file.stat().st_mtime_ns if file.exists() else 0


def review(folder: str | Path, lang: str = "zh", *, reviewer: str = "") -> Review:
    """Decide the rows of a package's `draft.csv` in a notebook, the doubtful first, each in its sentence.

    Keys are typed into the field that has the focus; each decision is saved at once, and the next call goes on where
    the last one stopped. Raises JiaokouError without ipywidgets, and where there is no draft.
    """
    wording.check_language(lang)
    return Review(absolute(folder), lang, reviewer)
