"""What a user is told when something is wrong."""

from __future__ import annotations

from pathlib import Path

import nbformat
import papermill
import pytest
from papermill.exceptions import PapermillExecutionError
from small_notebooks import code, write

RAISED = 'from jiaokou.errors import WrongUseError\nraise WrongUseError("no such thing: choose another")'


def test_a_notebook_shows_one_line_and_its_run_fails_all_the_same(tmp_path: Path) -> None:
    """In a real kernel, under stock papermill."""
    with pytest.raises(PapermillExecutionError, match="no such thing"):
        papermill.execute_notebook(
            str(write(tmp_path / "in.ipynb", code(RAISED))), str(tmp_path / "out.ipynb"), progress_bar=False
        )
    cells = nbformat.read(tmp_path / "out.ipynb", as_version=4).cells
    (error,) = (output for cell in cells for output in cell.get("outputs", []) if output.output_type == "error")
    assert (error.ename, error.evalue) == ("WrongUseError", "no such thing: choose another")
    assert error.traceback == ["WrongUseError: no such thing: choose another"]
