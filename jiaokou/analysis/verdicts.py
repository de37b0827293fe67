"""Verdicts on relations, from printed numbers alone: plain objects in, plain objects out.

A relation cannot hold only if no truth fits what is printed, whichever usual rule each number was rounded by. How
much it says otherwise is its power: the part of all single-digit errors in its numbers that would make it fail.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

from jiaokou.analysis.kinds import KINDS, NAME, Pair
from jiaokou.numbers.intervals import End, Interval, exactly
from jiaokou.numbers.printed import RULES, Printed

WEAK = Fraction(1, 20)
"""A relation that fewer than this part of single-digit errors would break is too weak to tell anything."""


@dataclass(frozen=True, slots=True)
class Relation:
    """A relation ready to be judged: its kind, its numbers in the order of the roles, and what was counted.

    A number that is not printed is None. `counted` (names in a list, years) is exact; `reading` whether the relation
    stands on one; `terms` the codes of observations and milestones by role.
    """

    kind: str
    numbers: tuple[Printed | None, ...]
    counted: int | None = None
    reading: bool = False
    terms: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def observations(self) -> list[str]:
        """The codes of its observations, in the order of `numbers` (of those that are printed)."""
        return [code for role in KINDS[self.kind].roles if role != NAME for code in self.terms.get(role, ())]

    def sides(self, values: Sequence[Interval]) -> Pair:
        """What is found and what is expected if its numbers lie in these intervals."""
        counted = () if self.counted is None else (exactly(self.counted),)
        return KINDS[self.kind].sides(*values, *counted)

    def meets(self, values: Sequence[Interval]) -> bool:
        """Whether it can hold if its numbers lie in these intervals."""
        found, expected = self.sides(values)
        return found.meets(expected)


class Misprint(NamedTuple):
    """An error in a single digit: in which number, in which of its digits (the last one is 0), which digit instead."""

    term: int
    power: int
    digit: int


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict; the bounds found and expected (None if it cannot be told); how far apart they are at least, if at all.

    `rules` are the rules of rounding that let the sides agree if all numbers were rounded alike. `errors` is the
    number of single-digit errors that its numbers can suffer and `caught` those that would break it.
    """

    verdict: str
    found: Interval | None = None
    expected: Interval | None = None
    gap: End | None = None
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
    as_rounded = {rule: [number.interval(rule) for number in numbers] for rule in ("", *RULES)}
    found, expected = relation.sides(as_rounded[RULES[0]])
    if not relation.meets(as_rounded[""]):
        most_found, most_expected = relation.sides(as_rounded[""])
        return Judgement("cannot_hold", found, expected, gap=most_found.gap(most_expected))
    rules = tuple(rule for rule in RULES if relation.meets(as_rounded[rule]))
    errors = sum(len(number.misprints()) for number in numbers)
    caught = tuple(_caught(relation, numbers, as_rounded[""]))
    verdict = "holds_under_reading" if relation.reading or rules != RULES else "holds"
    if len(caught) < WEAK * errors:
        verdict = "too_weak"
    return Judgement(verdict, found, expected, rules=rules, errors=errors, caught=caught)


def _caught(relation: Relation, numbers: Sequence[Printed], widest: Sequence[Interval]) -> Iterator[Misprint]:
    """The errors in a single digit after which the sides meet no more."""
    for term, number in enumerate(numbers):
        for power, wrong, change in number.misprints():
            moved = widest[term] + exactly(change)
            if number.qualifier == "up_to":  # the first three start at the first, whatever their number
                moved.low = widest[term].low
            if not relation.meets([*widest[:term], moved, *widest[term + 1 :]]):
                yield Misprint(term, power, wrong)
