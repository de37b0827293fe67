"""frictionless is the independent judge of the validator: what our line refuses, it refuses too."""

from __future__ import annotations

import json
import re
import shutil

import pytest
from frictionless import Package

import jiaokou
from jiaokou.data.descriptor import default_package, opened, schema
from jiaokou.errors import JiaokouError

ECONOMY = "observations/economy.csv"
TOPICS = "topics.csv"


@pytest.fixture
def package(tmp_path):
    return shutil.copytree(default_package(), tmp_path / "package")


def refused(folder) -> str:
    with pytest.raises(JiaokouError) as error:
        jiaokou.load(package=folder)
    assert "\n" not in str(error.value)
    return str(error.value)


def edited(old, new):
    def edit(content: bytes) -> bytes:
        assert old.encode() in content
        return content.replace(old.encode(), new.encode(), 1)

    return edit


# file, what is done to it, what our line says; frictionless says so in its own words
BROKEN = {
    "wrong integer": (TOPICS, edited("economy,1,", "economy,one,"), "row 2, column position: “one” is no integer; write"),
    "wrong number": (ECONOMY, edited(",exact,146,", ",exact,146x,"), "row 3, column value: “146x” is no number; write"),
    "wrong boolean": (ECONOMY, edited(",true,", ",yes,"), "row 2, column period_implied: “yes” is no boolean; write true or false"),
    "wrong date": (ECONOMY, edited("2021-01-01", "2021-13-01"), "row 3, column period_start: “2021-13-01” is no date; write"),
    "missing required": (TOPICS, edited("key_projects,economy,", "key_projects,,"), "row 2, column section: there is nothing in it; fill it in"),
    "duplicate key": (TOPICS, lambda content: content + content.splitlines(keepends=True)[1].replace(b",1,", b",99,"), "column topic: “key_projects” stands in topics.csv, row 2, already; give each row a code of its own"),
    "repeated unique value": (TOPICS, edited(",2,", ",1,"), "row 3, column position: “1” stands in topics.csv, row 2, already; give"),
    "dangling reference": (TOPICS, edited("key_projects,economy", "key_projects,econmy"), "row 2, column section: “econmy” is not listed in sections.csv; use a code that is, or add it there; did you mean economy"),
    "dangling reference to itself": ("entities.csv", edited(",jurisdiction,", ",jurisdiction,nowhere"), "“nowhere"),
    "pattern": (TOPICS, edited("key_projects,", "Key,"), "row 2, column topic: “Key” is not allowed, the pattern being ^[a-z][a-z0-9_]*$; write"),
    "below the minimum": (TOPICS, edited("economy,1,", "economy,0,"), "row 2, column position: “0” is not allowed, the minimum being 1; correct it"),
    "extra column": (TOPICS, edited("label_en\n", "label_en,mood\n"), "(“mood” is none of them); name them so"),
    "missing column": (TOPICS, lambda content: b"\n".join(line.rpartition(b",")[0] for line in content.splitlines()) + b"\n", "the columns are not topic,section,position,label_zh,label_en; name"),
    "extra cell": (TOPICS, edited("key_projects,economy,1,", "key_projects,economy,1,1,"), "row 2: 6 cells in 5 columns; take the cell out"),
    "missing cell": (TOPICS, edited("key_projects,economy,", "key_projects,"), "row 2: 4 cells in 5 columns; fill in every column"),
    "empty row": (TOPICS, edited("label_en\n", "label_en\n\n"), "row 2: 0 cells in 5 columns; take the empty row out"),
    "GB18030": (TOPICS, lambda content: content.decode().encode("gb18030"), "topics.csv is in GB18030; save the file as UTF-8"),
    "UTF-16": (TOPICS, lambda content: content.decode().encode("utf-16"), "topics.csv is in UTF-16; save the file as UTF-8"),
    "UTF-16 without its mark": (TOPICS, lambda content: content.decode().encode("utf-16-be"), "topics.csv is in UTF-16; save the file as UTF-8"),
}  # fmt: skip


@pytest.mark.parametrize("case", BROKEN)
def test_both_refuse_a_broken_table(package, case):
    file, edit, said = BROKEN[case]
    (package / file).write_bytes(edit((package / file).read_bytes()))
    message = refused(package)
    assert file in message
    assert said in message
    assert not Package(str(package / "datapackage.json")).validate().valid


@pytest.mark.parametrize(("mark", "name"), [("\t", "tabs"), (";", "semicolons")])
def test_other_marks_between_columns_are_named_though_frictionless_guesses_them(package, mark, name):
    file = package / TOPICS
    file.write_text(file.read_text("utf-8").replace(",", mark), "utf-8")
    assert f"topics.csv: {name} stand between the columns; save it with commas" in refused(package)


def test_a_quotation_mark_without_end_does_not_swallow_the_rows_below(package):
    file = package / TOPICS
    file.write_bytes(edited("key_projects,economy,1,", 'key_projects,economy,1,"')(file.read_bytes()))
    assert re.search(r"topics\.csv, line \d+: .*; end a quoted cell", refused(package))


def test_a_file_in_another_section_is_named_for_its_encoding(package):
    file = package / "milestones" / "culture.csv"
    file.write_bytes(file.read_text("utf-8").encode("utf-16"))
    assert "milestones/culture.csv is in UTF-16" in refused(package)


def test_the_contract_uses_no_rule_that_the_validator_does_not_know():
    home = default_package()
    for resource in opened(home)["resources"]:
        stated = schema(home, resource)
        assert set(stated) <= {"fields", "missingValues", "primaryKey", "foreignKeys"}
        assert stated["missingValues"] == [""]
        for field in stated["fields"]:
            known = {"required", "unique", "pattern", "minimum"}
            assert set(field.get("constraints", {})) <= known, json.dumps(field)
            assert set(field) <= {"name", "type", "description", "constraints"}
