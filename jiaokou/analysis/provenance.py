"""The data against the release's text, character by character.

`verify` asks whether each observation stands in the text where the data says, and whether every numeral and every
sentence of the text is accounted for. The text itself is no part of a data package.
"""

import hashlib
import os
import re
from bisect import bisect_right
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd

from jiaokou.data.descriptor import PUBLISHING, read
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.numbers.printed import NUMERAL


def read_text(file: str | Path) -> str:
    """The text of a release from a file. Raises JiaokouError if it cannot be read or is not UTF-8."""
    try:
        # Bytes, not text mode: a translated line end would move every place after it.
        return read(file, "give the file that holds the release's text").decode("utf-8")
    except UnicodeDecodeError as error:
        raise JiaokouError(f"{file} is not UTF-8 (byte {error.start}); convert it first") from None


def is_release(text: str, *, package: str | Path = "") -> bool:
    """Whether a text is the release itself, by its sha256."""
    return identity(text)["sha256"] == open_package(package).release.sha256


def identity(text: str) -> dict[str, Any]:
    """What tells a text from any other, as a package's `release` states it: sha256, characters, paragraphs."""
    digest = hashlib.sha256(text.encode("utf-8")).hexdigest()
    return {"sha256": digest, "characters": len(text), "paragraphs": len(_paragraphs(text))}


def quotations(file: str | Path, *, package: str | Path = "", publish: bool = False) -> pd.DataFrame:
    """Each observation in its sentence, for an analyst who has the release's text as a file.

    Columns: `observation`, `printed`, `paragraph`, and the sentence as `before`, `printed` and `after`. The text is
    no part of a data package or an edition: while one is published this is refused, unless `publish` asks for it.
    Raises JiaokouError for that, and for a file that is not the release.
    """
    if os.environ.get(PUBLISHING) and not publish:
        raise JiaokouError(
            "the release's text is not put into editions; leave out the parameter source, or set quote to true as well"
        )
    text = read_text(file)
    if not is_release(text, package=package):
        raise JiaokouError(f"{file} is another text than the release; see jiaokou verify {file}")
    opened = open_package(package)
    sentences = list(opened.frames["sentences"][["char_start", "char_end"]].itertuples(index=False))
    rows = []
    for row in opened.frames["observations"].to_dict("records"):
        start, end = next(place for place in sentences if place[0] <= row["char_start"] < place[1])
        before, after = text[start : row["char_start"]], text[row["char_end"] : max(end, row["char_end"])]
        rows.append((row["observation"], row["paragraph"], before.lstrip(), row["printed"], after.rstrip()))
    return pd.DataFrame(rows, columns=["observation", "paragraph", "before", "printed", "after"])


def verify(text: str, *, package: str | Path = "") -> pd.DataFrame:
    """What does not agree between the data and a release's text (the text itself, not its file); empty if all is well.

    `paragraph`, `char_start`, `char_end` where · `kind` printed, paragraph, numeral, sentence or length · `subject`
    the code of the observation, numeral, milestone or sentence (empty for a numeral that nobody accounted for) ·
    `expected` what the data says, `found` what the text has · `message` the finding as one line. Raises JiaokouError
    where the name of a file is given for its text.
    """
    there = os.path.isfile(text)  # noqa: PTH113 - pathlib's raises for a long text
    if there or Path(str(text)[:250]).suffix.lower() == ".txt":
        what = "verify takes the text itself, not its file" if there else f"there is no file {str(text)!r}"
        raise JiaokouError(f"{what}; pass pathlib.Path({str(text)!r}).read_bytes().decode()")
    opened, starts, rows = open_package(package), _paragraphs(text), []
    findings = (*_printed(text, starts, opened), *_unaccounted(text, opened), *_sentences(text, opened))
    for start, end, kind, subject, expected, found, what in findings:
        paragraph = max(1, bisect_right(starts, start))
        message = f"paragraph {paragraph}, characters {start} to {end}: {what}"
        rows.append((paragraph, start, end, kind, subject, expected, found, message))
    frame = pd.DataFrame(rows, columns="paragraph char_start char_end kind subject expected found message".split())
    frame = frame.astype(dict.fromkeys(("paragraph", "char_start", "char_end"), "Int64"))
    return frame.sort_values(["char_start", "char_end"], kind="stable", ignore_index=True)


_Finding = tuple[int, int, str, str, Any, Any, str]  # start, end, kind, subject, expected, found, what is wrong


def _paragraphs(text: str) -> list[int]:
    """Where each non-blank line starts."""
    return [line.start() for line in re.finditer(r"^.*\S", text, re.MULTILINE)]


def _printed(text: str, starts: list[int], package: Package) -> Iterator[_Finding]:
    """A text of another length, and rows whose place holds other characters, or lies in another paragraph."""
    for what, count in (("characters", len(text)), ("paragraphs", len(starts))):
        if (expected := getattr(package.release, what)) != count:
            yield 0, len(text), "length", what, expected, count, f"the text has {count} {what}, the release {expected}"
    for table in ("observations", "numerals", "milestones"):
        for row in package.frames[table].to_dict("records"):
            code, start, end = row[table.removesuffix("s")], int(row["char_start"]), int(row["char_end"])
            printed, found, paragraph = row.get("printed"), text[start:end], max(1, bisect_right(starts, start))
            if printed not in (None, found):
                what = f"{code} is printed “{printed}”, the text has “{found}”"
                yield start, end, "printed", code, printed, found, what
            if paragraph != row["paragraph"]:
                what = f"{code} is said to stand in paragraph {row['paragraph']}, but stands in {paragraph}"
                yield start, end, "paragraph", code, row["paragraph"], paragraph, what


def _unaccounted(text: str, package: Package) -> Iterator[_Finding]:
    """Numerals of the text that are neither in an observation nor listed as no quantity."""
    covered: set[int] = set()
    for table in ("observations", "numerals"):
        for start, end in package.frames[table][["char_start", "char_end"]].itertuples(index=False):
            covered.update(range(start, end))
    for match in NUMERAL.finditer(text):
        if not covered.issuperset(range(*match.span())):
            what = f"“{match[0]}” is neither in an observation nor listed in numerals.csv"
            yield *match.span(), "numeral", "", "", match[0], what


def _sentences(text: str, package: Package) -> Iterator[_Finding]:
    """Text outside every sentence, and sentences that hold the end of another."""
    places = package.frames["sentences"].sort_values("char_start")[["sentence", "char_start", "char_end"]]
    position = 0
    for sentence, start, end in [*places.itertuples(index=False), ("", len(text), len(text))]:  # and the text's end
        if outside := text[position:start].strip():
            what = f"“{outside[:12]}…” stands in no sentence of sentences.csv"
            yield position, start, "sentence", sentence, "", "", what
        if any(mark in text[start : end - 1] for mark in "。！!？?"):
            yield start, end, "sentence", sentence, "", "", f"{sentence} runs over the end of a sentence"
        position = max(position, end)
