"""What a hand asks for at a prompt is found, shown and checked; a new package starts empty and sound."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import jiaokou
from jiaokou.cli.main import main
from jiaokou.data import package as datasets
from jiaokou.data import scaffold
from jiaokou.data.descriptor import default_package
from jiaokou.drafting.observations import known_units
from jiaokou.errors import JiaokouError

FILLED = {
    "name": "elsewhere",
    "licenses": [{"name": "CC-BY-4.0"}],
    "release": {
        "title_zh": "某县综述",
        "title_en": "A summary",
        "publisher_zh": "某县",
        "publisher_en": "Elsewhere County",
        "entity": "elsewhere",
        "period_start": "2021-01-01",
        "period_end": "2025-12-31",
        "sha256": "0" * 64,
        "characters": 9,
        "paragraphs": 1,
    },
}


class Tags(HTMLParser):
    """The elements of a piece of HTML, their attributes, and which of them are never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        self.attributes += attrs
        if tag not in ("br", "meta"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def fill_in(folder: Path, **stated: object) -> None:
    file = folder / "datapackage.json"
    file.write_text(json.dumps(json.loads(file.read_text("utf-8")) | stated), "utf-8")


def started(folder: Path) -> Path:
    """An empty package, as `jiaokou new` starts it."""
    return scaffold.start(folder, rows=known_units())


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A package just started, its blanks filled in."""
    folder = started(tmp_path_factory.mktemp("elsewhere") / "data")
    fill_in(folder, **FILLED)
    return folder


# A number


def test_a_published_value_is_shown_with_all_that_is_known_of_it() -> None:
    row = jiaokou.pick(jiaokou.load(), "projects_planned").iloc[0]
    defined = jiaokou.pick(jiaokou.indicators(), "projects_planned").iloc[0]
    lines = repr(jiaokou.indicator("projects_planned", lang="en")).splitlines()
    assert lines[0] == f"{row['label_en']} [observation projects_planned]"
    assert f"  Definition: {defined['definition_en']}" in lines
    assert f"  Printed as: {row['printed']}" in lines
    assert f"  Paragraph: {row['paragraph']}" in lines
    assert "  Basis: planned" in lines
    assert any(line.startswith("  Note: ") for line in lines)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("foundry_capacity_listed", "observation"),
        ("projects_completion_rate", "derived"),
        ("foundry_capacity", "indicator"),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_each_kind_of_number_is_shown_without_scripts_or_colours_of_its_own(code: str, kind: str, lang: str) -> None:
    found = jiaokou.indicator(code, lang=lang)
    page = found._repr_html_()
    tags = Tags(page)
    assert found.kind == kind
    assert tags.open == []
    assert "script" not in tags.names
    assert [name for name, _ in tags.attributes if name.startswith("on") or name in ("src", "href")] == []
    assert re.findall(r"(?<![-\w])(?:color|background):(?!inherit|none)[^;}]+", page) == []
    for row in (*found.relations.to_dict("records"), *found.observations.to_dict("records")):
        assert row[f"label_{lang}"] in page


def test_relations_are_those_that_speak_of_the_number() -> None:
    audit = jiaokou.audit()
    about = [
        code for code in audit["relation"] if "projects_planned" in jiaokou.pick(audit, code)["observations"][0].split()
    ]
    assert about
    assert list(jiaokou.indicator("projects_planned").relations["relation"]) == about


def test_an_observations_frame_has_every_value_of_the_indicator() -> None:
    rows = jiaokou.load()
    capacities = list(rows.loc[rows["indicator"] == "foundry_capacity", "observation"])
    assert len(capacities) > 1
    for code in ("foundry_capacity", capacities[0]):
        assert list(jiaokou.indicator(code).observations["observation"]) == capacities


def test_a_derived_number_names_those_it_comes_from() -> None:
    row = jiaokou.pick(jiaokou.derived(), "projects_completion_rate").iloc[0]
    operands = set(jiaokou.indicator("projects_completion_rate").observations["observation"])
    assert operands == {row["first"], row["second"]}


def test_a_change_to_what_was_handed_out_stays_with_its_owner() -> None:
    found = jiaokou.indicator("projects_planned")
    found.observations["value"] = 0
    found.relations["verdict"] = "holds"
    anew = jiaokou.indicator("projects_planned")
    assert (anew.observations["value"] > 0).all()
    assert list(anew.relations["verdict"]) == list(
        jiaokou.pick(jiaokou.audit(), *anew.relations["relation"])["verdict"]
    )


def test_an_unknown_code_is_answered_with_those_that_come_near() -> None:
    with pytest.raises(JiaokouError, match="“projects_planed”; did you mean projects_planned"):
        jiaokou.indicator("projects_planed")
    with pytest.raises(JiaokouError, match=r"“qqq”; jiaokou\.search finds"):
        jiaokou.indicator("qqq")
    with pytest.raises(JiaokouError, match="unknown language 'fr'"):
        jiaokou.indicator("projects_planned", lang="fr")


def test_a_code_that_a_search_lists_but_is_no_number_is_answered_with_where_it_stands() -> None:
    for call in ("milestones", "audit"):
        frame = getattr(jiaokou, call)()
        known = {*jiaokou.load()["observation"], *jiaokou.indicators()["indicator"]}
        code = next(code for code in frame.iloc[:, 0] if code not in known)
        said = rf"“{code}” is a {frame.columns[0]}, not a number; .* jiaokou\.{call}\(\)"
        with pytest.raises(JiaokouError, match=said):
            jiaokou.indicator(code)


@pytest.mark.parametrize("given", [5, None, ["economy"]])
def test_what_is_no_text_at_all_is_answered_like_an_unknown_code(given: Any) -> None:
    with pytest.raises(JiaokouError, match="no observation, derived number or indicator “"):
        jiaokou.indicator(given)
    if given is not None:
        with pytest.raises(JiaokouError, match=r"unknown section “.*the sections are economy"):
            jiaokou.load(given)


# A search


def test_a_search_finds_all_four_kinds_and_says_what_they_are() -> None:
    found = jiaokou.search("铸造")
    assert list(found) == "kind code section label_zh label_en printed value unit".split()
    assert set(found["kind"]) == {"observation", "derived", "milestone", "relation"}
    row = jiaokou.pick(jiaokou.load(), "foundry_capacity_listed").iloc[0]
    (hit,) = found[found["code"] == "foundry_capacity_listed"].to_dict("records")
    assert [hit[name] for name in ("section", "printed", "value", "unit")] == [
        row[name] for name in ("section", "printed", "value", "unit")
    ]


@pytest.mark.parametrize("word", ["casting", "Castings", "ＣＡＳＴＩＮＧ"])
def test_an_english_word_finds_its_other_endings_and_what_definitions_say(word: str) -> None:
    codes = set(jiaokou.search(word)["code"])
    assert {"electric_motor_auto_line", "xuanzhi_castings", "foundry_capacity_listed"} <= codes


def test_an_english_word_is_found_at_the_start_of_a_word_only() -> None:
    assert "opencast_land_reclamation" not in set(jiaokou.search("casting")["code"])
    assert "opencast_land_reclamation" in set(jiaokou.search("opencast")["code"])


def test_every_word_must_be_said_and_accents_need_not_be_typed() -> None:
    found = jiaokou.search("luliang 投资")
    assert "fixed_asset_investment_rank" in set(found["code"])
    assert len(found) < len(jiaokou.search("投资"))


def test_what_is_called_so_comes_before_what_is_only_described_so() -> None:
    codes = list(jiaokou.search("castings")["code"])
    assert codes[0] == "xuanzhi_castings"
    assert codes.index("electric_motor_auto_line") < codes.index("foundry_capacity_listed")


@pytest.mark.parametrize("table", ["observation", "derived", "milestone", "relation"])
def test_each_code_finds_itself(table: str) -> None:
    served = {
        "observation": jiaokou.load,
        "derived": jiaokou.derived,
        "milestone": jiaokou.milestones,
        "relation": jiaokou.audit,
    }
    for code in served[table]()[table].iloc[::5]:
        found = jiaokou.search(code)
        assert (table, code) in set(zip(found["kind"], found["code"], strict=True))


def test_no_match_is_an_empty_frame_of_the_same_types() -> None:
    none = jiaokou.search("zebra")
    assert none.empty
    assert list(none.dtypes) == list(jiaokou.search("铸造").dtypes)


@pytest.mark.parametrize("nothing", ["", "  ", "　", None])
def test_nothing_typed_is_refused(nothing: Any) -> None:
    with pytest.raises(JiaokouError, match="nothing to search for; type a word"):
        jiaokou.search(nothing)


# A check


def test_a_sound_package_is_counted() -> None:
    found = jiaokou.validate()
    assert found
    head, *lines = repr(found).splitlines()
    assert head == f"sound: {default_package()}"
    frames = {"observations": jiaokou.load(), "milestones": jiaokou.milestones(), "relations": jiaokou.audit()}
    for line, (what, frame) in zip(lines, frames.items(), strict=False):
        assert line.startswith(f"{what}: {len(frame)} (")
        assert sum(map(int, re.findall(r" (\d+)(?=[,)])", line))) == len(frame)
    assert [line.partition(":")[0] for line in lines] == [*frames, "sentences"]


def test_a_fault_is_one_line_with_file_and_cure(tmp_path: Path) -> None:
    folder = started(tmp_path / "package")
    fill_in(folder, **FILLED | {"name": "<b>elsewhere"})
    found = jiaokou.validate(folder)
    assert not found
    assert len(repr(found).splitlines()) == 1
    assert re.fullmatch(r"fault: .*datapackage\.json, name: “<b>elsewhere” is no name; write a to z.*", repr(found))


def test_a_check_follows_each_correction(tmp_path: Path) -> None:
    folder = started(tmp_path / "package")
    assert "“licenses” is no list of names" in jiaokou.validate(folder).faults[0]
    fill_in(folder, **{key: FILLED[key] for key in ("name", "licenses")})
    assert "release, title_zh: there is nothing in it" in jiaokou.validate(folder).faults[0]
    fill_in(folder, **FILLED)
    assert jiaokou.validate(folder)


# A new package


def test_a_new_package_filled_in_is_sound_and_has_no_rows(filled: Path) -> None:
    found = jiaokou.validate(filled)
    assert found, found
    assert {"observations: 0", "milestones: 0", "relations: 0", "sentences: 0"} <= set(found.counts)
    empty = found.counts[-1].removeprefix("still empty: ").split(", ")
    assert {"sections", "indicators", "observations", "sentences"} <= set(empty)
    for serve in (jiaokou.load, jiaokou.milestones, jiaokou.derived, jiaokou.audit, jiaokou.found):
        assert serve(package=filled).empty
    assert jiaokou.search("铸造", package=filled).empty


def test_a_new_package_has_the_units_and_code_lists_of_the_contract_and_no_fact_of_jiaokou(filled: Path) -> None:
    model, made = datasets.open_package(), datasets.open_package(filled)
    assert set(model.frames["units"]["unit"]) - {"t_per_a"} <= set(made.frames["units"]["unit"])
    assert all(made.codes[name].equals(codes) for name, codes in model.codes.items())
    written = "".join(file.read_text("utf-8") for file in filled.rglob("*.csv"))
    assert "交口" not in written
    assert "Jiaokou" not in (filled / "datapackage.json").read_text("utf-8")


def test_the_first_row_keyed_in_is_served(tmp_path: Path) -> None:
    folder = started(tmp_path / "package")
    fill_in(folder, **FILLED)
    rows = {
        "sections": "economy,1,经济,Economy,经济,Economy,,",
        "topics": "projects,economy,1,项目,Projects",
        "entities": "elsewhere,jurisdiction,,,某县,Elsewhere County",
        "indicators": "built,projects,count,flow,count,个,建成项目,Projects built,个数,Number",
        "observations/section": "built,built,elsewhere,2021-01-01,2025-12-31,false,,,actual,3个,exact,3,,1,4,6",
        "sentences": "p01s1,observed,1,0,9",
    }
    for name, row in rows.items():
        with (folder / f"{name}.csv").open("a", encoding="utf-8", newline="\n") as file:
            file.write(f"{row}\n")
    (folder / "observations" / "section.csv").rename(folder / "observations" / "economy.csv")
    descriptor = folder / "datapackage.json"
    content = descriptor.read_text("utf-8").replace("observations/section.csv", "observations/economy.csv")
    descriptor.write_text(content, "utf-8")
    found = jiaokou.indicator("built", package=folder, lang="en")
    assert jiaokou.validate(folder), jiaokou.validate(folder)
    assert "  Value: 3" in repr(found).splitlines()
    assert "No relation speaks of it" in found._repr_html_()


def test_a_folder_that_holds_anything_is_refused_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", "utf-8")
    result = CliRunner().invoke(main, ["new", str(tmp_path)])
    assert result.exit_code == 1
    assert re.fullmatch(r"error: .* is not empty; name a new folder.*\n", result.stderr)
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_a_place_that_is_a_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("keep me", "utf-8")
    result = CliRunner().invoke(main, ["new", str(tmp_path / "letter.txt")])
    assert result.exit_code == 1
    assert re.fullmatch(r"error: .*letter\.txt cannot be written: .*; name another folder\n", result.stderr)


def test_the_command_says_in_three_lines_what_to_do_next(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["new", str(tmp_path / "package")])
    assert result.exit_code == 0, result.output
    first, second, third = result.stdout.splitlines()
    assert "datapackage.json" in first
    assert "sections.csv" in second
    assert f"jiaokou.validate({str(tmp_path.resolve() / 'package')!r})" in third


def test_frames_hold_the_same_under_any_option_of_pandas() -> None:
    names = ("load", "milestones", "derived", "audit", "indicators", "sections", "sensitivity", "found")
    program = (
        "import hashlib, sys, warnings; import pandas as pd; warnings.simplefilter('ignore'); option = sys.argv[1:]\n"
        "if option: pd.set_option(option[0], option[1] == 'True' if option[1] in ('True', 'False') else option[1])\n"
        "import jiaokou\nfrom jiaokou.formats import as_csv\n"
        f"for name in {names}: print(name, hashlib.md5(as_csv(getattr(jiaokou, name)()).encode()).hexdigest())"
    )
    options = ["", "future.distinguish_nan_and_na True", "future.infer_string False", "mode.string_storage python"]
    running = [
        subprocess.Popen([sys.executable, "-c", program, *each.split()], stdout=subprocess.PIPE) for each in options
    ]
    plain, *others = (process.communicate()[0] for process in running)
    assert plain.count(b"\n") == len(names)
    assert others == [plain] * 3
