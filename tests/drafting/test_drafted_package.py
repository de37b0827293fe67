"""A text becomes a reviewed package: drafted, decided, drafted again, applied, published."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner
from small_notebooks import code, text, write

import jiaokou
from jiaokou import wording
from jiaokou.cli.main import main
from jiaokou.data.package import open_package
from jiaokou.drafting import draft
from jiaokou.drafting.command import draft_package
from jiaokou.errors import JiaokouError
from jiaokou.publishing.publish import publish

REPORT = """某县2025年工作报告
一、经济平稳增长
2025年，全县地区生产总值突破120亿元，增长5.6%；规上工业企业净增12户、累计86户。城镇和农村居民人均可支配收入分别增长4.6%和6.3%。
刑事案件、安全事故同比分别下降11.3%、20%，居民消费价格指数为99.5，城乡收入比缩小到2.3：1。
二、民生持续改善
新建改扩建学校46所，三分之一的村通了燃气，空气质量优良天数310天，接待游客560万人次、旅游收入31亿元，分别增长35%、41%，断面水质达到Ⅲ类。
“十四五”期间，完成投资15—20亿元、年均增长8%，力争到2030年再翻一番。
"""


@pytest.fixture
def report(tmp_path: Path) -> Path:
    file = tmp_path / "report.txt"
    file.write_bytes(REPORT.encode())
    return file


def decided(folder: Path, **states: str) -> None:
    """Have a reviewer give rows, named as they are printed, their state."""
    rows = draft.read(folder)
    for printed, state in states.items():
        rows.loc[rows["printed"] == printed.strip("_"), "state"] = state
    draft.write(rows, folder)


def edited(folder: Path, printed: str, **cells: str) -> None:
    """Have a reviewer edit cells of the row that is printed so."""
    rows = draft.read(folder)
    cells = {"state": "edited"} | cells
    rows.loc[rows["printed"] == printed, [*cells]] = [*cells.values()]
    draft.write(rows, folder)


def test_a_draft_is_a_spreadsheet_of_candidates_with_what_is_around_them(report: Path, tmp_path: Path) -> None:
    made = draft_package(report, tmp_path / "data", "2025")
    assert made.file.read_bytes().startswith(b"\xef\xbb\xbf")  # Excel takes it for UTF-8
    rows = pd.read_csv(made.file, encoding="utf-8-sig", dtype=str, keep_default_na=False).set_index("printed")
    assert all(REPORT[int(row.start) : int(row.end)] == printed for printed, row in rows.iterrows())
    assert rows.loc["突破120亿元", ["value", "lower", "upper", "qualifier", "unit", "name", "kind"]].tolist() == [
        "12000000000", "12000000000", "", "over", "元", "地区生产总值", "level",
    ]  # fmt: skip
    assert rows.loc["4.6%", ["name", "kind", "section"]].tolist() == [
        "城镇居民人均可支配收入",
        "growth",
        "经济平稳增长",
    ]
    assert rows.loc["6.3%", "name"] == "农村居民人均可支配收入"
    assert rows.loc[["35%", "41%"], "name"].tolist() == ["接待游客", "旅游收入"]
    assert rows.loc["20%", ["value", "kind", "compared_with", "name"]].tolist() == ["-20", "growth", "同比", "安全事故"]
    assert rows.loc["46所", ["kind", "period_start", "period_from"]].tolist() == ["count", "2025-01-01", "inherited"]
    assert rows.loc["翻一番", ["period_from", "basis"]].tolist() == ["printed", "target"]
    assert rows.loc["15—20亿元", ["value", "lower", "upper", "period_start", "doubt"]].tolist() == [
        "", "1500000000", "2000000000", "2021-01-01", "range",
    ]  # fmt: skip
    assert rows.loc["Ⅲ类", ["kind", "reason"]].tolist() == ["name", "grade"]
    assert set(rows["state"]) == {"drafted"}


def test_drafting_again_keeps_what_was_decided_wherever_its_sentence_is_unchanged(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025")
    decided(folder, 突破120亿元="confirmed", **{"5.6%": "rejected", "46所": "confirmed"})
    edited(folder, "310天", name="优良天数", reviewer="A")
    # A line before, and one sentence changed.
    report.write_bytes(REPORT.replace("一、经济", "前言。\n一、经济").replace("净增12户", "净增13户").encode())
    again = draft_package(report, folder).rows.set_index("printed")
    assert again.loc["突破120亿元", "state"] == "drafted"
    assert again.loc["46所", "state"] == "confirmed"
    assert again.loc["310天", ["state", "name", "reviewer"]].tolist() == ["edited", "优良天数", "A"]
    changed = report.read_bytes().decode()
    assert all(changed[int(row.start) : int(row.end)] == printed for printed, row in again.iterrows())


def test_a_row_added_by_hand_stays_and_counts_as_one_that_the_drafting_missed(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025")
    rows = draft.read(folder)
    beside = rows[rows["printed"] == "46所"].iloc[0]
    at = REPORT.index("学校46所")
    new = beside.to_dict() | {"state": "confirmed", "start": str(at), "end": str(at + 2), "printed": "学校"}
    new |= {column: "" for column in rows if column.startswith("drafted_")}
    draft.write(pd.concat([rows, pd.DataFrame([new])]), folder)
    decided(folder, **{"46所": "confirmed", "310天": "rejected"})
    assert "学校" in draft_package(report, folder).rows["printed"].to_list()
    found = draft.accuracy(folder).set_index("judged")
    assert found.loc["found", ["decided", "right"]].tolist() == [2, 1]
    assert found.loc["quantity", ["decided", "right"]].tolist() == [2, 1]
    assert found.loc["fully", "share"] == 100


def test_an_applied_draft_is_a_sound_package_that_agrees_with_its_text(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    made = draft_package(report, folder, "2025", apply_rows=True)
    assert jiaokou.validate(folder)
    assert jiaokou.verify(REPORT, package=folder).empty
    values = jiaokou.load(package=folder).set_index("printed")["value"].to_dict()
    assert values["突破120亿元"] == 12e9
    assert values["同比分别下降11.3%" if "同比分别下降11.3%" in values else "下降11.3%"] == -11.3
    assert values["20%"] == -20
    assert values["三分之一"] == pytest.approx(100 / 3)
    assert values["翻一番"] == 100
    assert (values["2.3：1"], values["99.5"]) == (2.3, 99.5)
    yearly = jiaokou.load(package=folder).set_index("printed").loc["8%"]
    assert [str(yearly[day])[:10] for day in ("period_start", "period_end", "base_start", "base_end")] == [
        "2021-01-01", "2025-12-31", "2020-01-01", "2020-12-31",
    ]  # fmt: skip
    assert len(made.left) == 1
    assert made.left[0].startswith("“15—20亿元”")
    assert jiaokou.sections(package=folder)["label_zh"].to_list()[1:] == ["经济平稳增长", "民生持续改善"]


def test_applying_again_keeps_labels_that_were_written_by_hand(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025", apply_rows=True)
    for name, was, now in (
        ("indicators.csv", "地区生产总值,地区生产总值,", "地区生产总值,GDP,"),
        ("sections.csv", "经济平稳增长,经济平稳增长,", "经济平稳增长,Growth,"),
    ):
        table = folder / name
        assert was in table.read_text("utf-8")
        table.write_text(table.read_text("utf-8").replace(was, now, 1), "utf-8")
    decided(folder, **{"310天": "rejected"})
    draft_package(report, folder, apply_rows=True)
    assert "GDP" in jiaokou.indicators(package=folder)["label_en"].to_list()
    assert "Growth" in jiaokou.sections(package=folder)["label_en"].to_list()
    assert "310天" not in jiaokou.load(package=folder)["printed"].to_list()
    assert "Growth" in jiaokou.open_package(folder).frames["topics"]["label_en"].to_list()  # it has no name of its own


def test_an_indicator_that_is_called_otherwise_by_now_keeps_its_code_and_what_was_written_of_it(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("总值年均增长5%，汽车保有量达9万辆。医院2所。", "utf-8")
    folder, file = tmp_path / "data", tmp_path / "data" / "indicators.csv"

    def applied() -> pd.DataFrame:
        draft_package(tmp_path / "a.txt", folder, "2021/2025", apply_rows=True)
        return jiaokou.values(package=folder).set_index("printed")

    was = applied()["indicator"]
    older = file.read_text("utf-8").replace("年均增长率", "增长率").replace("stock", "flow")  # an older version's
    for place, had in enumerate(was):
        older = older.replace(had, f"i_0000000{place}")
        for table in folder.glob("observations/*.csv"):
            table.write_text(table.read_text("utf-8").replace(had, f"i_0000000{place}"), "utf-8")
    older = older.replace("汽车保有量,汽车保有量,", "汽车保有量,Cars owned,")
    file.write_text(older, "utf-8")
    for _ in range(2):
        now = applied()
        assert now["indicator"].to_list() == ["i_00000000", "i_00000001", "i_00000002"]
        assert now["label_zh"].to_list() == ["总值年均增长率", "汽车保有量", "医院"]
        assert now["label_en"].to_list()[1:] == ["Cars owned", "医院"]
        assert now["stock_flow"].to_list() == ["flow", "stock", "flow"]
    (tmp_path / "a.txt").write_text("一、经济\n总值年均增长5%，汽车保有量达9万辆。医院2所。", "utf-8")
    assert applied()["indicator"].to_list() == now["indicator"].to_list()  # headed otherwise
    edited(folder, "2所", name="县级医院")
    assert applied().loc["2所", ["indicator", "label_zh"]].tolist() != ["i_00000002", "医院"]


@pytest.mark.parametrize("state", ["edited", "confirmed"])
def test_a_section_that_a_reviewer_sets_is_where_the_value_stands(report: Path, tmp_path: Path, state: str) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025")
    edited(folder, "46所", state=state, section="经济平稳增长")
    assert draft_package(report, folder).left == []
    draft_package(report, folder, apply_rows=True)
    sections = jiaokou.sections(package=folder).set_index("section")["label_zh"]
    values = jiaokou.load(package=folder).set_index("printed")["section"].astype("str").map(sections)
    assert (values["46所"], values["310天"]) == ("经济平稳增长", "民生持续改善")


def test_a_count_is_counted_in_the_reviewers_word(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025", apply_rows=True)
    edited(folder, "46所", unit="个")
    draft_package(report, folder, apply_rows=True)
    counters = jiaokou.indicators(package=folder).set_index("indicator")["counter_zh"]
    assert counters[jiaokou.values(package=folder).set_index("printed").at["46所", "indicator"]] == "个"


def test_the_command_says_what_it_has_applied(report: Path, tmp_path: Path) -> None:
    asked = ["draft", str(report), str(tmp_path / "data"), "--period", "2025"]
    assert "applied" not in CliRunner().invoke(main, asked).stdout
    said = CliRunner().invoke(main, [*asked, "--apply"]).stdout
    counted = [len(open_package(tmp_path / "data").frames[name]) for name in ("observations", "indicators", "numerals")]
    assert "applied: {} values of {} indicators in 2 sections; {} numerals".format(*counted) in said


@pytest.mark.parametrize(
    ("sentence", "label", "stock_flow", "value"),
    [
        ("新能源占比近1/3。", "新能源占比", "flow", 100 / 3),
        ("一半的村通了燃气。", None, "flow", 50),
        ("小麦增产4亿斤。", "小麦增产", "flow", 4e8),
        ("电力出口增加4亿千瓦时。", "电力出口增减量", "flow", 4e8),
        ("综合实力上升3位。", "综合实力变化", "flow", 3),
        ("综合实力居全省第三位。", "综合实力排名", "flow", 3),
        ("汽车保有量9万辆。", "汽车保有量", "stock", 9e4),
    ],
)
def test_what_is_drafted_can_be_applied_and_says_what_it_measures(
    tmp_path: Path, sentence: str, label: str | None, stock_flow: str, value: float
) -> None:
    (tmp_path / "report.txt").write_text(f"2025年，{sentence}\n", "utf-8")
    made = draft_package(tmp_path / "report.txt", tmp_path / "data", "2025", apply_rows=True)
    (row,) = jiaokou.values(package=tmp_path / "data").to_dict("records")
    assert (made.left, row["stock_flow"], row["value"]) == ([], stock_flow, pytest.approx(value))
    assert label in (row["label_zh"], None)


def test_a_rank_in_words_can_be_added_by_hand(report: Path, tmp_path: Path) -> None:
    text = REPORT.replace("31亿元", "31亿元居全市首位")
    report.write_bytes(text.encode())
    folder = tmp_path / "data"
    draft_package(report, folder, "2025")
    rows = draft.read(folder)
    at = rows.index[rows["printed"] == "31亿元"][0]
    start = text.index("首位")
    added = {
        "state": "edited",
        "printed": "首位",
        "start": str(start),
        "end": str(start + 2),
        "value": "1",
        "unit": "位",
    }
    row = rows.loc[[at]].assign(kind="rank", name="旅游收入", **added)
    row[[column for column in rows if column.startswith("drafted_")]] = ""
    draft.write(pd.concat([rows, row]), folder)
    draft_package(report, folder, apply_rows=True)
    ranked = jiaokou.load(package=folder).set_index("printed").loc["首位"]
    assert (ranked["value"], ranked["unit"], ranked["label_zh"]) == (1, "rank", "旅游收入排名")


def test_the_period_is_what_a_report_looks_back_on_and_is_told_with_labels_that_lack_english(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(
        "2025年工作报告\n一、2024年工作回顾\n学校达到46所。\n二、2025年打算\n", "utf-8"
    )
    made = draft_package(tmp_path / "report.txt", tmp_path / "data", languages=["zh", "en"], apply_rows=True)
    assert [str(day) for day in made.period] == ["2024-01-01", "2024-12-31"]
    assert made.applied["untranslated"] == 3  # two sections and the schools; what stands above the first is called Text


def test_a_text_is_not_about_the_years_that_it_compares_with(tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text(
        "一季度增速比2016年全年高0.3个百分点，与2017年计划持平，自2016年以来最高。\n", "utf-8"
    )
    made = draft_package(tmp_path / "report.txt", tmp_path / "data")
    assert [str(day) for day in made.period] == ["2017-01-01", "2017-12-31"]


def test_an_edit_that_its_characters_do_not_bear_out_is_refused_with_its_place(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025")
    edited(folder, "46所", value="64")
    with pytest.raises(
        JiaokouError, match=r"does not follow.* 64 所 from “46所” \(characters \d+ to \d+\); correct value"
    ):
        draft_package(report, folder, apply_rows=True)


def test_values_of_two_sections_that_are_called_alike_say_which_is_which(tmp_path: Path) -> None:
    text, folder = tmp_path / "report.txt", tmp_path / "data"
    text.write_text("一、过去一年\n2019年，进出口总额增长5.3%。\n二、今年以来\n2020年，进出口总额增长3.2%。\n", "utf-8")
    draft_package(text, folder, "2019/2020", apply_rows=True)
    labels = [wording.label(row, "zh", open_package(folder)) for _, row in jiaokou.load(package=folder).iterrows()]
    assert labels == ["进出口总额增长率（2019年，比2018年）", "进出口总额增长率（2020年，比2019年）"]


def test_what_nobody_reviewed_is_published_only_when_asked_and_says_so(report: Path, tmp_path: Path) -> None:
    folder, out = tmp_path / "data", tmp_path / "out"
    made = draft_package(report, folder, "2025", apply_rows=True)
    notebook = write(
        tmp_path / "notebooks" / "01_values.ipynb",
        text("# 数值", "zh"),
        code("import jiaokou\njiaokou.show(jiaokou.load(package=package), lang, package=package)"),
        parameters='lang: str = "zh"  # zh or en\npackage: str = ""  # a package',
    )
    asked = {"languages": ["zh"], "package": str(folder), "out": out}
    with pytest.raises(JiaokouError, match=r"drafted values of .* were reviewed by nobody; decide them in .*draft.csv"):
        publish([str(notebook)], **asked)
    edition = publish([str(notebook)], unreviewed=True, **asked)
    left = str(made.counts["undecided"])
    for page in (edition.index, edition.path / "zh" / "01_values.html"):
        html = page.read_text("utf-8")
        assert re.search(rf"未经人工核对的数值(?:<[^>]*>|\s)*{left}\b", html)
        assert f"其中 {left} 个数值未经人工核对" in html.partition("<h2")[0], "where a reader sees it first"
    rows = draft.read(folder)
    rows.loc[rows["state"] == "drafted", "state"] = "confirmed"
    draft.write(rows, folder)
    draft_package(report, folder, apply_rows=True)
    assert json.loads((folder / "datapackage.json").read_bytes())["unreviewed"] == 0
    html = (publish([str(notebook)], **asked).path / "zh" / "01_values.html").read_text("utf-8")
    assert "未经人工核对" not in html


def test_a_drafted_text_is_published_by_the_notebooks_that_serve_any_package(report: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    draft_package(report, folder, "2025", apply_rows=True)
    edition = publish(package=folder, out=tmp_path / "out", unreviewed=True)
    pages = {path.stem: path.read_text("utf-8") for path in (edition.path / "zh").glob("[0-9]*.html")}
    sections = jiaokou.sections(package=folder)
    numbered = [f"{number:02}_{code}" for number, code in enumerate(sections["section"], start=1)]
    assert len(jiaokou.load("s01", package=folder)) == 0
    # Of the title alone there is nothing to tell, nor of relations that are not stated.
    assert sorted(pages) == ["00_overview", *numbered[1:]]
    front = (edition.path / "index.html").read_text("utf-8")
    assert "audit.csv" not in front
    assert "observations.csv" in front
    assert edition.run == len(pages)  # in the one language that the package states
    for name, section in zip(numbered[1:], sections["section"][1:], strict=True):
        assert all(f'id="{code}"' in pages[name] for code in jiaokou.load(section, package=folder)["observation"])
    assert sum("经济平稳增长</h1>" in page for page in pages.values()) == 1
    for page in pages.values():  # a cell that is called as a part of the page takes nothing of it
        ids = re.findall(r'<[a-z]+ [^>]*?\bid="([^"]*)"', page)
        assert len(ids) == len(set(ids))
