"""Formulas and relations as lines of arithmetic, and what relations say of a number."""

import re
from decimal import ROUND_FLOOR

from jiaokou.data.package import Package
from jiaokou.wording.labels import join, label
from jiaokou.wording.languages import Row, code, exact, missing, number, phrase, records
from jiaokou.wording.numbers import quantity, rounded

_SIGNS = {"**": "^", "*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥"}
_BROKEN = {"=": "≠", "<=": ">", ">=": "<"}
_COUNTED = ("listed", "years", "percent")  # follow a number which was counted rather than printed


def formula(row: Row, lang: str, package: Package) -> str:
    """A derived row's formula in words: `建成的重点项目 ÷ 谋划和建设的重点项目（计划） × 100`."""
    observations = records(package, "observations")

    def said(match: re.Match[str]) -> str:
        if (operand := observations.get(match[0])) is None:
            return _SIGNS.get(match[0], match[0])
        return label({**operand, "differs_by": f"basis {operand['differs_by']}"}, lang, package)

    return re.sub(r"\*\*|[*/-]|[^\W\d]\w*", said, str(row["formula"]))


def arithmetic(row: Row, lang: str, package: Package) -> str:
    """The formula of a row of `audit()` in printed numbers: `85.71% × 35个 = 整数` / `85.71% × 35 = a whole number`."""
    words = {token: phrase(token, lang) for token in ("whole_number", "?")}
    words |= _SIGNS | (_BROKEN if row["verdict"] == "cannot_hold" else {})
    codes = str(row["observations"]).split()
    written: list[str] = []
    for token in str(row["formula"]).split():
        if token in codes:  # first, since an observation may have a word's name
            written.append(quantity(records(package, "observations")[token], lang, package))
        elif token in _COUNTED:
            written[-1] = phrase(token, lang, n=written[-1])
        else:
            written.append(words.get(token, token))
    return " ".join(written)


def because(row: Row, lang: str, package: Package) -> str:
    """What a row's verdict rests on: the reading, the gap and its explanation, what is missing, or its power."""
    match str(row["verdict"]):
        case "cannot_hold":
            # Rounded down: it is what the sides are apart at least. A difference of percentages is in points.
            gap = rounded(full := exact(row["gap"]), full.adjusted() - 3, ROUND_FLOOR)
            in_points = phrase("points", lang, n=number(gap, lang)) if row["unit"] == "percent" else ""
            said = in_points or quantity(dict(row) | {"value": gap, "qualifier": "exact"}, lang, package)
            key = "only_apart" if missing(why := row.get(f"explanation_{lang}")) else "apart"
            return phrase(key, lang, gap=said, explanation=why)
        case "cannot_tell":
            return phrase("not_printed", lang, what=row[f"missing_{lang}"])
        case "holds_under_reading":
            return phrase("if_reading", lang, reading=_reading(row, lang, package))
    caught = round(float(row["power"]) * int(row["errors"]))
    return phrase("would_notice", lang, caught=caught, errors=int(row["errors"]))


def _reading(row: Row, lang: str, package: Package) -> str:
    """The reading that is assumed, and the rules of rounding if not all of them will do."""
    rules = str(row["rules"]).split()
    parts = [] if missing(row.get(f"reading_{lang}")) else [str(row[f"reading_{lang}"])]
    if not rules:
        parts.append(phrase("rounded_differently", lang))
    elif rules != list(package.codes["rounding"].index):
        names = join((code(package, "rounding", rule, lang) for rule in rules), lang)
        parts.append(phrase("rounded_by", lang, rules=names))
    return phrase("and_then", lang).join(parts)


def relations_of(row: Row, package: Package) -> list[Row]:
    """The relations that speak of an observation."""
    return [each for each in records(package, "audit").values() if row["observation"] in each["observations"].split()]


def verdicts(row: Row, lang: str, package: Package) -> str:
    """Each relation that speaks of an observation, and its verdict; empty if none does."""
    return phrase("semicolon", lang).join(
        phrase("item", lang, label=label(each, lang), text=code(package, "verdict", each["verdict"], lang))
        for each in relations_of(row, package)
    )
