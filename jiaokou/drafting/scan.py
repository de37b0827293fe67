"""Text to readings: every numeral with the characters it is printed as, its value, unit, qualifier and sign.

Numbers are read by `jiaokou.numbers.printed.parse`; here it is decided where a printed number begins and ends, what
its unit is, and which numerals are no quantity. `printed` has what `observations.csv` has: the number, its unit and a
qualifying word that touches them (突破11亿元, 超80%, 10万元以下), but no 增长 or 达到.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache

from jiaokou.drafting.tables import ARABIC, CHINESE, HEAD, Rule, ending, qualifying, rules, unit_pattern, units, within
from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import End
from jiaokou.numbers.printed import NUMERAL, parse

_WIDE = str.maketrans("０１２３４５６７８９．％—", "0123456789.%—")
_LIST = re.compile(r"\s*(?:、|和|与|及|以及|或)\s*")
_TO = re.compile(r"\s?(?:[-—–~～〜－]{1,2}|至|到)\s?")
_STOP = set("的和与及至到等其中为在已将由从对比较同增下上是以并且而或年月日均各了、，。；：之也都又再就不有无我他你她它该本此这那用按经因")
_CLAUSE = re.compile(r"[，,；;。：:！？!?\n（(）)](?!\d{3})")


@dataclass(frozen=True)
class Reading:
    """One numeral of a text: where it is printed and what it says. `kind` is `name` for what is no quantity."""

    start: int
    end: int
    printed: str
    kind: str = ""
    unit: str = ""
    code: str = ""
    form: str = ""
    value: Fraction | None = None
    lower: End = None
    upper: End = None
    qualifier: str = "exact"
    decline: bool = False
    doubt: str = ""
    reason: str = ""


def scan(text: str) -> list[Reading]:
    """The readings of a text, in its order; each numeral of it stands in exactly one."""
    plain = text.translate(_WIDE)
    taken = bytearray(len(text))
    found: list[Reading] = []
    for rule in rules():
        for match in rule.pattern.finditer(plain):
            found += _by_rule(plain, rule, match, taken)
    number = re.compile(rf"{ARABIC}|{NUMERAL.pattern}")
    for match in number.finditer(plain):
        if not any(taken[match.start() : match.start() + 1]):
            reading = _quantity(plain, match.start(), taken) or _no_quantity(plain, match.start(), match.end(), taken)
            _take(reading, taken)
            found.append(reading)
    ordered = sorted(found, key=lambda reading: reading.start)
    return [replace(each, printed=text[each.start : each.end]) for each in _lists(plain, ordered)]


def _take(reading: Reading, taken: bytearray) -> None:
    taken[reading.start : reading.end] = b"\1" * (reading.end - reading.start)


def _by_rule(text: str, rule: Rule, match: re.Match[str], taken: bytearray) -> Iterator[Reading]:
    """What a rule makes of its match, unless an earlier rule has it or it holds no numeral."""
    start, end = match.span()
    if "n" in match.re.groupindex:
        start = match.start("n") if rule.kind != "rank" else match.start("n") - 1
    if any(taken[start:end]) or not re.search(rf"[\dⅠ-Ⅻⅰ-ⅻ]|{NUMERAL.pattern}|番|倍|半", text[start:end]):
        return
    if rule.kind == "name":
        start = len(text[:end]) - len(text[start:end].lstrip())
        reading = Reading(start, end, text[start:end], "name", reason=rule.reason)
    else:
        if rule.kind in ("fraction", "multiple", "digits", "ratio"):
            start, end = match.span()
        reading = _SPECIAL[rule.kind](text, start, end, match.groupdict().get("n") or "")
    _take(reading, taken)
    yield reading


def _rank(text: str, start: int, end: int, number: str) -> Reading:
    printed = text[start:end]
    rest = printed.partition(number)[2]
    up_to = printed.startswith("前")
    value = _plain_number(number)
    unit = rest if rest in ("%", "‰") else "位" if rest.startswith(("位", "名")) else ""
    lower = Fraction(1 if up_to and not unit.strip("位") else 0) if up_to else value
    qualifier = "up_to" if up_to else "exact"
    return Reading(start, end, printed, "rank", unit, "rank", "", value, lower, value, qualifier)


def _fraction(text: str, start: int, end: int, number: str) -> Reading:
    """`三分之一`, which has no unit, or `百分之五`, which is 5 %."""
    start, end = _widened(text, start, end)
    core = number or "二分之一"
    whole, _, part = core.partition("分之")
    unit = {"百": "%", "千": "‰"}.get(whole, "")
    value = _plain_number(part)
    if not unit:
        value /= _plain_number(whole)
    words = _worded(text[start:end], "1%")
    code = {"%": "percent", "‰": "permille"}.get(unit, "percent")
    return _within_words(Reading(start, end, text[start:end], "share", unit, code, unit, value, value, value), words)


def _multiple(text: str, start: int, end: int, number: str) -> Reading:
    """翻一番 is +100 %, 翻两番 +300 %; without a number, as 倍增 is, it may be meant more loosely."""
    value = Fraction(100 * (2 ** int(_plain_number(number or "一")) - 1))
    doubt = "" if number else "no_count"
    return Reading(start, end, text[start:end], "growth", "%", "percent", "", value, value, value, doubt=doubt)


def _digits(text: str, start: int, end: int, number: str) -> Reading:
    value = Fraction(10 ** (int(_plain_number(number)) - 1))
    printed, doubt = text[start:end], "digits_only"
    return Reading(start, end, printed, "growth", "%", "percent", "", value, value, None, "at_least", doubt=doubt)


def _ratio(text: str, start: int, end: int, _: str) -> Reading:
    parts = [Fraction(part) for part in re.findall(r"\d+(?:\.\d+)?", text[start:end])]
    value = parts[0] / parts[1] if len(parts) == 2 and parts[1] else None
    doubt = "" if value is not None and parts[1] == 1 else "ratio_of_parts"
    return Reading(start, end, text[start:end], "ratio", "", "ratio", "", value, value, value, doubt=doubt)


_SPECIAL = {"rank": _rank, "fraction": _fraction, "multiple": _multiple, "digits": _digits, "ratio": _ratio}


def _plain_number(number: str) -> Fraction:
    """A numeral without unit or words."""
    if number[0] in "百千万亿":
        number = f"一{number}"
    return Fraction(parse(f"{number}个", "count", {"个": Fraction(1)}).value)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A number's place with the qualifying words that touch it."""
    before, after = qualifying()
    if match := before.search(text, max(0, start - 8), start):
        start = match.start()
    if match := after.match(text, end):
        end = match.end()
    if start and text[start - 1] == "上" and text[start] in "百千万亿":
        start -= 1
    if start > 1 and text[start - 1] in "-−－" and not re.match(r"[\dA-Za-z%‰）)个元]", text[start - 2]):
        start -= 1
    return start, end


def _worded(printed: str, core: str) -> str:
    """A qualifying phrase with another number in it, to be read for its words alone."""
    before, after = qualifying()
    head = re.match(before.pattern.removesuffix(r"\Z"), printed)
    tail = re.search(after.pattern + r"\Z", printed)
    return (head[0] if head else "") + core + (tail[0] if tail else "")


def _within_words(reading: Reading, words: str) -> Reading:
    said = parse(words, "percent", {"%": Fraction(1)})
    low, high = (None if end is None else reading.value for end in (said.lower, said.upper))
    return replace(reading, qualifier=said.qualifier, lower=low, upper=high)


@cache
def _measured() -> re.Pattern[str]:
    return re.compile(rf"(?P<head>{HEAD})\s?(?P<unit>{unit_pattern()})")


@cache
def _bare() -> re.Pattern[str]:
    return re.compile(HEAD)


def _quantity(text: str, start: int, taken: bytearray) -> Reading | None:
    """The quantity whose number begins here, if it is one."""
    if start and re.match(r"[A-Za-z]", text[start - 1]) and not _measured().match(text, start):
        return None
    match = _measured().match(text, start)
    if match and any(taken[start : match.end()]):
        match = None
    written = text[start] in "零〇一二三四五六七八九十百千万亿两双半廿卅几俩仨壹贰叁肆伍陆柒捌玖拾佰仟"
    if match and written and not _counts(text, match):
        return None
    if ranged := _range(text, start, match, taken):
        return ranged
    if match:
        return _read(text, start, match.end(), match["unit"])
    if written and not re.match(r"[一二三四五六七八九十百千两零]{2,}[余多]?[万亿]|[一二三四五六七八九两][余多]?[万亿]", text[start : start + 12]):
        return None
    return _without_unit(text, start, taken)


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a Chinese numeral before a unit counts something: 三条 does, 一次 and 千家 need not."""
    head, unit = match["head"], match["unit"]
    known = units().get(unit)
    alone = head.rstrip("余多")
    more = head != alone or _widened(text, *match.span()) != match.span()
    if unit.startswith("年"):
        return bool(re.search(r"(?:连续|时隔|历时|提前|缩短|延长|平均|达|寿命)(?:近|超|约)?\Z", text[: match.start()][-8:]))
    if known is not None and not known.written:
        return len(alone) > 1 and known.code != "count" and bool(set(alone) & set("万亿"))
    if alone in ("一", "零", "〇", "二"):
        return unit in ("倍", "成")
    if alone in tuple("百千万亿"):
        return more or unit in ("元",)
    if set(alone) <= set("百千万亿") and known is not None and known.code == "count":
        return more
    return not any(first + second in head for first in "一二三四五六七八九" for second in "一二三四五六七八九")


def _range(text: str, start: int, first: re.Match[str] | None, taken: bytearray) -> Reading | None:
    """`600—650公斤`, `3%至5%`: a lower and an upper end, and no value."""
    head = first or _bare().match(text, start)
    if head is None or not (to := _TO.match(text, head.end())) or not (second := _measured().match(text, to.end())):
        return None
    if any(taken[start : second.end()]) or re.search(r"[从由]\Z", text[:start]):
        return None
    signed = _widened(text, start, head.end())[0]
    number = text[signed:start].strip() * (text[signed] in "-−－负") + text[start : head.end()]
    shared = re.search(rf"[十百千万亿]*\Z", second["head"])
    unit = second["unit"]
    if first is None:
        number += (shared[0] if shared and not re.search("[万亿]", number) else "") + unit
    low, high = _read(text, start, second.end(), unit, number), _read(text, second.start(), second.end(), unit)
    if low.value is None or high.value is None or low.unit != high.unit:
        return None
    begin, end = _widened(text, start, second.end())
    doubt = "range" if low.value < high.value else "range_runs_down"
    return replace(high, start=begin, end=end, value=None, lower=low.value, upper=high.value, doubt=doubt)


def _read(text: str, start: int, end: int, form: str, core: str = "") -> Reading:
    """The number in these characters with this unit, and the words that touch it."""
    known = units().get(form)
    unit, code = (known.unit, known.code) if known else (form, "count" if not form or form[0] in "个" else form)
    begin, stop = (start, end) if core else _widened(text, start, end)
    printed = core or text[begin:stop]
    factor = Fraction(10) if form == "成" else Fraction(1)
    measured = "count" if code == "count" or not form else code
    reading = Reading(begin, stop, text[begin:stop], "", unit, code, form)
    for said in (printed, text[begin:end] if not core else core, text[start:end] if not core else core):
        try:
            found = parse(re.sub(r"了|\s", "", said) + ("" if form else "个"), measured, {form or "个": factor})
        except JiaokouError:
            reading = replace(reading, doubt="words_disagree")
            continue
        return replace(
            reading, value=Fraction(found.value), lower=found.lower, upper=found.upper, qualifier=found.qualifier
        )
    return replace(reading, doubt="unreadable")


def _reached(text: str, start: int) -> bool:
    """Whether the words before a number without a unit say that it is one: 指数为99.5, 突破60亿."""
    before = text[max(0, start - 14) : start]
    return bool(
        ending("kind", "reached").search(before)
        or ending("direction", "decline").search(before)
        or ending("direction", "rise").search(before)
        or within("kind", "index").search(_CLAUSE.split(before)[-1])
    )


def _without_unit(text: str, start: int, taken: bytearray) -> Reading | None:
    """A number that no known unit follows: with an unknown counter, or bare."""
    head = _bare().match(text, start)
    if head is None or any(taken[start : head.end()]):
        return None
    end = head.end()
    if re.fullmatch(r"(?:19[4-9]|20[0-4])\d", head[0]):
        return None
    following = text[end : end + 1]
    if re.match(r"[A-Za-z]", following) and (latin := re.match(r"[A-Za-z]{1,8}", text[end:])):
        return replace(_read(text, start, end + latin.end(), latin[0]), doubt="unknown_unit")
    alone = not re.match(r"[\u4e00-\u9fff]", text[end + 1 : end + 2])
    counted = head[0].isascii() and (head[0][-1].isdigit() or alone) or alone and head[0][-1] in "万亿"
    if re.match(r"[\u4e00-\u9fff]", following) and following not in _STOP and counted:
        return replace(_read(text, start, end + 1, following), code="count", doubt="unknown_unit")
    if head[0].isascii() and head[0][-1].isdigit() and not _reached(text, start) and not _LIST.match(text, end):
        if "." not in head[0]:
            return None
    read = _read(text, start, end, "")
    indexed = within("kind", "index").search(text[max(0, start - 14) : start])
    return replace(read, doubt=read.doubt or ("" if indexed else "no_unit"), code="index")


def _no_quantity(text: str, start: int, end: int, taken: bytearray) -> Reading:
    while end > start + 1 and any(taken[start:end]):
        end -= 1
    numeral = text[start:end]
    if numeral[0].isdigit():
        year = re.fullmatch(r"(?:19[4-9]|20[0-4])\d", numeral)
        return Reading(start, end, numeral, "name", reason="date" if year else "name", doubt="" if year else "no_unit")
    if text[end : end + 1] == "年":
        return Reading(start, end + 1, text[start : end + 1], "name", reason="plan_length")
    reason = "indefinite" if numeral[0] in "一几" else "set_phrase" if numeral[0] in "双两三" else "idiom"
    return Reading(start, end, numeral, "name", reason=reason)


def _lists(text: str, readings: list[Reading]) -> list[Reading]:
    """Lists share what is printed once: the unit after the last number, the direction before the first."""
    found = list(readings)
    for place in range(len(found) - 2, -1, -1):
        this, following = found[place], found[place + 1]
        if this.code == "index" and not this.unit and following.unit and following.kind != "name":
            if _LIST.fullmatch(text, this.end, following.start):
                found[place] = replace(this, unit=following.unit, code=following.code, form=following.form, doubt="")
    for place, this in enumerate(found):
        if this.kind in ("name", "rank", "ratio") or this.value is None and not this.unit:
            continue
        if this.kind == "growth" or this.unit == "次":  # 下调14次 counts what was done
            continue
        decline = _directed(text, this, found[place - 1] if place else None)
        if decline is not None:
            found[place] = _turned(this, decline)
    return [each for each in found if each.kind != "name" or each.start < each.end]


def _directed(text: str, this: Reading, before: Reading | None) -> bool | None:
    """True for a decline, False for a rise, None for neither; a list's later numbers go with its first."""
    left = text[max(0, this.start - 24) : this.start]
    if ending("direction", "decline").search(left):
        return True
    if ending("direction", "rise").search(left):
        return False
    if this.unit == "百分点" and ending("direction", "points").search(left):
        return True
    if before is not None and before.kind == "growth" and _LIST.fullmatch(text, before.end, this.start):
        return before.decline
    return None


def _turned(reading: Reading, decline: bool) -> Reading:
    """A growth; a decline is negative, and more than 50 % of it is less than -50 %."""
    if not decline or (reading.value or 0) < 0:
        return replace(reading, kind="growth", decline=decline and reading.value is not None)
    low, high = (None if end is None else -end for end in (reading.upper, reading.lower))
    value = None if reading.value is None else -reading.value
    return replace(reading, kind="growth", decline=True, value=value, lower=low, upper=high)
