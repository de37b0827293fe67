"""Bad data is refused with one line that names file, row, column and cure."""

from __future__ import annotations

import json
import re
import shutil

import pandas as pd
import pytest

import jiaokou
from jiaokou.data import package as datasets
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
    "unknown unit": ("indicators.csv", ",count,flow,count,个,谋划", ",count,flow,parsec,个,谋划", "row 2.*parsec"),
    "unknown section": ("topics.csv", "key_projects,economy", "key_projects,astronomy", "row 2.*astronomy.*sections"),
    "unknown note": (ECONOMY, "county_seat_scope", "hearsay", "hearsay.*notes"),
    "unknown basis": (ECONOMY, ",planned,146个", ",plannd,146个", r"“plannd” is not listed in codes/basis\.csv; .*did you mean planned\?"),
    "unknown stage": ("milestones/culture.csv", ",ongoing,", ",dreamt,", r"milestones/culture\.csv.*dreamt"),
    "duplicate key": (ECONOMY, "\nprojects_completed,", "\nprojects_planned,", "row 5.*code of its own"),
    "value against print": (ECONOMY, "146个,exact,146,", "146个,exact,147,", "row 3, column value.*147.*146个.*write 146"),
    "qualifier against print": (ECONOMY, "突破11亿元,over", "突破11亿元,exact", "column qualifier.*says over"),
    "print without number": (ECONOMY, "146个,exact", "许多个,exact", "column printed.*holds no number"),
    "print in another unit": (ECONOMY, "146个,exact", "146元,exact", "column printed.*“元”.*forms.csv"),
    "place outside the text": (ECONOMY, ",457,461", ",9457,9461", "column char_start.*5431 characters"),
    "place of another length": (ECONOMY, ",457,461", ",457,463", "column char_end.*4 characters long.*write 461"),
    "paragraph outside the text": (ECONOMY, ",10,457,", ",99,457,", "column paragraph.*47 paragraphs"),
    "wrong type of number": (ECONOMY, "146个,exact,146,", "146个,exact,many,", "row 3, column value.*number"),
    "wrong type of date": (ECONOMY, "2021-01-01", "January 2021", "row 3, column period_start.*date"),
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
    "text that turns its line around": ("entities.csv", "Jiaokou", "\u202eJiaokou", r"entities\.csv, row \d+, column label_en: an invisible character \(U\+202E\)"),
    "control character in a label": ("indicators.csv", "重点项目", "重点\u0007项目", r"row \d+, column \w+: an invisible character \(U\+0007\)"),
    "control character in the release": ("datapackage.json", '"title_en": "', '"title_en": "\\u0000', r"release, title_en: an invisible character \(U\+0000\)"),
    "name that is more than one": ("datapackage.json", '"name": "jiaokou', '"name": "<b>jiaokou', "name: “<b>jiaokou.*is no name; write a to z"),
    "descriptor that is no JSON": ("datapackage.json", "{", "", "datapackage.json is not JSON"),
    "entity of the release that is not listed": ("datapackage.json", '"entity": "jiaokou"', '"entity": "jiaoku"', r"release: the entity “jiaoku” is not listed in entities\.csv; .*did you mean jiaokou\?"),
    "release that ends before it starts": ("datapackage.json", '"period_start": "2021', '"period_start": "2026', "ends before it starts"),
    "day of the release that there is not": ("datapackage.json", '"period_start": "2021-01-01', '"period_start": "2021-02-30', "release, period_start: “2021-02-30” is no date"),
    "day of the release as a week": ("datapackage.json", '"period_start": "2021-01-01', '"period_start": "2021-W01-1', "is no date"),
    "release without a name that can be seen": ("datapackage.json", '"title_en": "Jiaokou County: economic and social achievements in the 14th Five-Year Plan period"', '"title_en": "  "', "release, title_en: .*begins or ends with a space"),
    "characters that are no number": ("datapackage.json", '"characters": 5431', '"characters": true', "characters: “True” is no integer; write a whole number"),
    "licence without a name": ("datapackage.json", '"name": "CC-BY-4.0",', "", r'“licenses” is no list of names; write it as \[\{"name"'),
    "schema that is no JSON": ("codes/schema.json", "{", "", r"schema\.json is not JSON"),
    "label of spaces": ("topics.csv", "重点项目与投资", "   ", "row 2, column label_zh: .*space"),
    "label of wide spaces": ("topics.csv", "重点项目与投资", "\u3000", "row 2, column label_zh: .*space"),
    "label that starts with a space": ("topics.csv", "重点项目与投资", " 重点项目与投资", "row 2, column label_zh: .*take it out"),
    "label without width": ("topics.csv", "重点项目与投资", "\u200b", r"row 2, column label_zh: an invisible character \(U\+200B\)"),
    "no character": ("topics.csv", "重点项目与投资", "\uffff", r"U\+FFFF"),
    "key of another section's file": ("observations/culture.csv", "\nculture_halls,", "\nprojects_planned,", r"culture\.csv, row 2, column observation: “projects_planned” stands in observations/economy\.csv, row 3, already; .*code of its own"),
    "place of a section that another has": ("sections.csv", "livelihood,2,", "livelihood,1,", "row 3, column position.*one of its own"),
    "place of a topic that another has": ("topics.csv", ",2,", ",1,", "column position.*one of its own"),
    "place without characters": (ECONOMY, ",457,461", ",457,457", "row 3, column char_start: 457 to 457 is no place"),
    "negative paragraph": (ECONOMY, ",10,457,461", ",-1,457,461", "column paragraph: “-1”.*minimum"),
    "value that is no number": (ECONOMY, "146个,exact,146,", "146个,exact,NaN,", "column value: “NaN” is no number"),
    "value without end": (ECONOMY, "146个,exact,146,", "146个,exact,INF,", "column value: “INF” is no number"),
    "value beyond all floats": (ECONOMY, "146个,exact,146,", "146个,exact,1e400,", "column value: “1e400” is no number"),
    "value in full-width digits": (ECONOMY, "146个,exact,146,", "146个,exact,１４６,", "column value: .*digits 0 to 9"),
    "place with an underscore": (ECONOMY, ",457,461", ",4_57,461", "row 3, column char_start: “4_57” is no integer"),
    "place beyond all integers": (ECONOMY, ",457,461", ",99999999999999999999,461", "row 3, column char_start: .*no integer"),
    "day that there is not": (ECONOMY, "2021-01-01", "2021-02-30", "column period_start: “2021-02-30” is no date; write a day that there is"),
    "day without zeros": (ECONOMY, "2021-01-01", "2021-1-1", "column period_start: “2021-1-1” is no date"),
    "nothing where there must be something": (ECONOMY, "146个,exact,", "146个,,", "row 3, column qualifier: there is nothing in it; fill it in"),
    "semicolons": ("notes.csv", "note,text_zh,text_en", "note;text_zh;text_en", r"notes\.csv"),
    "sentences that overlap": ("sentences.csv", "p02s1,framing,2,15,", "p02s1,framing,2,12,", "row 3, column char_start: the sentence starts before “p01s1” ends"),
    "paragraphs that run backwards": ("sentences.csv", "p03s1,framing,3,", "p03s1,framing,1,", "column paragraph: .*before that of"),
    "quantity listed as none": ("numerals.csv", "n0002,一,indefinite,1,2,3", "n0002,一,indefinite,10,457,458", "stands in the observation “projects_planned”"),
    "derivation that lacks an operand": ("derivations.csv", "ratio,projects_completed,projects_planned", "ratio,projects_completed,", "row 2, column second: ratio takes a second operand; fill it in"),
    "derivation with an operand too many": ("derivations.csv", "ratio,projects_completed,projects_planned", "mean_growth,projects_completed,projects_planned", "row 2, column second: mean_growth takes no second"),
    "defect that does not say what is printed": ("relation_terms.csv", "other,grid_connected_capacity,,870MW", "other,grid_connected_capacity,,", "row 20, column printed: .*write what is printed for grid_connected_capacity"),
    "defect without an explanation": ("relations.csv", '"the first may also count other sources or capacity not yet connected, the second only the batch of projects named, or the two may differ in date; to which of them the share belongs is not said either"', "", "row 13, column explanation_en: “new_energy_one_quantity” .*say what would explain it"),
    "milestone as a number": ("relation_terms.csv", "safety_systems_as_listed,1,count,safety_systems,", "safety_systems_as_listed,1,count,,safety_responsibility_system", "column observation: a term in the role count is an observation"),
    "number as a name": ("relation_terms.csv", "2,name,,safety_responsibility_system", "2,name,safety_systems,", "column milestone: a term in the role name is a milestone"),
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
    assert "units.csv cannot be read: No such file or directory; add it" in refused(package)


def test_a_file_that_is_not_utf8_is_named_among_those_of_its_resource(package):
    file = package / "observations/culture.csv"
    file.write_bytes(file.read_text("utf-8").encode("gb18030"))
    assert "observations/culture.csv" in refused(package)
    assert "UTF-8" in refused(package)


def test_rows_of_later_files_are_counted_in_their_own_file(package):
    change(
        package / "observations/governance.csv", "weak_villages_rectified,weak", "weak_villages_rectified,moons_weak"
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


@pytest.mark.parametrize("kind", ["BOM", "CRLF", "CR", "Excel's TRUE"])
def test_what_excel_makes_of_a_file_is_read_as_it_was(package, kind):
    """Whoever keys in with Excel and saves as “CSV UTF-8” has these."""
    content = (package / ECONOMY).read_bytes()
    changed = {
        "BOM": b"\xef\xbb\xbf" + content,
        "CRLF": content.replace(b"\n", b"\r\n"),
        "CR": content.replace(b"\n", b"\r"),
        "Excel's TRUE": content.replace(b",true,", b",TRUE,").replace(b",false,", b",FALSE,"),
    }[kind]
    assert changed != content
    (package / ECONOMY).write_bytes(changed)
    pd.testing.assert_frame_equal(jiaokou.load(package=package).drop(columns="package"), jiaokou.load())


def test_a_mark_of_byte_order_in_the_descriptor_is_no_fault(package):
    file = package / "datapackage.json"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert len(jiaokou.load(package=package)) == len(jiaokou.load())


@pytest.mark.parametrize("content", [b"", b"\n\n"])
def test_an_empty_file_among_those_of_a_table_is_named(package, content):
    (package / "observations/outlook.csv").write_bytes(content)
    assert re.search(r"observations/outlook\.csv: the columns are not observation,.*; name them so", refused(package))


def test_a_last_line_without_an_end_is_named_before_it_runs_into_the_next_file(package):
    file = package / ECONOMY
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    assert "economy.csv: the last line has no end; end it" in refused(package)


def test_columns_in_another_order_in_a_later_file_are_named(package):
    file = package / "observations/outlook.csv"
    change(file, "observation,indicator", "indicator,observation")
    assert re.search(r"outlook\.csv: the columns are not observation,indicator,.*name them so", refused(package))


def test_a_release_that_is_no_object_has_nothing_in_it(package):
    file = package / "datapackage.json"
    descriptor = json.loads(file.read_text("utf-8")) | {"release": ["a"]}
    file.write_text(json.dumps(descriptor), "utf-8")
    assert "release, title_zh: there is nothing in it; fill it in" in refused(package)


def test_an_observation_ends_within_its_sentence(package):
    rows = (package / "sentences.csv").read_text("utf-8").splitlines()[1:]
    (row,) = (row for row in rows if int(row.split(",")[3]) <= 457 < int(row.split(",")[4]))
    start, end = row.split(",")[3:]
    change(package / "sentences.csv", row, f"{row.rpartition(',')[0].rpartition(',')[0]},{start},460")
    assert int(end) > 461
    assert "row 3, column char_end: 461 lies outside of the sentence, which ends at 460" in refused(package)


def test_a_package_may_lie_anywhere_and_be_read_only(package, tmp_path):
    place = package.rename(tmp_path / "交口 县 = 'data'")
    for file in place.rglob("*"):
        file.chmod(0o555 if file.is_dir() else 0o444)
    link = tmp_path / "link"
    link.symlink_to(place, target_is_directory=True)
    for path in (place, link):
        pd.testing.assert_frame_equal(jiaokou.load(package=path).drop(columns="package"), jiaokou.load())


def test_a_file_that_is_a_link_out_of_the_package_is_refused(package, tmp_path):
    outside = (package / "topics.csv").rename(tmp_path / "topics.csv")
    (package / "topics.csv").symlink_to(outside)
    assert "“topics.csv” leads out of the folder" in refused(package)


def test_a_corrected_package_is_read_anew(package):
    change(package / ECONOMY, "146个,exact,146,", "146个,exact,147,")
    refused(package)
    change(package / ECONOMY, "146个,exact,147,", "146个,exact,146,")
    assert len(jiaokou.load(package=package)) == len(jiaokou.load())


def test_a_derivation_has_no_observations_code(package):
    change(package / "derivations.csv", "\nprojects_unfinished,", "\nprojects_planned,")
    assert "row 3, column derived: “projects_planned” is an observation's code" in refused(package)


@pytest.mark.parametrize(
    ("codes", "table", "old", "asked", "named"),
    [
        ("derivation", "derivations.csv", ",ratio,", "derived", "is a guess, which the library cannot compute"),
        ("relation", "relations.csv", ",whole_count,", "audit", "is a guess, which the library cannot judge"),
    ],
)
def test_a_kind_that_is_listed_and_not_known_is_named(package, codes, table, old, asked, named):
    with (package / "codes" / f"{codes}.csv").open("a", encoding="utf-8") as file:
        file.write("guess,猜测,guess,猜,A guess\n")
    change(package / table, old, ",guess,")
    with pytest.raises(JiaokouError, match=named):
        getattr(jiaokou, asked)(package=package)


def test_a_relation_without_a_term_says_what_is_not_printed(package):
    change(package / "relations.csv", "2020年一般公共预算支出,General public budget expenditure in 2020", ",")
    with pytest.raises(JiaokouError, match="expenditure_growth_needs_base lacks a term; add it, or say in"):
        jiaokou.audit(package=package)


def test_a_table_of_its_own_is_no_matter_of_the_contract(package):
    (package / "more.csv").write_text("year\n2021\n", encoding="utf-8")
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8"))
    fields = {"fields": [{"name": "year", "type": "year"}]}
    for name, more in (("more", {"schema": fields}), ("plain", {}), ("codes-more", {"schema": fields})):
        descriptor["resources"].append({"name": name, "path": "more.csv", **more})
    (package / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    assert len(jiaokou.load(package=package)) == len(jiaokou.load())
