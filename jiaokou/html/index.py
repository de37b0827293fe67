"""The front page of an edition: every briefing as a card, every observation in one searchable table."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd
from markupsafe import Markup

from jiaokou import wording
from jiaokou.data.package import Package
from jiaokou.html.document import Page
from jiaokou.html.exporter import LAYOUTS, allow, asset, css_string, heading, policy
from jiaokou.tables.columns import FRONT_PAGE
from jiaokou.wording import phrase, phrases

LINES = 20
"""How many changes the front page lists; ``changes.json`` has them all."""


def index(
    package: Package,
    pages: Mapping[str, Sequence[Page]],
    observations: pd.DataFrame,
    files: Sequence[str],
    edition: str,
    changes: Mapping[str, Any] | None = None,
) -> str:
    """The HTML of ``index.html``: `pages` maps each language to its briefings in order, `files` those in ``data/``.

    `changes` is the comparison with the edition before (see `jiaokou.publishing.diff`), None for a first one.
    """
    search = asset("search.js")
    return LAYOUTS.get_template("index.html.j2").render(
        package=package,
        edition=edition,
        languages=[
            {"tag": wording.HTML_LANG[lang], "say": phrases(lang), "release": heading(package, lang)} for lang in pages
        ],
        briefings=[[_card(page) for page in same] for same in zip(*pages.values(), strict=True)],
        columns=FRONT_PAGE,
        rows=[_row(row, package, pages) for row in wording.rows(observations)],
        files=files,
        changes=_changes(changes, package, list(pages)) if changes else None,
        policy=policy(allow(search)),
        style=Markup(asset("style.css") + _heads(pages)),
        search=Markup(search),
    )


def _heads(languages: Iterable[str]) -> str:
    """The style sheet's last rules: the heads that stand before the values where the columns do not fit."""

    def text(key: str) -> str:
        return css_string(" ".join(phrases(lang)[key] for lang in languages))

    sort = f"#observations thead {{ --sort: {text('sort')}; }}\n"
    keys = [*(column.key for column in FRONT_PAGE), "read"]
    return sort + "".join(
        f"#observations td:nth-child({n}) {{ --head: {text(key)}; }}\n" for n, key in enumerate(keys, start=1)
    )


def _card(page: Page) -> dict[str, str]:
    return {
        "tag": wording.HTML_LANG[page.lang],
        "href": f"{page.lang}/{page.name}.html",
        "title": page.title,
        "headline": page.headline,
    }


def _row(row: wording.Row, package: Package, pages: Mapping[str, Sequence[Page]]) -> dict[str, Any]:
    return {
        "observation": row["observation"],
        "number": f"{row['value']:.15g}",
        "cells": [(column.key, [column.say(row, lang, package) for lang in pages]) for column in FRONT_PAGE],
        "links": [link for lang, same in pages.items() if (link := _link(row, lang, same))],
    }


def _link(row: wording.Row, lang: str, pages: Sequence[Page]) -> dict[str, str] | None:
    """Where the observation is shown: in its section's briefing if that shows it, else in the first that does."""
    showing = [page for page in pages if row["observation"] in page.anchors]
    showing.sort(key=lambda page: not page.name.endswith(f"_{row['section']}"))
    if not showing:
        return None
    return {
        "tag": wording.HTML_LANG[lang],
        "href": f"{lang}/{showing[0].name}.html#{row['observation']}",
        "text": phrase("language_name", lang),
    }


def _changes(found: Mapping[str, Any], package: Package, languages: Sequence[str]) -> dict[str, Any]:
    """The comparison as the page shows it: how much of each kind, and a line for each observation and verdict."""
    changes: list[dict[str, str]] = found["changes"]
    first = {(change["kind"], change["name"]): change for change in reversed(changes)}
    named = [change for change in reversed(first.values()) if change["kind"] != "page"]
    pages = sum(change["kind"] == "page" for change in changes)
    return {
        "before": found["before"],
        "summary": [_summary(phrases(lang), len(named), pages) for lang in languages],
        "lines": [[_line(change, package, lang) for lang in languages] for change in named[:LINES]],
        "more": len(named) > LINES,
    }


def _summary(say: Mapping[str, str], named: int, pages: int) -> str:
    return say["changes_summary"].format(named=named, pages=pages) if named or pages else say["changes_none"]


def _line(change: Mapping[str, str], package: Package, lang: str) -> str:
    """One change in words: ``Key projects planned and undertaken: As printed 146个 → 147个``."""
    say = phrases(lang)
    if change["change"] == "changed":
        field = say[change["field"].partition("_")[0]]
        what = f"{field} {change['before']} → {change['after']}"
    else:
        what = say[f"changes_{change['change']}"]
    return phrase("item", lang, label=_named(change, package, lang), text=what)


def _named(change: Mapping[str, str], package: Package, lang: str) -> str:
    """What a change is about: the label of an observation that is still there, or else its code."""
    observations = package.frames["observations"]
    row = observations[observations["observation"] == change["name"]]
    if change["kind"] == "observation" and not row.empty:
        return wording.label(row.iloc[0], lang, package)
    return phrase("relation_named", lang, name=change["name"]) if change["kind"] == "relation" else change["name"]
