"""Files to text: plain text in UTF-8, GB18030 or UTF-16, PDF and Word; and tables that a spreadsheet may have saved."""

import io
import re
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import pandas as pd

from jiaokou.data.schema import TEXT
from jiaokou.errors import JiaokouError
from jiaokou.wording.labels import cells


def read_document(file: str | Path) -> tuple[str, str]:
    """The text of a file, and what it was read as: `UTF-8`, `GB18030`, `UTF-16`, `PDF` or `Word`.

    UTF-8 is taken as it stands, since places are counted in it. Raises JiaokouError for a file that cannot be read, or
    that holds no text, as a scan does.
    """
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JiaokouError(f"{path} cannot be read: {error.strerror}; give the file that holds the text") from None
    how = "PDF" if content.startswith(b"%PDF") else "Word" if path.suffix.lower() == ".docx" else ""
    if how:
        try:
            text = _pdf(path) if how == "PDF" else _word(path)
        except ImportError:
            extra = "needs the extra “documents”; install it with: pip install 'jiaokou[documents]'"
            raise JiaokouError(f"{path} {extra}") from None
        except Exception as error:  # noqa: BLE001 - what its bytes can break is without end
            raise JiaokouError(f"{path} cannot be read as {how}: {error}; save its text as a .txt file") from None
    else:
        try:
            text, how = decoded(content)
        except ValueError as error:
            raise JiaokouError(f"{path} is {error} text, PDF nor .docx; save it as one of them") from None
        text = text if how == "UTF-8" else text.replace("\r\n", "\n")
    if not text.strip():
        what = "pages without text, as a scan has; have them recognised first (OCR)" if how == "PDF" else "no text"
        raise JiaokouError(f"{path} holds {what}")
    return text, how


def decoded(content: bytes) -> tuple[str, str]:
    """The text of a file's bytes, and their encoding. Raises ValueError where it is none of those in use."""
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("UTF-16",) if marked else ("UTF-8", "GB18030"):
        with suppress(UnicodeDecodeError):
            if "\0" not in (text := content.decode(encoding)):
                return text, encoding
    raise ValueError("neither UTF-8 nor GB18030")


def read_table(file: Path, columns: Sequence[str]) -> tuple[pd.DataFrame, str]:
    """A CSV file as text, whichever program has saved it, and its decimal separator; blank rows are left out.

    Raises JiaokouError for a file that cannot be read, or that lacks one of `columns`.
    """
    try:
        text = decoded(file.read_bytes())[0].removeprefix("\ufeff")
        separator = max(",;\t", key=text.partition("\n")[0].count)
        rows = pd.read_csv(io.StringIO(text), sep=separator, dtype=TEXT, keep_default_na=False).fillna("")
    except (OSError, ValueError) as error:
        cure = "save it as “CSV UTF-8”, restore it, or delete it and draft again"
        raise JiaokouError(f"{file} cannot be read as CSV: {error}; {cure}") from None
    if missing := [column for column in columns if column not in rows]:
        raise JiaokouError(f"{file} has no column “{missing[0]}”; restore it, or delete the file and draft again")
    return rows[(rows != "").any(axis="columns")], "," if separator == ";" else "."


def _pdf(path: Path) -> str:
    """The pages' text; a line that ends within a sentence is joined to the next, since a page breaks lines anywhere."""
    from pypdf import PdfReader

    pages = [_lines(page.extract_text()) for page in PdfReader(path).pages]
    lines = [line for page in pages for line in page]
    widths = sorted(map(cells, lines)) or [0]
    full = 0.8 * widths[len(widths) * 9 // 10]  # a header or a table may be wider than the text
    return "".join(line + ("" if cells(line) > full and line[-1] not in "。！？；：" else "\n") for line in lines)


# Fonts give radicals and ligatures for what looks the same; Unicode maps one block of radicals, these are of the other.
_RADICALS = str.maketrans(
    "⺠⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳", "民虎西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙龟"
)
_CHINESE = "[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”‘’]"


def _lines(page: str) -> list[str]:
    """The lines of a page as they would be typed: no spaces beside Chinese characters, no page number."""
    page = re.sub("[\u2f00-\u2fd5\ufb00-\ufb06]", lambda found: unicodedata.normalize("NFKC", found[0]), page)
    page = page.translate(_RADICALS)
    page = re.sub(rf"(?<={_CHINESE})[^\S\n]+|[^\S\n]+(?={_CHINESE})", "", page)
    lines = [line.strip() for line in page.split("\n") if line.strip()]
    numbers = [place for place in (0, len(lines) - 1) if lines and re.fullmatch(r"\W*\d{1,3}\W*", lines[place])]
    return [line for place, line in enumerate(lines) if place not in numbers]


def _word(path: Path) -> str:
    from docx import Document
    from docx.text.paragraph import Paragraph

    lines = []
    for block in Document(str(path)).iter_inner_content():
        if isinstance(block, Paragraph):
            lines.append(block.text)
        else:  # a merged cell is given once for each of its columns
            lines += ["\t".join(dict.fromkeys(cell.text for cell in row.cells)) for row in block.rows]
    return "\n".join(lines)
