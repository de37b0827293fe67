"""Numbers, labels and sentences in both languages."""

import copy
import json
import re
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import jiaokou
from jiaokou import JiaokouError, wording
from jiaokou.data.package import open_package
from jiaokou.wording.labels import cells, periods, wrap

DATA = open_package()
OBSERVED = DATA.frames["observations"].set_index("observation", drop=False)
SCALES = {
    "万亿": 10**12,
    " trillion": 10**12,
    "亿": 10**8,
    "万": 10**4,
    " bn": 10**9,
    " billion": 10**9,
    " million": 10**6,
    " m": 10**6,
}


def row(value, unit, printed="", qualifier="exact", **more):
    return {"value": value, "unit": unit, "printed": printed, "qualifier": qualifier, **more}


def number_in(text, unit):
    """The canonical value that a written quantity stands for."""
    digits, scale = re.search(r"([\d,.]+)(万亿|亿|万| trillion| bn| billion| million| m(?!²|³))?", text).groups()
    value = Decimal(digits.replace(",", "")) * SCALES.get(scale, 1)
    return value / 1000 if unit == "MW" and "千瓦" in text else value


@pytest.mark.parametrize(
    ("observation", "zh", "en"),
    [
        ("projects_investment_planned", "610.83亿元", "CNY 61.083 bn"),
        ("projects_planned", "146个", "146"),
        ("budget_revenue", "超过11亿元", "more than CNY 1.1 bn"),
        ("budget_revenue_growth_rank", "第1位", "1st"),
        ("budget_revenue_growth_top_rank", "前3位", "top 3"),
        ("budget_revenue_top_three_times", "3次", "3"),
        ("blueprint_coal", "500万吨/年", "5 million t/a"),
        ("taiyu_foundry_capacity", "31.5万吨/年", "315,000 t/a"),
        ("new_energy_capacity", "90.7万千瓦", "907 MW"),
        ("blueprint_new_energy", "100万千瓦", "1,000 MW"),
        ("high_tech_enterprises", "6户", "6"),
        ("base_stations_5g", "超过184座", "more than 184"),
        ("green_area_added", "1.28万平方米", "12,800 m²"),
        ("streets_investment", "1.8亿元", "CNY 180 m"),
        ("forest_cover", "42.02%", "42.02%"),
        ("village_income_threshold", "不超过10万元", "up to CNY 100,000"),
    ],
)
def test_an_observation_reads_as_a_bulletin_in_either_language_would_print_it(observation, zh, en):
    assert wording.quantity(OBSERVED.loc[observation], "zh", DATA) == zh
    assert wording.quantity(OBSERVED.loc[observation], "en", DATA) == en


@pytest.mark.parametrize("lang", wording.LANGUAGES)
def test_every_observation_is_written_with_its_own_value(lang):
    for _, observed in OBSERVED.iterrows():
        text = wording.quantity(observed, lang, DATA)
        assert number_in(text, observed["unit"]) == Decimal(repr(observed["value"])), text


@pytest.mark.parametrize(
    ("value", "unit", "printed", "zh"),
    [
        (36570, "CNY", "36570元", "36570元"),
        (12000, "CNY", "超1.2万元", "1.2万元"),
        (1234567, "CNY", "1234567元", "123.4567万元"),
        (145_000_000, "CNY", "14500万元", "1.45亿元"),
        (870, "MW", "870MW", "87万千瓦"),
        (36570, "CNY", "", "3.657万元"),
    ],
)
def test_what_was_printed_without_a_scale_word_stays_so_below_a_million(value, unit, printed, zh):
    assert wording.quantity(row(value, unit, printed), "zh", DATA) == zh


@settings(deadline=None)
@given(
    whole=st.integers(0, 9999),
    decimals=st.text("0123456789", max_size=4),
    scale=st.sampled_from([1, 10**4, 10**8]),
    unit=st.sampled_from(["CNY", "t_per_a", "percent", "m2", "count", "MW"]),
    lang=st.sampled_from(wording.LANGUAGES),
)
def test_no_printed_digit_is_lost(whole, decimals, scale, unit, lang):
    printed = f"{whole}.{decimals}" if decimals else str(whole)
    value = float(Decimal(printed) * scale)
    text = wording.quantity(row(value, unit, printed), lang, DATA)
    assert float(number_in(text, unit)) == value
    if decimals and value:
        significant = len(printed.replace(".", "").lstrip("0"))
        assert len(re.sub(r"\D", "", text.replace("m²", "").replace("t/a", "")).lstrip("0")) >= significant


@pytest.mark.parametrize(
    ("qualifier", "zh", "en"),
    [
        ("exact", "5亿元", "CNY 500 m"),
        ("over", "超过5亿元", "more than CNY 500 m"),
        ("at_least", "至少5亿元", "at least CNY 500 m"),
        ("about", "约5亿元", "about CNY 500 m"),
        ("nearly", "近5亿元", "nearly CNY 500 m"),
        ("below", "不足5亿元", "less than CNY 500 m"),
        ("up_to", "不超过5亿元", "up to CNY 500 m"),
    ],
)
def test_each_qualifier_of_the_package_has_its_place_in_both_languages(qualifier, zh, en):
    assert wording.quantity(row(5e8, "CNY", qualifier=qualifier), "zh", DATA) == zh
    assert wording.quantity(row(5e8, "CNY", qualifier=qualifier), "en", DATA) == en


def test_all_qualifiers_of_the_package_are_known():
    for qualifier in DATA.codes["qualifier"].index:
        assert wording.quantity(row(5, "percent", qualifier=qualifier), "en", DATA)


def test_an_unknown_qualifier_unit_or_language_is_named():
    with pytest.raises(JiaokouError, match="unknown qualifier 'roughly_amount'"):
        wording.quantity(row(1, "percent", qualifier="roughly"), "en", DATA)
    with pytest.raises(JiaokouError, match="unknown unit 'furlong'"):
        wording.quantity(row(1, "furlong"), "en", DATA)
    with pytest.raises(JiaokouError, match="unknown language 'fr': use zh or en"):
        wording.number(1, "fr")


@pytest.mark.parametrize(
    ("n", "text"), [(1, "1st"), (2, "2nd"), (3, "3rd"), (11, "11th"), (22, "22nd"), (103, "103rd")]
)
def test_english_ranks_are_ordinals(n, text):
    assert wording.quantity(row(n, "rank"), "en", DATA) == text


def test_computed_numbers_show_what_their_bounds_leave_meaningful():
    derived = jiaokou.derived().set_index("derived", drop=False)
    said = {code: wording.quantity(derived.loc[code], "zh", DATA) for code in derived.index}
    assert said["projects_completion_rate"] == "54.11%"
    assert said["expenditure_2020"] == "13.5亿元"
    assert said["revenue_to_expenditure"] == "超过63.76%"  # revenue is printed without an upper bound
    assert said["signed_projects_started"] == "30个"  # the bounds hold one whole number
    assert said["investment_outstanding"] == "233.61亿元"
    assert wording.quantity({"value": None, "unit": "CNY"}, "en", DATA) == "—"


@pytest.mark.parametrize(
    ("ends", "unit", "zh", "en"),
    [
        ((1.2e12, 1.3e12), "CNY", "1.2万亿–1.3万亿元", "CNY 1.2–1.3 trillion"),
        ((1345098039.2, 1363636363.6), "CNY", "13.45亿–13.64亿元", "CNY 1.345–1.364 bn"),
        ((61082500000.0, 61083500000.0), "CNY", "610.825亿–610.835亿元", "CNY 61.0825–61.0835 bn"),
        ((146, 146), "count", "146", "146"),
        ((184, None), "count", "184以上", "184 or more"),
        ((None, 100000), "CNY", "10万元以下", "up to CNY 100,000"),
        ((1, 3), "rank", "第1–3位", "1st–3rd"),
        ((None, 3), "rank", "第3位以内", "3rd or higher"),
        ((81.5, 82.5), "percent", "81.5%–82.5%", "81.5–82.5%"),
        ((None, None), "percent", "—", "—"),
    ],
)
def test_bounds_are_written_with_open_ends_said(ends, unit, zh, en):
    bounds = dict(zip(("lower", "upper"), ends, strict=True), unit=unit)
    assert wording.interval(bounds, "zh", DATA) == zh
    assert wording.interval(bounds, "en", DATA) == en


@settings(deadline=None)
@given(low=st.floats(1, 1e11), width=st.floats(1e-9, 1e3), lang=st.sampled_from(wording.LANGUAGES))
def test_written_bounds_never_claim_more_than_the_bounds(low, width, lang):
    high = low * (1 + width)
    text = wording.interval({"lower": low, "upper": high, "unit": "CNY"}, lang, DATA)
    scale = re.search(r"万亿|[亿万]| trillion|bn|m$", text)
    factor = {"bn": 10**9, "m": 10**6}.get(scale[0], SCALES.get(scale[0])) if scale else 1
    ends = [Decimal(n.replace(",", "")) * factor for n in re.findall(r"[\d,.]+", text)]
    assert ends[0] <= Decimal(repr(low)) * (1 + Decimal("1e-11"))
    assert ends[-1] >= Decimal(repr(high)) * (1 - Decimal("1e-11"))


@pytest.mark.parametrize(
    ("start", "end", "implied", "zh", "en"),
    [
        ("2021-01-01", "2025-12-31", False, "2021–2025年", "2021–2025"),
        ("2025-01-01", "2025-12-31", True, "2025年（推定）", "2025 (implied)"),
        ("2025-12-31", "2025-12-31", False, "2025年末", "end of 2025"),
        ("2025-01-01", "2025-09-30", False, "2025年1月至9月", "Jan – Sept 2025"),
        ("2024-05-03", "2024-05-03", False, "2024年5月3日", "3 May 2024"),
        (None, None, pd.NA, "", ""),
    ],
)
def test_periods_are_read_off_their_days(start, end, implied, zh, en):
    period = {"period_start": pd.Timestamp(start), "period_end": pd.Timestamp(end), "period_implied": implied}
    assert wording.period(period, "zh") == zh
    assert wording.period(period, "en") == en


def test_the_same_days_printed_in_one_row_and_implied_in_another_are_one_period():
    days = {"period_start": pd.Timestamp("2019-01-01"), "period_end": pd.Timestamp("2019-12-31")}
    implied, printed = ({**days, "period_implied": is_implied} for is_implied in (True, False))
    assert periods([implied, printed], "zh") == periods([printed, implied], "zh") == "时期：2019年。"
    assert "（推定）" in periods([implied, implied], "zh")


def test_lists_and_paragraphs_are_joined_as_each_language_does():
    assert wording.join(["甲", "乙", "丙"], "zh") == "甲、乙和丙"
    assert wording.join(["a", "b", "c"], "en") == "a, b and c"
    assert wording.paragraphs([14, 10, 12, 13, 10], "zh") == "第10、12–14段"
    assert wording.paragraphs([10], "en") == "paragraph 10"
    assert wording.paragraphs([], "en") == ""


def test_a_label_names_whom_it_is_about_unless_it_is_the_county_itself():
    assert "（" not in wording.label(OBSERVED.loc["new_energy_capacity"], "zh", DATA)
    entity = wording.code(DATA, "entities", "taiyu", "zh")
    assert wording.label(OBSERVED.loc["taiyu_foundry_capacity"], "zh", DATA).endswith(f"（{entity}）")


def test_values_of_one_indicator_never_have_the_same_label():
    shown = [wording.label(row, "zh", DATA) for _, row in OBSERVED.iterrows()]
    assert len(set(shown)) == len(shown)
    assert wording.label(OBSERVED.loc["blueprint_foundry"], "zh", DATA) == "铸造产能（目标）"


def test_a_bound_that_is_excluded_is_said_to_be():
    row = OBSERVED.loc["budget_revenue"]
    assert wording.bounds(row, "zh", DATA) == "超过11亿元"
    assert wording.bounds(row, "en", DATA) == "more than CNY 1.1 bn"
    found = jiaokou.audit().set_index("relation").loc["revenue_within_expenditure"]
    assert wording.side(found, "found", "zh", DATA) == "超过11亿元"
    assert wording.side(found, "expected", "zh", DATA) == "不足17.25亿元"


def test_a_period_says_what_growth_is_on_and_that_no_year_is_given():
    assert wording.period(OBSERVED.loc["fixed_asset_investment_growth"], "zh") == "2025年，比2024年"
    assert wording.period(OBSERVED.loc["budget_expenditure_growth"], "en") == "2025, on 2020 (implied)"
    assert wording.period(OBSERVED.loc["blueprint_coal"], "en") == "no year stated"


def test_an_unknown_code_or_list_is_named_with_what_comes_near():
    with pytest.raises(JiaokouError, match="unknown basis code 'plannd'; did you mean planned"):
        wording.code(DATA, "basis", "plannd", "zh")
    with pytest.raises(JiaokouError, match="unknown list 'bases'"):
        wording.code(DATA, "bases", "planned", "zh")


def test_a_source_line_names_release_and_paragraphs_also_of_computed_rows():
    observed = OBSERVED.loc[["projects_planned", "forest_cover"]]
    assert wording.source(observed, "zh", DATA) == f"来源：《{DATA.release.title_zh}》，第10、29段。"
    derived = jiaokou.derived().head(1)
    assert wording.source(derived, "en", DATA) == f"Source: {DATA.release.title_en}, paragraph 10; our computation."


def test_a_formula_is_said_in_the_words_of_its_operands():
    derived = jiaokou.derived().set_index("derived").loc["projects_completion_rate"]
    assert wording.formula(derived, "zh", DATA) == "完成的重点项目 ÷ 谋划和建设的重点项目（计划） × 100"


# --- passages


def say(lang="en"):
    return wording.narrator(lang, DATA)


def test_a_passage_is_plain_text_and_html_that_carries_provenance():
    passage = say()(zh="完成{projects_completed}", en="{projects_completed} done")
    assert passage == "79 done"
    assert passage.html == (
        '<data class="observation" value="79" data-observation="projects_completed" '
        'title="printed “79个”, paragraph 10">79</data> done'
    )
    assert passage._repr_html_().startswith('<p class="passage" lang="en-GB">')
    assert copy.deepcopy(passage).html == passage.html


def test_joined_passages_keep_their_numbers_and_escape_what_is_text():
    done = say()(zh="{projects_completed}", en="{projects_completed}")
    joined = wording.Passage("; ").join([done, "<b>"])
    assert joined == "79; <b>"
    assert joined.html == f"{done.html}; &lt;b&gt;"


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("projects_investment_planned", "611亿元", "CNY 61.1 bn"),
        ("expenditure_2020", "13.5亿元", "CNY 1.35 bn"),
        ("investment_completion_rate", "62%", "62%"),
        ("expenditure_mean_growth", "4.9%", "4.9%"),
        ("revenue_to_expenditure", "超过63%", "more than 63%"),  # a bound is never rounded into its range
        ("manure_use_rate", "超过80%", "more than 80%"),
        ("signed_projects_started", "30个", "30"),
    ],
)
def test_a_number_in_short_is_rounded_and_keeps_its_exact_value_behind_it(code, zh, en):
    for lang, text in (("zh", zh), ("en", en)):
        said = wording.narrator(lang, DATA)(zh=f"{{{code}.short}}", en=f"{{{code}.short}}")
        assert said == text
        assert said.html.startswith("<data")
        assert f'="{code}"' in said.html


def test_a_title_is_a_heading_and_what_is_not_published_a_box():
    say = wording.narrator("en", DATA)
    title = say.title(zh="{forest_cover}", en="{forest_cover}")
    assert title._repr_html_().startswith('<h1 class="passage" lang="en-GB"><data')
    box = say.unpublished("ecology")
    assert box.startswith("No figure is given for: air and water quality")
    assert box._repr_html_().startswith(
        '<aside class="passage" lang="en-GB"><strong>No figure is given for</strong>: air'
    )
    assert len(say.unpublished().splitlines()) == 1 + len(DATA.frames["sections"])
    with pytest.raises(JiaokouError, match=r"sections.csv names nothing unpublished in anywhere"):
        say.unpublished("anywhere")


def test_a_passage_speaks_the_language_of_its_page():
    assert say("zh")(zh="完成{projects_completed}", en="{projects_completed} done") == "完成79个"


def test_labels_bounds_printed_forms_and_derived_quantities_have_their_placeholders():
    template = (
        "{budget_expenditure.label} {budget_expenditure.interval} {budget_expenditure.printed} {expenditure_2020}"
    )
    passage = say()(zh=template, en=template)
    assert passage == "General public budget expenditure CNY 1.715–1.725 bn 17.2亿元 CNY 1.35 bn"
    assert '<span lang="zh-CN">17.2亿元</span>' in passage.html
    assert 'data-derived="expenditure_2020"' in passage.html


def test_what_is_given_is_written_for_the_language_and_escaped():
    values = {"n": 1234567.5, "target_year": 2030, "name": "<b>&", "day": pd.Timestamp("2025-05-03").date()}
    template = "{n} {target_year} {name} {day}"
    assert say()(zh=template, en=template, **values) == "1,234,567.5 2030 <b>& 3 May 2025"
    assert "&lt;b&gt;&amp;" in say()(zh=template, en=template, **values).html


def test_a_given_row_is_written_as_a_quantity():
    needed = {"value": 3.2, "unit": "percent", "lower": 3.1, "upper": 3.3}
    assert say()(zh="{needed}{needed.interval}", en="{needed} ({needed.interval})", needed=needed) == "3.2% (3.1–3.3%)"


def test_an_unknown_placeholder_is_named_with_what_comes_near():
    with pytest.raises(JiaokouError, match=r"'projects_complete'.*did you mean projects_completed"):
        say()(zh="{projects_complete}", en="{projects_complete}")
    with pytest.raises(JiaokouError, match=r"unknown \{projects_completed.unit\}"):
        say()(zh="{projects_completed.unit}", en="{projects_completed.unit}")
    with pytest.raises(JiaokouError, match="a code alone"):
        say()(zh="{projects_completed:.1f}", en="{projects_completed:.1f}")


def test_both_languages_must_say_the_same_numbers():
    with pytest.raises(JiaokouError, match="only one of the two languages says projects_planned"):
        say()(zh="{projects_completed}{projects_planned}", en="{projects_completed}")


# --- phrases


@settings(deadline=None)
@given(text=st.text("天地玄黄abc XYZ019，。（）%", max_size=80), width=st.integers(8, 40))
def test_wrapped_lines_lose_nothing_but_spaces_and_keep_to_the_width(text, width):
    lines = wrap(text, width)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", text)
    for line in lines:
        longest_word = max((cells(word) for word in re.findall(r"[A-Za-z0-9()（），。%.,]+", line)), default=0)
        hanging = cells(line) - cells(line.rstrip("，。；：、）”》% "))
        assert cells(line) <= max(width, longest_word) + max(4, hanging)  # closing punctuation may hang


def test_a_phrase_writes_counts_for_the_language_and_refuses_unknown_keys():
    assert wording.phrase("count", "en", n=1200) == "1,200"
    with pytest.raises(JiaokouError, match=r"unknown phrase 'cuont'.*count"):
        wording.phrase("cuont", "en")


def test_the_two_languages_of_a_phrase_ask_for_the_same_values():
    zh, en = map(wording.phrases, wording.LANGUAGES)
    assert list(zh) == list(en)
    for key in zh:
        assert sorted(re.findall(r"\{(\w+)\}", zh[key])) == sorted(re.findall(r"\{(\w+)\}", en[key])), key


def test_each_key_of_the_phrases_stands_once():
    groups = json.loads(Path(wording.__file__).with_name("phrases.json").read_text(encoding="utf-8"))
    keys = [key for group in groups.values() for key in group]
    assert len(keys) == len(set(keys))


def test_a_qualifier_has_a_phrase_and_a_phrase_of_amounts_a_qualifier():
    said = {key.removesuffix("_amount") for key in wording.phrases("en") if key.endswith("_amount")}
    assert said == set(DATA.codes["qualifier"].index)


@pytest.mark.parametrize(
    ("template", "named"), [("{", "for a brace"), ("a}", "for a brace"), ("a{}b", "stands a code")]
)
def test_a_brace_that_says_nothing_is_refused(template, named):
    with pytest.raises(JiaokouError, match=named):
        wording.narrator("en", DATA)(zh=template, en=template)


def test_a_narrator_takes_a_packages_folder_too():
    assert wording.narrator("en", DATA.path)(zh="{forest_cover}", en="{forest_cover}") == "42.02%"


@pytest.mark.parametrize(("lang", "text"), [("zh", "-12%至-11%"), ("en", "-12 to -11%")])
def test_between_numbers_below_zero_stands_a_word(lang, text):
    assert wording.interval({"lower": -12, "upper": -11, "unit": "percent"}, lang, DATA) == text


def test_a_zero_keeps_the_decimals_that_were_printed():
    row = {"value": 0.0, "unit": "percent", "qualifier": "exact", "printed": "0.0%"}
    assert wording.quantity(row, "en", DATA) == "0.0%"
