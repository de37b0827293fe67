"""What tables, the terminal and the front page say of a row: each column once, and who shows which.

To change a heading, see `jiaokou/wording/phrases.json`; to change what stands below it, the column here.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.wording import Passage, Row, phrase
from jiaokou.wording.sentences import figure, printed


@dataclass(frozen=True)
class Column:
    """A column: the key of its heading among the phrases, and what it says of a row of the library's frames.

    `say(row, lang, package)` gives text, or a `Passage` that brings its own HTML; "" where there is nothing to say.
    """

    key: str
    say: Callable[[Row, str, Package], str]
    is_number: bool = False

    def heading(self, lang: str) -> str:
        """The heading in `lang`."""
        return phrase(self.key, lang)


def _text(key: str, column: str = "") -> Column:
    """A column of the frame as it is; `{lang}` in its name stands for the language."""

    def say(row: Row, lang: str, package: Package) -> str:
        cell = row[(column or key).format(lang=lang)]
        return "" if wording.missing(cell) else str(cell)

    return Column(key, say)


def _coded(key: str, list_: str = "", column: str = "") -> Column:
    return Column(key, lambda row, lang, package: wording.code(package, list_ or key, str(row[column or key]), lang))


def _range(what: str) -> Column:
    def say(row: Row, lang: str, package: Package) -> str:
        text = wording.side(row, what, lang, package)
        return "" if text == "—" else text

    return Column(what, say, is_number=True)


def _value(row: Row, lang: str, package: Package) -> Passage:
    return figure(row, wording.quantity(row, lang, package), lang, package)


def _found_value(row: Row, lang: str, package: Package) -> str:
    has_value = row["kind"] in ("observation", "derived") and not wording.missing(row["value"])
    return _value({**row, row["kind"]: row["code"]}, lang, package) if has_value else ""


def _who_and_where(row: Row, lang: str, package: Package) -> str:
    names = dict.fromkeys(row.get(f"{role}_{lang}") for role in ("actor", "place"))
    return phrase("and_then", lang).join(str(name) for name in names if not wording.missing(name))


def _named(relation: Row, text: str) -> Passage:
    """A text that is about a relation."""
    return Passage(text, f'<span data-relation="{html.escape(relation["relation"])}">{html.escape(text)}</span>')


def _mismatches(row: Row, lang: str, package: Package) -> Passage:
    """The relations into which an observation does not fit, in words; empty for most."""
    verdict = wording.code(package, "verdict", "cannot_hold", lang)
    found = [
        _named(relation, phrase("item", lang, label=wording.label(relation, lang, package), text=verdict))
        for relation in wording.records(package, "audit").values()
        if relation["verdict"] == "cannot_hold" and row["observation"] in relation["observations"].split()
    ]
    return Passage(" ".join(found), " ".join(each.html for each in found))


LABEL, PRINTED, PARAGRAPH = Column("label", wording.label), Column("printed", printed), _text("paragraph")
VALUE, BOUNDS = Column("value", _value, is_number=True), Column("bounds", wording.bounds, is_number=True)
PERIOD = Column("period", lambda row, lang, package: wording.period(row, lang))
BASIS, STAGE, CLAIM, MEASURE, VERDICT = map(_coded, ("basis", "stage", "claim", "measure", "verdict"))
VERDICTS, WHO_AND_WHERE = Column("verdicts", wording.verdicts), Column("who_and_where", _who_and_where)
FORMULA, ARITHMETIC = Column("formula", wording.formula), Column("arithmetic", wording.arithmetic)
BECAUSE = Column("because", wording.because)
RELATION = Column("relation", lambda row, lang, package: _named(row, wording.label(row, lang, package)))
AS_KNOWN = Column("as_known", lambda row, lang, package: phrase("yes" if row["as_known"] else "no", lang))
DEFINITION, UNIT = _text("definition", "definition_{lang}"), _coded("unit", "units")
SECTION = _coded("section", "sections")

RELEASE = _text("release", "title_{lang}")


def _amount(row: Row, lang: str, package: Package) -> Passage:
    """A value that no page can explain, being another package's, with the number that tables are sorted by."""
    text = wording.quantity(row, lang, package)
    return Passage(text, f'<data value="{float(row["value"]):.15g}">{html.escape(text)}</data>')


def _values(row: Row, lang: str, package: Package) -> str:
    """How many values there are, and how many of them nobody has looked at."""
    if wording.missing(row["values"]) or wording.missing(row["unreviewed"]):
        return "" if wording.missing(row["values"]) else str(row["values"])
    return phrase("in_brackets", lang, text=row["values"], more=phrase("left", lang, n=row["unreviewed"]))


def _rank(row: Row, lang: str, package: Package) -> str:
    if wording.missing(row["rank"]):
        return ""
    key = "rank_of" if row["rank"] == row["rank_to"] else "rank_between"
    return phrase(key, lang, first=row["rank"], last=row["rank_to"], of=row["of"])


TABLES = {
    "observations": (LABEL, VALUE, PRINTED, PERIOD, BASIS),
    "milestones": (Column("milestone", wording.label), STAGE, CLAIM, WHO_AND_WHERE, PARAGRAPH),
    "derived": (Column("derived", wording.label), VALUE, BOUNDS, FORMULA, _text("premise", "premise_{lang}")),
    "audit": (RELATION, ARITHMETIC, _range("found"), _range("expected"), VERDICT, BECAUSE),
    "notes": (_text("label"), _text("note"), PARAGRAPH),
    "sections": (
        Column("section", wording.label),
        _text("description", "description_{lang}"),
        _text("code", "section"),
    ),
    "indicators": (LABEL, DEFINITION, UNIT, MEASURE, _coded("topic", "topics"), _text("code", "indicator")),
    "hits": (
        Column("row", wording.label),
        Column("kind", lambda row, lang, package: phrase(str(row["kind"]), lang)),
        Column("value", _found_value, is_number=True),
        PRINTED,
        SECTION,
        _text("code"),
    ),
    "sensitivity": (
        _coded("label", "observations", "observation"),
        PRINTED,
        _text("errors"),
        _text("caught"),
        _text("noticing", "relations"),
    ),
    "compared": (
        _text("core", "indicator_{lang}"),
        _text("place", "label_{lang}"),
        Column("value", _amount, is_number=True),
        PRINTED,
        BOUNDS,
        PERIOD,
        BASIS,
        Column("rank", _rank),
        _text("reason", "reason_{lang}"),
    ),
    "packages": (
        Column(
            "place",
            lambda row, lang, package: str(row["package"] if wording.missing(row["place"]) else row[f"place_{lang}"]),
        ),
        RELEASE,
        PERIOD,
        Column("values", _values),
        _text("verdicts", "verdicts_{lang}"),
        _text("mismatches", "mismatches_{lang}"),
        _text("fault"),
    ),
    "cards": (LABEL, VALUE, PRINTED, PERIOD, Column("mismatches", _mismatches)),
}
"""The columns of each table for reading, the first of which heads its rows."""

TERMINAL = {
    "observations": (LABEL, VALUE, PERIOD, BASIS, PRINTED),
    "milestones": (LABEL, CLAIM, STAGE, WHO_AND_WHERE),
    "derived": (LABEL, VALUE, BOUNDS, FORMULA),
    "audit": (LABEL, VERDICT, ARITHMETIC, BECAUSE, AS_KNOWN),
    "indicators": (LABEL, UNIT, DEFINITION),
}
"""What a terminal shows after each row's code, under the columns' keys."""

NOTES = {
    "observation": (VALUE, PRINTED, BOUNDS, PERIOD, BASIS, PARAGRAPH, VERDICTS),
    "derived": TABLES["derived"][1:],
    "relation": TABLES["audit"][1:],
}
"""What the note says that opens where a number, or a relation's name, is pressed on a page."""
