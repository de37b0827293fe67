"""What charts and tables say around their numbers: column heads, hover text, written descriptions."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache

from jiaokou.errors import JiaokouError, near
from jiaokou.wording.labels import join, label, paragraphs, period
from jiaokou.wording.languages import Row, Vocabulary, missing, pick
from jiaokou.wording.numbers import number, quantity

_PHRASES = {
    # columns of tables
    "label": ("指标", "Indicator"),
    "row": ("项目", "Item"),
    "milestone": ("成果", "Milestone"),
    "derived": ("推算项", "Derived quantity"),
    "relation": ("关系", "Relation"),
    "value": ("数值", "Value"),
    "printed": ("印作", "Printed as"),
    "period": ("时期", "Period"),
    "basis": ("性质", "Basis"),
    "paragraph": ("段", "Paragraph"),
    "stage": ("阶段", "Stage"),
    "claim": ("类别", "Kind of claim"),
    "who": ("主体与地点", "Who and where"),
    "bounds": ("范围", "Bounds"),
    "formula": ("算式", "Formula"),
    "premise": ("前提", "Premise"),
    "expected": ("应有", "Expected"),
    "found": ("所得", "Found"),
    "verdict": ("结论", "Verdict"),
    "arithmetic": ("算式", "Arithmetic"),
    "because": ("依据", "Grounds"),
    "checked": ("核对", "Check"),
    "checked_as": ("核对：{text}", "Check: {text}"),
    "sentence": ("所在句子", "Sentence"),
    "note": ("说明", "Note"),
    "definition": ("定义", "Definition"),
    "unit": ("单位", "Unit"),
    "section": ("板块", "Section"),
    "topic": ("主题", "Topic"),
    "code": ("代码", "Code"),
    "kind": ("种类", "Kind"),
    "measure": ("度量", "Measure"),
    "description": ("内容", "What it is about"),
    "errors": ("单个数字的错印", "Single-digit misprints"),
    "caught": ("能发现", "Noticed"),
    "noticing": ("由哪些关系", "By which relations"),
    "observation": ("数值", "Value"),
    "table_of": ("数据表：{what}", "Table: {what}"),
    "and_then": ("，", ", "),
    # beneath a number that is asked for by its code
    "relations_with": ("与之有关的关系", "Relations that bear on it"),
    "no_relation": ("没有关系涉及这个数值", "No relation speaks of it"),
    "other_values": ("同一指标的其他数值", "Other values of this indicator"),
    "its_values": ("这一指标的数值", "Values of this indicator"),
    "computed_from": ("据以推算的数值", "Computed from"),
    # controls of the explorer
    "explore": ("查看", "Show"),
    "observations": ("印出的数值", "Published values"),
    "milestones": ("成果与提法", "Achievements and claims"),
    "all": ("全部（{n}）", "All ({n})"),
    "option": ("{label}（{n}）", "{label} ({n})"),
    "words": ("含有的词", "Words"),
    "codes": ("逐行挑选（按住Ctrl或Shift可多选）", "Single rows (several with Ctrl or Shift)"),
    "run_again": (
        "这是保存下来的结果；在JupyterLab中再运行一次这一格，即可重新挑选。",
        "A saved result: in JupyterLab, run this cell again to choose.",
    ),
    "words_hint": ("输入后按回车", "type, then press Enter"),
    "language": ("语言", "Language"),
    "as_code": ("以上选择的代码，可粘贴到单元格", "These choices as code to paste in a cell"),
    "chosen": ("{all}项中选出{n}项", "{n} of {all} chosen"),
    "none_chosen": ("没有同时符合这些条件的内容，请放宽其中一项。", "Nothing fits all of these choices: loosen one of them."),
    "choose_unit": (
        "所选数值有{n}种单位，不能用同一尺度作图；选定一种单位即可作图。",
        "The values chosen have {n} units and share no scale: choose one unit to draw them.",
    ),
    "ranks_undrawn": ("位次没有长度，不作图，见下表。", "Ranks have no length to draw; they stand in the table below."),
    # what a verdict rests on
    "verdict_count": ("{verdict}（{n}）", "{verdict} ({n})"),
    "apart": ("至少相差{gap}。可能的解释：{explanation}", "at least {gap} apart; possible explanation: {explanation}"),
    "only_apart": ("至少相差{gap}", "apart by {gap} at least"),
    "points": ("{n}个百分点", "{n} percentage points"),
    "as_known": ("是", "yes"),
    "not_as_known": ("否！", "NO"),
    "not_printed": ("未印出：{what}", "not printed: {what}"),
    "if_reading": ("前提：{reading}", "premise: {reading}"),
    "rounded_by": ("按{rules}", "rounded by {rules}"),
    "rounded_differently": ("各数按不同规则舍入", "each number rounded by a rule of its own"),
    "would_notice": (
        "单个数字错印{errors}种，能发现{caught}种",
        "would notice {caught} of {errors} single-digit misprints",
    ),
    # parts of charts
    "printed_as": ("印作“{printed}”", "printed “{printed}”"),
    "part_of_whole": ("{whole}中的{part}（{share}）", "{part} of {whole} ({share})"),
    "count": ("{n}项", "{n}"),
    "count_share": ("{n}项（{share}）", "{n} ({share})"),
    "of_basis": ("{label}，{basis}", "{label}, {basis}"),
    "basis_of": ("{basis}（{entity}）", "{basis} ({entity})"),
    "not_named": ("未写明", "not named"),
    "with_bounds": ("{value}（{bounds}）", "{value} ({bounds})"),
    "expected_is": ("应有{range}", "expected {range}"),
    "found_is": ("所得{range}", "found {range}"),
    "judged": ("{arithmetic}，{verdict}", "{arithmetic}, {verdict}"),
    "relations": ("{n}条", "{n}"),
    "per_year": ("每年{growth}", "{growth} a year"),
    "year": ("{year}年", "{year}"),
    "item": ("{label}：{text}", "{label}: {text}"),
    # written descriptions
    "bars": ("条形图，共{n}项，从大到小为：{items}。", "Bar chart, largest first ({n}): {items}."),
    "bars_as_given": ("条形图，共{n}项：{items}。", "Bar chart ({n}): {items}."),
    "progress": (
        "进度条，共{n}项，全长为整体：{items}。",
        "Progress bars ({n}), the full length being the whole: {items}.",
    ),
    "stages": (
        "方块图，一块为一项成果或提法，共{n}项，分为{groups}行。按阶段：{items}。",
        "Tile chart with one tile for each of {n} milestones, in {groups} rows. By stage: {items}.",
    ),
    "stages_rows": ("按行：{items}。", "By row: {items}."),
    "comparison": (
        "并列条形图，共{groups}组{n}项：{items}。",
        "Bars side by side, {n} in groups ({groups}): {items}.",
    ),
    "composition": ("条形图，共{n}项，分为{groups}类：{items}。", "Bars for {n} items in categories ({groups}): {items}."),
    "intervals": (
        "区间图，共{n}项，线段为所印精度允许的范围：{items}。",
        "Ranges that the printed precision allows ({n}): {items}.",
    ),
    "audit": (
        "区间图，共{n}条关系，宽带为应有的范围，细线为所得的范围：{items}。",
        "Ranges of relations ({n}), the wide band showing what is expected and the thin one what is found: {items}.",
    ),
    "verdicts": (
        "方块图，一块为一条关系，共{n}条。按结论：{items}。",
        "Tile chart with one tile for each of {n} relations. By verdict: {items}.",
    ),
    "paths": (
        "折线图，共{n}项，按固定增速增长到{last}年：{items}。",
        "Lines of constant growth to {last} ({n}): {items}.",
    ),
    "path_item": ("由{start}到{end}，{growth}", "from {start} to {end}, {growth}"),
    "own_scale": ("各组单位不同，各按自己的尺度绘制。", "The groups differ in unit and are each drawn to their own scale."),
    "one_scale": ("各线斜率可以相互比较。", "The slopes can be compared with one another."),
    "relative": ("各行以其数值为100%绘制。", "Each row is drawn relative to its value, taken as 100%."),
    "own_scale_rows": ("各行按自己的尺度绘制。", "Each row is drawn to its own scale."),
    "periods": ("时期：{periods}。", "Period: {periods}."),
    "hatched": ("斜纹或点纹为计划、目标与设计，实心为实绩。", "Hatched and dotted bars are plans, targets and designs; solid ones are actual."),
    "open_end": ("箭头表示实际数高于所印数字。", "An arrow marks a number said to be larger than printed."),
    "others": ("其余{n}项从略", "and {n} more"),
}  # fmt: skip


def phrase(key: str, lang: str, **values: object) -> str:
    """A phrase of charts and tables in `lang`, filled with `values`; an unknown key is a JiaokouError."""
    if key not in _PHRASES:
        raise JiaokouError(f"unknown phrase {key!r}{near(key, _PHRASES)}")
    written = {
        name: number(value, lang) if isinstance(value, int) else value for name, value in values.items()
    }
    return pick(_PHRASES[key], lang).format(**written)


def listing(items: Sequence[str], lang: str, most: int = 12) -> str:
    """Items of a description in one line; from the `most`-th on they are only counted."""
    shown = list(items[:most])
    if len(items) > most:
        shown.append(phrase("others", lang, n=len(items) - most))
    return pick(("；", "; "), lang).join(shown)


def periods(rows: Iterable[Row], lang: str) -> str:
    """One sentence naming the periods of rows, empty if they have none."""
    found = list(dict.fromkeys(text for row in rows if (text := period(row, lang))))
    return phrase("periods", lang, periods=join(found, lang)) if found else ""


def running_text(parts: Iterable[str], lang: str) -> str:
    """Sentences to a paragraph: set apart by a space in English, by nothing in Chinese."""
    return pick(("", " "), lang).join(part for part in parts if part)


def details(row: Row, lang: str, package: Vocabulary) -> list[str]:
    """The lines shown on hover: label, quantity, printed form, period and paragraph, as far as the row has them."""
    lines = [label(row, lang, package)]
    if "unit" in row:
        lines.append(quantity(row, lang, package))
    if not missing(printed := row.get("printed")):
        lines.append(phrase("printed_as", lang, printed=printed))
    where = [period(row, lang), paragraphs([row.get("paragraph")], lang)]
    lines.append(pick(("，", ", "), lang).join(part for part in where if part))
    return [line for line in lines if line]


_UNITS = re.compile(r"[A-Za-z0-9’'“”().,%/²³–-]+\s?|\s|.", re.DOTALL)


@lru_cache(maxsize=4096)
def wrap(text: str, width: int) -> tuple[str, ...]:
    """Lines of at most `width` half-width characters, broken between words or between Chinese characters.

    Closing punctuation never starts a line; a single word longer than a line stands alone.
    """
    lines, line, used = [], "", 0
    for piece in _UNITS.findall(text):
        if line and used + cells(piece.rstrip()) > width and piece not in "，。；：、）”》%":
            lines.append(line.rstrip())
            line, used = "", 0
            piece = piece.lstrip()
        line += piece
        used += cells(piece)
    return (*lines, line.rstrip()) if line.strip() or not lines else tuple(lines)


def cells(text: str) -> int:
    """Width of text in half-width characters; a Chinese character takes two."""
    return len(text) if text.isascii() else sum(map(_cells, text))


@cache
def _cells(character: str) -> int:
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
