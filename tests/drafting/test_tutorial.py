"""“Your county in an hour”: the tutorial leads from its text to a package whose pages can be published."""

from __future__ import annotations

import shutil
from pathlib import Path

import nbformat
import papermill
import pytest

import jiaokou
from jiaokou.data.languages import LANGUAGES
from jiaokou.publishing.publish import publish

FOLDER = Path(__file__).parents[2] / "notebooks" / "tutorial"
NOTEBOOK = FOLDER / "your_county.ipynb"


def test_the_tutorial_says_everything_in_both_languages() -> None:
    cells = [cell for cell in nbformat.read(NOTEBOOK, as_version=4).cells if cell.cell_type == "markdown"]
    assert [cell.metadata.tags for cell in cells] == [[lang] for _ in cells[::2] for lang in LANGUAGES]


def test_the_tutorial_leads_from_a_text_to_reviewed_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # where the notebook makes its package
    shutil.copy(FOLDER / "report.txt", tmp_path)
    papermill.execute_notebook(NOTEBOOK, "executed.ipynb", {"lang": "en", "confirmed": True}, progress_bar=False)
    shown = {cell.id: cell.get("outputs") for cell in nbformat.read("executed.ipynb", as_version=4).cells}
    assert "[]" in shown["apply"][0].data["text/plain"]  # nothing is left unapplied
    assert "128.6亿元" in shown["values"][0].data["text/html"]

    text = (tmp_path / "report.txt").read_bytes().decode()
    assert jiaokou.verify(text, package="my_county/data").empty
    values = jiaokou.load(package="my_county/data").set_index("printed")["value"].to_dict()
    assert values["21.4万吨以上"] == 214_000
    assert values["下降1.8%"] == -1.8
    assert values["三分之一"] == pytest.approx(100 / 3)

    edition = publish(package="my_county/data", out=tmp_path / "editions")  # every row is decided, so it is not refused
    assert "城镇居民人均可支配收入" in (edition.path / "zh" / "00_overview.html").read_text("utf-8")
