"""What must be right with an edition before anyone is led to it."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import nbformat

from jiaokou.publishing.page import PLOTLY

# What a browser would fetch by itself; a link for the reader to follow is none of it.
_REQUEST = re.compile(
    r"<(?:script|link|img|iframe|source|video|audio|object|embed|image|use)\b[^>]*?\s(?:src|href|data|srcset)\s*=\s*[\"']?\s*"
    r"(?:\w+:)?//[^>]*>|@import|url\(\s*[\"']?(?:\w+:)?//",
    re.IGNORECASE,
)


def gate(folder: Path, expected: Sequence[str]) -> Iterator[str]:
    """What is wrong with an edition that is about to be published, one line for each finding.

    `expected` are the pages, as ``zh/01_economy``.
    """
    for name in expected:
        page, notebook = folder / f"{name}.html", folder / "notebooks" / f"{name}.ipynb"
        if not page.is_file() or not notebook.is_file():
            yield f"{name} is missing"
            continue
        outputs = [o for cell in nbformat.read(notebook, as_version=4).cells for o in cell.get("outputs", [])]
        html = page.read_text(encoding="utf-8")
        charts = sum(PLOTLY in output.get("data", {}) for output in outputs)
        if (shown := html.count('class="chart"')) != charts:
            yield f"{name} shows {shown} of {charts} charts"
        if any(output.output_type == "error" for output in outputs):
            yield f"{name} holds an error"
    for path in sorted(folder.rglob("*.html")):
        found = _REQUEST.search(path.read_text(encoding="utf-8"))
        if found:
            yield f"{path.relative_to(folder)} would ask a network: {found[0][:80]}"
