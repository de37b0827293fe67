"""What the words around a reading say: what is measured, which kind it is, for when, and on what basis."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from jiaokou.drafting.layout import Span, clause_before
from jiaokou.drafting.scan import Reading, listed
from jiaokou.drafting.tables import cues, ending, within

_YEAR = r"(?P<year>(?:19|20)\d{2})\s*年"
_PART = re.compile(
    _YEAR + r"(?:(?P<half>[上下])半年|前?(?P<quarter>[一二三四1-4])季度|(?P<month>\d{1,2})月|(?P<at>底|末))?"
)
_SPAN = re.compile(r"(?P<first>(?:19|20)\d{2})年?\s*(?:[-—–~～至到]+)\s*(?P<last>(?:19|20)\d{2})年")
_SHORT = re.compile(
    r"(?:(?<!年)全年|(?P<first>前)(?P<three>三)季度|(?P<quarter>[一二三四])季度|(?P<half>[上下])半年|"
    r"1?\s{0,3}[-—–~至到]{1,3}\s{0,3}(?P<to>\d{1,2})月份?|(?<![\d年月])(?P<month>\d{1,2})月份)"
)
_PLAN = re.compile(r"十([一二三四五六七])\s*五")
_WHOLE = re.compile(r"五年来|五年间|五年内|过去五年|这五年|的五年(?=。)|“?十[一二三四五六七]五”?(?:时期|期间|以来)")
_WORKS = re.compile("[^，。；、,;]{0,22}(?:项目|生产线|产业园|技改)")  # 10万吨高端铸锻项目
_NOT_ITS_OWN = re.compile(r"以来|末?的[\d.一二三四五六七八九十]+倍")
_LEVEL = re.compile(r"(?:(?:至|到|为)(?:20\d\d年的?)?|(?:(?<!增长)率|比重)(?:从|由|为|达到?)?)\s*\Z")
_DIGITS = "一二三四五六七八九"


@dataclass(frozen=True)
class Period:
    """First and last day, and where they come from: printed, inherited or default."""

    start: date
    end: date
    source: str


def kind(text: str, reading: Reading, sentence: Span) -> str:
    """Level, growth, share, rank, count, ratio or name."""
    if reading.kind:
        return reading.kind
    before = text[sentence.start : reading.start]
    near = re.split("[，；。：、]", before)[-1]
    if reading.unit == "百分点":
        return "growth"
    if reading.unit in ("%", "‰", "倍"):
        if within("kind", "growth").search(near) and (not _LEVEL.search(near) or re.search("[速幅]|目标", near)):
            return "growth"
        return "ratio" if reading.unit == "倍" else "share"
    return "count" if reading.code == "count" else "level"


def compared(text: str, reading: Reading, sentence: Span, judged: str) -> str:
    """What a growth, a share or a ratio is compared with, in the text's words."""
    if judged not in ("growth", "share", "ratio"):
        return ""
    begin = max(sentence.start, reading.start - 50)
    found = ""
    for each in within("compared", "words").finditer(text, begin, reading.start):
        own = each[0][0] not in "高低快慢占" or not re.search(r"\d", text[each.end() : reading.start])
        if own and (each[0][0] == "占") == (judged != "growth"):  # 高于邻县2个点，全年增长5%: not of the second
            found = each[0]
    return found


def basis(text: str, reading: Reading, sentence: Span, period: Period, release_end: date) -> str:
    """The kind of claim, by the word that says so; what lies after the release's period is a target."""
    before = text[sentence.start : reading.start]
    sized = reading.unit.startswith(tuple(cues()["basis"]["sizes"]))
    if within("basis", "design_capacity").search(before[-8:]) or (sized and _WORKS.match(text, reading.end)):
        return "design_capacity"
    limits = reading.qualifier in ("at_least", "up_to") and reading.unit in ("岁", "周岁", "户", "人", "年", "级")
    if limits and re.match("(?!的)[一-鿿]", text[reading.end : reading.end + 1]):  # 3岁以下婴幼儿
        return "threshold"
    if period.end > release_end or within("basis", "target").search(before):
        return "target"
    return "planned" if within("basis", "planned").search(before[-10:]) else "actual"


def period(text: str, sentence: Span, until: int, known: Period | None, default: Period) -> Period:
    """The period at a place of a sentence: the nearest printed before it, else that of the text so far."""
    found = [
        (match.end(), days)
        for pattern in (_SPAN, _PART, _WHOLE, _SHORT)
        for match in pattern.finditer(text, sentence.start, until)
        if (days := _days(match, known or default, default, until))
        and not (pattern is _WHOLE and "；" in text[match.end() : until])
    ]
    if found:
        start, end = max(found, key=lambda each: each[0])[1]
        return Period(start, end, "printed")
    return replace(known, source="inherited") if known else replace(default, source="default")


def stands(text: str, reading: Reading, sentence: Span) -> bool:
    """Whether a number says what there is at a day, the last of its period: 保有量, 覆盖率, 企业达到2529家."""
    near = re.split("[，。；：、]", text[sentence.start : reading.start])[-1]
    if re.search("新增|净增|新建", near):
        return False
    counted = reading.code == "count" and reading.unit not in cues()["period"]["events"]
    return bool(within("period", "stock").search(near)) or (counted and bool(ending("period", "reached").search(near)))


def _days(match: re.Match[str], known: Period, default: Period, until: int) -> tuple[date, date] | None:
    """The days that a match names; None for those that a number is compared with, or that it starts from."""
    named = match.groupdict()
    before = match.string[max(0, match.start() - 4) : match.start()]
    aside = match.string.rfind("（", 0, match.start()) > match.string.rfind("）", 0, match.start())
    touches = until - match.end() <= 2  # 从2020年的51%: the number's own, if not the text's
    if re.search("[比较](?:[上去前]年|上月)?“?$", before) or (not touches and (aside or re.search("[自从由到至]“?$", before))):
        return None
    # 入选2026年片单 dates no number
    opens = re.search(r"(?:\A|[\s，,。；;：:、（(“！!？]|截至|在|于|到|和|核[算实]|计算)\Z", before)
    if _NOT_ITS_OWN.match(match.string, match.end()) or (match.re is _PART and not opens and not touches):
        return None
    if match.re is _SPAN:
        first, last = int(named["first"]), int(named["last"])
        return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None
    if match.re is _WHOLE:
        return plan(match[0]) or (default.start, default.end)
    year = int(named["year"]) if named.get("year") else known.end.year
    if named.get("at"):
        return date(year, 12, 31), date(year, 12, 31)
    first, last = 1, 12
    if named.get("half"):
        first, last = (1, 6) if named["half"] == "上" else (7, 12)
    elif quarter := named.get("quarter") or named.get("three"):
        last = 3 * (_DIGITS.index(quarter) + 1 if quarter in _DIGITS else int(quarter))
        first = 1 if "前" in match[0] else last - 2
    elif month := named.get("month") or named.get("to"):
        last = int(month)
        first = last if named.get("month") else 1
    return (date(year, first, 1), date(year, last, monthrange(year, last)[1])) if 1 <= last <= 12 else None


def plan(text: str) -> tuple[date, date] | None:
    """The days of the five-year plan that a text names first: 十四五 is 2021 to 2025."""
    if not (named := _PLAN.search(text)):
        return None
    first = 2006 + 5 * _DIGITS.index(named[1])
    return date(first, 1, 1), date(first + 4, 12, 31)


def over_years(when: Period, default: Period) -> Period:
    """The period of a yearly mean, which no single year has: the text's own, or its five-year plan up to that year."""
    if when.start.year < when.end.year:
        return when
    if default.start.year < default.end.year:
        return default
    return Period(date(when.end.year - (when.end.year - 1) % 5, 1, 1), when.end, "default")


def names(text: str, readings: list[Reading], spans: list[Span]) -> list[str]:
    """The indicator of each quantity: the words before it in its clause, or the noun after it, or, where there is
    neither, what the quantity before it is of; 分别 gives each of a list its own.
    """
    found: list[str] = []
    last: dict[tuple[str, int], str] = {}  # the name before, by unit and paragraph
    before: Reading | None = None
    for reading, after, sentence in zip(readings, [*readings[1:], None], spans, strict=True):
        follows = before if before and before.end > sentence.start else None
        noun = _right(text, reading, sentence, after)
        name = _with_noun(left := _left(text, reading, sentence, follows, noun), noun, reading)
        said, unit = found[-1] if follows else "", (reading.unit, sentence.paragraph)
        if follows and (not name or is_doubtful(name)):  # 增速居第二, 总量达60亿元, 占全国九成: of what was said
            added, done = name or left, re.match(f"(?:{_cue('verbs')})+", said)
            bare = said[done.end() :] if done and not name and left else ""  # 建成通道4座、在建8座
            name = left + bare if bare else _without_aspect(said, name) + added  # 面积4440万亩、新增202.9万亩
        elif level := re.fullmatch(_cue("level"), name):  # 龙头企业98家，其中省级8家
            name += re.sub(rf"\A(?:{level.re.pattern})", "", said)
        else:
            if name and reading.code != "percent" and not re.match(_cue("verbs"), name):
                name = _shared_verb(text, reading.start, sentence) + name
            name += _measured(name, last.get(unit, ""))  # 小麦播种面积9亩, 蔬菜7亩
        name = name or _trimmed(re.split("[，。；：]", text[sentence.start : reading.start])[-2:][0])
        found.append(name + _in_a_row(text, reading))
        last[unit] = name
        before = reading
    return _shared_out(text, readings, spans, found)


def _measured(name: str, said: str) -> str:
    """播种面积 of wheat, where vegetables stand alone; "" where the name needs none."""
    for kind, measured in cues()["name"]["kinds"].items():
        if re.search(rf"(?:{kind})\Z", name) and (found := re.search(rf"(?:{measured})\Z", said)):
            return found[0]
    return ""


@cache
def _cue(name: str) -> str:
    """A list of naming's cues as the alternatives of a regular expression."""
    return "|".join(cues()["name"][name])


def _ends(name: str, words: str) -> re.Match[str] | None:
    return re.search(rf"(?:{_cue(name)})\Z", words)


def _left(text: str, reading: Reading, sentence: Span, before: Reading | None, after: str) -> str:
    """What its clause says before a quantity, and after the one before it; of a list of subjects all of them."""
    apart = before and before.qualifier not in ("at_least", "up_to") and before.unit not in cues()["name"]["spans"]
    begin = before.end if before and apart else sentence.start
    words = clause_before(text, begin, reading.start)
    if apart and text[begin : reading.start] == words:  # 66个县和平原200万亩
        *noun, words = re.split("、" if words.startswith("、") else f"、|{_cue('and')}", words)
        if after and not noun and reading.code == "count":  # 8个公司运营的16支基金
            words = ""
    if re.search("等(?:一批)?$", words):  # 引进甲、乙等20户企业
        return re.match(f"(?:{_cue('verbs')})*", _trimmed(words))[0]
    *others, own = words.split("、")
    if others and not _trimmed(own):  # 收入增速高于全国、突破3万元
        return _trimmed(others[-1])
    together = all(0 < len(each) <= 12 for each in others) and not re.match(_cue("verbs"), own)
    return _trimmed(words if together else own)


def _right(text: str, reading: Reading, sentence: Span, after: Reading | None) -> str:
    """The noun after a quantity, with what a list adds to it, up to what is said of it."""
    begin, end = reading.end, sentence.end
    if after and after.start == begin:  # 2座35万千瓦光热项目
        begin = after.end
    elif after:
        end = min(end, after.start)
    clause, *more = re.split("[，。；：！,;]", re.sub("（[^（）]*）", "", text[begin:end]))
    clause = re.sub(r"\A(?:级?的?|、.*)", "", clause)
    ended = [_cue("after")] + ([] if more else [_cue("and"), "、"])  # 35个先导区、1000个村: the list goes on
    noun = re.match("[一-鿿A-Za-z“”·、]*", re.split("|".join(ended) + f"|、(?={_cue('verbs')})", clause)[0])[0]
    made = re.match(_cue("made"), clause[len(noun) :])
    if made and len(noun) < 3:  # 11个县被认定为示范县, 5个项目获批国家试点
        noun = made["what"].removesuffix(noun) + noun
    return re.sub("(?<=..)(?:建设|提质|升级|等)+$|等(?=项目)|^亿.*", "", noun)


def _with_noun(left: str, noun: str, reading: Reading) -> str:
    """`建成公园12个` says what before its number, `建成12个公园` and `149.2亿元补助资金` after it."""
    verb = re.fullmatch(f"(?:{_cue('verbs')})*", left)
    if re.search("占(?!比|用|地面)[^占]+$", left) and not _ends("shares", left):
        left += "比重"
    name = "" if verb else left
    whole = reading.kind in ("growth", "rank", "ratio") or reading.unit in cues()["name"]["spans"]
    if whole or (len(noun) < 2 and noun not in ("县", "村", "镇", "乡")):
        return name
    if sized := _ends("sizes", left):  # 建成年产百万吨示范区
        return noun + sized[0] + cues()["name"]["ability"].get(sized[0][-1], "")
    if reading.code == "count" or not reading.unit:
        joined = len(left) < 5 or re.fullmatch(f".{{0,6}}(?:{_cue('verbs')})+", left)  # 补贴惠及12万名婴幼儿
        return left + noun if joined or re.fullmatch(_cue("general"), noun) else noun
    said = reading.unit in ("%", "‰") or _ends("complete", left)
    if re.match(f"(?!新)(?:{_cue('verbs')})", noun) or (said and not verb):
        return name
    works = reading.unit.startswith("吨") and _WORKS.match(noun) and not noun.endswith("能")
    return left.split("、")[-1] + noun + "产能" * bool(works)


def _in_a_row(text: str, reading: Reading) -> str:
    """`连续稳定年数` of 产量连续9年稳定在13亿斤."""
    if reading.unit != "年" or not text.endswith("连续", 0, reading.start):
        return ""
    done = re.match(r"[^，。；、\d]*", text[reading.end :])[0]
    return f"连续{done.removesuffix('在')}年数"


def _without_aspect(said: str, aspect: str) -> str:
    """What was named before, as an aspect is said of it: 粮食增产, 总产 is 粮食总产; 粮食总产, 排名 is 粮食总产排名."""
    of_it, instead = cues()["name"]["of_it"], cues()["name"]["aspect"]
    said = re.sub(r"连续.*年数\Z", "", said)
    if not aspect:
        return said
    ended = of_it if re.fullmatch(of_it, aspect) else f"{of_it}|{instead}|[增减][产收]"
    return re.sub(rf"\A新增|(?:{ended})\Z", "", said)


def _shared_verb(text: str, start: int, sentence: Span) -> str:
    """新认定 of `新认定中小企业718家、高新技术企业305家`, which the second shares; "" where there is none."""
    clause = re.split("[，；。：]", text[sentence.start : start])[-1]
    shared = re.match(cues()["name"]["shared"], clause)
    return shared[0] if shared and re.search(r"\d[^、]*、", clause) else ""


def is_doubtful(name: str) -> bool:
    """Whether a name says too little to stand alone: 总量, 排名, 占全国比重."""
    return bool(re.fullmatch("|".join((cues()["name"]["aspect"], cues()["name"]["of_it"])), name))


def _trimmed(words: str) -> str:
    """A clause without what does not name anything: 其中, 全年, 达到, 同比增长."""
    words = re.sub(r"(?:分别)?[从由][^，]*\d[^，]*$", "", words.strip()).rstrip("“（")
    words = re.sub(rf"(?:{_cue('tail')}|(?:19|20)\d\d年)+$", "", words)
    return re.sub("(?:实现|完成)(?=..)", "", re.sub(rf"^(?:{_cue('lead')})+", "", words))


def _shared_out(text: str, readings: list[Reading], spans: list[Span], found: list[str]) -> list[str]:
    """`城镇和农村收入分别增长3.9%和5.7%`: as many subjects as numbers, one each."""
    runs: list[list[int]] = []
    for place, reading in enumerate(readings):
        if runs and listed(text, readings[place - 1], reading):
            runs[-1].append(place)
        else:
            runs.append([place])
    for run in runs:
        first, sentence = run[0], spans[run[0]]
        head = re.split("[。；]", text[sentence.start : readings[first].start])[-1]
        if len(run) == 1 or not (match := re.search(r"([^，,。；]*)分别([^，,。；]*)$", head)):
            same = next((each for each in runs if each[-1] == first - 1 and len(each) == len(run) > 1), [])
            if same and not _trimmed(text[readings[first - 1].end : readings[first].start].strip("，；")):
                found[first : run[-1] + 1] = [found[place] for place in same]  # 收入达7万元、3万元，增长4%、5%
            continue
        subjects = _subjects(_trimmed(match[1].split("（")[-1]), len(run))
        if not any(subjects):  # 游客560万人次、收入31亿元，分别增长35%、41%
            before = [name for name, span in zip(found[:first], spans, strict=False) if span is sentence and name]
            aspect = found[first].partition("占")
            subjects = [_without_aspect(each, "") + aspect[1] + aspect[2] for each in before[-len(run) :]]
        if len(subjects) == len(run) and all(re.search("[一-鿿]", subject) for subject in subjects):
            found[first : first + len(run)] = subjects
    return found


def _subjects(words: str, count: int) -> list[str]:
    """`城镇和农村居民人均可支配收入` as two, each with what is printed of both once."""
    for whole, parts in cues()["name"]["parts"].items():
        if count == len(parts) and (said := re.match(f"(.*?)(?:{whole})(.*)", words)):
            return [f"{said[1]}{part}{said[2]}" for part in parts]
    subjects = words.split("、")
    if len(subjects) != count:
        subjects = re.split("、|和|与|及", words)
    if re.fullmatch(measured := f"(?:{_cue('measured')})", subjects[-1]):  # 预算收入和支出
        return subjects[:1] + [re.sub(f"{measured}$", "", subjects[0]) + each for each in subjects[1:]]
    common = re.search(f"(?:居民)?(?:人均|{measured}).*$", subjects[-1])
    shared = common[0] if common else ""
    return [each + shared * (not _ends("complete", each) and not each.endswith(shared)) for each in subjects]
