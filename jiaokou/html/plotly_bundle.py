"""plotly.js as pages carry it: as much of it as draws their charts, since the whole would be most of a page."""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from plotly.offline import get_plotlyjs

DRAWN = frozenset({"bar", "scatter"})
"""The kinds of traces that `jiaokou.charts` draws."""


@cache
def drawable() -> frozenset[str]:
    """The kinds of traces that the installed plotly.js draws."""
    return frozenset(_TRACE.findall(get_plotlyjs()))


# esbuild makes plotly.js of some thousand modules and writes each as a function: `var a=W((e,t)=>{…})`, required by
# `a()`. The last one registers the kinds of traces. So that list is cut to the kinds wanted, as in the bundles that
# Plotly itself offers, and modules and functions that nothing names any longer lose their bodies. A name that only
# looks like one of theirs keeps too much, never too little.

_OUTERMOST, _END = "var Plotly=(()=>{", "})();"
_HEAD = re.compile(
    r"(?:"
    r"(?<![\w$])(?P<module>[\w$]+)=(?P<wrapper>[\w$]+)\((?:[\w$]+|\((?:[\w$]+(?:,[\w$]+)*)?\))=>"  # a=W((e,t)=>
    r"|\bfunction (?P<function>[\w$]+)\([^()]*\)"  # function a(e,t)
    r"|=\{\};[\w$]+\((?P<exports>[\w$]+),"  # a={};E(a,
    r")$"
)
_HEAD_LENGTH, _HELPERS = 300, 20_000  # characters
_WRAPPER = re.compile(
    r"([\w$]+)=\([\w$]+(?:,[\w$]+)+\)=>\(\)=>"
)  # W=(e,t)=>()=>, by which a module waits to be required
_REGISTERED = re.compile(r"(?<=\.register\(\[)(?:[\w$]+\(\),)+[\w$]+\(\)(?=\]\))")
_EXPORTED = re.compile(r"\.exports=([\w$]+)\(\)$")
_TRACE = re.compile(r'\bmoduleType:"trace",name:"(\w+)"')
_COMPONENT = re.compile(r'\bmoduleType:"component"')
_NAME = re.compile(r"[\w$]+")


class _Piece(NamedTuple):
    """A module or function: its name, the code between it and the one before, its head, and its body without braces."""

    name: str
    before: str
    head: str
    body: str


class _UnknownError(Exception):
    """The code is not made as expected here."""


def reduced(code: str) -> str:
    """plotly.js with what draws the kinds in `DRAWN` and all that is no trace; as it is, if it is made otherwise."""
    try:
        *pieces, end = _pieces(code)
        bodies = _registering(DRAWN, {piece.name: piece.body for piece in pieces})
    except _UnknownError:
        return code
    reached = _reached(bodies, " ".join(piece.before for piece in [*pieces, end]))
    kept = (each.before + each.head + (bodies[each.name] if each.name in reached else "") for each in pieces)
    return "".join([*kept, end.before])


def _registering(kinds: frozenset[str], texts: dict[str, str]) -> dict[str, str]:
    """The modules, the one that registers the kinds of traces now registering these alone, and all components."""
    lists = [(name, found) for name, text in texts.items() for found in _REGISTERED.finditer(text)]
    if not lists:
        raise _UnknownError
    last, found = max(lists, key=lambda pair: len(pair[1][0]))
    kept, traces = [], {"scatter"}  # which belongs to the core
    for call in found[0].split(","):
        module = _exported(call.removesuffix("()"), texts)
        trace = _TRACE.search(module)
        if _COMPONENT.search(module) or (trace and trace[1] in kinds):
            kept.append(call)
            traces |= {trace[1]} if trace else set()
    if traces < kinds:
        raise _UnknownError
    text = texts[last]
    return texts | {last: text[: found.start()] + ",".join(kept) + text[found.end() :]}


def _exported(name: str, texts: dict[str, str]) -> str:
    """What a module says, or the one that it hands on."""
    text = texts.get(name, "")
    handed_on = _EXPORTED.search(text)
    return _exported(handed_on[1], texts) if handed_on else text


def _reached(texts: dict[str, str], rest: str) -> set[str]:
    """The modules and functions that are named by the rest of the code, or by one that is."""
    reached, found = set[str](), texts.keys() & set(_NAME.findall(rest))
    while found:
        reached |= found
        found = (texts.keys() & {word for name in found for word in _NAME.findall(texts[name])}) - reached
    return reached


def _pieces(code: str) -> Iterator[_Piece]:
    """The outermost modules and functions in their order, then what comes after the last."""
    at, depth, start = 0, 1, 0
    begin = code.find(_OUTERMOST) + len(_OUTERMOST)
    if begin < len(_OUTERMOST):
        raise _UnknownError
    wrappers = set(_WRAPPER.findall(code, begin, begin + _HELPERS))
    for brace in _braces(code, begin):
        if code[brace] == "{":
            depth += 1
            start = brace + 1 if depth == 2 else start
            continue
        depth -= 1
        if depth == 0 and code.startswith(_END, brace):
            yield _Piece("", code[at:], "", "")
            return
        if depth == 1:
            head = _HEAD.search(code, max(begin, start - 1 - _HEAD_LENGTH), start - 1)
            if head and (head["wrapper"] is None or head["wrapper"] in wrappers):
                name = head["module"] or head["function"] or head["exports"]
                yield _Piece(name, code[at : head.start()], code[head.start() : start], code[start:brace])
                at = brace
    raise _UnknownError


# What braces do not count in: strings, comments, regular expressions, and templates but for what they insert.
_STOP = re.compile(r"""[{}`/]|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'""", re.DOTALL)
_COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
_EXPRESSION = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/")
_OPERAND_NEXT = re.compile(
    r"(?:[(,=:\[!&|?{};+\-*%~^<>\n]|\b(?:return|typeof|case|in|of|void|delete|throw|new|else|do))\s*$"
)
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(`|\$\{)", re.DOTALL)


def _braces(code: str, at: int) -> Iterator[int]:
    """The places of the braces that count, from `at` on."""
    depth, inserted = 0, list[int]()  # at which depths a template goes on
    while found := _STOP.search(code, at):
        at, sign = found.end(), found[0]
        if sign == "`" or (sign == "}" and inserted and inserted[-1] == depth):
            if sign == "}":
                inserted.pop()
            text = _match(_TEMPLATE, code, at)
            at = text.end()
            if text[1] == "${":
                inserted.append(depth)
        elif sign == "/":
            if comment := _COMMENT.match(code, found.start()):
                at = comment.end()
            elif _OPERAND_NEXT.search(code, max(0, found.start() - 12), found.start()):
                at = _match(_EXPRESSION, code, found.start()).end()
        elif sign in "{}":
            depth += 1 if sign == "{" else -1
            yield found.start()


def _match(pattern: re.Pattern[str], code: str, at: int) -> re.Match[str]:
    found = pattern.match(code, at)
    if not found:
        raise _UnknownError
    return found
