"""Relations as a line of arithmetic, and what they say of a number."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

from jiaokou.analysis.audit import audit_of
from jiaokou.data.package import Package
from jiaokou.wording.labels import code, join, label
from jiaokou.wording.languages import Row, check_language, missing, records, rows
from jiaokou.wording.numbers import amount, number, quantity
from jiaokou.wording.phrases import phrase

_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥"}
_BROKEN = {"=": "≠", "<=": ">", ">=": "<"}
_WORDS = ("whole_number", "?")
_COUNTED = ("listed", "years", "percent")  # follow a number which was counted rather than printed


def arithmetic(row: Row, lang: str, package: Package) -> str:
    """The formula of a row of `audit()` in printed numbers: `85.71% × 35个 = 整数` / `85.71% × 35 = a whole number`."""
    check_language(lang)
    signs = _SIGNS | (_BROKEN if row["verdict"] == "cannot_hold" else {})
    observations = records(package, "observations")
    codes = str(row["observations"]).split()
    written: list[str] = []
    for token in str(row["formula"]).split():
        if token in codes:  # first, since an observation may have a word's name
            written.append(quantity(observations[token], lang, package))
        elif token in _COUNTED:
            written[-1] = phrase(token, lang, n=written[-1])
        elif token in _WORDS:
            written.append(phrase(token, lang))
        else:
            written.append(signs.get(token, token))
    return " ".join(written)


def because(row: Row, lang: str, package: Package) -> str:
    """What a row's verdict rests on: the reading, the gap and its explanation, what is missing, or its power."""
    match str(row["verdict"]):
        case "cannot_hold":
            explanation = row.get(f"explanation_{lang}")
            key = "only_apart" if missing(explanation) else "apart"
            return phrase(key, lang, gap=_gap(row, lang, package), explanation=explanation)
        case "cannot_tell":
            return phrase("not_printed", lang, what=row[f"missing_{lang}"])
        case "holds_under_reading":
            return phrase("if_reading", lang, reading=_reading(row, lang, package))
    caught = round(float(row["power"]) * int(row["errors"]))
    return phrase("would_notice", lang, caught=caught, errors=int(row["errors"]))


def _gap(row: Row, lang: str, package: Package) -> str:
    """The gap, rounded down: it is what the sides are apart at least."""
    exact = Decimal(repr(float(row["gap"])))
    gap = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), ROUND_FLOOR).normalize()
    if row["unit"] == "percent":  # a difference of percentages is in points
        return phrase("points", lang, n=number(gap, lang))
    return amount(gap, str(row["unit"]), lang, package, row)


def _reading(row: Row, lang: str, package: Package) -> str:
    """The reading that is assumed, and the rules of rounding if not all of them will do."""
    every = list(package.codes["rounding"].index)
    rules = str(row["rules"]).split()
    rounding = ""
    if not rules:
        rounding = phrase("rounded_differently", lang)
    elif rules != every:
        names = join((code(package, "rounding", rule, lang) for rule in rules), lang)
        rounding = phrase("rounded_by", lang, rules=names)
    reading = "" if missing(row.get(f"reading_{lang}")) else str(row[f"reading_{lang}"])
    return phrase("and_then", lang).join(part for part in (reading, rounding) if part)


def verdicts(observation: str, lang: str, package: Package) -> tuple[str, list[str]]:
    """What the audit says of an observation: its verdicts in short, and one line for each relation that speaks of it.

    `在一种理解下成立（2），不能成立（1）` / `holds under a reading (2), cannot hold (1)`; empty if none speaks of it.
    """
    about = _spoken_of(package).get(observation, [])
    totals = Counter(row["verdict"] for row in about)
    names = {verdict: code(package, "verdict", verdict, lang) for verdict in package.codes["verdict"].index}
    counted = [
        phrase("in_brackets", lang, text=name, more=totals[verdict])
        for verdict, name in names.items()
        if totals[verdict]
    ]
    lines = [phrase("item", lang, label=label(row, lang), text=names[row["verdict"]]) for row in about]
    return phrase("and_then", lang).join(counted), lines


@lru_cache(maxsize=4)
def _spoken_of(package: Package) -> Mapping[str, list[Row]]:
    """The rows of `audit()` by the observations that they speak of."""
    found = defaultdict[str, list[Row]](list)
    for row in rows(audit_of(package)):
        for observation in row["observations"].split():
            found[observation].append(row)
    return dict(found)
