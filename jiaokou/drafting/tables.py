"""The words that drafting knows, from the files beside it: units, rules and cues, as regular expressions."""

import csv
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from jiaokou.numbers.printed import AFTER, BEFORE

HERE = Path(__file__).parent
ARABIC = r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?)"
CHINESE = "[零〇一二三四五六七八九十百千万亿两]"
_SIZED = "(?![瓦米克伏卡焦帕赫升分货字]|电子伏)"  # 千 and 百 that begin a unit: 5千瓦 is no 5,000瓦
MULTIPLIER = f"(?:[百千十]?(?:万亿?|亿)|[百千]{_SIZED})"
# What is printed of a number before its unit; 余 and 多 may stand on either side of 万 and 亿.
HEAD = (
    rf"(?:{ARABIC}(?:\s?[余多])?(?:\s?{MULTIPLIER})?[余多]?|"
    rf"(?:[零〇一二三四五六七八九十万亿两]|[百千]{_SIZED})+(?:点[零一二三四五六七八九]+)?[余多]?[万亿]*[余多]?)"
)


def _any(words: Iterable[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


def rows_of(name: str) -> list[dict[str, str]]:
    """The rows of a table beside this module."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@cache
def units() -> dict[str, dict[str, str]]:
    """The rows of `units.csv` by the printed form: the base unit it means, its code, how many of these it is, whether
    三 counts it (三条, `written`), and what cannot follow it.
    """
    return {row["form"]: row for row in rows_of("units.csv")}


@cache
def base_units() -> dict[str, str]:
    """The code of each base unit, by what it is printed as."""
    return {row["unit"]: row["code"] for row in reversed(units().values())}  # the first form's, where several differ


@cache
def unit_pattern() -> str:
    """A unit, the longest first, but not where it begins another word; compounds too (元/人, 吨标准煤/万元)."""
    single = []
    for form in sorted(units(), key=len, reverse=True):
        barred = units()[form]["not_before"].split() + ["[A-Za-z]"] * (form.isascii() and form != "%")
        single.append(re.escape(form) + (f"(?!{'|'.join(barred)})" if barred else ""))
    one = f"(?:{'|'.join(single)})"
    return rf"{one}(?:\s?[/／·]\s?(?:[（(]?[十百千万亿]?(?:{one}|学年|季度|[\u4e00-\u9fff])[)）]?))*"


@cache
def rules() -> list[tuple[dict[str, Any], re.Pattern[str]]]:
    """The rules of numerals that are read before units are looked for, in order, each with a pattern of its own."""
    text = (HERE / "rules.toml").read_text(encoding="utf-8")
    spelled = text.replace("<C>", CHINESE + "+").replace("<N>", rf"(?>\d+(?:\.\d+)?|{CHINESE}+)")
    return [(rule, re.compile(each)) for rule in tomllib.loads(spelled)["rule"] for each in rule["patterns"]]


@cache
def cues() -> dict[str, Any]:
    """The words around a number, as `cues.toml` lists them."""
    return tomllib.loads((HERE / "cues.toml").read_text(encoding="utf-8"))


@cache
def qualifying() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """A qualifying word that ends the text before a number, and one that begins the text after it."""
    barred = cues()["before"]
    before = [
        (f"(?<![{barred[word]}])" if barred.get(word) else "") + re.escape(word)
        for word, meant in BEFORE.items()
        if meant not in ("exact", "rise", "decline") and word not in "前-−－"
    ]
    follows = cues()["after"]
    after = [re.escape(word) + (f"(?![{follows[word]}])" if follows.get(word) else "") for word in AFTER]
    return re.compile(rf"(?:(?:{_any(before)})了?\s?)+\Z"), re.compile(rf"\s?(?:{_any(after)})")


@cache
def ending(group: str, name: str) -> re.Pattern[str]:
    """A cue of a list that ends the text before a number."""
    between = cues()["direction"]["between"] if group == "direction" else r"\s*"
    return re.compile(rf"(?P<word>{_any(cues()[group][name])}){between}\Z")


@cache
def within(group: str, name: str) -> re.Pattern[str]:
    """A cue of a list anywhere in a text."""
    return re.compile(_any(cues()[group][name]))
