"""Copies the notebooks with the texts of one language alone, so that JupyterLab and its contents show no other.

    python scripts/one_language.py en notebooks-en

makes a new folder beside notebooks/.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import nbformat

from jiaokou.data.languages import LANGUAGES

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"


def copied(notebook: nbformat.NotebookNode, lang: str) -> nbformat.NotebookNode:
    """The notebook without the cells of other languages; its parameter `lang` names this one."""
    others = set(LANGUAGES) - {lang}
    notebook.cells = [cell for cell in notebook.cells if not others & set(cell.metadata.get("tags", []))]
    for cell in notebook.cells:
        if "parameters" in cell.metadata.get("tags", []):
            cell.source = re.sub(r'^(lang: str = )"\w*"', rf'\g<1>"{lang}"', cell.source, flags=re.MULTILINE)
    return notebook


def main() -> None:
    """Make the copies that the command line asks for."""
    lang, folder = sys.argv[1], Path(sys.argv[2])
    for path in NOTEBOOKS.rglob("[!.]*.ipynb"):
        if ".ipynb_checkpoints" not in path.parts:
            made = folder / path.relative_to(NOTEBOOKS)
            made.parent.mkdir(parents=True, exist_ok=True)
            nbformat.write(copied(nbformat.read(path, as_version=4), lang), made)


if __name__ == "__main__":
    main()
