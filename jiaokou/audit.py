"""Relations held or broken, and the data against the release's text.

`relations.csv` of the data package says what must hold between observations; a relation is checked with the bounds
that the print allows, never with the bare values. `verify` asks whether each observation stands in the text where
the data says, and whether every numeral and every sentence of the text is accounted for.
"""

from __future__ import annotations

import hashlib
import math
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou import precision
from jiaokou.datasets import Package, open_package
from jiaokou.derive import bounds_of
from jiaokou.errors import JiaokouError

AUDIT_COLUMNS = (
    "relation section kind formula left right result expected_lower expected_upper found_lower found_upper unit "
    "verdict expected label_zh label_en reading_zh reading_en"
).split()
FINDING_COLUMNS = ["paragraph", "start", "end", "kind", "subject", "expected", "found", "message"]

_FORMULAS = {
    "same_quantity": "{left} = {right}",
    "at_most": "{left} <= {right}",
    "whole_count": "{left} / 100 * {right} is a whole number",
    "listed": "{left} = milestones listed",
    "partly_listed": "{left} >= milestones listed",
    "share": "{left} / {right} * 100 = {result}",
    "growth": "({left} / {right} - 1) * 100 = {result}",
}

Ends = tuple[float | None, float | None]


def audit(*, package: str | Path = "") -> pd.DataFrame:
    """One row for each relation of the data package.

    `relation` code · `section` of its first observation · `kind` and `formula` · `left`, `right`, `result`
    observations · `found_lower`, `found_upper` bounds of what is printed on the left, `expected_lower`,
    `expected_upper` of what it must agree with, in `unit` · `verdict` holds, holds_under_reading, cannot_hold or
    cannot_tell · `expected` the verdict known for this release · `label_zh`, `label_en` the claim · `reading_zh`,
    `reading_en` the reading it assumes, if any.
    """
    opened = open_package(package)
    frame = opened.frames["relations"].copy()
    observed = opened.frames["observations"].set_index("observation")
    results = [_check(row, observed, opened) for _, row in frame.iterrows()]
    for position, column in enumerate(("found_lower", "found_upper", "expected_lower", "expected_upper")):
        frame[column] = pd.array([bounds[position] for bounds, _ in results], dtype="Float64")
    frame["verdict"] = pd.Categorical(
        [verdict for _, verdict in results], list(opened.codes["verdict"].index)
    )
    for column in ("section", "unit"):
        frame[column] = frame["left"].map(observed[column])
    known = frame[["left", "right", "result"]].fillna("?").to_dict("records")
    frame["formula"] = [
        _FORMULAS[kind].format_map(row) for kind, row in zip(frame["kind"], known, strict=True)
    ]
    return frame[AUDIT_COLUMNS]


def _check(row: pd.Series, observed: pd.DataFrame, package: Package) -> tuple[tuple[float | None, ...], str]:
    """Found and expected bounds of one relation, and its verdict."""
    found = _bounds(observed, row["left"])
    expected: Ends = (None, None)
    match row["kind"]:
        case "listed" | "partly_listed":
            named = float((package.frames["milestones"]["observation"] == row["left"]).sum())
            expected = (named, named if row["kind"] == "listed" else None)
        case "whole_count":
            share, whole = bounds_of(observed.loc[row["left"]]), bounds_of(observed.loc[row["right"]])
            found = precision.ends(share * whole / 100)
            expected = _whole_numbers(found)
        case "at_most":
            expected = (None, _bounds(observed, row["right"])[1])
        case "same_quantity":
            expected = _bounds(observed, row["right"])
        case "share" | "growth":
            if pd.isna(row["right"]):
                return (*_bounds(observed, row["result"]), None, None), "cannot_tell"
            left, right = (bounds_of(observed.loc[row[name]]) for name in ("left", "right"))
            found = precision.ends((left / right - (1 if row["kind"] == "growth" else 0)) * 100)
            expected = _bounds(observed, row["result"])
    if not _overlap(found, expected):
        return (*found, *expected), "cannot_hold"
    return (*found, *expected), "holds" if pd.isna(row["reading_en"]) else "holds_under_reading"


def _bounds(observed: pd.DataFrame, code: str) -> Ends:
    return precision.ends(bounds_of(observed.loc[code]))


def _whole_numbers(within: Ends) -> Ends:
    """The least and greatest whole number in an interval; an empty pair (inf, -inf) if there is none."""
    low, high = (math.ceil(within[0] or 0), math.floor(within[1]) if within[1] is not None else None)
    return (
        (math.inf, -math.inf)
        if high is not None and high < low
        else (float(low), None if high is None else float(high))
    )


def _overlap(one: Ends, other: Ends) -> bool:
    low = max(-math.inf if end is None else end for end in (one[0], other[0]))
    high = min(math.inf if end is None else end for end in (one[1], other[1]))
    return low <= high


def read_text(file: str | Path) -> str:
    """The text of a release from a file. Raises JiaokouError if it cannot be read or is not UTF-8."""
    path = Path(file)
    try:
        # Bytes, not text mode: a translated line end would move every place after it.
        return path.read_bytes().decode("utf-8")
    except OSError as error:
        raise JiaokouError(
            f"{path} cannot be read: {error.strerror}; give the file that holds the release's text"
        ) from None
    except UnicodeDecodeError as error:
        raise JiaokouError(f"{path} is not UTF-8 (byte {error.start}); convert it first") from None


def is_release(text: str, *, package: str | Path = "") -> bool:
    """Whether a text is the release itself, by its sha256."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest() == open_package(package).release.sha256


def verify(text: str, *, package: str | Path = "") -> pd.DataFrame:
    """What does not agree between the data and a release's text (the text itself, not its file); empty if all is well.

    `paragraph`, `start`, `end` where · `kind` printed, paragraph, numeral, sentence or length · `subject` the code
    of the observation, numeral, milestone or sentence (empty for a numeral that nobody accounted for) · `expected`
    what the data says, `found` what the text has · `message` the finding as one line.
    """
    opened = open_package(package)
    paragraphs = _paragraphs(text)
    findings = [
        *_length(text, paragraphs, opened),
        *_printed(text, paragraphs, opened),
        *_unaccounted(text, paragraphs, opened),
        *_sentences(text, paragraphs, opened),
    ]
    frame = pd.DataFrame(findings, columns=FINDING_COLUMNS)
    frame = frame.astype(dict.fromkeys(("paragraph", "start", "end"), "Int64"))
    return frame.sort_values(["start", "end"], kind="stable", ignore_index=True)


def _paragraphs(text: str) -> list[tuple[int, int]]:
    """Start and end of each non-blank line."""
    places, position = [], 0
    for line in text.split("\n"):
        if line.strip():
            places.append((position, position + len(line)))
        position += len(line) + 1
    return places


def _paragraph(paragraphs: list[tuple[int, int]], position: int) -> int:
    """Number of the paragraph that holds a position, or of the last one before it."""
    return max(1, sum(start <= position for start, _ in paragraphs))


def _finding(
    paragraphs: list[tuple[int, int]],
    start: int,
    end: int,
    kind: str,
    subject: str,
    expected: Any,
    found: Any,
    what: str,
) -> dict[str, Any]:
    paragraph = _paragraph(paragraphs, start)
    message = f"paragraph {paragraph}, characters {start} to {end}: {what}"
    return dict(
        zip(FINDING_COLUMNS, (paragraph, start, end, kind, subject, expected, found, message), strict=True)
    )


def _length(text: str, paragraphs: list[tuple[int, int]], package: Package) -> list[dict[str, Any]]:
    release = package.release
    return [
        _finding(
            paragraphs,
            0,
            len(text),
            "length",
            what,
            expected,
            found,
            f"the text has {found} {what}, the release {expected}",
        )
        for what, expected, found in (
            ("characters", release.characters, len(text)),
            ("paragraphs", release.paragraphs, len(paragraphs)),
        )
        if expected != found
    ]


def _printed(text: str, paragraphs: list[tuple[int, int]], package: Package) -> list[dict[str, Any]]:
    """Observations, numerals and milestones whose place holds other characters, or lies in another paragraph."""
    findings = []
    for table, code in (
        ("observations", "observation"),
        ("numerals", "numeral"),
        ("milestones", "milestone"),
    ):
        for row in package.frames[table].to_dict("records"):
            start, end = int(row["start"]), int(row["end"])
            found = text[start:end]
            if "printed" in row and found != row["printed"]:
                what = f"{row[code]} is printed “{row['printed']}”, the text has “{found}”"
                findings.append(
                    _finding(paragraphs, start, end, "printed", row[code], row["printed"], found, what)
                )
            if (paragraph := _paragraph(paragraphs, start)) != row["paragraph"]:
                what = (
                    f"{row[code]} is said to stand in paragraph {row['paragraph']}, but stands in {paragraph}"
                )
                findings.append(
                    _finding(
                        paragraphs, start, end, "paragraph", row[code], row["paragraph"], paragraph, what
                    )
                )
    return findings


def _unaccounted(text: str, paragraphs: list[tuple[int, int]], package: Package) -> list[dict[str, Any]]:
    """Numerals of the text that are neither in an observation nor listed as no quantity."""
    covered = bytearray(len(text))
    for table in ("observations", "numerals"):
        for start, end in package.frames[table][["start", "end"]].itertuples(index=False):
            covered[start:end] = b"\1" * (min(end, len(text)) - start)
    return [
        _finding(
            paragraphs, *match.span(), "numeral", "", "", match[0],
            f"“{match[0]}” is neither in an observation nor listed in numerals.csv",
        )
        for match in precision.NUMERAL.finditer(text)
        if not all(covered[match.start() : match.end()])
    ]  # fmt: skip


def _sentences(text: str, paragraphs: list[tuple[int, int]], package: Package) -> list[dict[str, Any]]:
    """Text outside every sentence, and sentences that hold the end of another."""
    findings, position = [], 0
    for row in package.frames["sentences"].sort_values("start").to_dict("records"):
        start, end = int(row["start"]), int(row["end"])
        if text[position:start].strip():
            what = f"“{text[position:start].strip()[:12]}…” stands in no sentence of sentences.csv"
            findings.append(_finding(paragraphs, position, start, "sentence", row["sentence"], "", "", what))
        if any(mark in text[start : end - 1] for mark in "。！!？?"):
            what = f"{row['sentence']} runs over the end of a sentence"
            findings.append(_finding(paragraphs, start, end, "sentence", row["sentence"], "", "", what))
        position = max(position, end)
    if text[position:].strip():
        what = "the text goes on after the last sentence of sentences.csv"
        findings.append(_finding(paragraphs, position, len(text), "sentence", "", "", "", what))
    return findings
