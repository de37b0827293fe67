"""Runs of real notebooks in real kernels."""

import json
import os
import sys
import tempfile
from pathlib import Path

import nbformat
import pytest
from filelock import FileLock
from small_notebooks import CHART, code, text, write

from jiaokou.execution.runner import Outcome, Run, execute

HOSTILE_KERNEL = {"argv": ["false"], "display_name": "Broken", "language": "python"}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """One publication's worth of good and bad runs; a broken `python3` kernel stands first in the user's path."""
    folder = tmp_path_factory.mktemp("runs {odd} 名")
    kernel = folder / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(json.dumps(HOSTILE_KERNEL))
    (folder / "config").mkdir()
    good = write(folder / "good.ipynb", code("import sys, warnings, os"), code(CHART), code("fig"), code("object()"),
                 code("warnings.warn('mind')"), code("sys.prefix, lang, year"), text("## end"))  # fmt: skip
    broken = folder / "broken.ipynb"
    broken.write_text('{"cells": [{}]}')
    invalid = write(folder / "invalid.ipynb", code("display({'text/plain': 5}, raw=True)"))
    edited = folder / "edited.ipynb"
    write(edited, code(f"open({str(edited)!r}, 'w').close()"), code("lang"))
    tries = folder / "tries"
    runs = [
        Run(good, "zh", {"year": 2030}),
        Run(write(folder / "again.ipynb", *nbformat.read(good, as_version=4).cells[3:]), "zh", {"year": 2030}),
        Run(write(folder / "failing.ipynb", code("a = 1"), code("a /\\\n 0"), code("b = 2")), "en"),
        Run(write(folder / "dying.ipynb", code(f"open({str(tries)!r}, 'a').write('x')\nimport os\nos._exit(3)")), "en"),
        Run(broken, "zh"),
        Run(invalid, "zh"),
        Run(edited, "zh"),
    ]
    endless = Run(
        write(folder / "endless.ipynb", code("import time\ndisplay('begun')\nwhile True: time.sleep(1)")), "en"
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_PATH", str(folder))
        patch.setenv("JUPYTER_CONFIG_DIR", str(folder / "config"))
        ended = [*execute(runs, jobs=3, timeout=60, retries=1), *execute([endless], timeout=10)]
    found = {outcome.run.path.stem: outcome for outcome in ended}
    found["dying"].run.path.with_name("count").write_text(tries.read_text())
    return found


def outputs(outcome: Outcome) -> list[nbformat.NotebookNode]:
    assert outcome.notebook is not None
    return [output for cell in outcome.notebook.cells for output in cell.get("outputs", [])]


def test_a_run_gives_the_executed_notebook(outcomes: dict[str, Outcome]) -> None:
    good = outcomes["good"]
    assert good.error == ""
    assert any("application/vnd.plotly.v1+json" in output.get("data", {}) for output in outputs(good))


def test_a_notebook_runs_in_this_environment_whatever_kernels_the_user_has(outcomes: dict[str, Outcome]) -> None:
    assert outputs(outcomes["good"])[-1]["data"]["text/plain"] == repr((sys.prefix, "zh", 2030))


def test_equal_runs_are_equal_to_the_byte(outcomes: dict[str, Outcome]) -> None:
    assert nbformat.writes(outcomes["good"].notebook) == nbformat.writes(outcomes["again"].notebook)


def test_an_executed_notebook_keeps_nothing_of_its_run(outcomes: dict[str, Outcome]) -> None:
    written = nbformat.writes(outcomes["good"].notebook)
    assert "start_time" not in written
    assert str(outcomes["good"].run.path.parent) not in written
    assert '"id": "injected-parameters"' in written
    nbformat.validate(outcomes["good"].notebook)


def test_a_failing_cell_is_named_with_its_error_in_one_line(outcomes: dict[str, Outcome]) -> None:
    failing = outcomes["failing"]
    assert failing.error == "cell 5: ZeroDivisionError: division by zero"
    assert [output.output_type for output in outputs(failing)] == ["error"]


def test_a_run_that_takes_too_long_is_stopped_at_its_cell(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["endless"].error == "cell 4: not done after 10 s; allow more with --timeout"
    assert outcomes["endless"].seconds > 9


def test_what_a_stopped_cell_has_shown_is_there(outcomes: dict[str, Outcome]) -> None:
    assert [output["data"]["text/plain"] for output in outputs(outcomes["endless"])] == ["'begun'"]


def test_a_dead_kernel_is_tried_again_and_then_named(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["dying"].error == "its kernel died 2 times (out of memory?)"
    assert outcomes["dying"].run.path.with_name("count").read_text() == "xx"


def test_what_papermill_cannot_read_is_an_outcome_too(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["broken"].error.startswith("not run: ")
    assert outcomes["broken"].notebook is None


def test_a_notebook_that_is_written_to_meanwhile_is_run_as_it_was(outcomes: dict[str, Outcome]) -> None:
    edited = outcomes["edited"]
    assert edited.run.path.read_bytes() == b""
    assert (edited.error, outputs(edited)[-1]["data"]["text/plain"]) == ("", "'zh'")


def test_an_output_that_no_notebook_may_hold_is_named(outcomes: dict[str, Outcome]) -> None:
    assert outcomes["invalid"].error.startswith("not run: NotebookValidationError: 5 is not valid")


def test_runs_are_silent_and_leave_nothing_behind(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = write(
        tmp_path / "01_noisy.ipynb", code("import os\nos.system('echo noise >&2')\nopen('left', 'w').write('x')")
    )
    before = Path.cwd()
    (outcome,) = execute([Run(path, "zh")])
    assert outcome.error == ""
    assert capfd.readouterr() == ("", "")
    assert [file.name for file in tmp_path.iterdir()] == ["01_noisy.ipynb"]
    assert Path.cwd() == before
    assert not (before / "left").exists()


def test_what_killed_runs_have_left_goes_with_the_next_run_and_what_is_in_use_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    left, used, new = (tmp_path / f"jiaokou-run-{name}" for name in ("left", "used", "new"))
    for folder in (left, used, new):
        folder.mkdir()
    for folder in (left, used):
        os.utime(folder, (0, 0))
    with FileLock(used / "lock"):
        os.utime(used, (0, 0))
        assert list(execute([])) == []
        assert sorted(path.name for path in tmp_path.iterdir()) == ["jiaokou-run-new", "jiaokou-run-used"]


def test_a_notebook_that_changes_without_a_new_time_is_read_anew(tmp_path: Path) -> None:
    said = []
    for number in (1, 2):
        path = write(tmp_path / "01_same.ipynb", code(f"print({number})"))
        os.utime(path, (0, 0))
        (outcome,) = execute([Run(path, "zh")])
        said.append(outputs(outcome)[-1]["text"])
    assert said == ["1\n", "2\n"]


def test_a_notebook_that_names_no_kernel_or_was_left_by_a_failing_run_is_run_as_any_other(tmp_path: Path) -> None:
    path = write(tmp_path / "left.ipynb", code("a = 1", "injected-parameters"), code("1 + 1"))
    left = nbformat.read(path, as_version=4)
    left.cells.insert(0, text("it failed", "papermill-error-cell-tag"))
    del left.metadata["kernelspec"]
    nbformat.write(left, path)
    (outcome,) = execute([Run(path, "zh")])
    assert outcome.error == ""
    assert [output["data"]["text/plain"] for output in outputs(outcome)] == ["2"]
    assert outcome.notebook is not None
    assert [cell["id"] for cell in outcome.notebook.cells if "id" in cell].count("injected-parameters") == 1


def test_cells_that_may_fail_or_are_skipped_are_nbclients_and_the_cell_named_is_the_one_that_failed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    allowed = [code("1 / 0", "raises-exception"), code("raise SystemError", "skip-execution"), code("'goes on'")]
    cells = {
        "fails": [*allowed, code("missing"), code("'never'")],
        "exits": [*allowed, code("import sys; sys.exit(0)"), code("'never'")],
        "odd": [code("float('nan'), year")],
    }
    runs = [Run(write(tmp_path / f"{name}.ipynb", *each), "en", {"year": float("nan")}) for name, each in cells.items()]
    bare = Run(tmp_path / "bare.ipynb", "en")
    nbformat.write(nbformat.v4.new_notebook(cells=[code("lang")]), bare.path)
    found = {outcome.run.path.stem: outcome for outcome in execute([*runs, bare])}
    assert {name: outcome.error for name, outcome in found.items()} == {
        "fails": "cell 7: NameError: name 'missing' is not defined",
        "exits": "cell 7: SystemExit: 0 (a run ends with its last cell; leave the exit out)",
        "odd": "",
        "bare": "",
    }
    for name in ("fails", "exits"):
        kinds = [output.output_type for output in outputs(found[name]) if output.output_type != "stream"]
        assert kinds == ["error", "execute_result", "error"], "after an error no further cell runs"
    assert outputs(found["odd"])[0]["data"]["text/plain"] == "(nan, nan)"
    for outcome in found.values():
        json.loads(nbformat.writes(outcome.notebook), parse_constant=pytest.fail)
    assert capfd.readouterr().err == ""
