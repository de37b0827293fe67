"""How a number that is asked for by its code is shown: a small page in a notebook, plain lines in a terminal."""

from __future__ import annotations

import html
from collections.abc import Callable
from typing import TYPE_CHECKING

import pandas as pd
from markupsafe import Markup

from jiaokou import tables, wording
from jiaokou.wording import HTML_LANG, Row, phrase

if TYPE_CHECKING:  # it imports this module when it is shown
    from jiaokou.explore.indicator import Indicator

# Colours and type are the surroundings': there is nothing to undo in a dark theme.
_FACTS = "display:grid;grid-template-columns:max-content 1fr;gap:.2em 1em;margin:.6em 0"
_CELL = "width:auto;margin:0"  # JupyterLab gives a term a fifth of the room, which a grid takes as a fifth of its own
_OTHERS = {"observation": "other_values", "derived": "computed_from", "indicator": "its_values"}


def as_html(found: Indicator) -> str:
    """The number as HTML, its relations and the other values in tables of the briefings' own."""
    label = html.escape(wording.label(found.row, found.lang, found.package))
    facts = "".join(
        f'<dt style="{_CELL}">{html.escape(name)}</dt><dd style="{_CELL}">{fact}</dd>'
        for name, fact in _facts(found)
    )
    return (
        f'<div lang="{HTML_LANG[found.lang]}"><p><strong>{label}</strong> <code>{html.escape(found.code)}</code></p>'
        f'<dl style="{_FACTS}">{facts}</dl>{_relations(found)}{_others(found)}</div>'
    )


def as_text(found: Indicator) -> str:
    """The number as plain lines; what it is tied to follows, a line for each."""
    lang = found.lang
    lines = [f"{wording.label(found.row, lang, found.package)} [{found.kind} {found.code}]"]
    lines += [_line(name, Markup(fact).striptags(), lang) for name, fact in _facts(found)]
    verdicts = [
        _line(
            wording.label(row, lang), wording.code(found.package, "verdict", str(row["verdict"]), lang), lang
        )
        for _, row in found.relations.iterrows()
    ]
    lines += [phrase("relations_with" if verdicts else "no_relation", lang), *verdicts]
    values = [_value(row, found) for _, row in found.others.iterrows()]
    lines += [phrase(_OTHERS[found.kind], lang), *values] if values else []
    return "\n".join(lines)


def _facts(found: Indicator) -> list[tuple[str, str]]:
    """Headings and HTML: definition, unit, and what the tables say of a number; the note on its reading."""
    lang, package, row = found.lang, found.package, found.row
    unit = wording.code(package, "units", str(row["unit"]), lang)
    facts = [("definition", found.definition), ("unit", unit)]
    if not wording.missing(note := row.get("note")):
        texts = package.frames["notes"].set_index("note")[f"text_{lang}"]
        facts.append(("note", str(texts[str(note)])))
    said = [(phrase(name, lang), html.escape(text, quote=False)) for name, text in facts]
    if found.kind != "indicator":
        said[2:2] = tables.facts(found.kind, row, lang, package=package)
    return said


def _line(label: str, text: str, lang: str) -> str:
    return "  " + phrase("item", lang, label=label, text=text)


def _value(row: Row, found: Indicator) -> str:
    """One of the other values: who, how much, the kind of claim, and its code to ask for."""
    lang, package = found.lang, found.package
    basis = wording.code(package, "basis", str(row["basis"]), lang)
    text = phrase("of_basis", lang, label=wording.quantity(row, lang, package), basis=basis)
    return f"{_line(wording.label(row, lang, package), text, lang)} [{row['observation']}]"


def _relations(found: Indicator) -> str:
    rows = found.relations
    if rows.empty:
        return f"<p>{phrase('no_relation', found.lang)}</p>"
    return _headed("relations_with", rows, tables.audit, found)


def _others(found: Indicator) -> str:
    rows = found.others
    return "" if rows.empty else _headed(_OTHERS[found.kind], rows, tables.observations, found)


def _headed(heading: str, rows: pd.DataFrame, table: Callable[..., tables.Table], found: Indicator) -> str:
    source = wording.source(rows, found.lang, found.package)
    sheet = table(rows, found.lang, source=source, package=found.package)
    return f"<p><strong>{phrase(heading, found.lang)}</strong></p>{sheet.as_raw_html()}"
