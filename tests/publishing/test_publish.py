"""Editions of small notebooks, run for real."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from small_notebooks import CHART, code, receipt, text, write

import jiaokou
from jiaokou.cli.progress import sentence
from jiaokou.data.package import default_package
from jiaokou.errors import JiaokouError, WrongUseError
from jiaokou.publishing import manifest, store
from jiaokou.publishing.publish import Edition, publish, reproduce

SAYING = (
    "import jiaokou\nfrom jiaokou import wording\n"
    "say = wording.narrator(lang, jiaokou.open_package(package))\n"
    'say(zh="谋划{projects_planned}。", en="{projects_planned} were planned.")'
)
FAILING = 'year: int = 2030  # a year: 2026 to 2035\nlang: str = "zh"  # zh or en\npackage: str = ""  # a folder'


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
        "zh/index.html",
        "en/index.html",
        "receipt.json",
        "data/observations.csv",
        "data/milestones.csv",
        "data/audit.csv",
    } <= files
    assert edition.made
    assert (out / "latest").readlink() == Path(edition.path.name)
    assert sorted(path.name for path in out.iterdir()) == sorted([".lock", edition.path.name, "latest"])


def test_the_published_data_are_the_librarys(edition: Edition) -> None:
    published, served = pd.read_csv(edition.path / "data" / "observations.csv"), jiaokou.load()
    shared = [name for name in served if name in published]
    assert {"observation", "printed", "value", "lower", "upper", "unit", "label_zh", "char_start"} <= {*shared}
    for name in ("observation", "printed", "value", "label_en", "char_start"):
        assert published[name].tolist() == served[name].tolist()


def test_the_receipt_has_the_hash_of_everything(edition: Edition) -> None:
    receipt = json.loads((edition.path / "receipt.json").read_text())
    files = contents(edition.path)
    del files["receipt.json"]
    assert receipt["outputs"] == {name: hashlib.sha256(content).hexdigest() for name, content in sorted(files.items())}
    assert receipt["edition"] == edition.path.name
    for name in ("data/datapackage.json", "jiaokou/data/package.py", "notebooks/01_economy.ipynb"):
        assert name in receipt["inputs"]
    assert set(receipt["versions"]) >= {"jiaokou", "plotly", "pandas"}


def test_the_index_has_every_observation_and_its_links_lead_somewhere(edition: Edition) -> None:
    index = edition.index.read_text(encoding="utf-8")
    for code_ in jiaokou.load()["observation"]:
        assert f'<tr id="{code_}">' in index
    links = re.findall(r'href="((?:zh|en)/\w+\.html)(?:#(\w+))?"', index)
    assert ("zh/01_economy.html", "projects_planned") in links
    pages = {f"{lang}/{name}.html" for lang in ("zh", "en") for name in ("00_overview", "01_economy")}
    assert {link[0] for link in links if not link[1]} == {*pages, "zh/index.html", "en/index.html"}
    for path, anchor in links:
        page = (edition.path / path).read_text(encoding="utf-8")
        assert not anchor or f' id="{anchor}"' in page
    assert "概况。" in index
    assert "In short." in index


def test_the_same_inputs_are_not_run_again(folder: Path, out: Path, edition: Edition) -> None:
    (out / "latest").unlink()
    again = publish(["economy", "overview"], languages=["en", "zh"], out=out, notebooks=folder)
    assert again == Edition(edition.path, made=False)
    assert (again.run, again.taken) == (0, 0)
    assert (out / "latest").readlink() == Path(edition.path.name)


def test_that_nothing_has_changed_is_seen_without_loading_what_makes_editions(
    folder: Path, out: Path, edition: Edition
) -> None:
    source = f"""
import sys
from pathlib import Path
from jiaokou.publishing.publish import publish
made = publish(["overview", "economy"], out={str(out)!r}, notebooks=Path({str(folder)!r}))
print(made.made, [name for name in ("pandas", "nbformat", "plotly", "papermill", "rich") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", source], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False []"


def test_an_edition_that_was_damaged_is_made_again_from_what_is_unharmed(
    folder: Path, out: Path, edition: Edition
) -> None:
    whole = contents(edition.path)
    (edition.path / "en" / "01_economy.html").write_text("half a pa")
    (edition.path / "notebooks" / "zh" / "00_overview.ipynb").unlink()
    again = publish(["overview", "economy"], out=out, notebooks=folder)
    assert (again.path, again.run, again.taken) == (edition.path, 1, 3)
    assert {n: c for n, c in contents(again.path).items() if n != "receipt.json"} == {
        n: c for n, c in whole.items() if n != "receipt.json"
    }


@pytest.fixture(scope="module")
def changed(folder: Path, out: Path, edition: Edition, tmp_path_factory: pytest.TempPathFactory) -> Edition:
    """The edition after that: one of two notebooks has one more sentence."""
    elsewhere = shutil.copytree(folder, tmp_path_factory.mktemp("changed") / "notebooks")
    write(elsewhere / "01_economy.ipynb", code(SAYING), text("又一句。", "zh"), text("One more.", "en"))
    return publish(["overview", "economy"], out=out, notebooks=elsewhere)


def test_a_changed_notebook_is_run_alone_and_the_others_are_taken_over(edition: Edition, changed: Edition) -> None:
    assert (changed.made, changed.run, changed.taken) == (True, 2, 2)
    runs = json.loads((changed.path / "receipt.json").read_text())["runs"]
    assert {run: made["taken"] for run, made in runs.items()} == {
        "zh/00_overview": True,
        "zh/01_economy": False,
        "en/00_overview": True,
        "en/01_economy": False,
    }
    assert "One more." in (changed.path / "en" / "01_economy.html").read_text("utf-8")


def test_a_page_taken_over_differs_only_in_the_edition_that_it_names(edition: Edition, changed: Edition) -> None:
    before, after = (
        (made.path / "zh" / "00_overview.html").read_bytes().replace(made.path.name.encode(), b"EDITION")
        for made in (edition, changed)
    )
    assert before == after
    assert b"EDITION" in after


def test_a_new_edition_says_on_its_index_what_differs_and_a_first_one_nothing(
    edition: Edition, changed: Edition
) -> None:
    assert not (edition.path / "changes.json").exists()
    assert "changes" not in re.findall(r'id="(\w+)"', edition.index.read_text("utf-8"))
    index = changed.index.read_text("utf-8")
    assert f"differs from edition {edition.path.name}" in index
    assert 'id="changes"' not in index, "the values and the checks are the same"
    found = json.loads((changed.path / "changes.json").read_text())
    assert found["before"] == edition.path.name
    assert [(c["kind"], c["name"]) for c in found["changes"]] == [
        ("page", "en/01_economy.html"),
        ("page", "zh/01_economy.html"),
    ]
    assert json.loads((changed.path / "receipt.json").read_text())["before"] == edition.path.name


def test_an_edition_made_again_is_the_same_to_the_byte_and_what_is_not_is_named(folder: Path, tmp_path: Path) -> None:
    out, own = tmp_path / "out", shutil.copytree(folder, tmp_path / "notebooks")
    made = publish(["economy"], languages=["en"], out=out, notebooks=own)
    assert reproduce("latest", out=out, notebooks=own) == []
    (made.path / "data" / "audit.csv").write_text("relation,verdict\n")
    write(own / "01_economy.ipynb", code(SAYING), text("One more.", "en"))
    found = reproduce(made.path, out=out, notebooks=own)
    assert found == [
        "input notebooks/01_economy.ipynb: changed",
        "data/audit.csv: changed since it was published",
        "en/01_economy.html: differs",
        "notebooks/en/01_economy.ipynb: differs",
    ]


def test_a_package_may_lie_anywhere_and_its_place_is_not_published(folder: Path, tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "a copy")
    editions = [
        publish(["overview"], languages=["en"], package=place, out=tmp_path / f"out{number}", notebooks=folder)
        for number, place in enumerate([package, shutil.copytree(package, tmp_path / "b")])
    ]
    for name, content in contents(editions[0].path).items():
        assert str(tmp_path).encode() not in content, name
        if name != "receipt.json":
            assert content == (editions[1].path / name).read_bytes()


def test_a_failing_run_leaves_the_last_edition_and_its_notebook_to_look_at(
    folder: Path, out: Path, edition: Edition
) -> None:
    before, latest = contents(edition.path), store.latest(out)
    heard: list[tuple[str, dict[str, Any]]] = []
    with pytest.raises(JiaokouError, match=r"notebook 99_failing \(en\), cell 4: ZeroDivisionError: division by zero"):
        publish(["failing"], languages=["en"], out=out, notebooks=folder, tell=lambda e, **f: heard.append((e, f)))
    assert contents(edition.path) == before
    assert store.latest(out) == latest
    assert "ZeroDivisionError" in (out / "failed" / "en" / "99_failing.ipynb").read_text()
    assert {"failed", "latest", edition.path.name} <= {path.name for path in out.iterdir()}
    assert not list(out.glob(".aside*"))
    (started,) = (facts for event, facts in heard if event == "started")
    (ended,) = (facts for event, facts in heard if event == "run")
    assert started == {"runs": 1, "taken": 0, "out": str(out)}
    assert ended["error"] == "cell 4: ZeroDivisionError: division by zero"


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
        ask(out=tmp_path / "out", notebooks=folder, tell=lambda event, **_: pytest.fail(f"{event} was told"))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JiaokouError, match=r"cannot write to .*file: .*--out"):
        publish(["economy"], out=tmp_path / "file", notebooks=folder)


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="no folder here in which nothing can be made")
def test_a_folder_that_cannot_be_made_is_named_and_not_waited_for(folder: Path) -> None:
    for out in ("/proc/editions", "/proc"):
        with pytest.raises(JiaokouError, match=r"cannot write to /proc/.*; choose another folder with --out"):
            publish(["economy"], out=out, notebooks=folder, tell=lambda event, **_: pytest.fail(event))


def test_what_is_no_receipt_is_passed_over(folder: Path, out: Path, edition: Edition, tmp_path: Path) -> None:
    whole = json.loads((edition.path / "receipt.json").read_text())
    name = edition.path.name
    faulty: list[Any] = [{key: whole[key] for key in whole if key != gone} for gone in receipt(name)]
    (tmp_path / name).mkdir()
    for content in [*map(json.dumps, [*faulty, [whole], None]), "[", "\0"]:
        (tmp_path / name / "receipt.json").write_text(content)
        assert manifest.read(tmp_path / name) is None, content
        assert store.notebooks(tmp_path, {"en/01_economy": "key"}) == {}
    with pytest.raises(JiaokouError, match=r"has no receipt\.json that can be read"):
        store.find(name, tmp_path)
    assert manifest.read(edition.path) == whole
    assert manifest.damaged(edition.path, {"outputs": {"a\0b": "0"}}) == ["a\0b"]


def test_it_is_said_that_latest_leads_elsewhere_though_nothing_has_changed(tmp_path: Path) -> None:
    write(tmp_path / "notebooks" / "01_economy.ipynb", text("概况。", "zh"), text("In short.", "en"))
    write(tmp_path / "notebooks" / "02_roads.ipynb", text("道路。", "zh"), text("Roads.", "en"))
    said: list[str] = []

    def published(*names: str) -> Edition:
        tell = lambda event, **facts: said.append(sentence(event, facts))  # noqa: E731
        return publish(names, languages=["en"], out=tmp_path / "out", notebooks=tmp_path / "notebooks", tell=tell)

    economy, _ = published("economy").path.name, published("roads")
    said.clear()
    published("economy")
    assert store.latest(tmp_path / "out") == economy
    published("economy")
    assert said == [
        f"nothing has changed since edition {economy}, and latest leads to it again; --force makes it again",
        f"nothing has changed since edition {economy}; --force makes it again",
    ]


def test_inputs_that_change_while_an_edition_is_made_are_named_and_nothing_is_published(tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "package")
    touch = "from pathlib import Path\nwith Path(package, 'datapackage.json').open('a') as file:\n    file.write('\\n')"
    write(tmp_path / "notebooks" / "01_economy.ipynb", code(touch))
    with pytest.raises(JiaokouError, match=r"inputs changed while .* \(input data/datapackage.json: changed\)"):
        publish(languages=["en"], package=package, out=tmp_path / "out", notebooks=tmp_path / "notebooks")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".lock"]


def stored(out: Path, *names: str) -> None:
    """Editions as far as `storage` looks at them, each made after the one before."""
    for number, name in enumerate(names):
        (out / name).mkdir(parents=True)
        made = receipt(name, f"2026-01-{number + 1:02}T00:00:00+00:00")
        (out / name / "receipt.json").write_text(json.dumps(made))


def test_the_newest_editions_are_kept_and_always_the_latest(tmp_path: Path) -> None:
    stored(tmp_path, "e1", "e2", "e3", "e4")
    (tmp_path / "others").mkdir()
    store.point(tmp_path, "e1")
    assert store.prune(tmp_path, 2) == ["e3", "e2"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["e1", "e4", "latest", "others"]
    assert store.prune(tmp_path, 1) == ["e4"]
    assert store.latest(tmp_path) == "e1"


def test_what_a_crash_left_is_taken_away(tmp_path: Path) -> None:
    stored(tmp_path, "e1", ".aside-e2", ".aside-x")
    (tmp_path / ".aside-latest").symlink_to("nowhere")
    with store.locked(tmp_path, wait=False, waiting=lambda: None):
        assert sorted(path.name for path in tmp_path.iterdir()) == [".lock", "e1"]
