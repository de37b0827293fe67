"""Small notebooks that tests write, run, export and publish."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from zlib import crc32

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

PARAMETERS = (
    'lang: str = "zh"  # page language: zh or en\n'
    "package: str = \"\"  # a data package's folder; empty for Jiaokou's own"
)
CHART = (
    "import plotly.graph_objects as go\n"
    'fig = go.Figure(go.Bar(x=["甲", "乙"], y=[3, 5]))\n'
    'fig.update_layout(meta={"title": "乙比甲多", "description": "甲为 3，乙为 5。", "source": "来源：测试"})'
)
PLOTLY = "application/vnd.plotly.v1+json"


def figure(**meta: str) -> dict[str, Any]:
    """A bar chart as a notebook keeps it."""
    return {
        "data": [{"type": "bar", "x": ["a", "b"], "y": [3, 5]}],
        "layout": {"template": {"layout": {"font": {"size": 13}}}, **({"meta": meta} if meta else {})},
    }


def code(
    source: str, *tags: str, outputs: Sequence[dict[str, Any] | nbformat.NotebookNode] = ()
) -> nbformat.NotebookNode:
    """A code cell, executed if it has outputs: each a dictionary of MIME types, or a whole output."""
    shown = [o if isinstance(o, nbformat.NotebookNode) else new_output("display_data", o) for o in outputs]
    cell = new_code_cell(source, id=f"c{crc32(source.encode()):08x}", outputs=shown)
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def text(source: str, *tags: str) -> nbformat.NotebookNode:
    """A markdown cell."""
    cell = new_markdown_cell(source, id=f"m{crc32(source.encode()):08x}")
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def notebook(*cells: nbformat.NotebookNode, parameters: str = PARAMETERS) -> nbformat.NotebookNode:
    """A notebook with a title in both languages, its parameters, and `cells`."""
    node = new_notebook(cells=[text("# 经济", "zh"), text("# Economy", "en"), code(parameters, "parameters"), *cells])
    node.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return node


def receipt(edition: str, made: str = "2026-01-01T00:00:00+00:00") -> dict[str, Any]:
    """What an edition without runs and files says of itself."""
    nothing: dict[str, Any] = {key: {} for key in ("parameters", "inputs", "versions", "runs", "outputs")}
    return {"edition": edition, "made": made, "languages": [], **nothing}


def write(path: Path, *cells: nbformat.NotebookNode, parameters: str = PARAMETERS) -> Path:
    """Write such a notebook to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(notebook(*cells, parameters=parameters), path)
    return path
