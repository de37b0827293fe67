"""Exact intervals: ends are whole numbers, fractions or ±infinity, and belong to the interval or not.

A number rounded half up to 907 is at least 906.5 and *below* 907.5: whether an end belongs to the interval decides
verdicts, so it is carried through every operation. Operands are taken to vary independently; a result therefore
holds every value that can arise, and perhaps some that cannot.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, inf, isinf

Number = int | Fraction
End = Number | float  # of floats only ±infinity


@dataclass(slots=True)
class Interval:
    """The numbers from `low` to `high`; an end that is open is no member, and no infinite one is.

    A value object: operations make new ones.
    """

    low: End = -inf
    high: End = inf
    low_open: bool = False
    high_open: bool = False

    def __add__(self, other: Interval) -> Interval:
        """Every sum of a number here and one in `other`."""
        opens = self.low_open or other.low_open, self.high_open or other.high_open
        return Interval(self.low + other.low, self.high + other.high, *opens)

    def __neg__(self) -> Interval:
        """The numbers here with their sign changed."""
        return Interval(-self.high, -self.low, self.high_open, self.low_open)

    def __sub__(self, other: Interval) -> Interval:
        """Every difference."""
        return self + -other

    def __mul__(self, other: Interval) -> Interval:
        """Every product; its ends are among the products of ends."""
        points = [_product(one, two) for one in self._ends() for two in other._ends()]
        # An end belongs to the result if any pair of ends that gives it does.
        (low, low_open), (high, high_open) = min(points), max(points, key=lambda end: (end[0], not end[1]))
        return Interval(low, high, low_open, high_open)

    def __truediv__(self, other: Interval) -> Interval:
        """Every quotient; all numbers if `other` holds zero."""
        if 0 in other:
            return Interval()
        # What is unbounded comes near zero and never is zero; what ends at zero, without holding it, has no bound.
        low = 0 if isinf(other.high) else 1 / Fraction(other.high) if other.high else -inf
        high = 0 if isinf(other.low) else 1 / Fraction(other.low) if other.low else inf
        opens = other.high_open or isinf(other.high), other.low_open or isinf(other.low)
        return self * Interval(low, high, *opens)

    def _ends(self) -> tuple[tuple[End, bool], tuple[End, bool]]:
        return (self.low, self.low_open), (self.high, self.high_open)

    def __contains__(self, number: End) -> bool:
        """Whether a number lies here."""
        above = number > self.low or (number == self.low and not self.low_open)
        return above and (number < self.high or (number == self.high and not self.high_open))

    def meets(self, other: Interval) -> bool:
        """Whether any number lies both here and in `other`."""
        return all(
            one.low < two.high or (one.low == two.high and not (one.low_open or two.high_open))
            for one, two in ((self, other), (other, self))
        )

    def gap(self, other: Interval) -> End:
        """How far the two are apart; 0 if they meet, or only fail to by an open end."""
        return max(0, other.low - self.high, self.low - other.high)

    def whole_numbers(self) -> Interval | None:
        """From the least to the greatest whole number here; None if there is none."""
        low, high = (end if isinf(end) else to_whole(end) for end, to_whole in ((self.low, ceil), (self.high, floor)))
        found = Interval(low + (low not in self), high - (high not in self))
        return found if found.low <= found.high else None


def exactly(number: End) -> Interval:
    """The interval of one number."""
    return Interval(number, number)


BOUNDS = {"lower": "Float64", "upper": "Float64", "lower_open": "boolean", "upper_open": "boolean"}
"""The columns in which a table holds an interval, and their types."""


def ends(interval: Interval) -> dict[str, float | bool | None]:
    """An interval as the columns of `BOUNDS` hold it."""
    low, high = (None if isinf(end) else float(end) for end in (interval.low, interval.high))
    opens = low is not None and interval.low_open, high is not None and interval.high_open
    return dict(zip(BOUNDS, (low, high, *opens), strict=True))


def _product(one: tuple[End, bool], two: tuple[End, bool]) -> tuple[End, bool]:
    """The product of two ends, and whether it is open: a zero that is a member makes zero one, whatever the other."""
    (first, is_open), (second, other_open) = one, two
    if first and second:
        return first * second, is_open or other_open
    return 0, (first != 0 or is_open) and (second != 0 or other_open)
