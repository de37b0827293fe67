"""The data package is served as tidy, typed frames, and says what the release says."""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

import jiaokou
from jiaokou.data import package as datasets
from jiaokou.errors import JiaokouError

ROOT = Path(__file__).parents[2]
SECTIONS = ["economy", "livelihood", "ecology", "culture", "governance", "outlook"]

SERVED = [
    jiaokou.sections,
    jiaokou.load,
    jiaokou.milestones,
    jiaokou.indicators,
    jiaokou.derived,
    jiaokou.audit,
    jiaokou.found,
    jiaokou.sensitivity,
    lambda **given: jiaokou.search("铸造", **given),
]
"""All that gives a frame of a package."""


def test_the_six_sections_come_in_the_order_of_the_summary():
    assert list(jiaokou.sections()["section"]) == SECTIONS


def test_load_has_the_columns_of_the_contract_and_their_types():
    frame = jiaokou.load()
    assert (
        list(frame.columns)
        == (
            "observation section topic indicator entity period_start period_end basis printed qualifier value unit "
            "lower upper label_zh label_en period_implied note paragraph char_start char_end base_start base_end lower_open "
            "upper_open undated differs_by"
        ).split()
    )
    assert (frame["value"].dtype, frame["char_start"].dtype, frame["period_implied"].dtype) == (
        "Float64",
        "Int64",
        "boolean",
    )
    assert pd.api.types.is_datetime64_any_dtype(frame["period_start"])
    assert isinstance(frame["unit"].dtype, pd.CategoricalDtype)
    assert jiaokou.milestones()["stage"].cat.ordered


@pytest.mark.parametrize("serve", [jiaokou.load, jiaokou.milestones, jiaokou.derived])
def test_sections_together_are_the_whole(serve):
    parts = [serve(section) for section in SECTIONS]
    assert all((part["section"] == section).all() for part, section in zip(parts, SECTIONS, strict=True))
    pd.testing.assert_frame_equal(pd.concat([p for p in parts if len(p)], ignore_index=True), serve())


@pytest.mark.parametrize("serve", [jiaokou.load, jiaokou.milestones, jiaokou.derived])
def test_an_unknown_section_is_refused_with_those_there_are(serve):
    with pytest.raises(JiaokouError, match="unknown section “sports”; the sections are economy, livelihood"):
        serve("sports")


@pytest.mark.parametrize("serve", SERVED)
def test_text_is_held_the_same_whether_pyarrow_is_installed_or_not(serve):
    served = serve()
    kinds = [dtype.categories.dtype if isinstance(dtype, pd.CategoricalDtype) else dtype for dtype in served.dtypes]
    assert {dtype.storage for dtype in kinds if dtype == "str"} == {"python"}


def test_every_value_has_unit_period_label_and_place():
    frame = jiaokou.load().drop(columns=["lower", "upper", "note", "base_start", "base_end"])
    assert not frame[~frame["undated"]].isna().any().any()
    assert not frame.drop(columns=["period_start", "period_end"]).isna().any().any()
    assert set(frame.loc[frame["undated"], "basis"]) == {"target"}


def test_bounds_hold_their_value():
    frame = jiaokou.load()
    assert (frame["lower"].fillna(-1) <= frame["value"]).all()
    assert (frame["value"] <= frame["upper"].fillna(float("inf"))).all()


def test_shares_never_exceed_their_whole():
    observations, measures = jiaokou.load(), jiaokou.indicators().set_index("indicator")["measure"]
    shares = observations[observations["indicator"].map(measures) == "share"]
    assert len(shares) == 5
    assert shares["upper"].notna().all()
    assert shares["upper"].max() == 100


@pytest.mark.parametrize(
    ("observation", "printed", "value", "unit", "basis", "lower", "upper"),
    [
        ("projects_investment_planned", "610.83亿元", 61_083_000_000, "CNY", "planned", 61_082_500_000, 61_083_500_000),
        ("budget_revenue", "突破11亿元", 1_100_000_000, "CNY", "actual", 1_100_000_000, None),
        ("budget_revenue_growth_top_rank", "前三", 3, "rank", "threshold", 3, 3),
        ("base_stations_5g", "超184座", 184, "count", "actual", 184, None),
        ("new_energy_capacity", "90.7万千瓦", 907, "MW", "actual", 906.5, 907.5),
        ("blueprint_new_energy", "1000兆瓦", 1000, "MW", "target", 1000, 1000),
        ("taiyu_foundry_capacity", "31.5万吨/年", 315_000, "t_per_a", "design_capacity", 315_000, 315_000),
        ("tianpeng_furnace_volume", "300m³", 300, "m3", "equipment", 300, 300),
        ("foundry_capacity_listed", "78.7万吨", 787_000, "t_per_a", "announced", 786_500, 787_500),
        ("village_income_threshold", "10万元以下", 100_000, "CNY", "threshold", 100_000, 100_000),
        ("manure_use_rate", "超80%", 80, "percent", "actual", 80, 100),
    ],
)
def test_observations_say_what_is_printed_and_what_kind_of_claim_it_is(
    observation, printed, value, unit, basis, lower, upper
):
    row = jiaokou.load().set_index("observation").loc[observation]
    assert (row["printed"], row["value"], row["unit"], row["basis"]) == (printed, value, unit, basis)
    bounds = tuple(None if pd.isna(row[end]) else row[end] for end in ("lower", "upper"))
    assert bounds == (lower, upper)


@pytest.mark.parametrize("section", [None, "economy"])
@pytest.mark.parametrize("load", [jiaokou.load, jiaokou.milestones, jiaokou.derived])
def test_a_caller_may_change_a_frame_without_changing_the_data(load, section):
    frame, before = load(section), load(section)
    for column in frame.columns:
        frame[column].array[0] = frame[column].array[-1]  # below what pandas guards
    frame["label_en"] = "changed"
    frame.index.name, frame.attrs["mine"] = "row", True
    frame.columns = frame.columns.str.upper()
    after = load(section)
    pd.testing.assert_frame_equal(after, before)
    assert after.attrs == {}


def test_anyones_frictionless_command_finds_the_package_valid():
    command = Path(sys.executable).with_name("frictionless")
    descriptor = datasets.default_package() / "datapackage.json"
    done = subprocess.run([command, "validate", descriptor, "--json"], capture_output=True, text=True)
    report = json.loads(done.stdout)
    assert (done.returncode, report["valid"], report["stats"]["errors"]) == (0, True, 0)


def test_another_countys_package_loads_in_the_same_form(tmp_path):
    """A county of our own making: other names, one section, one observation; the library knows neither."""
    package = tmp_path / "elsewhere"
    shutil.copytree(datasets.default_package(), package)
    descriptor = json.loads((package / "datapackage.json").read_text("utf-8"))
    descriptor |= {"name": "elsewhere"}
    descriptor["release"] |= {"title_zh": "别县综述", "title_en": "Elsewhere", "entity": "elsewhere", "characters": 30}
    for resource in descriptor["resources"]:
        if isinstance(resource["path"], list):
            resource["path"] = [f"{resource['name']}/works.csv"]
    (package / "datapackage.json").write_text(json.dumps(descriptor, ensure_ascii=False), "utf-8")
    _keep(package / "sections.csv", "works,1,工程,Works,工程,Works,,")
    _keep(package / "topics.csv", "roads,works,1,道路,Roads")
    _keep(package / "entities.csv", "elsewhere,jurisdiction,,,别县,Elsewhere County")
    _keep(package / "indicators.csv", "road_length,roads,count,flow,count,条,公路,Roads,公路条数,Number of roads")
    for table in ("core", "derivations", "relations", "relation_terms", "milestone_observations", "numerals", "notes"):
        _keep(package / f"{table}.csv")
    header = (package / "observations/economy.csv").read_text("utf-8").splitlines()[0]
    row = "roads_built,road_length,elsewhere,2021-01-01,2025-12-31,true,,,actual,12条,exact,12,,1,3,6"
    (package / "observations/works.csv").write_text(f"{header}\n{row}\n", "utf-8")
    header = (package / "milestones/economy.csv").read_text("utf-8").splitlines()[0]
    (package / "milestones/works.csv").write_text(f"{header}\n", "utf-8")
    _keep(package / "sentences.csv", "p01s1,observed,1,0,10")

    assert list(jiaokou.sections(package=package)["section"]) == ["works"]
    (row,) = jiaokou.load("works", package=package).to_dict("records")
    assert (row["entity"], row["value"], row["label_en"]) == ("elsewhere", 12, "Roads")
    assert jiaokou.milestones(package=package).empty
    assert jiaokou.derived(package=package).empty
    assert jiaokou.audit(package=package).empty


def _keep(file, *rows):
    header = file.read_text("utf-8").splitlines()[0]
    file.write_text("\n".join([header, *rows, ""]), "utf-8")


def test_frames_are_the_same_under_any_option_of_pandas(tmp_path):
    code = (
        "import os, sys, pandas\nname, _, value = os.environ.get('OPTION', '').partition('=')\n"
        "if name: pandas.set_option(name, value)\n"
        "import jiaokou\nfrom jiaokou.data.package import open_package\n"
        "made = {**open_package().frames, 'load': jiaokou.load(), 'derived': jiaokou.derived(), 'audit': jiaokou.audit(),\n"
        "  'found': jiaokou.found(), 'sensitivity': jiaokou.sensitivity(), 'search': jiaokou.search('a')}\n"
        "pandas.to_pickle(made, sys.argv[1])"
    )
    switches = [
        {},
        {"PANDAS_FUTURE_INFER_STRING": "0"},
        {"OPTION": "mode.string_storage=pyarrow"},
        {"OPTION": "mode.string_storage=python"},
    ]
    served = []
    for number, changed in enumerate(switches):
        file = tmp_path / f"{number}.pickle"
        subprocess.run([sys.executable, "-c", code, file], env=os.environ | changed, check=True)
        served.append(pd.read_pickle(file))
    for frames in served[1:]:
        for name, frame in served[0].items():
            pd.testing.assert_frame_equal(frames[name], frame)


@pytest.mark.parametrize("serve", SERVED)
def test_rows_of_another_package_say_so_in_a_last_column_that_a_concat_keeps(serve, tmp_path):
    folder = shutil.copytree(datasets.default_package(), tmp_path / "package")
    own, others = serve(), serve(package=folder)
    assert "package" not in own
    assert list(others) == [*own, "package"]
    assert set(others["package"]) == {str(folder)}
    together = pd.concat([own, others])
    assert together["package"].isna().sum() == len(own)


def test_opening_again_is_free_until_a_file_changes(tmp_path):
    folder = shutil.copytree(datasets.default_package(), tmp_path / "package")
    opened = datasets.open_package(folder)
    assert datasets.open_package(folder) is opened
    notes = folder / "notes.csv"
    notes.write_bytes(notes.read_bytes())
    assert datasets.open_package(folder) is not opened


def test_ten_times_the_rows_take_no_more_than_some_twenty_times_the_time(tmp_path):
    """Linear, with room for a machine that is busy."""
    loading = runpy.run_path(str(ROOT / "benchmarks" / "loading.py"))
    times = []
    for rows in (300, 3000):
        loading["generate"](tmp_path / str(rows), rows)
        times.append(min(loading["measure"](tmp_path / str(rows)) for _ in range(2)))
    assert times[1] < 20 * times[0]
