"""What tables, the terminal and the front page say of a row: each column once. Who shows which is in `columns.toml`.

To change a heading, see `jiaokou/wording/phrases.json`; to change what stands below it, the function here.
"""

import tomllib
from collections.abc import Callable
from pathlib import Path

from markupsafe import Markup

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.wording import Passage, Row, phrase
from jiaokou.wording.arithmetic import relations_of
from jiaokou.wording.sentences import figure, printed

Say = Callable[[Row, str, Package], str]
"""Text of a row, in a language, or a `Passage` that brings its own HTML; "" where there is nothing to say."""


def _text(column: str) -> Say:
    """A column of the frame as it is; `{lang}` in its name stands for the language."""

    def say(row: Row, lang: str, package: Package) -> str:
        cell = row[column.format(lang=lang)]
        return "" if wording.missing(cell) else str(cell)

    return say


def _coded(column: str) -> Say:
    return lambda row, lang, package: wording.code(package, column, str(row[column]), lang)


def value(row: Row, lang: str, package: Package) -> Passage:
    """A number with where it was printed."""
    return figure(row, wording.quantity(row, lang, package), lang, package)


def found_value(row: Row, lang: str, package: Package) -> str:
    """The number of a row of `search()` that has one."""
    has_value = row["kind"] in ("observation", "derived") and not wording.missing(row["value"])
    return value({**row, row["kind"]: row["code"]}, lang, package) if has_value else ""


def amount(row: Row, lang: str, package: Package) -> Passage:
    """A value that no page can explain, being another package's, with the number that tables are sorted by."""
    text, marked = wording.quantity(row, lang, package), Markup('<data value="{:.15g}">{}</data>')
    return Passage(text, marked.format(row["value"], text))


def who_and_where(row: Row, lang: str, package: Package) -> str:
    """Whose milestone it is, and where that is, each once."""
    names = dict.fromkeys(row.get(f"{role}_{lang}") for role in ("actor", "place"))
    return phrase("and_then", lang).join(str(name) for name in names if not wording.missing(name))


def _named(relation: Row, text: str) -> Passage:
    """A text that is about a relation."""
    return Passage(text, Markup('<span data-relation="{}">{}</span>').format(relation["relation"], text))


def mismatches(row: Row, lang: str, package: Package) -> Passage:
    """The relations into which an observation does not fit, in words; empty for most."""
    verdict = wording.code(package, "verdict", "cannot_hold", lang)
    return Passage(" ").join(
        _named(relation, phrase("item", lang, label=verdict, text=wording.arithmetic(relation, lang, package)))
        for relation in relations_of(row, package)
        if relation["verdict"] == "cannot_hold"
    )


def values(row: Row, lang: str, package: Package) -> str:
    """How many values there are, and how many of them nobody has looked at."""
    said = "" if wording.missing(row["values"]) else str(row["values"])
    if wording.missing(row["unreviewed"]):
        return said
    return phrase("in_brackets", lang, text=said, more=phrase("left", lang, n=row["unreviewed"]))


def rank(row: Row, lang: str, package: Package) -> str:
    """Between which ranks a value is, of how many."""
    if wording.missing(row["rank"]):
        return ""
    key = "rank_of" if row["rank"] == row["rank_to"] else "rank_between"
    return phrase(key, lang, first=row["rank"], last=row["rank_to"], of=row["of"])


_FUNCTIONS = (
    *(value, found_value, amount, who_and_where, mismatches, values, rank, printed),
    *(wording.arithmetic, wording.because, wording.bounds, wording.formula, wording.label, wording.verdicts),
)
_SAID: dict[str, Say] = {
    **{column: _coded(column) for column in "basis claim measure observation section stage topic unit verdict".split()},
    **{said.__name__: said for said in _FUNCTIONS},
    "as_known": lambda row, lang, package: phrase("yes" if row["as_known"] else "no", lang),
    "expected": lambda row, lang, package: wording.side(row, "expected", lang, package),
    "found": lambda row, lang, package: wording.side(row, "found", lang, package),
    "kind": lambda row, lang, package: phrase(str(row["kind"]), lang),
    "period": lambda row, lang, package: wording.period(row, lang),
    "place": lambda row, lang, package: str(row["package"] if wording.missing(row["place"]) else row[f"place_{lang}"]),
    "relation": lambda row, lang, package: _named(row, wording.label(row, lang, package)),
}
_FILE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))

NUMBERS = _FILE["numbers"].split()
"""The columns of numbers."""


def _column(said: str) -> tuple[str, Say]:
    key, _, of_frame = said.partition(":")
    key, _, name = key.partition("=")
    return key, _text(of_frame) if of_frame else _SAID.get(name or key) or _text(key)


TABLES, TERMINAL, NOTES = (
    {kind: dict(map(_column, columns.split())) for kind, columns in _FILE[shown].items()}
    for shown in ("tables", "terminal", "notes")
)
"""The columns of each kind of table, each by the key of its heading among the phrases, and what it says of a row."""
