"""An edition's data is a data package that any program opens: described, with labels, and safe in a spreadsheet."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import jiaokou
from jiaokou import formats, wording
from jiaokou.data.descriptor import schema
from jiaokou.data.package import default_package, open_package
from jiaokou.formats import datapackage


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("edition") / "data"
    for name, content in datapackage.files(open_package()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    return folder


def resources(folder: Path) -> list[dict]:
    return json.loads((folder / "datapackage.json").read_text("utf-8"))["resources"]


def test_frictionless_finds_it_valid_with_every_key_and_reference(published: Path) -> None:
    command = Path(sys.executable).with_name("frictionless")
    done = subprocess.run([command, "validate", published / "datapackage.json", "--json"], capture_output=True)
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["stats"]["errors"]) == (0, True, 0)
    assert report["stats"]["tasks"] == len(resources(default_package()))


def test_every_file_and_column_is_described_in_both_languages(published: Path) -> None:
    assert {file.relative_to(published).as_posix() for file in published.rglob("*.csv")} == {
        each["path"] for each in resources(published)
    }
    for resource in resources(published):
        with (published / resource["path"]).open(encoding="utf-8-sig") as file:
            assert next(csv.reader(file)) == [field["name"] for field in resource["schema"]["fields"]]
        for said in (resource, *resource["schema"]["fields"]):
            assert all(said[text] for text in ("title", "title_zh", "description", "description_zh")), said


@pytest.mark.parametrize("whose", ["its own", "an edition's"])
def test_duckdb_selects_every_column_without_a_quotation_mark(whose: str, published: Path) -> None:
    folder = published if whose == "an edition's" else default_package()
    for resource in resources(folder):
        names = ", ".join(field["name"] for field in schema(folder, resource)["fields"])
        for path in [resource["path"]] if isinstance(resource["path"], str) else resource["path"]:
            found = duckdb.sql(f"SELECT {names} FROM read_csv('{folder / path}')")
            assert found.shape == pd.read_csv(folder / path, keep_default_na=False).shape, path


def test_pandas_and_a_spreadsheet_find_the_types_that_are_described(published: Path) -> None:
    observed = pd.read_csv(published / "observations.csv", parse_dates=["period_start", "period_end"])
    assert len(observed) == len(jiaokou.load())
    assert observed["value"].dtype == "float64"
    assert observed["period_implied"].dtype == observed["lower_open"].dtype == "bool"
    for resource in resources(published):
        frame = pd.read_csv(published / resource["path"], dtype="str", keep_default_na=False)
        for field in resource["schema"]["fields"]:
            if field["type"] == "boolean":
                assert set(frame[field["name"]]) <= {"true", "false", ""}


def test_a_spreadsheet_sees_utf_8_and_no_formula(published: Path) -> None:
    for file in published.rglob("*.csv"):
        assert file.read_bytes().startswith(b"\xef\xbb\xbf")
        for row in csv.reader(file.read_text("utf-8-sig").splitlines()):
            assert not [cell for cell in row if cell.startswith(("=", "+", "-", "@", "\t"))]


def test_every_code_stands_beside_its_label(published: Path) -> None:
    observed = pd.read_csv(published / "observations.csv", index_col="observation", keep_default_na=False)
    assert dict(observed.loc["taiyu_foundry_capacity", ["entity_zh", "basis_en", "unit_en", "measure", "stock_flow_zh"]]) == {
        "entity_zh": "泰宇公司",
        "basis_en": "design capacity",
        "unit_en": "tonnes a year",
        "measure": "capacity",
        "stock_flow_zh": "存量",
    }  # fmt: skip
    milestones = pd.read_csv(published / "milestones.csv", index_col="milestone")
    assert milestones.loc["taiyu_foundry", ["stage_en", "claim_zh", "actor_zh"]].tolist() == ["under construction", "项目", "泰宇公司"]  # fmt: skip
    for code in ("section", "topic", "entity", "basis", "qualifier", "unit", "note"):
        assert ((observed[code] == "") == (observed[f"{code}_en"] == "")).all()


def test_a_workbook_of_all_that_is_known_opens(tmp_path: Path) -> None:
    formats.write(tmp_path / "a.xlsx", "xlsx", {"observations": jiaokou.values()})
    sheet = openpyxl.load_workbook(tmp_path / "a.xlsx")["observations"]
    assert sheet.max_row == len(jiaokou.values()) + 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_no_two_values_have_the_same_label(lang: str) -> None:
    labels = [wording.label(row, lang, open_package()) for row in wording.rows(jiaokou.load())]
    assert len(set(labels)) == len(labels)
