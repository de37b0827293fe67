"""What must hold in each kind of relation, as two intervals that have to meet.

A kind names its roles, writes its formula in codes, and computes what is found and what is expected from one interval
for each term, in the order of the roles. Formulas are text for people; nothing is ever evaluated.
"""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from functools import reduce
from operator import add

from jiaokou.numbers.intervals import Interval, exactly

Pair = tuple[Interval, Interval]

NAME = "name"  # the role of a thing listed: a milestone, where every other term is an observation
ONE, HUNDRED, HUNDREDTH = exactly(1), exactly(100), exactly(Fraction(1, 100))


class Kind:
    """A kind of relation: its `roles` in order, its formula, its `sides` (found, expected), and in which unit they are.

    Roles are those of the formula, unless others are given; with `many` the last may stand any number of times. `unit`
    is the role whose unit the sides have, or a unit itself. What is counted rather than printed (names in a list,
    years) comes as the last interval.
    """

    def __init__(self, formula: str, unit: str, sides: Callable[..., Pair], *roles: str, many: bool = False) -> None:
        self.formula, self.unit, self.sides, self.many = formula, unit, sides, many
        self.roles = roles or tuple(re.findall(r"{(\w+)}", formula))


def _equal(one: Interval, other: Interval, *_: Interval) -> Pair:
    return one, other


def _at_most(part: Interval, whole: Interval) -> Pair:
    return part, Interval(high=whole.high, high_open=whole.high_open)


def _at_least(count: Interval, names: Interval) -> Pair:
    return count, Interval(names.low)


def _sum(whole: Interval, *parts: Interval) -> Pair:
    return reduce(add, parts), whole


def _whole_count(share: Interval, whole: Interval) -> Pair:
    """The whole numbers among those found, or, where there are none, the one nearest to them."""
    found = share * whole * HUNDREDTH
    if (inside := found.whole_numbers()) is None:
        below = math.floor(found.low)
        # An open end may be a whole number itself, which then still is none of those found.
        inside = exactly(below if found.low - below <= below + 1 - found.high else below + 1)
    return found, inside


KINDS = {
    "same_quantity": Kind("{one} = {other}", "one", _equal),
    "at_most": Kind("{part} <= {whole}", "part", _at_most),
    "target": Kind("{actual} <= {target}", "actual", _at_most),
    "sum": Kind("{part} = {whole}", "whole", _sum, "whole", "part", many=True),
    "parts_at_most": Kind("{part} <= {whole}", "whole", lambda *n: _at_most(*_sum(*n)), "whole", "part", many=True),
    "difference": Kind("{minuend} - {subtrahend} = {difference}", "difference", lambda a, b, rest: (a - b, rest)),
    "ratio": Kind("{numerator} / {denominator} = {ratio}", "ratio", lambda over, under, ratio: (over / under, ratio)),
    "share": Kind("{part} / {whole} = {share}", "share", lambda part, whole, share: (part * HUNDRED / whole, share)),
    "growth": Kind("{value} / {base} - 1 = {growth}", "growth", lambda a, b, growth: ((a / b - ONE) * HUNDRED, growth)),
    "mean": Kind("{total} / {count} = {mean}", "mean", lambda total, count, mean: (total / count, mean)),
    "proportion": Kind(
        "{part} / {whole} = {other_part} / {other_whole}",
        "percent",
        lambda part, whole, *other: (part * HUNDRED / whole, other[0] * HUNDRED / other[1]),
    ),
    "whole_count": Kind("{share} * {whole} = whole_number", "whole", _whole_count),
    "possible_share": Kind("{share} <= 100 percent", "share", lambda share: (share, Interval(0, 100))),
    "listed": Kind("{count} = {counted} listed", "count", _equal, "count", NAME, many=True),
    "partly_listed": Kind("{count} >= {counted} listed", "count", _at_least, "count", NAME, many=True),
    "coverage": Kind("{covered} = {total}", "count", _equal, "covered", "total", NAME, many=True),
    "yearly": Kind("{count} <= {counted} years", "count", _at_most, "count"),
}
"""Each kind by its code in `codes/relation.csv`."""
