"""Numbers as a statistical bulletin writes them, through Babel, never losing a digit that was printed."""

import re
import tomllib
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from math import isclose
from pathlib import Path
from typing import Any

from jiaokou.data.languages import check_language
from jiaokou.data.package import Package
from jiaokou.numbers.intervals import BOUNDS
from jiaokou.wording.languages import LOCALE, Row, exact, missing, named, number, phrase, phrases, records

_FORMS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
_UNSCALED = re.compile(r"[^万亿]*\d[^万亿]*")  # printed in digits alone
_ORDINALS = {"one": "st", "two": "nd", "few": "rd", "other": "th"}
_COMPUTED_DIGITS = 4  # shown of a computed number free of rounding error (79 / 146); of others, one more
_WRITTEN_DIGITS = 14  # a float of more digits than this is a fraction
_PRINTED_DIGITS = 8  # a float of more digits than this comes from a computation, not from print


def quantity(row: Row, lang: str, package: Package) -> str:
    """A row's value with unit and qualifier, to the digits printed or, if computed, to those its bounds allow.

    `超过184座` / `more than 184`, `610.83亿元` / `CNY 61.083 bn`, `第1位` / `1st`, `前3位` / `top 3`. A computed value
    that is open to one side is worded by its bound: `超过63.76%` / `more than 63.76%`.
    """
    unit, qualifier, value = str(row["unit"]), row.get("qualifier"), row["value"]
    lower, upper = row.get("lower"), row.get("upper")
    if missing(value):
        return "—"
    if not missing(qualifier):
        key, shown = f"{qualifier}_amount", _printed_digits(exact(value), str(row.get("printed") or ""))
        named(phrases(lang), key, "qualifier")
        if unit == "rank" and qualifier == "up_to":
            return phrase("top", lang, rank=number(shown, lang) + _symbol(row, lang, package))
    elif "lower" in row and missing(lower) != missing(upper):
        key, shown = _one_bound(row, lower, upper)
    else:
        key, shown = "exact_amount", _known_digits(exact(value), lower, upper, unit)
    return phrase(key, lang, amount=_write([shown], row, lang, package))


def in_short(row: Row, lang: str, package: Package) -> str:
    """A row's value to three digits, percentages to two, for running text; bounds are rounded outwards."""
    short = dict(row) | {"printed": None}
    for key, way in (("value", ROUND_HALF_EVEN), ("lower", ROUND_FLOOR), ("upper", ROUND_CEILING)):
        if not missing(row.get(key)):
            full = exact(row[key])
            short[key] = rounded(full, full.adjusted() - (1 if row["unit"] == "percent" else 2), way)
    return quantity(short, lang, package)


def interval(row: Row, lang: str, package: Package) -> str:
    """`lower` and `upper` of a row, rounded outwards to two digits of their width: `CNY 1.345–1.364 bn`.

    Where one bound is missing the other is said with its openness: `超过184座` / `more than 184`, `184座以上` / `184 or
    more`.
    """
    lower, upper, unit = row["lower"], row["upper"], str(row["unit"])
    if missing(lower) and missing(upper):
        return "—"
    if missing(lower) or missing(upper):
        key, bound = _one_bound(row, lower, upper)
        text = _write([bound], row, lang, package)
        if unit == "rank" or key not in ("below_amount", "over_amount"):
            key = ("at_most" if missing(lower) else "at_least") + ("_rank" if unit == "rank" else "_end")
        return phrase(key, lang, end=text, amount=text)
    low, high = exact(lower), exact(upper)
    if not _differ(lower, upper):
        return _write([_known_digits(low, lower, upper, unit)], row, lang, package)
    place = (high - low).adjusted() - 1
    if unit == "percent" and max(_digits(low), _digits(high)) > _PRINTED_DIGITS:
        place = max(place, -2)
    ends = [rounded(low, place, ROUND_FLOOR), rounded(high, place, ROUND_CEILING)]
    return _write(ends, row, lang, package)


def side(row: Row, what: str, lang: str, package: Package) -> str:
    """What is `found` or `expected` in a row of `audit()`; empty where nothing can be compared."""
    ends = {end: row.get(f"{what}_{end}") for end in BOUNDS}
    return "" if missing(ends["lower"]) and missing(ends["upper"]) else interval(dict(row) | ends, lang, package)


def bounds(row: Row, lang: str, package: Package) -> str:
    """The bounds of a row with `lower` and `upper`; empty where the value is exact and they would repeat it."""
    lower, upper = row["lower"], row["upper"]
    is_exact = not (missing(lower) or missing(upper) or _differ(lower, upper))
    return "" if is_exact else interval(row, lang, package)


def rounded(value: Decimal, place: int, way: str = ROUND_HALF_EVEN) -> Decimal:
    """`value` without digits below the power of ten `place`, and without zeros at its end."""
    return value.quantize(Decimal(1).scaleb(place), way).normalize()


def _one_bound(row: Row, lower: Any, upper: Any) -> tuple[str, Decimal]:
    """The phrase of a row's one bound, which may be excluded, and the bound.

    It is rounded away from its interval unless print could have given its digits.
    """
    if missing(lower):
        key, bound, way = "below" if row.get("upper_open") else "up_to", exact(upper), ROUND_CEILING
    else:
        key, bound, way = "over" if row.get("lower_open") else "at_least", exact(lower), ROUND_FLOOR
    kept = _COMPUTED_DIGITS if _digits(bound) > _PRINTED_DIGITS else _PRINTED_DIGITS
    return f"{key}_amount", rounded(bound, bound.adjusted() - kept + 1, way)


def _known_digits(value: Decimal, lower: Any, upper: Any, unit: str) -> Decimal:
    """A computed value to the digits that its bounds leave meaningful, and no more than a reader can use."""
    place = value.adjusted() - _COMPUTED_DIGITS + 1
    if _differ(lower, upper):
        width = exact(upper) - exact(lower)
        place = max(place - 1, width.adjusted())
        if unit == "count" and width < 1:
            place = max(place, 0)  # a count whose bounds leave one whole number is that number
    return rounded(value, max(place, -2) if unit == "percent" else place)


def _differ(lower: Any, upper: Any) -> bool:
    """Whether two bounds differ by more than the last bits of a float."""
    return not (missing(lower) or missing(upper) or isclose(lower, upper, rel_tol=1e-12))


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def _printed_digits(value: Decimal, printed: str) -> Decimal:
    """`value` with at least as many digits as were printed: 11.0亿元 stays CNY 1.10 bn."""
    value = value.normalize()
    if _digits(value) > _WRITTEN_DIGITS:  # 三分之一
        return rounded(value, value.adjusted() - _COMPUTED_DIGITS + 1)
    match = re.search(r"\d[\d,，]*\.\d+", printed)
    digits = re.sub(r"\D", "", match[0]) if match else ""
    wanted = len(digits.lstrip("0") if value else digits)
    place = Decimal(1).scaleb(value.adjusted() - wanted + 1)
    return value if wanted <= _digits(value) else value.quantize(place)


def _symbol(row: Row, lang: str, package: Package) -> str:
    """The unit's symbol; in Chinese a count has the counter of its indicator (146个, 6户)."""
    if row["unit"] != "count":
        symbol = named(records(package, "units"), row["unit"], "unit")[f"symbol_{lang}"]
    elif lang == "en":
        return ""
    else:
        if missing(row.get("indicator")):  # a computed count is counted as its first operand is
            first = row.get("first", str(row.get("observations")).partition(" ")[0])
            row = records(package, "observations").get(first, {})
        symbol = records(package, "indicators").get(row.get("indicator"), {}).get("counter_zh")
    return "" if missing(symbol) else str(symbol)


def _write(values: Sequence[Decimal], row: Row, lang: str, package: Package) -> str:
    """A number, or the ends of a range, with its unit."""
    unit = str(row["unit"])
    if unit == "rank" and lang == "en":
        return "–".join(number(v, lang) + _ORDINALS[LOCALE[lang].ordinal_form(int(v))] for v in values)
    form = _FORMS[check_language(lang)] | _FORMS[lang].get(unit, {})
    size, symbol = max(map(abs, values)), _symbol(row, lang, package)
    is_plain = _UNSCALED.fullmatch(str(row.get("printed"))) and size < 10 ** form["plain"]
    known = [] if is_plain else form["scales"]
    scales = ([*scale, symbol][:3] for scale in known if size >= 10 ** scale[0])
    power, scale, symbol = next(scales, (0, "", symbol))
    written = [form["number"].format(n=number(v.scaleb(-power), lang), scale=scale, symbol=symbol) for v in values]
    between = phrase("to", lang) if min(values) < 0 else "–"  # beside a minus, a dash is no word
    return str(form["amount"].format(range=between.join(written), scale=scale, symbol=symbol)).rstrip()
