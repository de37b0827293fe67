"""Relations are judged by what the print allows: never more certain than the strings, and no less."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import jiaokou
from jiaokou import JiaokouError
from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.kinds import KINDS
from jiaokou.analysis.verdicts import WEAK, Misprint, Relation, judge
from jiaokou.cli.main import main
from jiaokou.data.package import open_package
from jiaokou.numbers import printed as precision

MODES = {"half_up": ROUND_HALF_UP, "half_even": ROUND_HALF_EVEN, "truncation": ROUND_DOWN}
AUDIT = jiaokou.audit().set_index("relation", drop=False)


def say(text, unit="CNY"):
    """A printed number: `say("17.2")`, `say("35", "count")`."""
    form = {"CNY": "元", "count": "个"}[unit]
    return precision.parse(text + form, unit, {form: Fraction(1)})


def verdict(kind, *texts, counted=None, units="CNY"):
    numbers = [None if text == "?" else say(text, units) for text in texts]
    return judge(Relation(kind, tuple(numbers), counted)).verdict


# This release


def test_every_relation_comes_to_the_verdict_known_for_this_release():
    assert list(AUDIT["verdict"]) == list(AUDIT["known"])
    assert AUDIT["as_known"].all()


@pytest.mark.parametrize(
    ("relation", "expected"),
    [
        ("started_share_is_whole", "holds"),
        ("new_energy_one_quantity", "cannot_hold"),
        ("grid_within_new_energy", "holds_under_reading"),
        ("investment_completed_within_planned", "holds_under_reading"),
        ("investment_of_completed_projects", "holds_under_reading"),
        ("projects_completed_within_planned", "too_weak"),
        ("expenditure_growth_needs_base", "cannot_tell"),
        ("stations_within_villages", "holds_under_reading"),
        ("expressways_as_listed", "holds_under_reading"),
        ("revenue_rank_needs_growth", "cannot_tell"),
        ("expenditure_record_needs_series", "cannot_tell"),
        ("fixed_asset_rank_needs_others", "cannot_tell"),
        ("full_coverage_needs_totals", "cannot_tell"),
        ("safety_systems_as_listed", "holds"),
        ("top_three_once_a_year", "holds_under_reading"),
    ],
)
def test_relations_an_expert_finds_by_hand(relation, expected):
    assert AUDIT.at[relation, "verdict"] == expected


def test_the_started_share_is_of_thirty_projects_and_nothing_else():
    row = AUDIT.loc["started_share_is_whole"]
    assert (row["expected_lower"], row["expected_upper"]) == (30, 30)
    shares = jiaokou.found()
    shares = shares[shares["observations"].str.contains("signed_projects_started_share")]
    assert list(shares["written"]) == ["started_share_is_whole"]  # of all counts of its section, only 35 fits


def test_907_and_870_are_at_least_35_and_a_half_apart():
    assert AUDIT.at["new_energy_one_quantity", "gap"] == 35.5


def test_what_cannot_be_told_says_what_is_missing_and_what_cannot_hold_why_it_may():
    untold = AUDIT[AUDIT["verdict"] == "cannot_tell"]
    assert untold[["missing_zh", "missing_en"]].notna().all(axis=None)
    assert untold["formula"].str.contains(r"\?", regex=True).all()
    assert AUDIT.loc[AUDIT["verdict"] == "cannot_hold", ["explanation_zh", "explanation_en"]].notna().all(axis=None)


# Verdicts


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("same_quantity", ("907", "870"), "cannot_hold"),
        ("same_quantity", ("907", "906.6"), "holds_under_reading"),  # not if both were cut off
        ("same_quantity", ("907", "907.04"), "holds"),
        ("at_most", ("9.1", "8.7"), "cannot_hold"),
        ("at_most", ("8.7", "9.1"), "holds"),
        ("sum", ("10.0", "3.3", "6.7"), "holds"),
        ("sum", ("10.0", "3.3", "6.2"), "cannot_hold"),
        ("parts_at_most", ("10.0", "3.3", "6.2"), "holds"),
        ("difference", ("610.83", "377.22", "233.61"), "holds"),
        ("ratio", ("10", "4", "2.5"), "holds"),
        ("share", ("30.00", "35.00", "85.71"), "holds"),
        ("share", ("30.00", "35.00", "86.71"), "cannot_hold"),
        ("growth", ("17.2", "13.54", "27"), "holds"),
        ("growth", ("17.2", "12.54", "27"), "cannot_hold"),
        ("growth", ("17.2", "?", "27"), "cannot_tell"),
        ("mean", ("210.02", "35", "6.00"), "holds"),
        ("proportion", ("30.0", "35.0", "60.0", "70.0"), "holds"),
        ("proportion", ("79.0", "146.0", "377.22", "610.83"), "cannot_hold"),
        ("possible_share", ("101",), "cannot_hold"),
    ],
)
def test_a_kind_says_what_must_hold(kind, texts, expected):
    assert verdict(kind, *texts) == expected


def test_a_reading_that_is_needed_is_said():
    relation = Relation("at_most", (say("8.7"), say("9.1")), reading=True)
    assert judge(relation).verdict == "holds_under_reading"


@pytest.mark.parametrize(("share", "whole", "expected"), [("85.71", "35", "holds"), ("85.70", "35", "cannot_hold")])
def test_a_share_of_things_is_of_a_whole_number_of_them(share, whole, expected):
    assert judge(Relation("whole_count", (say(share), say(whole, "count")))).verdict == expected


@pytest.mark.parametrize(
    ("kind", "counted", "expected"),
    [("listed", 5, "holds"), ("listed", 4, "cannot_hold"), ("partly_listed", 4, "holds"), ("yearly", 4, "cannot_hold")],
)
def test_a_count_is_held_against_what_is_counted(kind, counted, expected):
    assert verdict(kind, "5", counted=counted, units="count") == expected


def test_full_coverage_is_as_many_covered_as_there_are():
    numbers = (say("92", "count"), say("93", "count"))
    assert judge(Relation("coverage", numbers, counted=1)).verdict == "cannot_hold"
    assert judge(Relation("coverage", (numbers[0], numbers[0]), counted=1)).verdict == "holds"


def test_only_some_rules_of_rounding_may_let_two_numbers_agree():
    judgement = judge(Relation("same_quantity", (say("2.5"), say("3"))))
    assert (judgement.verdict, judgement.rules) == ("holds_under_reading", ("half_up", "half_even"))
    assert judge(Relation("same_quantity", (say("3"), say("2.49")))).verdict == "cannot_hold"


def test_a_relation_that_almost_anything_would_pass_is_too_weak():
    judgement = judge(Relation("at_most", (say("79", "count"), say("146", "count"))))
    assert judgement.power is not None
    assert judgement.power < WEAK
    assert judgement.verdict == "too_weak"


# Soundness and power, for every kind


def positive(most=10**4):
    return st.fractions(Fraction(1, 100), most, max_denominator=1000)


PERCENT = st.fractions(1, 100, max_denominator=1000)
TRUTHS = {
    "same_quantity": positive().map(lambda x: (x, x)),
    "at_most": st.tuples(positive(), positive()).map(sorted),
    "target": st.tuples(positive(), positive()).map(sorted),
    "sum": st.lists(positive(), min_size=1, max_size=4).map(lambda parts: (sum(parts), *parts)),
    "parts_at_most": st.tuples(positive(), positive(), positive()).map(lambda t: (t[0] + t[1] + t[2], t[1], t[2])),
    "difference": st.tuples(positive(), positive()).map(lambda t: (t[0] + t[1], t[0], t[1])),
    "ratio": st.tuples(positive(), positive(100)).map(lambda t: (t[0] * t[1], t[0], t[1])),
    "share": st.tuples(positive(), PERCENT).map(lambda t: (t[0] * t[1] / 100, t[0], t[1])),
    "growth": st.tuples(positive(), PERCENT).map(lambda t: (t[0] * (1 + t[1] / 100), t[0], t[1])),
    "mean": st.tuples(positive(), positive(100)).map(lambda t: (t[0] * t[1], t[0], t[1])),
    "proportion": st.tuples(positive(), positive(), positive(10)).map(lambda t: (t[0], t[1], t[0] * t[2], t[1] * t[2])),
    "possible_share": PERCENT.map(lambda x: (x,)),
}
COUNTED = {"coverage", "whole_count", "listed", "partly_listed", "yearly"}


def test_every_kind_is_put_to_the_test():
    assert set(TRUTHS) | COUNTED == set(KINDS)


def as_printed(true, decimals, rule):
    with localcontext(prec=60):
        exact = Decimal(true.numerator) / Decimal(true.denominator)
        return f"{exact.quantize(Decimal(1).scaleb(-decimals), MODES[rule]):f}"


@pytest.mark.parametrize("kind", TRUTHS)
@settings(max_examples=50, deadline=None)
@given(data=st.data())
def test_true_values_however_rounded_are_never_said_not_to_hold(kind, data):
    truth = data.draw(TRUTHS[kind])
    prints = st.tuples(st.integers(0, 4), st.sampled_from(precision.RULES))
    numbers = [say(as_printed(value, *data.draw(prints))) for value in truth]
    assert judge(Relation(kind, tuple(numbers))).verdict != "cannot_hold"


@settings(deadline=None)
@given(st.integers(1, 400), st.data(), st.integers(0, 4), st.sampled_from(precision.RULES))
def test_a_true_share_of_things_is_never_said_not_to_hold(whole, data, decimals, rule):
    part = data.draw(st.integers(0, whole))
    share = say(as_printed(Fraction(100 * part, whole), decimals, rule))
    assert judge(Relation("whole_count", (share, say(str(whole), "count")))).verdict != "cannot_hold"


PINNED_AS_RESULT = ["difference", "share", "growth", "ratio", "mean"]


@pytest.mark.parametrize("kind", ["same_quantity", *PINNED_AS_RESULT])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_digit_changed_by_more_than_its_rounding_is_caught_where_a_relation_pins_it(kind, data):
    truth = data.draw(TRUTHS[kind])
    numbers = [say(as_printed(value, 6, "half_up")) for value in truth[:-1]]
    numbers.append(say(as_printed(truth[-1], 2, "half_up")))
    assume(numbers[-1].value > 0)
    judgement = judge(Relation(kind, tuple(numbers)))
    last = numbers[-1]
    # What the other numbers leave open, and the last one's own rounding, under any rule.
    width = judgement.found.high - judgement.found.low if kind in PINNED_AS_RESULT else Fraction(4, 10**6)
    pinned = {
        Misprint(len(numbers) - 1, power, digit)
        for power, digit, change in last.misprints()
        if abs(change) > 2 * width + 3 * last.place
    }
    assert pinned <= set(judgement.caught)


@pytest.mark.parametrize("kind", TRUTHS)
@settings(max_examples=10, deadline=None)
@given(data=st.data(), decimals=st.integers(0, 3))
def test_the_errors_caught_are_those_that_judging_each_misprint_anew_would_catch(kind, data, decimals):
    texts = [as_printed(value, decimals, "half_up") for value in data.draw(TRUTHS[kind])]
    assert_caught_anew(kind, texts)


def test_a_misprint_that_makes_a_divisor_zero_hides_no_other():
    caught = assert_caught_anew("mean", ["100", "0.5", "200"])
    last = {misprint.digit for misprint in caught if (misprint.term, misprint.power) == (1, 0)}
    assert last == {1, 2, 3, 6, 7, 8, 9}


def assert_caught_anew(kind, texts):
    """Claim that what is caught in the numbers printed so is what judging each misprint anew catches; and give it."""
    said = [say(text) for text in texts]
    judged = judge(Relation(kind, tuple(said)))
    anew = set()
    for term, text in enumerate(texts):
        places = [place for place, character in enumerate(text) if character != "."]
        for power, place in enumerate(reversed(places)):
            for digit in "0123456789":
                wrong = text[:place] + digit + text[place + 1 :]
                if wrong != text and not wrong.startswith("0" if len(wrong) == 1 else ZEROS):
                    misprinted = [*said[:term], say(wrong), *said[term + 1 :]]
                    if not Relation(kind, tuple(misprinted)).meets([number.interval() for number in misprinted]):
                        anew.add(Misprint(term, power, int(digit)))
    assert set(judged.caught) == anew
    return anew


ZEROS = tuple(f"0{digit}" for digit in range(10))  # how no number is printed to begin


# Errors in single digits


def test_the_digits_that_relations_pin_are_told_for_every_observation():
    frame = jiaokou.sensitivity().set_index("observation")
    assert list(frame.index) == list(jiaokou.load()["observation"])
    assert (frame["caught"] <= frame["errors"]).all()
    assert frame.at["safety_systems", "caught"] == frame.at["safety_systems", "errors"] == 8
    assert frame.at["street_lights_added", "caught"] == 0


def edited(table, where, **cells):
    """This project's package with other cells in the rows of a table that `where` (column, value pairs) picks."""
    package = open_package()
    frame = package.frames[table].copy()
    picked = pd.concat([frame[column] == value for column, value in where.items()], axis=1).all(axis=1)
    assert picked.sum() == 1
    for column, cell in cells.items():
        frame.loc[picked, column] = cell
    return replace(package, frames=package.frames | {table: frame})


def corrected(folder, old, new):
    """The audit of this project's package with another number in economy.csv."""
    package = shutil.copytree(open_package().path, folder / "package")
    file = package / "observations" / "economy.csv"
    assert old in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(old, new), "utf-8")
    return jiaokou.audit(package=package).set_index("relation")


def test_a_misprint_that_is_said_to_be_caught_changes_the_verdict(tmp_path):
    found = corrected(tmp_path, "35个,exact,35,", "36个,exact,36,")
    assert found.at["started_share_is_whole", "verdict"] == "cannot_hold"
    assert not found.at["started_share_is_whole", "as_known"]


# Known defects, and what the tables must say


def test_a_known_defect_whose_number_is_corrected_is_news(tmp_path):
    found = corrected(tmp_path, "870MW,exact,870,", "880MW,exact,880,")
    assert found.at["new_energy_one_quantity", "verdict"] == "cannot_hold"  # still, but of another number
    assert not found.at["new_energy_one_quantity", "as_known"]
    assert found.at["started_share_is_whole", "as_known"]


@pytest.mark.parametrize(
    ("relation", "term", "cells", "said"),
    [
        ("new_energy_one_quantity", 1, {"role": "part"}, "same_quantity takes one, other"),
        ("grid_within_new_energy", 2, {"role": "part"}, "has 2 terms in the role part; give it one"),
    ],
)
def test_a_relation_that_its_kind_cannot_be_made_of_is_refused_in_one_line(relation, term, cells, said):
    package = edited("relation_terms", {"relation": relation, "term": term}, **cells)
    with pytest.raises(JiaokouError, match=said) as refused:
        audit_of(package)
    assert "\n" not in str(refused.value)


# Relations nobody wrote


def test_relations_are_found_that_nobody_wrote_and_those_that_somebody_did_are_named():
    frame = jiaokou.found()
    written = frame.set_index("observations")["written"]
    assert "new_energy_one_quantity" in written["new_energy_capacity grid_connected_capacity"].split()
    assert written["safety_systems"] == "safety_systems_as_listed"
    assert (frame["verdict"] != "cannot_tell").all()


def test_counts_rates_and_numbers_that_were_set_are_not_taken_for_one_quantity():
    observed = jiaokou.load().set_index("observation")
    pairs = jiaokou.found().query("kind == 'same_quantity'")["observations"].str.split().explode()
    assert set(observed.loc[pairs, "unit"]) == {"MW"}
    assert set(observed.loc[pairs, "basis"]) == {"actual"}


def test_one_relation_cannot_hold_and_every_lacking_number_is_named():
    assert list(AUDIT.index[AUDIT["verdict"] == "cannot_hold"]) == ["new_energy_one_quantity"]
    assert "which of them the share belongs" in AUDIT.at["new_energy_one_quantity", "explanation_en"]


def test_the_five_verdicts_come_with_what_matters_first():
    labels = open_package().codes["verdict"]["label_en"]
    assert list(labels) == [
        "does not match",
        "consistent",
        "consistent if …",
        "consistent, weak check",
        "a number is missing",
    ]


def test_equal_counts_do_not_prove_that_two_things_are_one():
    same = AUDIT[AUDIT["kind"] == "same_quantity"]
    assert "holds" not in set(same["verdict"])


def test_a_relation_without_an_observation_stands_in_the_section_of_its_milestones():
    row = AUDIT.loc["full_coverage_needs_totals"]
    assert (row["observations"], row["section"], row["formula"]) == ("", "livelihood", "? = ?")


# The page


@pytest.mark.parametrize(
    ("lang", "found"), [("zh", "没有确定的算术错误"), ("en", "No arithmetical error is established")]
)
def test_the_page_leads_with_whether_an_error_was_found_and_with_the_one_pair_unexplained(lang, found):
    notebook = json.loads((Path(__file__).parents[2] / "notebooks" / "07_audit.ipynb").read_text("utf-8"))
    sources = {cell["id"]: "".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"}
    first = list(sources).index("data")
    names, said = {"page": jiaokou.briefing(lang)}, []
    for source in list(sources.values())[first : first + 4]:  # the rows, then what the page begins with
        before, say, sentence = source.rpartition("page.say")
        exec(before if say else sentence, names)
        said += [str(eval(say + sentence, names))] if say else []
    assert found in said[0]
    assert "90.7万千瓦" in said[2]
    assert "870MW" in said[2]


# The command


def test_the_command_shows_each_number_in_its_sentence_to_who_has_the_text(source_path):
    result = CliRunner().invoke(main, ["audit", "--source", str(source_path), "--format", "json"])
    assert result.exit_code == 0
    shown = {record["observation"]: record["sentence"] for record in json.loads(result.stdout)}
    printed = jiaokou.load().set_index("observation")["printed"]
    assert all(f"⟦{printed[code]}⟧" in sentence for code, sentence in shown.items())


def test_the_table_of_the_command_is_arithmetic_with_its_reason():
    lines = CliRunner().invoke(main, ["audit"]).stdout.splitlines()
    assert lines[0].split("\t") == ["relation", "label", "verdict", "arithmetic", "because", "as_known"]
    (line,) = [line for line in lines if line.startswith("started_share_is_whole\t")]
    assert line.split("\t")[2:4] == ["consistent", "85.71% × 35 = a whole number"]


@pytest.mark.parametrize("table", [jiaokou.audit, jiaokou.found, jiaokou.sensitivity])
def test_what_a_caller_does_to_a_frame_stays_with_the_caller(table):
    frame = table()
    frame[frame.columns[0]] = "changed"
    assert not (table()[frame.columns[0]] == "changed").any()
