"""Printed characters to value, qualifier and bounds.

A published number is a string first. `10万吨` says one significant place less than `100000吨` would, `超184座` says
that 184 is not the number. Values are exact fractions; bounds are the interval that the printed precision (half a
unit of the last printed place, either way) and the qualifying word allow. Counts that no 万 or 亿 shortens are
exact. Which rule a printer rounded by is not known, so the interval can be asked for under each usual one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import Interval, Number

RULES = ("half_up", "half_even", "truncation")
"""The usual rules of rounding, by the codes of `codes/rounding.csv`."""

# What stands before or after a number, and the qualifier it means. Longest first, since 不超过 holds 超过.
_BEFORE = {
    "不低于": "at_least", "不少于": "at_least", "至少": "at_least",
    "不超过": "up_to", "前": "up_to", "至多": "up_to",
    "突破": "over", "超过": "over", "超": "over", "逾": "over",
    "接近": "nearly", "将近": "nearly", "近": "nearly",
    "大约": "about", "约": "about",
    "不足": "below",
    "高达": "exact", "达到": "exact", "达": "exact",  # emphasis: the number itself is meant
}  # fmt: skip
_AFTER = {"以上": "at_least", "以下": "up_to", "以内": "up_to", "左右": "about", "余": "over", "多": "over"}
_WORD_BEFORE = re.compile("|".join(sorted(_BEFORE, key=len, reverse=True)))
_WORD_AFTER = re.compile(f"(?:{'|'.join(_AFTER)})$")
_MORE = ("余", "多")  # they also stand before the unit, or before 万 and 亿: 100多家, 10余万吨
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "双": 2}
_PLACES = {"十": 10, "百": 100, "千": 1000}
_MYRIADS = {"万": 10**4, "亿": 10**8}

# Chinese numerals as the norm writes them; 一万二 (12,000 or 10,002) and 两三 (two or three) are none.
_DIGIT, _ZERO = "[一二三四五六七八九两双]", "[零〇]"
_SECTION = f"(?:{_DIGIT}?千)?(?:{_ZERO}?{_DIGIT}?百)?(?:{_ZERO}?{_DIGIT}?十{_DIGIT}?|{_ZERO}{_DIGIT})?"
_WRITTEN = re.compile(f"(?:(?:{_SECTION}|{_DIGIT})[万亿]++)*{_SECTION}|{_DIGIT}|{_ZERO}")

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|[零〇一二三四五六七八九两双十百千万亿]+")
NUMERAL = re.compile(
    r"[0-9０-９]+(?:\.[0-9０-９]+)?[十百千万亿]*|[〇零一二三四五六七八九十百千万亿兆两双半廿卅几俩仨壹贰叁肆伍陆柒捌玖拾佰仟]+"
)
"""Every run of numerals, Arabic or Chinese, in a Chinese text; `audit.verify` asks each to be accounted for."""

Bound = Fraction | None

# Chinese law (Civil Code, article 1259) counts the number itself to 以上, 以下 and 以内, and not to 超过 or 不满.
_WITHOUT = ("over", "nearly", "below")

NOMINAL = frozenset({"target", "design_capacity", "equipment", "threshold", "name"})
"""The bases (`codes/basis.csv`) of numbers that were set, not measured: they stand for themselves alone."""


@dataclass(frozen=True, slots=True)
class Printed:
    """What printed characters say: an exact `value`, a `qualifier`, and bounds (None where there is none).

    `digits` are the number's digits as printed, the last one first, of which the first `decimals` stand behind a point,
    and `place` is what one unit of the last one is worth; `rounded` says whether the number may stand for others near
    it (a count or a rank printed in full does not), `without` whether its qualifying word rules the number itself out.
    """

    value: Fraction
    qualifier: str
    lower: Bound
    upper: Bound
    place: Fraction
    digits: tuple[int, ...]
    decimals: int
    rounded: bool
    without: bool

    def interval(self, rule: str = "") -> Interval:
        """What the number can stand for if it was rounded by `rule`; without one, by any of `RULES`.

        A qualifying word says more than rounding: `超184座` is any number above 184 under every rule.
        """
        low, high = _plain(self.lower), _plain(self.upper)
        if self.qualifier != "exact":
            return Interval(low, high, self.without and low is not None, self.without and high is not None)
        if not self.rounded:
            return Interval(low, high)
        match rule:
            case "half_up":
                return Interval(low, high, False, True)
            case "half_even":
                odd = self.digits[0] % 2 == 1
                return Interval(low, high, odd, odd)
        cut = _plain(self.value + self.place)  # of truncation
        return Interval(_plain(self.value) if rule else low, cut, False, True)

    def misprints(self, power: int) -> list[int]:
        """The wrong digits that may stand for digit `power`. A leading zero is never printed, but before a point."""
        leading = power == len(self.digits) - 1 and not power == self.decimals > 0
        return [digit for digit in range(1 if leading else 0, 10) if digit != self.digits[power]]

    @property
    def errors(self) -> int:
        """How many other numbers a wrong digit would make of it."""
        return sum(len(self.misprints(power)) for power in range(len(self.digits)))

    def weight(self, power: int) -> Number:
        """What one unit of digit `power` is worth."""
        return _plain(self.place) * 10**power


def _plain(number: Bound) -> Any:
    """A whole fraction as an integer, with which arithmetic is many times as fast."""
    return number.numerator if number is not None and number.denominator == 1 else number


def parse(printed: str, unit: str, forms: Mapping[str, Fraction], basis: str = "") -> Printed:
    """Read printed characters such as `610.83亿元`, `超184座`, `三次` or `前三` as a number in `unit`.

    `forms` maps how the unit may be printed after a number (`万吨` needs only `吨`) to how many canonical units one
    printed unit is; a rank may be printed bare. A number whose `basis` is `NOMINAL` is exact. Raises JiaokouError if
    the characters are no such number, or one that can be read in more than one way (`一万二个`).
    """
    text, qualifier = _qualifier(printed)
    if unit == "rank":
        text = text.removeprefix("第")
    match = _NUMBER.match(text)
    if not match:
        raise JiaokouError(f"“{printed}” holds no number")
    digits, place, decimals = _number(match[0])
    shortened, rest = bool(set(match[0]) & set(_MYRIADS)), text[match.end() :]
    while rest not in forms and rest.startswith((*_MYRIADS, *_MORE)):
        if rest[0] in _MORE:
            qualifier = "over"
        else:
            place, shortened = place * _MYRIADS[rest[0]], True
        rest = rest[1:]
    if rest not in forms and not (unit == "rank" and not rest):
        raise JiaokouError(f"“{printed}” ends in “{rest}”, which is no printed form of the unit {unit}")
    if unit == "count" and not shortened and place > 1:  # 二十个 is as exact as 20个
        digits, place = str(int(digits) * place), Fraction(1)
    exact = unit == "rank" or (unit == "count" and place == 1)
    place *= forms.get(rest, 1)
    value = int(digits) * place
    each = tuple(map(int, reversed(digits)))
    if basis in NOMINAL:
        return Printed(value, qualifier, value, value, place, each, decimals, False, False)
    bounds = _bounds(value, place, not exact, qualifier, unit)
    return Printed(value, qualifier, *bounds, place, each, decimals, not exact, qualifier in _WITHOUT)


def forms_of(rows: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Fraction]]:
    """The printed forms of each unit, for `parse`, from rows of a form, its unit and its factor."""
    forms: dict[str, dict[str, Fraction]] = {}
    for form, unit, factor in rows:
        forms.setdefault(unit, {})[form] = Fraction(str(factor))
    return forms


def _qualifier(printed: str) -> tuple[str, str]:
    if match := _WORD_BEFORE.match(printed):
        return printed[match.end() :], _BEFORE[match[0]]
    if match := _WORD_AFTER.search(printed):
        return printed[: match.start()], _AFTER[match[0]]
    return printed, "exact"


def _number(text: str) -> tuple[str, Fraction, int]:
    """The digits of a numeral without its unit, what one unit of the last is worth, and how many are decimals."""
    if text[0].isdigit() and text.isascii():
        whole, _, decimals = text.partition(".")
        return whole + decimals, Fraction(1, 10 ** len(decimals)), len(decimals)
    if not _WRITTEN.fullmatch(text):
        raise JiaokouError(f"“{text}” can be read in more than one way, or in none, as a number")
    total, section, digit, place = 0, 0, None, 1
    for character in text:
        if character in _DIGITS:
            digit, place = _DIGITS[character], 1
        elif character in _PLACES:
            place = _PLACES[character]
            section, digit = section + (1 if digit is None else digit) * place, None
        else:
            myriad = _MYRIADS[character]
            section += digit or 0
            # 一亿二千万: a myriad below what is already there multiplies its own section alone.
            if total >= myriad:
                total += section * myriad
            else:
                total = (total + section or 1) * myriad
            section, digit = 0, None
            place *= myriad
    return str((total + section + (digit or 0)) // place), Fraction(place), 0


def _bounds(
    value: Fraction, place: Fraction, rounded: bool, qualifier: str, unit: str
) -> tuple[Bound, Bound]:
    match qualifier:
        case "over" | "at_least":
            return value, None
        case "nearly" | "below":
            return None, value
        case "up_to":
            return (Fraction(1) if unit == "rank" else None), value
        case "about":
            # Nothing says how far "about" reaches; one unit of the last place that is not zero is usual.
            reach = _last_place(value, place)
            return value - reach, value + reach
    return (value - place / 2, value + place / 2) if rounded else (value, value)


def _last_place(value: Fraction, place: Fraction) -> Fraction:
    while value and value % (place * 10) == 0:
        place *= 10
    return place
