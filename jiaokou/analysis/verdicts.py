"""Verdicts on relations, from printed numbers alone: plain objects in, plain objects out.

A relation cannot hold only if no truth fits what is printed, whichever usual rule each number was rounded by. How
much it says otherwise is its power: the part of all single-digit errors in its numbers that would make it fail.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from jiaokou.analysis.kinds import KINDS
from jiaokou.numbers.intervals import Interval, Number, exactly
from jiaokou.numbers.printed import RULES, Printed

WEAK = Fraction(1, 20)
"""A relation that fewer than this part of single-digit errors would break is too weak to tell anything."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation ready to be judged: its kind, its numbers in the order of the roles, and what was counted.

    A number that is not printed is None. `counted` (names in a list, years) is exact; `reading` whether the relation
    stands on one.
    """

    kind: str
    numbers: tuple[Printed | None, ...]
    counted: int | None = None
    reading: bool = False


class Misprint(NamedTuple):
    """An error in a single digit: in which number, in which of its digits (the last one is 0), which digit instead."""

    term: int
    power: int
    digit: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict; the bounds found and expected (None if it cannot be told); how far apart they are at least.

    `rules` are the rules of rounding that let the sides agree if all numbers were rounded alike. `errors` is the
    number of single-digit errors that its numbers can suffer and `caught` those that would break it.
    """

    verdict: str
    found: Interval | None = None
    expected: Interval | None = None
    gap: Number = 0
    rules: tuple[str, ...] = ()
    errors: int = 0
    caught: tuple[Misprint, ...] = ()

    @property
    def power(self) -> Fraction | None:
        """The part of single-digit errors that would be noticed; None if no verdict says that the sides agree."""
        return Fraction(len(self.caught), self.errors) if self.errors else None


def judge(relation: Relation) -> Judgement:
    """The verdict on a relation."""
    numbers = [number for number in relation.numbers if number is not None]
    if None in relation.numbers:
        return Judgement("cannot_tell")
    found, expected = sides(relation, [number.interval(RULES[0]) for number in numbers])
    widest = [number.interval() for number in numbers]
    most_found, most_expected = sides(relation, widest)
    if not most_found.meets(most_expected):
        return Judgement("cannot_hold", found, expected, most_found.gap(most_expected))
    rules = tuple(_rules(relation, numbers))
    errors = sum(number.errors for number in numbers)
    caught = tuple(_caught(relation, numbers, widest))
    if len(caught) < WEAK * errors:
        verdict = "too_weak"
    else:
        verdict = "holds_under_reading" if relation.reading or rules != RULES else "holds"
    return Judgement(verdict, found, expected, 0, rules, errors, caught)


def sides(relation: Relation, values: Sequence[Interval]) -> tuple[Interval, Interval]:
    """What is found and what is expected if the numbers of a relation lie in these intervals."""
    counted = () if relation.counted is None else (exactly(relation.counted),)
    return KINDS[relation.kind].sides(*values, *counted)


def _rules(relation: Relation, numbers: Sequence[Printed]) -> Iterator[str]:
    if not any(number.rounded for number in numbers):
        yield from RULES
        return
    for rule in RULES:
        found, expected = sides(relation, [number.interval(rule) for number in numbers])
        if found.meets(expected):
            yield rule


def _caught(relation: Relation, numbers: Sequence[Printed], widest: Sequence[Interval]) -> Iterator[Misprint]:
    """The errors in a single digit after which the sides meet no more."""
    for term, number in enumerate(numbers):
        for power, digit in enumerate(number.digits):
            for wrong in number.misprints(power):
                moved = _moved(widest[term], (wrong - digit) * number.weight(power), number.qualifier)
                found, expected = sides(relation, [*widest[:term], moved, *widest[term + 1 :]])
                if not found.meets(expected):
                    yield Misprint(term, power, wrong)


def _moved(interval: Interval, change: Number, qualifier: str) -> Interval:
    """What a misprinted number would stand for; the first three start at the first, whatever their number."""
    low = interval.low if interval.low is None or qualifier == "up_to" else interval.low + change
    high = None if interval.high is None else interval.high + change
    return Interval(low, high, interval.low_open, interval.high_open)
