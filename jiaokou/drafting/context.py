"""What the words around a reading say: what is measured, which kind it is, for when, and on what basis."""

import re
from calendar import monthrange
from dataclasses import dataclass, replace
from datetime import date

from jiaokou.drafting.layout import Span
from jiaokou.drafting.scan import Reading, listed
from jiaokou.drafting.tables import cues, ending, within

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
    near = re.split("[，；。：、]", text[sentence.start : reading.start])[-1]
    said = f"{near}⟨{reading.unit} {reading.code}⟩"
    return next(each for each in cues()["kinds"] if within("kinds", each).search(said))


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
    before, after = text[sentence.start : reading.start], text[reading.end : sentence.end]
    said = f"{before}⟨{reading.qualifier} {reading.unit}⟩{after}"
    found = next((code for code in cues()["basis"] if within("basis", code).search(said)), "actual")
    return "target" if found in ("actual", "planned") and period.end > release_end else found


def period(text: str, sentence: Span, until: int, known: Period | None, default: Period) -> Period:
    """The period at a place of a sentence: the nearest printed before it, else that of the text so far."""
    forms = ("span", "part", "whole", "short")
    said = [(each, form) for form in forms for each in within("period", form).finditer(text, sentence.start, until)]
    found = replace(known, source="inherited") if known else replace(default, source="default")
    for match, form in sorted(said, key=lambda each: each[0].end()):
        days = _days(match, form, found, default, until)  # 2020年前三季度…，1-10月份: of the year said before
        if days:
            found = Period(*days, "printed")
    return found


def stands(text: str, reading: Reading, sentence: Span) -> bool:
    """Whether a number says what there is at a day, the last of its period: 保有量, 覆盖率, 企业达到2529家."""
    near = re.split("[，；。：、]", text[sentence.start : reading.start])[-1]
    return bool(within("period", "stock").search(f"{near}⟨{reading.code} {reading.unit}⟩"))


def _days(match: re.Match[str], form: str, known: Period, default: Period, until: int) -> tuple[date, date] | None:
    """The days that a match names; None for those that a number is compared with, or that it starts from."""
    named = match.groupdict()
    before = match.string[max(0, match.start() - 4) : match.start()]
    aside = match.string.rfind("（", 0, match.start()) > match.string.rfind("）", 0, match.start())
    touches = until - match.end() <= 2  # 从2020年的51%: the number's own, if not the text's
    is_compared = re.search("[比较](?:[上去前]年|上月)?“?$", before)
    if is_compared or (not touches and (aside or re.search("[自从由到至]“?$", before))):
        return None
    # 入选2026年片单 dates no number
    opens = re.search(r"(?:\A|[\s，,。；;：:、（(“！!？]|截至|在|于|到|和|核[算实]|计算)\Z", before)
    anothers = within("period", "not_its_own").match(match.string, match.end())
    if anothers or (form == "part" and not opens and not touches):
        return None
    if form == "span":
        first, last = int(named["first"]), int(named["last"])
        return (date(first, 1, 1), date(last, 12, 31)) if first <= last else None
    if form == "whole":
        return plan(match[0]) or (default.start, default.end)
    year = int(named["year"]) if named.get("year") else known.end.year
    if named.get("at"):
        return date(year, 12, 31), date(year, 12, 31)
    months = (span for part, span in cues()["period"]["months"].items() if re.search(rf"(?:{part})\Z", match[0]))
    first, last = next(months, (1, 12))
    if month := named.get("month") or named.get("to"):
        first, last = int(named.get("month") or 1), int(month)
    return (date(year, first, 1), date(year, last, monthrange(year, last)[1])) if 1 <= last <= 12 else None


def plan(text: str) -> tuple[date, date] | None:
    """The days of the five-year plan that a text names first: 十四五 is 2021 to 2025."""
    if not (named := within("period", "plan").search(text)):
        return None
    first = 2006 + 5 * _DIGITS.index(named[1])
    return date(first, 1, 1), date(first + 4, 12, 31)


def over_years(when: Period) -> Period:
    """The five-year plan up to a year: the period of a yearly mean, which no single year has."""
    return Period(date(when.end.year - (when.end.year - 1) % 5, 1, 1), when.end, "default")


def names(text: str, readings: list[Reading], spans: list[Span]) -> list[str]:
    """The indicator of each quantity: the words before it in its clause, or the noun after it, or, where there is
    neither, what the quantity before it is of; 分别 gives each of a list its own.
    """
    found: list[str] = []
    neighbours = zip([None, *readings], readings, [*readings[1:], None], spans, strict=False)
    for before, reading, after, sentence in neighbours:
        follows = before if before and before.end > sentence.start else None
        left = _left(text, reading, sentence, follows)
        name = _with_noun(left, _right(text, reading, sentence, after), reading)
        if follows and (not name or is_doubtful(name)):  # 增速居第二, 总量达60亿元, 占全国九成: of what was said
            name = _without_aspect(found[-1], name) + (name or left)  # 面积4440万亩、新增202.9万亩
        elif name and reading.code != "percent" and not within("name", "verbs").match(name):
            clause = re.split("[，；。：]", text[sentence.start : reading.start])[-1]
            shared = within("name", "shared").match(clause)  # 新认定中小企业718家、高新技术企业305家
            name = shared[0] + name if shared and re.search(r"\d[^、]*、", clause) else name
        name = name or _trimmed(re.split("[，。；：]", text[sentence.start : reading.start])[-2:][0])
        if reading.unit == "年" and text.endswith("连续", 0, reading.start):  # 连续9年稳定在13亿斤
            done = re.split(r"[，。；、\d]", text[reading.end : sentence.end])[0]
            name = f"{name}连续{done.removesuffix('在')}年数"
        found.append(name)
    return _shared_out(text, readings, spans, found)


def _left(text: str, reading: Reading, sentence: Span, before: Reading | None) -> str:
    """What its clause says before a quantity, and after the one before it; of a list of subjects all of them."""
    apart = before and before.qualifier not in ("at_least", "up_to") and before.unit not in cues()["name"]["spans"]
    begin = before.end if before and apart else sentence.start
    words = within("name", "breaks").split(within("name", "aside").sub("", text[begin : reading.start]))[-1]
    if apart and text[begin : reading.start] == words:  # 66个县和平原200万亩
        words = re.split("、" if words.startswith("、") else f"、|{_any('and')}", words)[-1]
    if re.search("等(?:一批)?$", words):  # 引进甲、乙等20户企业
        return re.sub(f"^((?:{_any('verbs')})*).*", r"\1", _trimmed(words))
    *others, own = words.split("、")
    together = all(0 < len(each) <= 12 for each in others) and not within("name", "verbs").match(own)
    return _trimmed(words if together else own)


def _right(text: str, reading: Reading, sentence: Span, after: Reading | None) -> str:
    """The noun after a quantity, with what a list adds to it, up to what is said of it."""
    begin = after.end if after and after.start == reading.end else reading.end  # 2座35万千瓦光热项目
    end = after.start if after and begin < after.start < sentence.end else sentence.end
    clause, *more = re.split("[，。；：！,;]", re.sub("（[^（）]*）", "", text[begin:end]))
    ended = f"{_any('after')}|、(?={_any('verbs')})" + f"|、|{_any('and')}" * (not more)  # 35个先导区、1000个村
    clause = re.sub(r"\A(?:级?的?|、.*)", "", clause)
    noun = re.split(rf"(?!\d+强)[^一-鿿A-Za-z“”·、]|{ended}", clause)[0]
    return re.sub("(?<=..)(?:建设|提质|升级|等)+$|等(?=项目)|^亿.*", "", noun)


def _with_noun(left: str, noun: str, reading: Reading) -> str:
    """`建成公园12个` says what before its number, `建成12个公园` and `149.2亿元补助资金` after it."""
    verb = re.fullmatch(f"(?:{_any('verbs')})*", left)
    if re.search("占(?!比|用|地面)[^占]+$", left) and not ending("name", "shares").search(left):
        left += "比重"
    counted = reading.code == "count" or not (reading.unit or reading.kind)
    whole = (reading.kind and not counted) or reading.unit in cues()["name"]["spans"]
    if whole or (len(noun) < 2 and noun not in ("县", "村", "镇", "乡")):
        return "" if verb else left
    if sized := ending("name", "sizes").search(left):  # 建成年产百万吨示范区
        return noun + sized[0] + "能" * (sized[0][-1] == "产")
    if counted:
        return left + noun if verb or within("name", "general").fullmatch(noun) else noun
    said = reading.unit in ("%", "‰") or ending("name", "complete").search(left)
    if said and not verb:
        return left
    works = reading.unit.startswith("吨") and within("name", "works").match(noun) and not noun.endswith("能")
    return left.split("、")[-1] + noun + "产能" * bool(works)


def _without_aspect(said: str, aspect: str) -> str:
    """What was named before, as an aspect is said of it: 粮食增产, 总产 is 粮食总产; 粮食总产, 排名 is 粮食总产排名."""
    said, of_it = re.sub(r"连续.*年数\Z", "", said), within("name", "of_it")
    ended = _any("of_it") if of_it.fullmatch(aspect) else f"{_any('of_it')}|{_any('aspect')}|[增减][产收]"
    return re.sub(rf"\A新增|(?:{ended})\Z", "", said) if aspect else said


def is_doubtful(name: str) -> bool:
    """Whether a name says too little to stand alone: 总量, 排名, 占全国比重."""
    return any(within("name", each).fullmatch(name) for each in ("aspect", "of_it"))


def says_too_little(name: str, kind: str) -> bool:
    """Whether a reviewer has to say more than a name does: 项目4个, 投资24亿元."""
    is_bare = kind in ("level", "count") and within("name", "bare").fullmatch(name)
    return len(name) < 2 or is_doubtful(name) or bool(is_bare)


def _any(name: str) -> str:
    return within("name", name).pattern


def _trimmed(words: str) -> str:
    """A clause without what does not name anything: 其中, 全年, 达到, 同比增长."""
    words = re.sub(r"(?:分别)?[从由][^，]*\d[^，]*$", "", words.strip()).rstrip("“（")
    words = re.sub(rf"(?:{_any('tail')}|(?:19|20)\d\d年)+$", "", words)
    return re.sub("(?:实现|完成)(?=..)", "", re.sub(rf"^(?:{_any('lead')})+", "", words))


def _shared_out(text: str, readings: list[Reading], spans: list[Span], found: list[str]) -> list[str]:
    """`城镇和农村收入分别增长3.9%和5.7%`: as many subjects as numbers, one each."""
    starts = [place for place, this in enumerate(readings) if not place or not listed(text, readings[place - 1], this)]
    for first, last in zip(starts, [*starts[1:], len(readings)], strict=False):
        head = re.split("[。；]", text[spans[first].start : readings[first].start])[-1]
        clause, apart, _ = re.split("[，,]", head)[-1].partition("分别")
        if last - first == 1 or not (apart or len({each.unit for each in readings[first:last]}) == 1):
            continue
        subjects = _subjects(_trimmed(clause.split("（")[-1]), last - first)
        if apart and not any(subjects):  # 游客560万人次、收入31亿元，分别增长35%、41%
            before = [name for name, span in zip(found[:first], spans, strict=False) if span is spans[first] and name]
            aspect = found[first].partition("占")
            subjects = [_without_aspect(each, "") + aspect[1] + aspect[2] for each in before[first - last :]]
        if len(subjects) == last - first and all(re.search("[一-鿿]", subject) for subject in subjects):
            found[first:last] = subjects
    return found


def _subjects(words: str, count: int) -> list[str]:
    """`城镇和农村居民人均可支配收入` as two, each with what is printed of both once."""
    for whole, parts in cues()["name"]["parts"].items():
        if count == len(parts) and (said := re.match(f"(.*?)(?:{whole})(.*)", words)):
            return [f"{said[1]}{part}{said[2]}" for part in parts]
    subjects = re.split("、" if words.count("、") == count - 1 else "、|和|与|及", words)
    if re.fullmatch(measured := f"(?:{_any('measured')})", subjects[-1]):  # 预算收入和支出
        return subjects[:1] + [re.sub(f"{measured}$", "", subjects[0]) + each for each in subjects[1:]]
    shared = "".join(re.findall(f"(?:居民)?(?:人均|{measured}).*$", subjects[-1]))
    full = re.compile(f"(?:{_any('complete')}|{shared})$")
    return [each + shared * (not full.search(each)) for each in subjects]
