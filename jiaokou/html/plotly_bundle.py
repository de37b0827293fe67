"""plotly.js as pages carry it: as much of it as draws their charts, since the whole would be most of a page."""

import re
from collections import defaultdict
from collections.abc import Mapping
from functools import cache

from plotly.offline import get_plotlyjs

DRAWN = frozenset({"bar", "scatter"})
"""The kinds of traces that `jiaokou.charts` draws."""


@cache
def drawable() -> frozenset[str]:
    """The kinds of traces that the installed plotly.js draws."""
    return frozenset(_KIND.findall(get_plotlyjs())) - {"component"}


# esbuild makes plotly.js of some thousand modules and writes each as a function: `var a=W((e,t)=>{…})`, required by
# `a()`. The last one registers the kinds of traces. So that list is cut to the kinds wanted, as in the bundles that
# Plotly itself offers, and modules and functions that the others alone reached lose their bodies. A name that only
# looks like one of theirs keeps too much, never too little, and so does code that is made otherwise.

_OUTERMOST, _END = "var Plotly=(()=>{", "})();"
_TOKEN = re.compile(
    r"""
    [{}]
    | "(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | `(?:[^`\\]|\\.)*`
    | //[^\n]* | /\*.*?\*/
    | (?:(?<=[(,=:\[!&|?{};\n])|(?<=\breturn))/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/
    """,
    re.VERBOSE | re.DOTALL,
)
"""Braces, and what they do not count in: strings, templates, comments and regular expressions."""
_HEAD = re.compile(r"(?<![\w$])([\w$]+)(?:=[\w$]+\(\(?[\w$,]*\)?=>|\([^()]*\))\{$")
_REGISTERED = re.compile(r"(?<=\.register\(\[)[\w$(),]+(?=\]\))")
_EXPORTED = re.compile(r"\.exports=([\w$]+)\(\)$")
_KIND = re.compile(r'\bmoduleType:"(?:trace",name:")?(\w+)"')
_NAME = re.compile(r"[\w$]+")

_Piece = tuple[str, str, str]
"""The name, head and body of an outermost module or function; what stands between these is a body alone."""


def reduced(code: str) -> str:
    """plotly.js with what draws the kinds in `DRAWN` and all that is no trace; as it is, if it is made otherwise."""
    pieces = _pieces(code)
    bodies = {name: body for name, _, body in pieces}
    calls = found[0] if (found := _REGISTERED.search(code)) else ""
    kinds = {call: _kind(call.removesuffix("()"), bodies) for call in calls.split(",")}
    if not DRAWN & set(kinds.values()):
        return code
    kept = ",".join(call for call, kind in kinds.items() if kind in {*DRAWN, "component"})
    drawn = [(name, head, body.replace(calls, kept)) for name, head, body in pieces]
    gone = _reached(pieces) - _reached(drawn)
    return "".join(head if name in gone else head + body for name, head, body in drawn)


def _pieces(code: str) -> list[_Piece]:
    """All of the code; in one piece if it is made otherwise."""
    pieces, depth, start, done = list[_Piece](), 0, 0, 0
    for token in _TOKEN.finditer(code, code.find(_OUTERMOST)):
        at = token.start()
        if token[0] == "{":
            depth += 1
            start = at + 1 if depth == 2 else start
        elif token[0] == "}":
            depth -= 1
            if depth == 1 and (head := _HEAD.search(code, done, start)):
                pieces += [("", "", code[done : head.start()]), (head[1], head[0], code[start:at])]
                done = at
            elif depth == 0 and code.startswith(_END, at):
                return [*pieces, ("", "", code[done:])]
    return [("", "", code)]


def _kind(module: str, bodies: Mapping[str, str]) -> str:
    """What a module, or the one that it hands on, says that it is: the kind of a trace, or a component."""
    body = bodies.get(module, "")
    if handed_on := _EXPORTED.search(body):
        return _kind(handed_on[1], bodies)
    return kind[1] if (kind := _KIND.search(body)) else ""


def _reached(pieces: list[_Piece]) -> set[str]:
    """What is named by the code that stands outside of modules and functions, or by one that is."""
    texts = defaultdict[str, str](str)
    for name, head, body in pieces:
        texts[name] += head + body
    reached, found = set[str](), {""}
    while found:
        reached |= found
        found = {word for name in found for word in _NAME.findall(texts[name]) if word in texts} - reached
    return reached
