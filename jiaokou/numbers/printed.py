"""Printed characters to value, qualifier and bounds.

A published number is a string first. `10万吨` says one significant place less than `100000吨` would, `超184座` says
that 184 is not the number. Values are exact fractions; bounds are the interval that the printed precision (half a
unit of the last printed place, either way) and the qualifying word allow. Counts that no 万 or 亿 shortens are
exact. Which rule a printer rounded by is not known, so the interval can be asked for under each usual one.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, prod
from pathlib import Path
from typing import Any

from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import Interval, Number, exactly

NOMINAL = frozenset({"target", "design_capacity", "equipment", "threshold", "name"})
"""The bases (`codes/basis.csv`) of numbers that were set, not measured: they stand for themselves alone."""

RULES = ("half_up", "half_even", "truncation")
"""The usual rules of rounding, by the codes of `codes/rounding.csv`."""

NUMERAL = re.compile(
    r"[0-9０-９]+(?:\.[0-9０-９]+)?[十百千万亿]*|[〇零一二三四五六七八九十百千万亿兆两双半廿卅几俩仨壹贰叁肆伍陆柒捌玖拾佰仟]+"
)
"""Every run of numerals, Arabic or Chinese, in a Chinese text; `audit.verify` asks each to be accounted for."""

_WORDS = tomllib.loads((Path(__file__).parent / "words.toml").read_text(encoding="utf-8"))
BEFORE, AFTER = (
    {word: meant for meant, words in _WORDS[side].items() for word in words.split()} for side in ("before", "after")
)
"""What touches a number on its left and right, and the qualifier it means."""

# The longest word first, since 不超过 holds 超过.
_WORD_BEFORE = re.compile("|".join(map(re.escape, sorted(BEFORE, key=len, reverse=True))))
_WORD_AFTER = re.compile(rf"(?:{'|'.join(AFTER)})\Z")
# A decline by more than 6% is a change below -6%; what is over -6% is above it.
_TURNED = {"over": "below", "below": "over", "at_least": "up_to", "up_to": "at_least"}
_MORE = ("余", "多")  # they also stand before the unit, or before 万 and 亿: 100多家, 10余万吨

_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "双": 2}
_MYRIADS = {"亿": 10**8, "万": 10**4}
_PLACES = _MYRIADS | {"千": 1000, "百": 100, "十": 10}  # the greatest first
_WIDE = str.maketrans("０１２３４５６７８９．，", "0123456789.,", " \u3000\xa0")  # 617.5 亿元 is printed with a space

# Chinese numerals as the norm writes them; 一万二 (12,000 or 10,002) and 两三 (two or three) are none.
_DIGIT, _ZERO = "[一二三四五六七八九两双]", "[零〇]"
_SECTION = f"(?:{_DIGIT}?千)?(?:{_ZERO}?{_DIGIT}?百)?(?:{_ZERO}?{_DIGIT}?十{_DIGIT}?|{_ZERO}{_DIGIT})?"
_WRITTEN = re.compile(f"(?:(?:{_SECTION}|{_DIGIT})[万亿]++)*{_SECTION}|{_DIGIT}|{_ZERO}")

_NUMBER = re.compile(
    r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?|"
    r"[零〇一二三四五六七八九两双十百千万亿]+(?:点[零一二三四五六七八九]+)?"
)
_OF_PARTS = re.compile("([百千万0-9一二三四五六七八九十]+)分之(.+)")
_IN_PARTS = ((r"([0-9]+)/([0-9]+)", r"\2分之\1"), ("一半|半数|半", "二分之一"))
_RANGE = re.compile("[%万亿]*(?:[-—–~～至到]|——)[0-9一二三四五六七八九十]")
_INDEFINITE = "“{}” does not say how many; leave it out, and list its numeral in numerals.csv as indefinite"


@dataclass(frozen=True, slots=True)
class Printed:
    """What printed characters say: an exact `value`, negative for a decline, a `qualifier`, and bounds.

    `digits` are the number's digits as printed, the last one first, of which the first `decimals` stand behind a point,
    and `place` is what one unit of the last one is worth, negative for a decline; `limits` is what a qualifying word
    allows, or the number alone if it stands for no other near it (as a count or a rank printed in full does); None for
    a rounded one.
    """

    value: Number
    qualifier: str
    place: Number
    digits: tuple[int, ...]
    decimals: int
    limits: Interval | None

    def interval(self, rule: str = "") -> Interval:
        """What the number can stand for if it was rounded by `rule`; without one, by any of `RULES`.

        A qualifying word says more than rounding: `超184座` is any number above 184 under every rule.
        """
        if self.limits is not None:
            return self.limits
        half = Fraction(self.place) / 2
        inner = _plain(self.value - (0 if rule == "truncation" else half))
        outer = _plain(self.value + (self.place if rule in ("truncation", "") else half))  # further from zero
        inner_open = rule == "half_even" and self.digits[0] % 2 == 1
        outer_open = rule != "half_even" or inner_open
        if self.place < 0:
            return Interval(outer, inner, outer_open, inner_open)
        return Interval(inner, outer, inner_open, outer_open)

    def declined(self) -> Printed:
        """The same number as that of a decline, whose word may stand far from it: 分别下降3%、2%."""
        qualifier = _TURNED.get(self.qualifier, self.qualifier)
        limits = None if self.limits is None else -self.limits
        return replace(self, value=-self.value, qualifier=qualifier, place=-self.place, limits=limits)

    @property
    def bounds(self) -> tuple[Number | None, Number | None]:
        """The lower and the upper bound of the number taken as rounded to the nearest; None where there is none."""
        nearest = self.interval(RULES[0])
        low, high = (None if isinstance(end, float) else end for end in (nearest.low, nearest.high))
        return low, high

    def misprints(self) -> list[tuple[int, int, Number]]:
        """Every error in a single digit: in which (0 the last), the digit instead, and what it adds to the value.

        A leading zero is never printed, but before a point.
        """
        first = len(self.digits) - 1
        return [
            (power, wrong, (wrong - digit) * self.place * 10**power)
            for power, digit in enumerate(self.digits)
            for wrong in range(10)
            if wrong != digit and (wrong or power != first or power == self.decimals > 0)
        ]


def parse(printed: str, unit: str, forms: Mapping[str, Fraction], basis: str = "") -> Printed:
    """Read printed characters such as `610.83亿元`, `超184座`, `下降6.6%`, `三分之一` or `前三` as a number in `unit`.

    `forms` maps how the unit may be printed after a number (`万吨` needs only `吨`) to how many canonical units one
    printed unit is; a rank may be printed bare. A number whose `basis` is `NOMINAL` is exact. Raises JiaokouError,
    which says what to key, if the characters are no such number, are a range, or can be read in more than one way
    (`一万二个`).
    """
    if len(printed) > 100:  # what is longer need not be read
        raise JiaokouError(f"“{printed[:20]}…” is too long for a number; key the number and its unit alone")
    text, qualifier, sign = _without_words(printed)
    if unit == "rank":
        text = re.sub(r"\A首(?=位|\Z)", "一", text).removeprefix("第")
    if unit == "percent":
        forms = {"成": Fraction(10), **forms}
        text = _as_parts(text, forms)
    match = _NUMBER.match(text)
    if not match and text.startswith(("数", "几")):
        raise JiaokouError(_INDEFINITE.format(printed))
    if not match:
        raise JiaokouError(f"“{printed}” holds no number, or begins before it; key the number with its unit")
    digits, place, decimals = _number(match[0])
    shortened, rest = bool(set(match[0]) & set(_MYRIADS)), text[match.end() :]
    while rest not in forms and rest.startswith((*_PLACES, *_MORE)):
        if rest[0] in _MORE:
            qualifier = _together(printed, {qualifier, "over"})
        else:
            place, shortened = place * _PLACES[rest[0]], True
        rest = rest[1:]
    factor = _factor(printed, rest, unit, forms)
    if unit == "count" and not shortened and place > 1:  # 二十个 is as exact as 20个
        digits, place = str(int(digits) * place), Fraction(1)
    worth = _plain(place * factor)  # of the last digit
    signed = -worth if sign == "minus" else worth
    value = _plain(int(digits) * signed)
    limits = None if basis in NOMINAL else _limits(value, worth, qualifier, unit)
    if limits is None and (basis in NOMINAL or unit == "rank" or (unit == "count" and place == 1)):
        limits = exactly(value)
    said = Printed(value, qualifier, signed, tuple(map(int, reversed(digits))), decimals, limits)
    return said.declined() if sign == "decline" else said


def forms_of(rows: Iterable[tuple[str, str, Any]]) -> dict[str, dict[str, Fraction]]:
    """The printed forms of each unit, for `parse`, from rows of a form, its unit and its factor."""
    forms: dict[str, dict[str, Fraction]] = {}
    for form, unit, factor in rows:
        forms.setdefault(unit, {})[form] = Fraction(str(factor))
    return forms


def _plain(number: Number) -> Number:
    """A whole fraction as an integer, with which arithmetic is many times as fast."""
    return number.numerator if number.denominator == 1 else number


def _without_words(printed: str) -> tuple[str, str, str]:
    """The characters without the words around the number, the qualifier, and `decline`, `minus` or ""."""
    text, said = printed.translate(_WIDE), []
    while match := _WORD_BEFORE.match(text):
        said.append(BEFORE[match[0]])
        text = text[match.end() :]
    while match := _WORD_AFTER.search(text):
        said.append(AFTER[match[0]])
        text = text[: match.start()]
    if re.match("上[百千万亿]", text):  # 上百个: a hundred or more
        said.append("at_least")
        text = text[1:]
    if said and text.startswith(tuple("百千万亿")):  # 突破万亿元
        text = f"一{text}"
    signs = [word for word in said if word in ("decline", "minus")]
    if len(signs) > 1:
        raise JiaokouError(f"“{printed}” is negative twice; key it from the sign or the word nearest to the number")
    return text, _together(printed, set(said) - {"rise", *signs}), "".join(signs)


def _together(printed: str, qualifiers: set[str]) -> str:
    said = sorted(qualifiers - {"exact"})
    if len(said) > 1:
        raise JiaokouError(f"“{printed}” says both {' and '.join(said)}; key it with one of these words alone")
    return said[0] if said else "exact"


def _as_parts(text: str, forms: dict[str, Fraction]) -> str:
    """`三分之一`, or `1/3`, as one in thirds, of which the form then is `分之`, and so 百分之五 and 千分之三."""
    for written, parts in _IN_PARTS:
        text = re.sub(rf"\A(?:{written})\Z", parts, text)
    if match := _OF_PARTS.fullmatch(text):
        digits, place, _ = _number(match[1])
        if int(digits):
            forms["分之"] = Fraction(100) / (int(digits) * place)
            return f"{match[2]}分之"
    return text


def _factor(printed: str, rest: str, unit: str, forms: Mapping[str, Fraction]) -> Fraction:
    """How many canonical units the characters after a number are."""
    form = rest if rest in forms else rest.replace("％", "%")
    if form in forms:
        return forms[form]
    if not rest and unit in ("rank", "index"):  # 第一, 指数为99.5
        return Fraction(1)
    if _RANGE.match(rest):
        what = "is a range, and an observation has one value"
        raise JiaokouError(f"“{printed}” {what}; leave it out, and list its numbers in numerals.csv")
    if rest.startswith("几"):
        raise JiaokouError(_INDEFINITE.format(printed))
    if not rest:
        raise JiaokouError(f"“{printed}” has no unit after the number; key it with its unit, which is {unit}")
    what = f"ends in “{rest}”, which is no printed form of the unit {unit}"
    raise JiaokouError(f"“{printed}” {what}; give the indicator another unit, or add the form to forms.csv")


def _number(text: str) -> tuple[str, Fraction, int]:
    """The digits of a numeral without its unit, what one unit of the last is worth, and how many are decimals."""
    whole, _, decimals = text.replace(",", "").replace("点", ".").partition(".")
    decimals = "".join(str(_DIGITS.get(each, each)) for each in decimals)
    place = 1
    if not whole.isascii():
        if whole[0] in _MYRIADS:
            raise JiaokouError(f"there is no number before “{whole[0]}”; key it from its first digit on")
        if not _WRITTEN.fullmatch(whole):
            raise JiaokouError(
                f"“{whole}” can be read in more than one way, or in none, as a number; "
                "leave it out, and list it in numerals.csv"
            )
        if not decimals:  # 十万 is printed in whole hundreds of thousands
            place = prod(_PLACES[character] for character in re.findall("[十百千]?[万亿]*$", whole)[0])
        whole = str(_whole(whole) // place)
    return whole + decimals, Fraction(place, 10 ** len(decimals)), len(decimals)


def _whole(text: str) -> int:
    """A whole number in Chinese numerals: what stands before its greatest place, and what after it."""
    for character, worth in _PLACES.items():
        before, found, after = text.rpartition(character)
        if found:
            return (_whole(before) or 1) * worth + _whole(after)
    return _DIGITS.get(text.lstrip("零〇"), 0)


def _limits(value: Number, place: Number, qualifier: str, unit: str) -> Interval | None:
    """What a qualifying word allows; whether the number itself is among it, the open ends say.

    How far "about" reaches nothing says. Taken is one unit of the last digit that is not zero, yet no more than a
    twentieth of the number and no less than half a unit of the last printed place: 约100个 is 95 to 105, 约12.5% is
    12.4% to 12.6%, 约5亿元 is 4.5亿 to 5.5亿.
    """
    match qualifier:
        case "over":
            return Interval(value, low_open=True)
        case "at_least":
            return Interval(value)
        case "nearly" | "below":
            return Interval(high=value, high_open=True)
        case "up_to":
            return Interval(1 if unit == "rank" else -inf, value)
        case "about":
            last = Fraction(place)
            while value and value % (last * 10) == 0:
                last *= 10
            reach = max(Fraction(place) / 2, min(last, abs(Fraction(value)) / 20))
            return Interval(_plain(value - reach), _plain(value + reach))
    return None
