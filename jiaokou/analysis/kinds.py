"""What must hold in each kind of relation, as two intervals that have to meet.

A kind names its roles, writes its formula in codes, and computes what is found and what is expected from one interval
for each term, in the order of the roles. Formulas are text for people; nothing is ever evaluated.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from operator import add

from jiaokou.numbers.intervals import Interval, exactly

Pair = tuple[Interval, Interval]

NAME = "name"  # the role of a thing listed: a milestone, where every other term is an observation
HUNDRED, HUNDREDTH = exactly(100), exactly(Fraction(1, 100))


@dataclass(frozen=True)
class Kind:
    """A kind of relation: its roles in order, its formula, its `sides` (found, expected), and in which unit they are.

    `unit` is the role whose unit the sides have, or a unit itself. With `many` the last role may stand any number of
    times. What is counted rather than printed (names in a list, years) comes as the last interval.
    """

    roles: tuple[str, ...]
    formula: str
    unit: str
    sides: Callable[..., Pair]
    many: bool = False

    def written(self, terms: Mapping[str, Sequence[str]], counted: int | None) -> str:
        """The formula with codes for its roles; `?` for what is not printed."""
        words = {role: " + ".join(terms.get(role, ())) or "?" for role in self.roles}
        return self.formula.format_map(words | {"counted": counted})


def _equal(one: Interval, other: Interval, *_: Interval) -> Pair:
    return one, other


def _quotient(over: Interval, under: Interval, result: Interval) -> Pair:
    return over / under, result


def _at_most(part: Interval, whole: Interval) -> Pair:
    return part, Interval(None, whole.high, high_open=whole.high_open)


def _sum(whole: Interval, *parts: Interval) -> Pair:
    return reduce(add, parts), whole


def _parts_at_most(whole: Interval, *parts: Interval) -> Pair:
    return _at_most(reduce(add, parts), whole)


def _share(part: Interval, whole: Interval, share: Interval) -> Pair:
    return part * HUNDRED / whole, share


def _growth(value: Interval, base: Interval, growth: Interval) -> Pair:
    return (value / base - exactly(1)) * HUNDRED, growth


def _whole_count(share: Interval, whole: Interval) -> Pair:
    """The whole numbers among those found, or, where there are none, the one nearest to them."""
    found = share * whole * HUNDREDTH
    inside = found.whole_numbers()
    if inside is None:
        assert found.low is not None
        assert found.high is not None
        below = math.floor(found.low)
        near = below if found.low - below <= below + 1 - found.high else below + 1
        # An open end may be a whole number itself, which then still is none of those found.
        inside = exactly(near)
    return found, inside


def _at_least(count: Interval, names: Interval) -> Pair:
    return count, Interval(names.low, None)


KINDS: dict[str, Kind] = {
    "same_quantity": Kind(("one", "other"), "{one} = {other}", "one", _equal),
    "at_most": Kind(("part", "whole"), "{part} <= {whole}", "part", _at_most),
    "target": Kind(("actual", "target"), "{actual} <= {target}", "actual", _at_most),
    "sum": Kind(("whole", "part"), "{part} = {whole}", "whole", _sum, many=True),
    "parts_at_most": Kind(("whole", "part"), "{part} <= {whole}", "whole", _parts_at_most, many=True),
    "difference": Kind(
        ("minuend", "subtrahend", "difference"),
        "{minuend} - {subtrahend} = {difference}",
        "difference",
        lambda minuend, subtrahend, difference: (minuend - subtrahend, difference),
    ),
    "ratio": Kind(("numerator", "denominator", "ratio"), "{numerator} / {denominator} = {ratio}", "ratio", _quotient),
    "share": Kind(("part", "whole", "share"), "{part} / {whole} = {share}", "share", _share),
    "growth": Kind(("value", "base", "growth"), "{value} / {base} - 1 = {growth}", "growth", _growth),
    "mean": Kind(("total", "count", "mean"), "{total} / {count} = {mean}", "mean", _quotient),
    "proportion": Kind(
        ("part", "whole", "other_part", "other_whole"),
        "{part} / {whole} = {other_part} / {other_whole}",
        "percent",
        lambda part, whole, *other: (part * HUNDRED / whole, other[0] * HUNDRED / other[1]),
    ),
    "whole_count": Kind(("share", "whole"), "{share} * {whole} = whole_number", "whole", _whole_count),
    "possible_share": Kind(("share",), "{share} <= 100 percent", "share", lambda share: (share, Interval(0, 100))),
    "listed": Kind(("count", NAME), "{count} = {counted} listed", "count", _equal, many=True),
    "partly_listed": Kind(("count", NAME), "{count} >= {counted} listed", "count", _at_least, many=True),
    "coverage": Kind(("covered", "total", NAME), "{covered} = {total}", "count", _equal, many=True),
    "yearly": Kind(("count",), "{count} <= {counted} years", "count", _at_most),
}
"""Each kind by its code in `codes/relation.csv`."""
