"""Numbers as a statistical bulletin writes them, through Babel, never losing a digit that was printed."""

import re
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from typing import Any, NamedTuple

from jiaokou.data.package import Package
from jiaokou.errors import JiaokouError
from jiaokou.wording.languages import LOCALE, Row, check_language, decimal, missing, records
from jiaokou.wording.phrases import phrase, phrases

# From which power of ten on a scale word is used.
_SCALES = {"zh": ((8, "亿"), (4, "万")), "en": ((9, " billion"), (6, " million"))}
_MONEY_SCALES = {" billion": " bn", " million": " m"}
_ORDINALS = {"one": "st", "two": "nd", "few": "rd", "other": "th"}
_COMPUTED_DIGITS = 4  # shown of a computed number free of rounding error (79 / 146); of others, one more
_PRINTED_DIGITS = 8  # a float of more digits than this comes from a computation, not from print


class _Form(NamedTuple):
    """How amounts of one size are written: in units of a power of ten, `before` all, `each` number, `after` all."""

    power: int
    before: str
    each: str
    after: str


def number(value: float | Decimal, lang: str, digits: int | None = None) -> str:
    """A plain number with every digit it has, or with `digits` decimals: `number(1234.5, "en")` is `1,234.5`."""
    exact = _exact(value)
    if digits is None:
        digits = max(0, -_exponent(exact if isinstance(value, Decimal) else exact.normalize()))
    return decimal(str(exact), check_language(lang), digits)


def quantity(row: Row, lang: str, package: Package) -> str:
    """A row's value with unit and qualifier, to the digits printed or, if computed, to those its bounds allow.

    `超过184座` / `more than 184`, `610.83亿元` / `CNY 61.083 bn`, `第1位` / `1st`, `前3位` / `top 3`. A computed value
    that is open to one side is worded by its bound: `超过63.76%` / `more than 63.76%`.
    """
    unit, qualifier, value = str(row["unit"]), row.get("qualifier"), row["value"]
    symbol = _symbol(unit, check_language(lang), package, row)
    if missing(value):
        return "—"
    if missing(qualifier):
        return _computed(row, unit, lang, symbol)
    key, exact = f"{qualifier}_amount", _printed_digits(_exact(value), str(row.get("printed") or ""))
    if key not in phrases(lang):
        known = [key.removesuffix("_amount") for key in phrases(lang) if key.endswith("_amount")]
        raise JiaokouError(f"unknown qualifier {qualifier!r}: use {', '.join(known)}")
    if unit == "rank" and qualifier == "up_to":
        return phrase("top", lang, rank=number(exact, lang) + symbol)
    return phrase(key, lang, amount=_write([exact], unit, lang, symbol))


def amount(value: float | Decimal, unit: str, lang: str, package: Package, row: Row | None = None) -> str:
    """A value in a unit, every digit of it: `amount(5e6, "t_per_a", "zh", package)` is `500万吨/年`."""
    return _write([_exact(value).normalize()], unit, lang, _symbol(unit, check_language(lang), package, row))


def interval(lower: Any, upper: Any, unit: str, lang: str, package: Package, row: Row | None = None) -> str:
    """Bounds, rounded outwards to two digits of their width: `13.45亿–13.64亿元` / `CNY 1.345–1.364 bn`.

    Where one bound is missing the other is said with its openness: `超过184座` / `more than 184`, `184座以上` / `184 or
    more`. `row` lends its counter to Chinese counts, and `lower_open` and `upper_open`.
    """
    symbol = _symbol(unit, check_language(lang), package, row)
    if missing(lower) and missing(upper):
        return "—"
    if missing(lower) or missing(upper):
        way, key = (ROUND_CEILING, "at_most") if missing(lower) else (ROUND_FLOOR, "at_least")
        text = _write([_outwards(upper if missing(lower) else lower, way)], unit, lang, symbol)
        if unit != "rank" and row is not None and _is_open(row, lower):
            return phrase("below_amount" if missing(lower) else "over_amount", lang, amount=text)
        return phrase(key + ("_rank" if unit == "rank" else "_end"), lang, end=text)
    low, high = _exact(lower), _exact(upper)
    if not _differ(lower, upper):
        return _write([_known_digits(low, lower, upper, unit)], unit, lang, symbol)
    place = (high - low).adjusted() - 1
    if unit == "percent" and max(_digits(low), _digits(high)) > _PRINTED_DIGITS:
        place = max(place, -2)
    ends = [_outwards(low, ROUND_FLOOR, place), _outwards(high, ROUND_CEILING, place)]
    return _write(ends, unit, lang, symbol)


def side(row: Row, what: str, lang: str, package: Package) -> str:
    """What is `found` or `expected` in a row of `audit()`; `—` where nothing can be compared."""
    low, high = row[f"{what}_lower"], row[f"{what}_upper"]
    opens = {f"{end}_open": row.get(f"{what}_{end}_open", False) for end in ("lower", "upper")}
    return interval(low, high, str(row["unit"]), lang, package, dict(row) | opens)


def bounds(row: Row, lang: str, package: Package) -> str:
    """The bounds of a row with `lower` and `upper`; empty where the value is exact and they would repeat it."""
    lower, upper = row["lower"], row["upper"]
    if not (missing(lower) or missing(upper) or _differ(lower, upper)):
        return ""
    return interval(lower, upper, str(row["unit"]), lang, package, row)


def _exact(value: Any) -> Decimal:
    return value if isinstance(value, Decimal) else Decimal(repr(float(value)))


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int):
        raise JiaokouError(f"{value} is no number that can be written: check the row it comes from")
    return exponent


def _computed(row: Row, unit: str, lang: str, symbol: str) -> str:
    lower, upper = row.get("lower"), row.get("upper")
    if "lower" in row and missing(lower) != missing(upper):
        at_most = missing(lower)
        bound = _outwards(upper if at_most else lower, ROUND_CEILING if at_most else ROUND_FLOOR)
        keys = (
            ("below_amount", "over_amount") if _is_open(row, lower) else ("up_to_amount", "at_least_amount")
        )
        key = keys[0 if at_most else 1]
        return phrase(key, lang, amount=_write([bound], unit, lang, symbol))
    return _write([_known_digits(_exact(row["value"]), lower, upper, unit)], unit, lang, symbol)


def _is_open(row: Row, lower: Any) -> bool:
    """Whether the one bound of a row, the lower one unless that is missing, is excluded."""
    return bool(row.get("upper_open" if missing(lower) else "lower_open", False))


def _known_digits(value: Decimal, lower: Any, upper: Any, unit: str) -> Decimal:
    """A computed value to the digits that its bounds leave meaningful, and no more than a reader can use."""
    width = Decimal(0) if missing(lower) or missing(upper) else _exact(upper) - _exact(lower)
    rounded = _differ(lower, upper)
    place = value.adjusted() - _COMPUTED_DIGITS + (0 if rounded else 1)
    place = max(place, width.adjusted()) if rounded else place
    if unit == "percent":
        place = max(place, -2)
    if unit == "count" and 0 < width < 1:
        place = max(place, 0)  # a count whose bounds leave one whole number is that number
    return (
        value if _exponent(value) >= place else value.quantize(Decimal(1).scaleb(place), ROUND_HALF_EVEN)
    ).normalize()


def _differ(lower: Any, upper: Any) -> bool:
    """Whether two bounds differ by more than the last bits of a float."""
    if missing(lower) or missing(upper):
        return False
    return abs(float(upper) - float(lower)) > 1e-12 * max(abs(float(lower)), abs(float(upper)))


def _digits(value: Decimal) -> int:
    return len(value.normalize().as_tuple().digits)


def _outwards(bound: Any, way: str, place: int | None = None) -> Decimal:
    """A bound rounded away from its interval; one that print could have given keeps its digits if no place is asked."""
    exact = _exact(bound)
    if place is None:
        place = (
            exact.adjusted() - (_COMPUTED_DIGITS if _digits(exact) > _PRINTED_DIGITS else _PRINTED_DIGITS) + 1
        )
    return (exact if _exponent(exact) >= place else exact.quantize(Decimal(1).scaleb(place), way)).normalize()


def _printed_digits(value: Decimal, printed: str) -> Decimal:
    """`value` with at least as many digits as were printed: 11.0亿元 stays CNY 1.10 bn."""
    exact = value.normalize()
    if match := re.search(r"\d[\d,，]*\.(\d+)", printed):
        if not exact:
            return exact.quantize(Decimal(1).scaleb(-len(match[1])))
        wanted = len(re.sub(r"\D", "", match.group()).lstrip("0"))
        if wanted > len(exact.as_tuple().digits):
            return exact.quantize(Decimal(1).scaleb(exact.adjusted() - wanted + 1))
    return exact


def _symbol(unit: str, lang: str, package: Package, row: Row | None = None) -> str:
    """The unit's symbol; in Chinese a count has the counter of its indicator (146个, 6户)."""
    if unit == "count":
        return _counter(row, package) if lang == "zh" and row is not None else ""
    units = records(package, "units")
    if unit not in units:
        raise JiaokouError(f"unknown unit {unit!r}: add it to units.csv or use {', '.join(map(str, units))}")
    symbol = units[unit][f"symbol_{lang}"]
    return "" if missing(symbol) else str(symbol)


def _counter(row: Row, package: Package) -> str:
    indicator = row.get("indicator")
    if missing(indicator):  # a computed count is counted as its first operand is
        first = row.get("first", str(row.get("observations")).partition(" ")[0])
        operand = records(package, "observations").get(first, {})
        indicator = operand.get("indicator")
    counter = records(package, "indicators").get(indicator, {}).get("counter_zh")
    return "" if missing(counter) else str(counter)


def _form(size: Decimal, unit: str, lang: str, symbol: str) -> _Form:
    if unit == "percent":
        return _Form(0, "", symbol, "") if lang == "zh" else _Form(0, "", "", symbol)
    if unit == "MW" and lang == "zh" and size >= 10:
        return _Form(1, "", "万", "千瓦")  # how Chinese statistics print power: 90.7万千瓦
    power, word = next(((p, word) for p, word in _SCALES[lang] if size >= 10**p), (0, ""))
    if lang == "zh":
        return _Form(power, "第" if unit == "rank" else "", word, symbol)
    if unit == "CNY":
        return _Form(power, f"{symbol} ", "", _MONEY_SCALES.get(word, word))
    return _Form(power, "", "", f"{word} {symbol}".rstrip())


def _write(values: Sequence[Decimal], unit: str, lang: str, symbol: str) -> str:
    if unit == "rank" and lang == "en":
        return "–".join(number(v, lang) + _ORDINALS[LOCALE[lang].ordinal_form(int(v))] for v in values)
    form = _form(max(map(abs, values)), unit, lang, symbol)
    # Chinese repeats the scale word, and %, after each end: 13.45亿–13.64亿元, 9.5%–10.5%.
    parts = [number(value.scaleb(-form.power), lang) + form.each for value in values]
    between = phrase("to", lang) if min(values) < 0 else "–"  # beside a minus, a dash is no word
    return form.before + between.join(parts) + form.after
