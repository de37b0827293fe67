"""Editions of small notebooks, run for real."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from small_notebooks import CHART, code, figure, notebook, text, write

import jiaokou
from jiaokou.datasets import default_package
from jiaokou.errors import JiaokouError, WrongUseError
from jiaokou.publishing.comparison import compare
from jiaokou.publishing.edition import Edition, publish
from jiaokou.publishing.gate import gate
from jiaokou.publishing.run import Outcome

SAYING = (
    "import jiaokou\nfrom jiaokou import wording\n"
    "say = wording.narrator(lang, jiaokou.datasets.open_package(package))\n"
    'say(zh="谋划{projects_planned}。", en="{projects_planned} were planned.")'
)
FAILING = (
    'year: int = 2030  # a year: 2026 to 2035\nlang: str = "zh"  # zh or en\npackage: str = ""  # a folder'
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    write(folder / "00_overview.ipynb", text("概况。", "zh"), text("In short.", "en"), code(CHART))
    write(folder / "01_economy.ipynb", code(SAYING))
    write(folder / "notes.ipynb", code("1 / 0"))
    write(folder / "99_failing.ipynb", code("2 / (year - 2030)"), parameters=FAILING)
    return folder


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("out")


@pytest.fixture(scope="module")
def edition(folder: Path, out: Path) -> Edition:
    return publish(["overview", "economy"], out=out, notebooks=folder)


def contents(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def test_an_edition_is_laid_out_as_the_contract_says(edition: Edition, out: Path) -> None:
    files = set(contents(edition.path))
    for lang in ("zh", "en"):
        for name in ("00_overview", "01_economy"):
            assert f"{lang}/{name}.html" in files
            assert f"notebooks/{lang}/{name}.ipynb" in files
    assert {
        "index.html",
        "receipt.json",
        "data/observations.csv",
        "data/milestones.csv",
        "data/audit.csv",
    } <= files
    assert edition.made
    assert (out / "latest").readlink() == Path(edition.path.name)
    assert sorted(path.name for path in out.iterdir()) == sorted([edition.path.name, "latest"])


def test_the_published_data_are_the_librarys(edition: Edition) -> None:
    published = pd.read_csv(edition.path / "data" / "observations.csv")
    assert list(published.columns) == list(jiaokou.load().columns)
    assert list(published["printed"]) == list(jiaokou.load()["printed"])


def test_the_receipt_has_the_hash_of_everything(edition: Edition) -> None:
    receipt = json.loads((edition.path / "receipt.json").read_text())
    files = contents(edition.path)
    del files["receipt.json"]
    assert receipt["outputs"] == {
        name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())
    }
    assert receipt["edition"] == edition.path.name
    for name in ("data/datapackage.json", "jiaokou/datasets.py", "notebooks/01_economy.ipynb"):
        assert name in receipt["inputs"]
    assert set(receipt["versions"]) >= {"jiaokou", "plotly", "pandas"}


def test_the_index_has_every_observation_and_its_links_lead_somewhere(edition: Edition) -> None:
    index = edition.index.read_text(encoding="utf-8")
    for code_ in jiaokou.load()["observation"]:
        assert f'<tr id="{code_}">' in index
    links = re.findall(r'href="((?:zh|en)/\w+\.html)(?:#(\w+))?"', index)
    assert ("zh/01_economy.html", "projects_planned") in links
    assert len([link for link in links if not link[1]]) == 4
    for path, anchor in links:
        page = (edition.path / path).read_text(encoding="utf-8")
        assert not anchor or f' id="{anchor}"' in page
    assert "概况。" in index
    assert "In short." in index


def test_the_same_inputs_are_not_run_again(folder: Path, out: Path, edition: Edition) -> None:
    (out / "latest").unlink()
    again = publish(["economy", "overview"], languages=["en", "zh"], out=out, notebooks=folder)
    assert again == Edition(edition.path, made=False)
    assert (out / "latest").readlink() == Path(edition.path.name)


def test_the_same_inputs_give_the_same_bytes_elsewhere(
    folder: Path, edition: Edition, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    elsewhere = shutil.copytree(folder, tmp_path / "other notebooks")
    for name, value in {
        "TZ": "Pacific/Chatham",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "HOME": str(tmp_path),
    }.items():
        monkeypatch.setenv(name, value)
    other = publish(["overview", "economy"], out=tmp_path / "out", notebooks=elsewhere, jobs=1)
    ours, theirs = contents(edition.path), contents(other.path)
    ours.pop("receipt.json")
    theirs.pop("receipt.json")
    assert other.path.name == edition.path.name
    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} == set()


def test_a_package_may_lie_anywhere_and_its_place_is_not_published(folder: Path, tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "a copy")
    editions = [
        publish(
            ["overview"], languages=["en"], package=place, out=tmp_path / f"out{number}", notebooks=folder
        )
        for number, place in enumerate([package, shutil.copytree(package, tmp_path / "b")])
    ]
    for name, content in contents(editions[0].path).items():
        assert str(tmp_path).encode() not in content, name
        if name != "receipt.json":
            assert content == (editions[1].path / name).read_bytes()


def test_a_failing_run_leaves_the_last_edition_and_its_notebook_to_look_at(
    folder: Path, out: Path, edition: Edition
) -> None:
    before = contents(edition.path)
    seen: list[Outcome] = []
    with pytest.raises(
        JiaokouError, match=r"notebook 99_failing \(en\), cell 4: ZeroDivisionError: division by zero"
    ):
        publish(["failing"], languages=["en"], out=out, notebooks=folder, report=seen.append)
    assert contents(edition.path) == before
    assert (out / "latest").readlink() == Path(edition.path.name)
    assert "ZeroDivisionError" in (out / "failed" / "en" / "99_failing.ipynb").read_text()
    assert sorted(path.name for path in out.iterdir()) == sorted([edition.path.name, "failed", "latest"])
    assert [outcome.run.name for outcome in seen] == ["en/99_failing"]


def test_a_parameter_reaches_the_notebook_and_the_receipt(folder: Path, tmp_path: Path) -> None:
    made = publish(["failing"], languages=["en"], out=tmp_path, notebooks=folder, settings=["year=2032"])
    assert "year = 2032" in (made.path / "en" / "99_failing.html").read_text(encoding="utf-8")
    assert json.loads((made.path / "receipt.json").read_text())["parameters"]["99_failing"] == {"year": 2032}


@pytest.mark.parametrize(
    "ask",
    [
        lambda **more: publish(["weather"], **more),
        lambda **more: publish(languages=["fr"], **more),
        lambda **more: publish(settings=["yaer=2030"], **more),
    ],
)
def test_wrong_names_are_refused_before_anything_runs(
    ask: Callable[..., Edition], folder: Path, tmp_path: Path
) -> None:
    with pytest.raises(WrongUseError):
        ask(out=tmp_path / "out", notebooks=folder, started=lambda runs: pytest.fail("something ran"))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JiaokouError, match=r"cannot write to .*file: .*--out"):
        publish(["economy"], out=tmp_path / "file", notebooks=folder)


@pytest.fixture
def built(tmp_path: Path) -> Path:
    """A page and its notebook, right for the gate."""
    import nbformat

    path = tmp_path / "notebooks" / "zh" / "01_economy.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook(code("f", outputs=[{"application/vnd.plotly.v1+json": figure()}])), path)
    (tmp_path / "zh").mkdir()
    (tmp_path / "zh" / "01_economy.html").write_text(
        '<div class="chart"></div><a href="https://example.org/">x</a>'
    )
    return tmp_path


def test_the_gate_lets_a_whole_edition_pass(built: Path) -> None:
    assert list(gate(built, ["zh/01_economy"])) == []


@pytest.mark.parametrize(
    ("added", "finding"),
    [
        ('<div class="chart"></div>', "zh/01_economy shows 2 of 1 charts"),
        ('<script src="https://example.org/x.js"></script>', "would ask a network"),
        ("<img alt='' src=//example.org/x.png>", "would ask a network"),
        ('<link rel="stylesheet"\nhref="http://example.org/x.css">', "would ask a network"),
        ("<style>p {background: url('https://example.org/x.png')}</style>", "would ask a network"),
        ("<style>@import 'x.css'</style>", "would ask a network"),
    ],
)
def test_the_gate_finds_what_is_wrong_with_a_page(built: Path, added: str, finding: str) -> None:
    page = built / "zh" / "01_economy.html"
    page.write_text(page.read_text() + added)
    (found,) = gate(built, ["zh/01_economy"])
    assert finding in found


def test_the_gate_finds_what_is_missing(built: Path) -> None:
    assert list(gate(built, ["zh/01_economy", "en/01_economy"])) == ["en/01_economy is missing"]


def test_a_comparison_says_what_changed(edition: Edition, tmp_path: Path) -> None:
    other = shutil.copytree(edition.path, tmp_path / "other")
    assert compare(edition.path, other).empty
    table = other / "data" / "observations.csv"
    frame = pd.read_csv(table, dtype="str")
    frame.loc[frame["observation"] == "projects_planned", ["printed", "value"]] = ["147个", "147.0"]
    frame.drop(frame.index[-1]).to_csv(table, index=False)
    (other / "zh" / "01_economy.html").write_text("other")
    found = compare(edition.path, other)
    assert list(found.columns) == ["kind", "name", "change", "field", "before", "after"]
    rows = [tuple(row) for row in found.itertuples(index=False)]
    assert ("observation", "projects_planned", "changed", "printed", "146个", "147个") in rows
    assert ("observation", frame["observation"].iloc[-1], "gone", "", "", "") in rows
    assert [row[:3] for row in rows if row[0] == "page"] == [("page", "zh/01_economy.html", "changed")]


def test_what_is_no_edition_is_refused(edition: Edition, tmp_path: Path) -> None:
    with pytest.raises(JiaokouError, match="is no edition"):
        compare(edition.path, tmp_path)
