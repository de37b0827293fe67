"""Files to text: plain text in UTF-8 or GB18030, PDF and Word."""

from __future__ import annotations

from pathlib import Path

from jiaokou.errors import JiaokouError


def read_document(file: str | Path) -> tuple[str, str]:
    """The text of a file, and what it was read as: `UTF-8`, `GB18030`, `PDF` or `Word`.

    UTF-8 is taken as it stands, since places are counted in it. Raises JiaokouError for a file that cannot be read, or
    that holds no text, as a scan does.
    """
    path = Path(file)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise JiaokouError(f"{path} cannot be read: {error.strerror}; give the file that holds the text") from None
    if content.startswith(b"%PDF"):
        text, how = _pdf(path), "PDF"
    elif content.startswith(b"PK") and path.suffix.lower() == ".docx":
        text, how = _word(path), "Word"
    else:
        text, how = _plain(path, content)
    if not text.strip():
        what = "pages without text, as a scan has; have them recognised first (OCR)" if how == "PDF" else "no text"
        raise JiaokouError(f"{path} holds {what}")
    return text, how


def _plain(path: Path, content: bytes) -> tuple[str, str]:
    for encoding in ("UTF-8", "GB18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" in text:
            break
        return (text if encoding == "UTF-8" else text.replace("\r\n", "\n")), encoding
    raise JiaokouError(f"{path} is neither UTF-8 nor GB18030 text, PDF nor .docx; save it as one of them")


def _pdf(path: Path) -> str:
    """The pages' text; a line that ends within a sentence is joined to the next, since a page breaks lines anywhere."""
    try:
        from pypdf import PdfReader
        from pypdf.errors import PyPdfError
    except ImportError:
        raise _extra(path) from None
    try:
        lines = "\n".join(page.extract_text() for page in PdfReader(path).pages).split("\n")
    except (PyPdfError, OSError, ValueError) as error:
        raise JiaokouError(f"{path} cannot be read as PDF: {error}; save its text as a .txt file") from None
    longest = max(map(len, lines), default=0)
    joined = [
        line.strip() + ("" if len(line.strip()) > 0.8 * longest and line[-1:] not in "。！？；：" else "\n")
        for line in lines
    ]
    return "".join(joined)


def _word(path: Path) -> str:
    try:
        from docx import Document
        from docx.opc.exceptions import OpcError
    except ImportError:
        raise _extra(path) from None
    try:
        return "\n".join(paragraph.text for paragraph in Document(str(path)).paragraphs)
    except (OpcError, KeyError, ValueError) as error:
        raise JiaokouError(f"{path} cannot be read as Word: {error}; save its text as a .txt file") from None


def _extra(path: Path) -> JiaokouError:
    return JiaokouError(f"{path} needs the extra “documents”; install it with: pip install 'jiaokou[documents]'")
