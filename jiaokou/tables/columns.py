"""What tables, the terminal and the front page say of a row: each column once. Who shows which is in `columns.toml`.

To change a heading, see `jiaokou/wording/phrases.json`; to change what stands below it, the function here.
"""

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.wording import Passage, Row, phrase
from jiaokou.wording.arithmetic import relations_of
from jiaokou.wording.sentences import figure, printed

Say = Callable[[Row, str, Package], str]
"""Text of a row, in a language, or a `Passage` that brings its own HTML; "" where there is nothing to say."""


@dataclass(frozen=True)
class Column:
    """A column: the key of its heading among the phrases, and what it says of a row of the library's frames."""

    key: str
    say: Say
    is_number: bool

    def heading(self, lang: str) -> str:
        """The heading in `lang`."""
        return phrase(self.key, lang)


def _text(column: str) -> Say:
    """A column of the frame as it is; `{lang}` in its name stands for the language."""

    def say(row: Row, lang: str, package: Package) -> str:
        cell = row[column.format(lang=lang)]
        return "" if wording.missing(cell) else str(cell)

    return say


def _coded(column: str) -> Say:
    return lambda row, lang, package: wording.code(package, column, str(row[column]), lang)


def _side(what: str) -> Say:
    return lambda row, lang, package: wording.side(row, what, lang, package)


def _value(row: Row, lang: str, package: Package) -> Passage:
    return figure(row, wording.quantity(row, lang, package), lang, package)


def _found_value(row: Row, lang: str, package: Package) -> str:
    has_value = row["kind"] in ("observation", "derived") and not wording.missing(row["value"])
    return _value({**row, row["kind"]: row["code"]}, lang, package) if has_value else ""


def _amount(row: Row, lang: str, package: Package) -> Passage:
    """A value that no page can explain, being another package's, with the number that tables are sorted by."""
    text, marked = wording.quantity(row, lang, package), Markup('<data value="{:.15g}">{}</data>')
    return Passage(text, marked.format(row["value"], text))


def _who_and_where(row: Row, lang: str, package: Package) -> str:
    names = dict.fromkeys(row.get(f"{role}_{lang}") for role in ("actor", "place"))
    return phrase("and_then", lang).join(str(name) for name in names if not wording.missing(name))


def _named(relation: Row, text: str) -> Passage:
    """A text that is about a relation."""
    return Passage(text, Markup('<span data-relation="{}">{}</span>').format(relation["relation"], text))


def _mismatches(row: Row, lang: str, package: Package) -> Passage:
    """The relations into which an observation does not fit, in words; empty for most."""
    verdict = wording.code(package, "verdict", "cannot_hold", lang)
    return Passage(" ").join(
        _named(relation, phrase("item", lang, label=verdict, text=wording.arithmetic(relation, lang, package)))
        for relation in relations_of(row, package)
        if relation["verdict"] == "cannot_hold"
    )


def _values(row: Row, lang: str, package: Package) -> str:
    """How many values there are, and how many of them nobody has looked at."""
    if wording.missing(row["unreviewed"]):
        return _text("values")(row, lang, package)
    return phrase("in_brackets", lang, text=row["values"], more=phrase("left", lang, n=row["unreviewed"]))


def _rank(row: Row, lang: str, package: Package) -> str:
    if wording.missing(row["rank"]):
        return ""
    key = "rank_of" if row["rank"] == row["rank_to"] else "rank_between"
    return phrase(key, lang, first=row["rank"], last=row["rank_to"], of=row["of"])


def _place(row: Row, lang: str, package: Package) -> str:
    return str(row["package"] if wording.missing(row["place"]) else row[f"place_{lang}"])


_SAID: dict[str, Say] = {
    **{column: _coded(column) for column in "basis claim measure observation section stage topic unit verdict".split()},
    "amount": _amount,
    "arithmetic": wording.arithmetic,
    "as_known": lambda row, lang, package: phrase("yes" if row["as_known"] else "no", lang),
    "because": wording.because,
    "bounds": wording.bounds,
    "expected": _side("expected"),
    "formula": wording.formula,
    "found": _side("found"),
    "found_value": _found_value,
    "kind": lambda row, lang, package: phrase(str(row["kind"]), lang),
    "label": wording.label,
    "mismatches": _mismatches,
    "period": lambda row, lang, package: wording.period(row, lang),
    "place": _place,
    "printed": printed,
    "rank": _rank,
    "relation": lambda row, lang, package: _named(row, wording.label(row, lang, package)),
    "value": _value,
    "values": _values,
    "verdicts": wording.verdicts,
    "who_and_where": _who_and_where,
}
_FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))


def _columns(kind: str) -> dict[str, tuple[Column, ...]]:
    """Who shows which columns."""

    def column(said: str) -> Column:
        key, _, of_frame = said.partition(":")
        key, _, name = key.partition("=")
        say = _text(of_frame) if of_frame else _SAID.get(name or key) or _text(key)
        return Column(key, say, key in _FILE["numbers"].split())

    return {shown: tuple(map(column, said.split())) for shown, said in _FILE[kind].items()}


TABLES, TERMINAL, NOTES = map(_columns, ("tables", "terminal", "notes"))
