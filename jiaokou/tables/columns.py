"""What tables, the terminal and the front page say of a row: each column once, and who shows which.

To change a heading, see `jiaokou/wording/phrases.json`; to change what stands below it, the column here.
"""

import html
from collections.abc import Callable
from dataclasses import dataclass

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.wording import Passage, Row, phrase
from jiaokou.wording.sentences import data_element, in_chinese


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


def number(kind: str, row: Row, lang: str, package: Package) -> Passage:
    """The value of an observation or a derived row (`kind`), with its code and where it comes from."""
    text = wording.quantity(row, lang, package)
    return Passage(text, data_element(kind, str(row[kind]), row, text, lang, package))


def _label(key: str) -> Column:
    return Column(key, wording.label)


def _as_is(key: str, column: str = "") -> Column:
    return Column(key, lambda row, lang, package: str(row[column or key]))


def _translated(key: str) -> Column:
    return Column(key, lambda row, lang, package: str(row[f"{key}_{lang}"]))


def _coded(key: str, list_: str) -> Column:
    return Column(key, lambda row, lang, package: wording.code(package, list_, str(row[key]), lang))


def _range(what: str) -> Column:
    def say(row: Row, lang: str, package: Package) -> str:
        low, high = row[f"{what}_lower"], row[f"{what}_upper"]
        if wording.missing(low) and wording.missing(high):
            return ""
        return wording.side(row, what, lang, package)

    return Column(what, say, is_number=True)


def _printed(row: Row, lang: str, package: Package) -> str:
    printed = row["printed"]
    return "" if wording.missing(printed) else Passage(printed, in_chinese(printed, lang))


def _who_and_where(row: Row, lang: str, package: Package) -> str:
    names = [row.get(f"{role}_{lang}") for role in ("actor", "place")]
    return phrase("and_then", lang).join(
        dict.fromkeys(str(name) for name in names if not wording.missing(name))
    )


def _verdicts(row: Row, lang: str, package: Package) -> Passage:
    """The verdicts on an observation in short; the relations themselves are named in the tooltip."""
    text, lines = wording.verdicts(str(row["observation"]), lang, package)
    title = html.escape("\n".join(lines))
    return Passage(text, f'<span class="verdicts" title="{title}">{html.escape(text)}</span>' if text else "")


def _found_value(row: Row, lang: str, package: Package) -> str:
    kind = str(row["kind"])
    known = kind in ("observation", "derived") and not wording.missing(row["value"])
    return number(kind, {**row, kind: row["code"]}, lang, package) if known else ""


def _as_known(row: Row, lang: str, package: Package) -> str:
    return phrase("yes" if row["as_known"] else "no", lang)


LABEL, PRINTED, PARAGRAPH = _label("label"), Column("printed", _printed), _as_is("paragraph")
VALUE = Column("value", lambda row, lang, package: number("observation", row, lang, package), is_number=True)
BOUNDS = Column("bounds", wording.bounds, is_number=True)
PERIOD = Column("period", lambda row, lang, package: wording.period(row, lang))
BASIS, STAGE, CLAIM = _coded("basis", "basis"), _coded("stage", "stage"), _coded("claim", "claim")
VERDICTS = Column("verdicts", _verdicts)
WHO_AND_WHERE = Column("who_and_where", _who_and_where)
DERIVED_VALUE = Column(
    "value", lambda row, lang, package: number("derived", row, lang, package), is_number=True
)
FORMULA, ARITHMETIC = Column("formula", wording.formula), Column("arithmetic", wording.arithmetic)
VERDICT, BECAUSE = _coded("verdict", "verdict"), Column("because", wording.because)
DEFINITION, UNIT, SECTION = _translated("definition"), _coded("unit", "units"), _coded("section", "sections")

TABLES = {
    "observations": (LABEL, VALUE, PRINTED, BOUNDS, PERIOD, BASIS, PARAGRAPH, VERDICTS),
    "milestones": (_label("milestone"), STAGE, CLAIM, WHO_AND_WHERE, PARAGRAPH),
    "derived": (_label("derived"), DERIVED_VALUE, BOUNDS, FORMULA, _translated("premise")),
    "audit": (_label("relation"), ARITHMETIC, _range("found"), _range("expected"), VERDICT, BECAUSE),
    "notes": (_as_is("label"), _as_is("note"), PARAGRAPH),
    "sections": (_label("section"), _translated("description"), _as_is("code", "section")),
    "indicators": (
        LABEL,
        DEFINITION,
        UNIT,
        _coded("measure", "measure"),
        _coded("topic", "topics"),
        _as_is("code", "indicator"),
    ),
    "hits": (
        _label("row"),
        Column("kind", lambda row, lang, package: phrase(str(row["kind"]), lang)),
        Column("value", _found_value, is_number=True),
        PRINTED,
        SECTION,
        _as_is("code"),
    ),
    "sensitivity": (
        Column(
            "label",
            lambda row, lang, package: wording.code(package, "observations", str(row["observation"]), lang),
        ),
        PRINTED,
        _as_is("errors"),
        _as_is("caught"),
        _as_is("noticing", "relations"),
    ),
}
"""The columns of each table for reading, the first of which heads its rows."""

TERMINAL = {
    "observations": (LABEL, VALUE, PERIOD, BASIS, PRINTED),
    "milestones": (LABEL, CLAIM, STAGE, WHO_AND_WHERE),
    "derived": (LABEL, DERIVED_VALUE, BOUNDS, FORMULA),
    "audit": (LABEL, VERDICT, ARITHMETIC, BECAUSE, Column("as_known", _as_known)),
    "indicators": (LABEL, UNIT, DEFINITION),
}
"""What a terminal shows after each row's code, under the columns' keys."""

FRONT_PAGE = (SECTION, LABEL, PRINTED, VALUE, PERIOD, BASIS)
"""What an edition's front page shows of each observation, in every language."""
