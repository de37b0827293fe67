"""Bad data is refused with one line that names file, row, column and cure."""

from __future__ import annotations

import json
import re
import shutil

import pytest

import jiaokou
from jiaokou import datasets
from jiaokou.errors import JiaokouError

ECONOMY = "observations/economy.csv"


@pytest.fixture
def package(tmp_path):
    """A copy of the real package, to spoil."""
    return shutil.copytree(datasets.default_package(), tmp_path / "package")


def change(file, old, new):
    text = file.read_text("utf-8")
    assert old in text, f"{old} is not in {file.name}: the test would spoil nothing"
    file.write_text(text.replace(old, new, 1), "utf-8")


def refused(package) -> str:
    with pytest.raises(JiaokouError) as error:
        jiaokou.load(package=package)
    message = str(error.value)
    assert "\n" not in message
    assert "; " in message, "a cure follows the finding"
    return message


# file, what is spoiled, what the message must name
SPOILED = {
    "unknown indicator": (ECONOMY, "projects_planned,projects_planned", "projects_planned,moons", "row 3.*moons.*indicators"),
    "unknown unit": ("indicators.csv", ",count,count,个,谋划", ",count,parsec,个,谋划", "row 2.*parsec"),
    "unknown section": ("topics.csv", "key_projects,economy", "key_projects,astronomy", "row 2.*astronomy.*sections"),
    "unknown note": (ECONOMY, "county_seat_scope", "hearsay", "hearsay.*notes"),
    "unknown basis": (ECONOMY, ",planned,146个", ",rumoured,146个", "rumoured.*codes-basis"),
    "unknown stage": ("milestones/culture.csv", ",ongoing,", ",dreamt,", r"milestones/culture\.csv.*dreamt"),
    "duplicate key": (ECONOMY, "\nprojects_completed,", "\nprojects_planned,", "row 5.*code of its own"),
    "value against print": (ECONOMY, "146个,exact,146,", "146个,exact,147,", "row 3, column value.*147.*146个.*write 146"),
    "qualifier against print": (ECONOMY, "突破11亿元,over", "突破11亿元,exact", "column qualifier.*says over"),
    "print without number": (ECONOMY, "146个,exact", "许多个,exact", "column printed.*holds no number"),
    "print in another unit": (ECONOMY, "146个,exact", "146元,exact", "column printed.*“元”.*forms.csv"),
    "place outside the text": (ECONOMY, ",457,461", ",9457,9461", "column start.*5431 characters"),
    "place of another length": (ECONOMY, ",457,461", ",457,463", "column end.*4 characters long.*write 461"),
    "paragraph outside the text": (ECONOMY, ",10,457,", ",99,457,", "column paragraph.*47 paragraphs"),
    "wrong type of number": (ECONOMY, "146个,exact,146,", "146个,exact,many,", "row 3, column value.*number"),
    "wrong type of date": (ECONOMY, "2021-01-01", "January 2021", "row 2, column period_start.*date"),
    "period that ends before it starts": (ECONOMY, "2021-01-01,2025-12-31", "2025-12-31,2021-01-01", "period_end.*before"),
    "missing cell": (ECONOMY, ",10,457,461", "", "row 3"),
    "extra cell": (ECONOMY, ",10,457,461", ",10,457,461,surplus", "row 3.*take the cell out"),
    "extra column": ("topics.csv", "label_en\n", "label_en,mood\n", "topics.csv.*mood|topics.csv.*take the column out"),
    "renamed column": ("topics.csv", "topic,section", "theme,section", "topics.csv.*theme"),
    "code in capitals": ("topics.csv", "key_projects,", "Key Projects,", "row 2, column topic.*pattern"),
    "row in another section's file": ("milestones/culture.csv", ",public_culture,", ",education,", "column topic.*livelihood"),
    "sentence said to be framing": ("sentences.csv", ",observed,", ",framing,", "column account.*write observed"),
    "path out of the package": ("datapackage.json", '"topics.csv"', '"../topics.csv"', "leads out"),
    "schema of one's own": ("datapackage.json", '"Place among all topics, from 1."', '"Any."', "contract"),
    "resource left out": ("datapackage.json", '"name": "notes"', '"name": "remarks"', "no resource “notes”"),
    "digest that is none": ("datapackage.json", '"sha256": "14', '"sha256": "xx', "sha256"),
    "text that turns its line around": ("entities.csv", "Jiaokou", "\u202eJiaokou", r"entities\.csv, row \d+: an invisible character \(U\+202E\)"),
    "control character in a label": ("indicators.csv", "重点项目", "重点\u0007项目", r"row \d+: an invisible character \(U\+0007\)"),
    "control character in the release": ("datapackage.json", '"title_en": "', '"title_en": "\\u0000', r"invisible character \(U\+0000\)"),
    "name that is more than one": ("datapackage.json", '"name": "jiaokou', '"name": "<b>jiaokou', "“<b>jiaokou.*is no name"),
    "descriptor that is no JSON": ("datapackage.json", "{", "", "datapackage.json is not JSON"),
    "code list without a language": ("codes/stage.csv", "planned,提出,", "planned,,", r"codes/stage\.csv, row 2, column label_zh"),
}  # fmt: skip


@pytest.mark.parametrize("case", SPOILED)
def test_spoiled_data_is_refused_with_file_row_column_and_cure(package, case):
    file, old, new, named = SPOILED[case]
    change(package / file, old, new)
    message = refused(package)
    assert file.rpartition("/")[2] in message
    assert re.search(named, message), message


def test_a_missing_file_is_named(package):
    (package / "units.csv").unlink()
    assert "units.csv is missing" in refused(package)


def test_a_file_that_is_not_utf8_is_named_among_those_of_its_resource(package):
    file = package / "observations/culture.csv"
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    assert "observations/culture.csv" in refused(package)
    assert "UTF-8" in refused(package)


def test_rows_of_later_files_are_counted_in_their_own_file(package):
    change(
        package / "observations/governance.csv",
        "weak_villages_rectified,weak",
        "weak_villages_rectified,moons_weak",
    )
    assert re.search(r"observations/governance\.csv, row 3", refused(package))


def test_a_folder_that_is_none_is_named(tmp_path):
    assert "no folder" in refused(tmp_path / "nowhere")


@pytest.mark.parametrize("key", ["title_en", "publisher_zh", "period_end", "characters"])
def test_an_incomplete_release_is_named(package, key):
    file = package / "datapackage.json"
    descriptor = json.loads(file.read_text("utf-8"))
    del descriptor["release"][key]
    file.write_text(json.dumps(descriptor), "utf-8")
    assert key in refused(package)


def test_a_corrected_package_is_read_anew(package):
    change(package / ECONOMY, "146个,exact,146,", "146个,exact,147,")
    refused(package)
    change(package / ECONOMY, "146个,exact,147,", "146个,exact,146,")
    assert len(jiaokou.load(package=package)) == len(jiaokou.load())
