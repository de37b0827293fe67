"""Where a text's paragraphs, sentences, clauses and headings begin and end."""

import re
from bisect import bisect_right
from dataclasses import dataclass

_SENTENCE = re.compile(r"[^。！？!?\n]*[。！？!?]+[”’」）)]*|[^。！？!?\n]+")
_NUMBERED = re.compile(
    r"\s*(?:第[一二三四五六七八九十]+[章节篇部]分?|[一二三四五六七八九十]{1,3}[、.．]|[（(][一二三四五六七八九十]{1,3}[)）])\s*"
)
_LONGEST_HEADING = 40


@dataclass(frozen=True)
class Span:
    """A part of a text: its place, its paragraph (nonblank lines, from 1) and the section it stands in."""

    start: int
    end: int
    paragraph: int
    section: str


def sentences(text: str) -> list[Span]:
    """The sentences of a text in order; a heading is one, and begins a section that its words name.

    In a text with numbered headings no other line is one: a byline, or the text's own title.
    """
    found, section, lines = [], "", list(re.finditer(r"(?m)^.*\S.*", text))
    is_numbered = any(_NUMBERED.match(line[0]) and _heading(line[0].split("。")[0], alone=False) for line in lines)
    for paragraph, line in enumerate(lines, 1):
        parts = [part for part in _SENTENCE.finditer(text, *line.span()) if part[0].strip()]
        if heading := _heading(parts[0][0].strip(), len(parts) == 1 and not is_numbered):
            section = heading
        for part in parts:
            words = part[0].strip()
            begin = part.start() + part[0].index(words)
            found.append(Span(begin, begin + len(words), paragraph, section))
    return found


def _heading(sentence: str, alone: bool) -> str:
    """The words of a heading without its number, or "": it is numbered, or short and alone on its line."""
    sentence = sentence.lstrip("\ufeff")
    numbered = _NUMBERED.match(sentence)
    words = sentence[numbered.end() if numbered else 0 :].strip().rstrip("。：:")
    if not words or len(words) > _LONGEST_HEADING:
        return ""
    undated = re.sub(r"(?:19|20)\d\d年", "", words)  # 2019年工作回顾
    short = alone and len(words) <= 20 and not re.search(r"[，。；：！!—“\d]|代表|同志", undated)
    return words if numbered or short else ""


def holding(spans: list[Span], position: int) -> Span:
    """The sentence that holds a position, or the last before it."""
    return spans[max(0, bisect_right(spans, position, key=lambda span: span.start) - 1)]
