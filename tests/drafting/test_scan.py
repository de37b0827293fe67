"""Every numeral of a text is read as what it says, or as a name."""

from __future__ import annotations

import re
import time
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jiaokou.drafting.draft import drafted
from jiaokou.drafting.scan import scan
from jiaokou.drafting.tables import units
from jiaokou.numbers.printed import NUMERAL


def quantities(text: str) -> list[tuple[str, float | None, str, str]]:
    found = [reading for reading in scan(text) if reading.kind != "name"]
    return [(text[r.start : r.end], None if r.value is None else float(r.value), r.unit, r.qualifier) for r in found]


@pytest.mark.parametrize(
    ("text", "printed", "value", "unit", "qualifier"),
    [
        ("粮食产量达到120万吨以上", "120万吨以上", 1_200_000, "吨", "at_least"),
        ("亩均收入达5500元左右", "5500元左右", 5500, "元", "about"),
        ("生猪出栏同比下降3.2%", "3.2%", -3.2, "%", "exact"),
        ("覆盖率比上年提高2.5个百分点", "2.5个百分点", 2.5, "百分点", "exact"),
        ("总量达1.2万亿元", "1.2万亿元", 1.2e12, "元", "exact"),
        ("产值五年翻了一番", "翻了一番", 100, "%", "exact"),
        ("创新平台实现倍增", "倍增", 100, "%", "exact"),
        ("城乡收入比缩小到2.3：1", "2.3：1", 2.3, "", "exact"),
        ("新增企业1,280家", "1,280家", 1280, "家", "exact"),
        ("惠及3千余户", "3千余户", 3000, "户", "over"),
        ("带动上百家企业", "上百家", 100, "家", "at_least"),
        ("三分之一的村通了燃气", "三分之一", 1 / 3, "", "exact"),
        ("利用率超三分之二", "超三分之二", 2 / 3, "", "over"),
        ("贡献率为百分之十二点五", "百分之十二点五", 12.5, "%", "exact"),
        ("稳定在一万三千亿斤以上", "一万三千亿斤以上", 1.3e12, "斤", "at_least"),
        ("五千五百七十五万农村人口", "五千五百七十五万", 55_750_000, "", "exact"),
        ("城镇化率年均提高一点二个百分点", "一点二个百分点", 1.2, "百分点", "exact"),
        ("其中小微企业占比近八成", "近八成", 80, "%", "nearly"),
        ("外贸总额首次突破千亿元", "突破千亿元", 1e11, "元", "over"),
        ("增速连续保持两位数增长", "两位数", 10, "%", "at_least"),
        ("自然增长率-1.16‰", "-1.16‰", -1.16, "‰", "exact"),
        ("最低零下8℃", "零下8℃", -8, "℃", "exact"),
        ("加速器能量达100兆电子伏", "100兆电子伏", 100, "兆电子伏", "exact"),
        ("减负3亿元", "3亿元", 3e8, "元", "exact"),
        ("审议通过12项", "12项", 12, "项", "exact"),
        ("产值首次过千亿元", "过千亿元", 1e11, "元", "over"),
        ("占比约为5%", "约为5%", 5, "%", "about"),
        ("引进12家上下游企业", "12家", 12, "家", "exact"),
        ("节约3亿元", "3亿元", 3e8, "元", "exact"),
        ("最近5公里", "5公里", 5, "公里", "exact"),
        ("最低15元", "15元", 15, "元", "exact"),
        ("文盲率降为2.67%", "2.67%", 2.67, "%", "exact"),
        ("五年累计下调14次", "14次", 14, "次", "exact"),
        ("低于全省1.2个百分点", "1.2个百分点", -1.2, "百分点", "exact"),
        ("毛利率低于全年的21.9%", "21.9%", 21.9, "%", "exact"),
        ("降价超50%", "超50%", -50, "%", "over"),
        ("规模居全省第二位", "第二位", 2, "位", "exact"),
        ("增幅跃居全省第一", "第一", 1, "", "exact"),
        ("开工率居全市前三", "前三", 3, "", "up_to"),
        ("单位能耗为1.04吨标准煤/万元", "1.04吨标准煤/万元", 1.04, "吨标准煤/万元", "exact"),
        ("低保标准提高到645元/月。", "645元/月", 645, "元/月", "exact"),
        ("装机5千瓦", "5千瓦", 5, "千瓦", "exact"),
        ("装机5万千瓦", "5万千瓦", 50_000, "千瓦", "exact"),
        ("种植面积35千公顷", "35千公顷", 35_000, "公顷", "exact"),
        ("存栏 12.3 万头", "12.3 万头", 123_000, "头", "exact"),
        ("产值１２．５亿元", "１２．５亿元", 1.25e9, "元", "exact"),
        ("改造47.63万户（套）", "47.63万户", 476_300, "户", "exact"),
        ("连续五年保持稳定", "五年", 5, "年", "exact"),
        ("总指数为99.5，", "99.5", 99.5, "", "exact"),
        ("种植规模达2.1亿窠，", "2.1亿窠", 2.1e8, "窠", "exact"),  # no table lists it
        ("算力突破160Xflops", "突破160Xflops", 160, "Xflops", "over"),
        ("班列均超千列，", "超千列", 1000, "列", "over"),
        ("用电负荷破亿，", "破亿", 1e8, "", "over"),
        ("产量占全国超1/10，", "超1/10", 0.1, "", "over"),
        ("浓度不超过35微克每立方米", "不超过35微克每立方米", 35, "微克/立方米", "up_to"),
        ("项目产值过10亿元", "过10亿元", 1e9, "元", "over"),
        ("示范区减碳96%", "96%", -96, "%", "exact"),
        ("碳减排量近200万吨", "近200万吨", 2e6, "吨", "nearly"),
        ("组成四支队伍", "四支", 4, "支", "exact"),
        ("抓好11方面工作", "11方面", 11, "方面", "exact"),
        ("惠及21.5万名城乡妇女", "21.5万名", 215_000, "名", "exact"),
        ("入选6家园区", "6家", 6, "家", "exact"),
        ("3．10种金属", "10种", 10, "种", "exact"),  # the third item of a list
    ],
)
def test_a_quantity_is_read_with_its_characters_value_unit_qualifier_and_sign(text, printed, value, unit, qualifier):
    (found,) = quantities(text)
    assert found == (printed, pytest.approx(value), unit, qualifier)


@pytest.mark.parametrize(
    ("text", "lower", "upper", "unit"),
    [
        ("亩产提高到600—650公斤", 600, 650, "公斤"),
        ("客流达到1.5万至2万人次", 15_000, 20_000, "人次"),
        ("投资15-20亿元", 1.5e9, 2e9, "元"),
        ("气温在-5℃到3℃之间", -5, 3, "℃"),
    ],
)
def test_a_range_has_two_ends_and_no_value(text, lower, upper, unit):
    (reading,) = (each for each in scan(text) if each.kind != "name")
    assert (reading.value, float(reading.lower), float(reading.upper), reading.unit) == (None, lower, upper, unit)
    assert reading.doubt == "range"


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("增速分别为5.1%和负0.3%", [5.1, -0.3]),
        ("同比分别下降3.5%、0.9%、12%", [-3.5, -0.9, -12]),
        ("分别增长0.7、1.0和1.1个百分点", [0.7, 1.0, 1.1]),
        ("较一季度回升2.9个、23.9个百分点", [2.9, 23.9]),
        ("同比增长2%，其中中直下降3.5%", [2, -3.5]),
        ("比重从17.9%下降到15.5%", [17.9, 15.5]),
        ("由2.05:1缩小至1.88:1", [2.05, 1.88]),
        ("审批时限压缩70%、材料精简80%", [-70, -80]),
    ],
)
def test_a_list_shares_its_unit_and_its_direction(text, values):
    assert [value for _, value, _, _ in quantities(text)] == values


@pytest.mark.parametrize(
    ("text", "printed", "reason"),
    [
        ("断面水质达到Ⅲ类", "Ⅲ类", "grade"),
        ("“十四五”时期", "十四五", "plan_name"),
        ("2025年3月5日", "2025年3月5日", "date"),
        ("1—11月份", "1—11月份", "date"),
        ("前三季度", "前三季度", "date"),
        ("五年来", "五年来", "plan_length"),
        ("攻坚三年行动", "三年行动", "plan_length"),
        ("第一产业", "第一产业", "set_phrase"),
        ("第26届", "第26届", "ordinal"),
        ("六次、七次全会", "六次、七次", "ordinal"),
        ("第8.6代生产线", "第8.6代", "ordinal"),
        ("二是抓好落实", "二", "ordinal"),
        ("二期项目", "二期", "phase"),
        ("330国道改线", "330", "road_number"),
        ("建设5G网络", "5G", "technology"),
        ("4A级景区", "4A级", "grade"),
        ("百亿级产业", "百亿级", "grade"),
        ("“5+3”机制", "“5+3”", "name"),
        ("《三国演义》", "《三国演义》", "name"),
        ("PM2.5浓度", "PM2.5", "name"),
        ("全球500强", "500强", "name"),
        ("千方百计", "千方百计", "term"),
        ("每万人口", "每万人", "term"),
        ("一系列", "一系列", "term"),
        ("万亩基地", "万", "idiom"),
        ("成立75周年", "75周年", "name"),
        ("改革2.0版", "2.0版", "name"),
        ("倍增行动", "倍增", "name"),
    ],
)
def test_a_name_is_no_quantity(text, printed, reason):
    (reading,) = scan(text)
    assert reading.kind == "name"
    assert text[reading.start : reading.end].startswith(printed)
    assert reading.reason == reason


@pytest.mark.parametrize("text", ["创新平台实现倍增", "突破60亿", "保持两位数增长", "粮经饲比例87：9：4", "5窠树"])
def test_what_is_not_plain_has_a_doubt(text):
    assert all(reading.doubt for reading in scan(text) if reading.kind != "name")


def drafted_rows(text: str):
    rows = drafted(text, date(2024, 1, 1), date(2024, 12, 31))
    return rows[rows["kind"] != "name"]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("提升四大都市区能级", ["count"]),
        ("改造提升300个站点", ["count"]),
        ("经营主体净增48万户、突破680万户", ["count", "count"]),
        ("总值增长9%左右、突破3万亿元", ["growth", "level"]),
    ],
)
def test_what_was_done_to_so_many_is_a_count_and_a_level_beside_a_growth_is_a_level(text, kinds):
    assert drafted_rows(text)["kind"].tolist() == kinds


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("林业产值增长9.1%，增速居全市第4位", ["林业产值", "林业产值增速"]),
        ("改造小区28个、居全国第5位", ["改造小区", "改造小区"]),
        ("新增酒庄5家、总数达到16家", ["新增酒庄", "酒庄总数"]),
        ("山区、库区人均补贴分别提高到11元、19元", ["山区人均补贴", "库区人均补贴"]),
        ("服务贸易、数字贸易出口分别增长6%、8%", ["服务贸易出口", "数字贸易出口"]),
        ("生活污水治理（管控）率达75%", ["生活污水治理率"]),
        ("③培训医生50名", ["培训医生"]),
        ("力争产业规模突破万亿元", ["产业规模"]),
        ("新认定小企业718家、研发中心35家", ["新认定小企业", "新认定研发中心"]),
        ("棉花总产568万吨、占全国92%", ["棉花总产", "棉花总产占全国比重"]),
        ("小麦增产4亿斤，总产46亿斤、全国排名上升到第13位", ["小麦增产", "小麦总产", "小麦总产全国排名"]),
        ("播种面积440万亩、新增29万亩", ["播种面积", "播种面积新增"]),
        ("落实省级14.2亿元城市更新补助资金", ["落实省级城市更新补助资金"]),
        ("产煤5亿吨，增速连续四年居全省首位", ["产煤", "产煤增速连续居全省首位年数"]),
        ("总值5亿元，按可比价格计算，比上年增长5%", ["总值", "总值"]),
        ("水电、风电发电量占比达43%", ["水电、风电发电量占比"]),
        ("三次产业贡献率分别为5%、35%、60%", [f"第{each}产业贡献率" for each in "一二三"]),
        ("城乡居民收入增长5%、7%", ["城镇居民收入", "农村居民收入"]),
        ("轻、重工业占比分别为3%和7%", ["轻工业占比", "重工业占比"]),
        ("引进12家500强企业入驻", ["引进500强企业"]),
        ("三次产业结构由上年的2:3:5调整为2:3:6", ["三次产业结构", "三次产业结构"]),
        ("增加5000个招生计划", ["招生计划"]),
        ("预算收入和支出分别为5亿元、6亿元", ["预算收入", "预算支出"]),
        ("男性5万人，女性4万人，分别占总人口的56%和44%", ["男性", "女性", "男性占总人口比重", "女性占总人口比重"]),
        ("小麦播种面积9亩，增长2%；产量5吨", ["小麦播种面积", "小麦播种面积", "小麦产量"]),
        ("引进过10亿元项目4个、过亿元项目22个", ["引进过10亿元项目", "过亿元项目"]),
        ("累计到位市外资金9亿元", ["到位市外资金"]),
        (
            "县级以上龙头企业98家，其中：省级8家，市级30家",
            ["县级以上龙头企业", "县级以上龙头企业省级", "县级以上龙头企业市级"],
        ),
        ("引进甲集团、乙公司等20户企业入驻", ["引进企业"]),
        ("首台25兆瓦级主轴轴承下线", ["首台主轴轴承"]),
        ("建成年产100万吨铝材项目", ["铝材项目年产能"]),
        ("某厂10万吨铝材等项目投产", ["某厂铝材项目产能"]),
        ("引进总投资5亿元的电站项目2个", ["电站项目总投资", "电站项目"]),
    ],
)
def test_an_indicator_is_named_by_the_words_around_its_number(text, names):
    assert drafted_rows(text)["name"].tolist() == names


@pytest.mark.parametrize("text", ["建成年产100万吨铝材项目", "年产100万吨的铝材项目投产", "100万吨铝材项目投产"])
def test_a_capacity_whose_project_is_named_after_it_is_a_design_capacity(text):
    assert drafted_rows(text)[["basis", "kind"]].to_numpy().tolist() == [["design_capacity", "level"]]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("总值年均增长5%。", "2021-01-01"),
        ("2022—2024年，总值年均增长5%。", "2022-01-01"),
        ("总值同比增长5%。", "2024-01-01"),
    ],
)
def test_a_yearly_mean_is_of_several_years(text, start):
    assert drafted_rows(text)[["period_start", "period_end"]].to_numpy().tolist() == [[start, "2024-12-31"]]


@pytest.mark.parametrize(
    ("text", "start"),
    [
        ("民用汽车保有量达9万辆。", "2024-12-31"),
        ("高新技术企业达到29家。", "2024-12-31"),
        ("新增高新技术企业达到29家。", "2024-01-01"),
        ("客流达到29万人次。", "2024-01-01"),
    ],
)
def test_what_there_is_stands_at_the_last_day(text, start):
    assert drafted_rows(text)["period_start"].tolist() == [start]


@pytest.mark.parametrize(
    ("text", "sections"),
    [
        ("某县报告\n来源：某报\n一、农业\n粮食5万吨。\n", ["农业"]),
        ("某县报告\n来源：某报\n农业\n粮食5万吨。\n", ["农业"]),
        ("来源：某报\n粮食5万吨。\n", [""]),
        ("某县报告\n2019年工作回顾\n粮食5万吨。\n", ["2019年工作回顾"]),
    ],
)
def test_sections_are_what_numbered_headings_say_and_others_only_where_none_is(text, sections):
    assert drafted_rows(text)["section"].tolist() == sections


def test_what_a_number_is_compared_with_is_not_its_period():
    rows = drafted_rows("2024年一季度，产值9亿元，比上年四季度环比增长2%，比1-2月份加快3个百分点。3月份，产值4亿元。")
    assert rows["compared_with"].tolist() == ["", "环比", "比1-2月份", ""]
    assert rows["period_start"].tolist() == ["2024-01-01"] * 3 + ["2024-03-01"]
    assert set(rows["period_end"]) == {"2024-03-31"}


def test_a_part_of_a_year_is_of_the_year_that_its_sentence_names():
    rows = drafted_rows("2023年前三季度，产值9亿元，1-10月份，税收4亿元。")
    assert rows["period_end"].tolist() == ["2023-09-30", "2023-10-31"]


def test_two_values_of_one_indicator_period_and_basis_are_in_doubt():
    assert drafted_rows("粮食9吨。税收4亿元。粮食8吨。税收4亿元。")["doubt"].tolist() == ["clash", "", "clash", ""]


def test_a_name_that_says_too_little_is_in_doubt():
    assert drafted_rows("产值5亿元。")["doubt"].tolist() == ["name"]
    assert drafted_rows("项目8个。投资9亿元。投资增长5%。")["doubt"].tolist() == ["name", "name", ""]


def test_an_earlier_year_ends_with_its_paragraph():
    rows = drafted_rows("2023年普查结果：总值5亿元。其中工业2亿元。\n年末人口7万人。")
    assert rows["period_end"].tolist() == ["2023-12-31", "2023-12-31", "2024-12-31"]


@pytest.mark.parametrize(("text", "basis"), [("预计总值增长5%", "actual"), ("预计到2030年达5亿元", "target")])
def test_an_estimate_of_the_period_is_no_target(text, basis):
    assert drafted_rows(text)["basis"].tolist() == [basis]


WORDS = [
    "同比增长",
    "下降",
    "约",
    "超",
    "以上",
    "，",
    "。",
    "、",
    "和",
    "万",
    "亿",
    "元",
    "家",
    "%",
    "个百分点",
    "第",
    "年",
    "一",
    "十四五",
    "3",
    "2.5",
    "1,280",
    "—",
    "“",
    "”",
    "5G",
    "倍",
    "上",
    "分之",
    "零下",
    "-",
    "\n",
]


@settings(deadline=None, max_examples=300)
@given(st.lists(st.sampled_from(WORDS), max_size=14).map("".join))
def test_every_numeral_stands_in_exactly_one_reading(text):
    readings = scan(text)
    places = [place for each in readings for place in range(each.start, each.end)]
    assert len(places) == len(set(places))
    numerals = {place for match in NUMERAL.finditer(text) for place in range(*match.span()) if text[place] != "."}
    assert numerals <= set(places)


@settings(deadline=None)
@given(
    st.decimals("0.1", "99999", places=1),
    st.sampled_from(["", "万", "亿", "万亿"]),
    st.sampled_from([form for form, unit in units().items() if unit["written"] and len(form) > 1]),
    st.sampled_from([("", "", "exact"), ("超", "", "over"), ("近", "", "nearly"), ("", "以上", "at_least")]),
)
def test_any_number_of_a_known_unit_is_read(number, multiplier, form, words):
    before, after, qualifier = words
    printed = f"{before}{number}{multiplier}{form}{after}"
    ((found, value, unit, said),) = quantities(f"规模{printed}。")
    assert (found, unit, said) == (printed, units()[form]["unit"], qualifier)
    assert value == pytest.approx(float(number) * {"": 1, "万": 1e4, "亿": 1e8, "万亿": 1e12}[multiplier])


def test_every_unit_has_a_code_that_a_package_may_use():
    assert [form for form, unit in units().items() if not re.fullmatch("[A-Za-z][A-Za-z0-9_]*", unit["code"])] == []


@pytest.mark.parametrize(("code", "unit"), [("CNY", "元"), ("t", "吨"), ("jin", "斤"), ("km", "公里"), ("m", "米")])
def test_the_first_form_of_a_code_is_its_plain_name(code, unit):
    """A package's units are labelled by it."""
    assert next(each for each in units().values() if each["code"] == code)["unit"] == unit


def test_a_long_text_is_read_in_time_proportional_to_its_length():
    def seconds(text: str) -> float:
        begun = time.process_time()
        scan(text)
        return time.process_time() - begun

    sentence = "全年新增企业1,280家、增长5.1%和负0.3%，“十四五”时期投资超610亿元；"
    scan(sentence)
    assert seconds(sentence * 400) < 12 * min(seconds(sentence * 100) for _ in range(3))
