"""Exact intervals: ends are whole numbers or fractions, open or closed, or missing where there is no bound.

A number rounded half up to 907 is at least 906.5 and *below* 907.5: whether an end belongs to the interval decides
verdicts, so it is carried through every operation. Operands are taken to vary independently; a result therefore
holds every value that can arise, and perhaps some that cannot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction

Number = int | Fraction
End = Number | None


@dataclass(slots=True)
class Interval:
    """The numbers from `low` to `high`; an end that is None is unbounded, one that is open is no member.

    Dividing by an interval that holds zero gives every number. A value object: operations make new ones.
    """

    low: End
    high: End
    low_open: bool = False
    high_open: bool = False

    def __add__(self, other: Interval) -> Interval:
        """Every sum of a number here and one in `other`."""
        return Interval(
            None if self.low is None or other.low is None else self.low + other.low,
            None if self.high is None or other.high is None else self.high + other.high,
            self.low_open or other.low_open,
            self.high_open or other.high_open,
        )

    def __neg__(self) -> Interval:
        """The numbers here with their sign changed."""
        return Interval(
            None if self.high is None else -self.high,
            None if self.low is None else -self.low,
            self.high_open,
            self.low_open,
        )

    def __sub__(self, other: Interval) -> Interval:
        """Every difference."""
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """Every product."""
        if self.is_positive and other.is_positive:
            return _of_positive(self, other)
        return _hull(_product(one, two) for one in _ends(self) for two in _ends(other))

    def __truediv__(self, other: Interval) -> Interval:
        """Every quotient."""
        return self * other.reciprocal()

    def reciprocal(self) -> Interval:
        """Every 1 / number; all numbers if zero is among them."""
        if 0 in self:
            return Interval(None, None)
        # What is unbounded comes near zero and never is zero; what ends at zero, without holding it, has no bound.
        low = 0 if self.high is None else None if self.high == 0 else Fraction(1, self.high)
        high = 0 if self.low is None else None if self.low == 0 else Fraction(1, self.low)
        return Interval(low, high, self.high_open or self.high is None, self.low_open or self.low is None)

    @property
    def is_positive(self) -> bool:
        """Whether every number here is above zero."""
        return self.low is not None and self.low > 0

    def __contains__(self, number: Number) -> bool:
        """Whether a number lies here."""
        above = self.low is None or number > self.low or (number == self.low and not self.low_open)
        below = self.high is None or number < self.high or (number == self.high and not self.high_open)
        return above and below

    def meets(self, other: Interval) -> bool:
        """Whether any number lies both here and in `other`."""
        return _reaches(self, other) and _reaches(other, self)

    def gap(self, other: Interval) -> Number:
        """How far the two are apart; 0 if they meet, or only fail to by an open end."""
        apart: list[Number] = [0]
        if other.low is not None and self.high is not None:
            apart.append(other.low - self.high)
        if self.low is not None and other.high is not None:
            apart.append(self.low - other.high)
        return max(apart)

    def whole_numbers(self) -> Interval | None:
        """From the least to the greatest whole number here; None if there is none."""
        low = None if self.low is None else math.ceil(self.low)
        high = None if self.high is None else math.floor(self.high)
        if low is not None and low not in self:
            low += 1
        if high is not None and high not in self:
            high -= 1
        return None if low is not None and high is not None and high < low else Interval(low, high)


def exactly(number: Number) -> Interval:
    """The interval of one number."""
    return Interval(number, number)


BOUNDS = {"lower": "Float64", "upper": "Float64", "lower_open": "boolean", "upper_open": "boolean"}
"""The columns in which a table holds an interval, and their types."""


def ends(interval: Interval) -> dict[str, float | bool | None]:
    """An interval as the columns of `BOUNDS` hold it."""
    low, high = (None if end is None else float(end) for end in (interval.low, interval.high))
    return {
        "lower": low,
        "upper": high,
        "lower_open": low is not None and interval.low_open,
        "upper_open": high is not None and interval.high_open,
    }


def _of_positive(one: Interval, two: Interval) -> Interval:
    """The product of intervals above zero: the usual case, and the fast one."""
    assert one.low is not None
    assert two.low is not None
    return Interval(
        one.low * two.low,
        None if one.high is None or two.high is None else one.high * two.high,
        one.low_open or two.low_open,
        one.high_open or two.high_open,
    )


# A product's ends are among those of its factors. An infinite end is ±1 with `infinite`, and is never a member.
_Point = tuple[Number, bool, bool]  # value (or sign), infinite, open


def _ends(interval: Interval) -> tuple[_Point, _Point]:
    return (
        (-1, True, True) if interval.low is None else (interval.low, False, interval.low_open),
        (1, True, True) if interval.high is None else (interval.high, False, interval.high_open),
    )


def _product(one: _Point, two: _Point) -> _Point:
    value = one[0] * two[0]
    if value == 0:  # a zero that is a member makes zero a member, whatever the other end is
        zeros = [point for point in (one, two) if point[0] == 0]
        return 0, False, all(point[2] for point in zeros)
    infinite = one[1] or two[1]
    return (1 if value > 0 else -1) if infinite else value, infinite, one[2] or two[2]


def _hull(points: Iterable[_Point]) -> Interval:
    found = list(points)
    low = _extreme(found, min, -1)
    high = _extreme(found, max, 1)
    return Interval(low[0], high[0], low[1], high[1])


def _extreme(points: list[_Point], choose: Callable[..., Number], sign: int) -> tuple[End, bool]:
    """The least or greatest point; closed if any that share its place is."""
    if any(infinite and value == sign for value, infinite, _ in points):
        return None, False
    finite = [point for point in points if not point[1]]
    end = choose(value for value, _, _ in finite)
    return end, all(is_open for value, _, is_open in finite if value == end)


def _reaches(one: Interval, two: Interval) -> bool:
    """Whether `one` does not lie wholly above `two`."""
    if one.low is None or two.high is None:
        return True
    return one.low < two.high or (one.low == two.high and not (one.low_open or two.high_open))
