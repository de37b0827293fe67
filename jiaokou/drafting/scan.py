"""Text to readings: every numeral with the characters it is printed as, its value, unit, qualifier and sign.

Numbers are read by `jiaokou.numbers.printed.parse`; here it is decided where a printed number begins and ends, what
its unit is, and which numerals are no quantity. `printed` has what `observations.csv` has: the number, its unit and a
qualifying word that touches them (突破11亿元, 超80%, 10万元以下), but no 增长 or 达到.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from typing import Any

from jiaokou.drafting.tables import ARABIC, HEAD, cues, ending, qualifying, rules, unit_pattern, units, within
from jiaokou.errors import JiaokouError
from jiaokou.numbers.intervals import Number
from jiaokou.numbers.printed import NUMERAL, Printed, parse

_ITEM = re.compile(r"(?m)^([^\S\n]*\d{1,2})．")  # 3．10种: the third item of a list
_WIDE = str.maketrans("０１２３４５６７８９．％—", "0123456789.%—")
_HOLDS = re.compile(rf"[\dⅠ-Ⅻⅰ-ⅻ番倍半]|{NUMERAL.pattern}")
_NUMBER = re.compile(rf"(?!零下[\d.]+(?:℃|°C|摄氏度|度))(?:{ARABIC}|{NUMERAL.pattern})")
_BLANK = "\0"
_HYPHENS = "-−－"
_REACHED = (("kind", "reached"), ("direction", "decline"), ("direction", "rise"))


@dataclass(frozen=True)
class Reading:
    """One numeral of a text: where it is printed and what it says. `kind` is `name` for what is no quantity.

    `unit` is the base unit as printed, `code` its code in a package; a range has bounds alone. `kind` is "" where the
    words around have to say it. `reason` says why a name is none, `doubt` why a reviewer should look.
    """

    start: int
    end: int
    kind: str = ""
    unit: str = ""
    code: str = ""
    value: Number | None = None
    lower: Number | None = None
    upper: Number | None = None
    qualifier: str = "exact"
    decline: bool = False
    doubt: str = ""
    reason: str = ""


def scan(text: str) -> list[Reading]:
    """The readings of a text, in its order; each numeral of it stands in exactly one."""
    plain, found = _ITEM.sub(r"\1)", text).translate(_WIDE), []
    left = list(plain)  # what a rule has read is blank
    for rule, pattern in rules():
        for match in pattern.finditer(plain):
            if (ruled := _ruled(plain, rule, match)) and _BLANK not in left[ruled.start : ruled.end]:
                found.append(ruled)
                left[ruled.start : ruled.end] = _BLANK * (ruled.end - ruled.start)
    rest, place = "".join(left), 0
    while numeral := _NUMBER.search(rest, place):
        read = _quantity(rest, numeral.start())
        if read is None or read.start < place:
            read = _no_quantity(rest, *numeral.span())
        found.append(read)
        place = read.end
    return _directed(plain, _shared(plain, sorted(found, key=lambda each: each.start)))


def _ruled(text: str, rule: Mapping[str, Any], match: re.Match[str]) -> Reading | None:
    """What a rule makes of its match; None where that holds no numeral."""
    start, end = match.span()
    if rule.get("as") == "rank":
        start = match.start("n") - 1
    if not _HOLDS.search(text, start, end):
        return None
    match rule.get("as"):
        case None:
            printed = match[0]
            return Reading(end - len(printed.lstrip()), start + len(printed.rstrip()), **rule["reading"])
        case "rank":
            after = text[match.end("n") : end]
            unit = after if after in ("%", "‰") else after[:1] and "位"
            return _with(Reading(start, end, "rank", unit, "rank"), _said(text[start : match.end("n")], "", "rank"))
        case "fraction":
            return _fraction(text, *_widened(text, start, end))
    parts = [Fraction(part) for part in re.findall(r"\d+(?:\.\d+)?", text[start:end])]
    value = parts[0] / parts[1] if len(parts) == 2 and parts[1] else None
    doubt = "" if parts[1:] == [1] else "ratio_of_parts"
    return Reading(start, end, "ratio", "", "ratio", value, value, value, doubt=doubt)


def _fraction(text: str, start: int, end: int) -> Reading | None:
    """`三分之一`, which has no unit, or `百分之五`, which is 5 %; None for 亿分之万, which is read in parts."""
    printed = text[start:end]
    unit, per = {"百": ("%", 1), "千": ("‰", 10)}.get(printed.split("分之")[0][-1:], ("", Fraction(1, 100)))
    if (said := _said(printed, "", "percent")) is None:
        return None
    value, low, high = (None if end is None else end * per for end in (said.value, *said.bounds))
    code = "permille" if unit == "‰" else "percent"
    return Reading(start, end, "share", unit, code, value, low, high, said.qualifier)


def _with(reading: Reading, said: Printed | None) -> Reading | None:
    if said is None:
        return None
    low, high = said.bounds
    return replace(reading, value=said.value, lower=low, upper=high, qualifier=said.qualifier)


def _widened(text: str, start: int, end: int) -> tuple[int, int]:
    """A number's place with the qualifying words and the sign that touch it."""
    before, after = qualifying()
    match = before.search(text, max(0, start - 8), start)
    # 总量过千亿元, 产值过10亿元, but 通过12项
    if match and (match[0] not in "过破" or text[start] in "百千万亿" or text[match.start() - 1] in "值入额量数"):
        start = match.start()
    if match := after.match(text, end):
        end = match.end()
    if start and within("number", "up_to").match(text, start - 1):
        start -= 1
    # A hyphen after a number or a letter is none: 600-650, A-3.
    if start > 1 and text[start - 1] in _HYPHENS and not re.match(r"[\dA-Za-z%‰）)个元]", text[start - 2]):
        start -= 1
    return start, end


@cache
def _measured() -> re.Pattern[str]:
    return re.compile(rf"(?P<head>{HEAD})(?:\s?(?P<unit>{unit_pattern()}))?")


def _quantity(text: str, start: int) -> Reading | None:
    """The quantity whose number begins here, if it is one."""
    match = _measured().match(text, start)
    if not match or (not match["unit"] and re.match("[A-Za-z]", text[start - 1 : start])):  # M2, C919
        return None
    written = not text[start].isdigit()
    if match["unit"] and written and not _counts(text, match):
        return None
    if ranged := _range(text, match):
        return ranged
    if match["unit"]:
        return _read(text, start, match.end(), match["unit"])
    large, rounded = (within("number", size).match(text, start) for size in ("large", "round"))
    if written and not large and not (rounded and _widened(text, *rounded.span())[0] < start):
        return None
    return _without_unit(text, start, match.end())


def _counts(text: str, match: re.Match[str]) -> bool:
    """Whether a Chinese numeral before a unit counts something: 三条 does, 一次 and 千家 need not."""
    head, unit = match["head"], match["unit"]
    known, alone = units().get(unit), head.rstrip("余多")
    many = set(alone) <= set("百千万亿")
    if unit == "年":
        return bool(ending("kind", "years").search(text[max(0, match.start() - 8) : match.start()]))
    if known and not known["written"]:
        return len(alone) > 1 and known["code"] != "count" and bool(set(alone) & set("万亿"))
    if alone in ("一", "零", "〇", "二"):
        return unit in ("倍", "成")
    if many and (len(alone) == 1 or (known and known["code"] == "count")):
        return head != alone or _widened(text, *match.span()) != match.span()  # 上百家, 百余家
    return not re.search("[一二三四五六七八九]{2}", head)  # 三五个 says no number


def _range(text: str, first: re.Match[str]) -> Reading | None:
    """`600—650公斤`, `3%至5%`: a lower and an upper end, and no value; `从5%到8%` is two numbers."""
    start, second = first.start(), None
    if (to := within("number", "to").match(text, first.end())) and not text.endswith(("从", "由"), 0, start):
        second = _measured().match(text, to.end())
    if not second or not second["unit"]:
        return None
    begin, end = _widened(text, start, second.end())
    number = text[begin:start].strip() * (text[begin] in _HYPHENS + "负") + first[0]
    if not first["unit"]:  # what is printed once holds for both
        number += re.sub(r"[^十百千万亿]", "", second["head"]) * (not re.search("[万亿]", number)) + second["unit"]
    low = _said(number, second["unit"])
    high = _read(text, second.start(), second.end(), second["unit"])
    if low is None or high.value is None:
        return None
    doubt = "range" if low.value < high.value else "range_runs_down"
    return replace(high, start=begin, end=end, value=None, lower=low.value, upper=high.value, doubt=doubt)


def _code(form: str) -> str:
    counter = len(form) == 1 and not form.isascii()  # one that no table lists
    return units()[form]["code"] if form in units() else "count" if counter else form or "index"


def _said(printed: str, form: str, code: str = "") -> Printed | None:
    """What these characters say of a number in this unit; None where the rules cannot tell."""
    factor = Fraction(units()[form]["factor"] if form in units() else 1)
    try:
        return parse(re.sub(r"了|\s", "", printed), code or _code(form), {form: factor})
    except JiaokouError:
        return None


def _read(text: str, start: int, end: int, form: str) -> Reading:
    """The number in these characters with this unit, and the words that touch it."""
    begin, stop = _widened(text, start, end)
    reading = Reading(begin, stop, "", units()[form]["unit"] if form in units() else form, _code(form))
    whole = text[begin:stop]
    for printed in (whole, text[begin:end], text[start:end]):  # 超过100个以上 says two things: the first word has it
        if read := _with(reading, _said(printed, form)):
            return replace(read, doubt="" if printed == whole else "words_disagree")
    return replace(reading, doubt="unreadable")


def _without_unit(text: str, start: int, end: int) -> Reading | None:
    """A number that no known unit follows: with an unknown counter, or bare, as the words before it say that it is one
    (指数为99.5, 突破60亿).
    """
    head = text[start:end]
    if within("number", "year").fullmatch(head):
        return None
    unit, alone = within("number", "unknown").match(text, end), not re.match("[一-鿿]", text[end + 1 : end + 2])
    if unit and (head.isascii() or unit[0].isascii() or (alone and head[-1] in "万亿")):
        return replace(_read(text, start, unit.end(), unit[0]), doubt="unknown_unit")
    before = text[max(0, start - 14) : start]
    indexed = within("kind", "index").search(re.split("[，,；;。：:、（(]", before)[-1])
    reached = any(ending(*cue).search(before) for cue in _REACHED)
    if head.isascii() and not ("." in head or indexed or reached or within("number", "list").match(text, end)):
        return None
    read = _read(text, start, end, "")
    return replace(read, doubt=read.doubt or ("" if indexed else "no_unit"))


def _no_quantity(text: str, start: int, end: int) -> Reading:
    numeral, years = text[start:end], text.startswith("年", end)
    reason = next(reason for reason in cues()["left"] if within("left", reason).match(numeral + "年" * years))
    ended = end + (reason == "plan_length")
    return Reading(start, ended, "name", reason=reason, doubt="no_unit" if reason == "name" else "")


def _shared(text: str, found: list[Reading]) -> list[Reading]:
    """A list's numbers share the unit that is printed after the last: 0.7、1.0和1.1个百分点, 2.9个、3.9个百分点."""
    for place in range(len(found) - 2, -1, -1):
        this, after = found[place], found[place + 1]
        digits = re.search(r"\d", text[this.start : this.end])  # 破亿、4次 share nothing
        bare = (this.code == "index" and digits) or (this.unit, after.unit) == ("个", "百分点")
        if bare and after.kind != "name" and after.unit and listed(text, this, after):
            found[place] = replace(this, unit=after.unit, code=after.code, doubt="")
    return found


def listed(text: str, before: Reading | None, this: Reading) -> bool:
    """Whether two numbers are neighbours in a list."""
    return before is not None and bool(within("number", "list").fullmatch(text, before.end, this.start))


def _directed(text: str, found: list[Reading]) -> list[Reading]:
    """A growth has the sign that its word says, which a list shares: 分别下降3.5%、0.9%、12%."""
    before: Reading | None = None
    for place, this in enumerate(found):
        if not this.kind and this.unit != "次":  # 下调14次 counts what was done
            decline = _direction(text, this, before)
            if decline is not None:
                found[place] = _turned(this, decline)
            elif _cue("points", text, this):  # 减少碳排放2810万吨: less of it, or so much
                found[place] = replace(this, doubt=this.doubt or "direction")
        before = found[place]
    return found


def _cue(name: str, text: str, this: Reading) -> re.Match[str] | None:
    return ending("direction", name).search(text, max(0, this.start - 24), this.start)


def _direction(text: str, this: Reading, before: Reading | None) -> bool | None:
    """True for a decline, False for a rise, None for neither."""
    if _cue("decline", text, this):
        return True
    if rise := _cue("rise", text, this):
        done = this.code == "count" and this.unit != "位" and within("direction", "done").fullmatch(rise["word"])
        return None if done else False
    if this.unit == "百分点" and _cue("points", text, this):
        return True
    if before is None or before.kind != "growth" or not listed(text, before, this):
        return None
    relative = {before.unit, this.unit} <= {"%", "‰", "倍", "百分点"}  # 增长6%、突破2.6万亿元: a growth and a level
    return before.decline if relative or before.unit == this.unit else None


def _turned(reading: Reading, decline: bool) -> Reading:
    """A growth; a decline is negative, and more than 50 % of it is less than -50 %."""
    if not decline or (reading.value or 0) < 0:
        return replace(reading, kind="growth")
    value, low, high = (None if end is None else -end for end in (reading.value, reading.upper, reading.lower))
    return replace(reading, kind="growth", decline=True, value=value, lower=low, upper=high)
