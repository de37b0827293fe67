"""Relations as a line of arithmetic, and what they say of a number."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal
from functools import lru_cache

import pandas as pd

from jiaokou.wording.labels import code, join
from jiaokou.wording.languages import Frame, Row, Vocabulary, check_language, missing, pick, records
from jiaokou.wording.numbers import amount, number, quantity
from jiaokou.wording.phrases import phrase

_SIGNS = {"*": "×", "/": "÷", "-": "−", "<=": "≤", ">=": "≥"}
_BROKEN = {"=": "≠", "<=": ">", ">=": "<"}
_WORDS = {"whole_number": ("整数", "a whole number"), "?": ("？", "?")}
# Words that follow a number which was counted rather than printed.
_COUNTED = {"listed": ("所列{}项", "{} listed"), "years": ("{}年", "{} years"), "percent": ("{}%", "{}%")}


def arithmetic(row: Row, lang: str, package: Vocabulary) -> str:
    """The formula of a row of `audit()` in printed numbers: `85.71% × 35个 = 整数` / `85.71% × 35 = a whole number`."""
    check_language(lang)
    signs = _SIGNS | (_BROKEN if row["verdict"] == "cannot_hold" else {})
    observations = records(package.frames["observations"], "observation")
    codes = str(row["observations"]).split()
    written: list[str] = []
    for token in str(row["formula"]).split():
        if token in codes:  # first, since an observation may have a word's name
            written.append(quantity(observations[token], lang, package))
        elif token in _COUNTED:
            written[-1] = pick(_COUNTED[token], lang).format(written[-1])
        elif token in _WORDS:
            written.append(pick(_WORDS[token], lang))
        else:
            written.append(signs.get(token, token))
    return " ".join(written)


def because(row: Row, lang: str, package: Vocabulary) -> str:
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


def _gap(row: Row, lang: str, package: Vocabulary) -> str:
    """The gap, rounded down: it is what the sides are apart at least."""
    exact = Decimal(repr(float(row["gap"])))
    gap = exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), ROUND_FLOOR).normalize()
    if row["unit"] == "percent":  # a difference of percentages is in points
        return phrase("points", lang, n=number(gap, lang))
    return amount(gap, str(row["unit"]), lang, package, row)


def _reading(row: Row, lang: str, package: Vocabulary) -> str:
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


def checks(
    relations: pd.DataFrame, observation: str, lang: str, package: Vocabulary
) -> tuple[str, list[str]]:
    """What rows of `audit()` say of an observation: their verdicts in short, and one line for each of them.

    `在一种理解下成立（2），不能成立（1）` / `holds under a reading (2), cannot hold (1)`; empty if none speaks of it.
    """
    about = _spoken_of(Frame(relations), check_language(lang)).get(observation, [])
    names = {verdict: row[f"label_{lang}"] for verdict, row in records(package.codes["verdict"]).items()}
    totals = Counter(verdict for verdict, _ in about)
    counted = [
        phrase("verdict_count", lang, verdict=name, n=totals[verdict])
        for verdict, name in names.items()
        if totals[verdict]
    ]
    lines = [phrase("item", lang, label=label, text=names[verdict]) for verdict, label in about]
    return phrase("and_then", lang).join(counted), lines


@lru_cache(maxsize=16)
def _spoken_of(relations: Frame, lang: str) -> Mapping[str, list[tuple[str, str]]]:
    """The verdict and label of each relation, by the observations that it speaks of."""
    frame, found = relations.frame, defaultdict[str, list[tuple[str, str]]](list)
    for codes, verdict, text in zip(
        frame["observations"], frame["verdict"], frame[f"label_{lang}"], strict=True
    ):
        for observation in codes.split():
            found[observation].append((verdict, text))
    return dict(found)
