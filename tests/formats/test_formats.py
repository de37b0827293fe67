"""What is written as a file reads back as it was, in the programs that people read it with."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import shutil
from functools import cache
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest

import jiaokou
from jiaokou import formats
from jiaokou.data.codebook import describe
from jiaokou.data.descriptor import opened, schema
from jiaokou.data.package import default_package, open_package
from jiaokou.errors import JiaokouError
from jiaokou.formats import workbook


@pytest.fixture(scope="module")
def frames() -> dict[str, pd.DataFrame]:
    return {table: formats.served(table) for table in formats.TABLES}


@pytest.fixture(scope="module")
def books(frames: dict[str, pd.DataFrame], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The workbook for programs, and one in each language."""
    folder = tmp_path_factory.mktemp("books")
    for lang in ("", "zh", "en"):
        formats.write(folder / f"book{lang}.xlsx", "xlsx", frames, lang=lang)
    return {lang: folder / f"book{lang}.xlsx" for lang in ("", "zh", "en")}


loaded = cache(openpyxl.load_workbook)


def cells(frame: pd.DataFrame) -> dict[str, list[object]]:
    return {str(name): formats.plain(frame[name]) for name in frame}


def sheet(path: Path, name: str) -> dict[str, list[object]]:
    """A sheet's columns by heading, as openpyxl reads their cells; its dates without the time that Excel adds."""
    rows = list(loaded(path)[name].iter_rows(values_only=True))
    day = lambda cell: cell.date() if isinstance(cell, datetime.datetime) else cell  # noqa: E731
    return {str(head): [day(row[place]) for row in rows[1:]] for place, head in enumerate(rows[0])}


@pytest.mark.parametrize("table", formats.TABLES)
def test_what_is_written_reads_back_equal_in_every_format(
    table: str, frames: dict[str, pd.DataFrame], books: dict[str, Path], tmp_path: Path
) -> None:
    frame = frames[table]
    # no sheet and no CSV tells a text without characters from a missing one
    wanted = {name: [None if cell == "" else cell for cell in column] for name, column in cells(frame).items()}
    for format_ in ("csv", "json", "parquet"):
        formats.write(tmp_path / f"a.{format_}", format_, {table: frame})
    with pd.option_context("mode.string_storage", "python"):
        parquet = pd.read_parquet(tmp_path / "a.parquet")
    pd.testing.assert_frame_equal(
        parquet.astype(dict.fromkeys(frame.select_dtypes("datetime"), "datetime64[s]")), frame
    )
    assert (
        parquet.dtypes.astype(str).replace({"datetime64[ms]": "datetime64[s]"}).to_dict()
        == frame.dtypes.astype(str).to_dict()
    )
    dates = list(frame.select_dtypes("datetime"))
    read = pd.read_csv(tmp_path / "a.csv", dtype=frame.dtypes.drop(dates).to_dict(), parse_dates=dates)
    assert cells(read) == wanted
    records = json.loads((tmp_path / "a.json").read_text("utf-8"))
    assert [list(record) for record in records] == [list(frame)] * len(frame)
    texts = {
        name: [str(cell) if isinstance(cell, datetime.date) else cell for cell in column]
        for name, column in cells(frame).items()
    }
    assert {name: [record[name] for record in records] for name in frame} == texts
    shown = sheet(books[""], table)
    for name, column in wanted.items():
        digits = {"rel": 1e-14, "abs": 0} if frame[name].dtype == "Float64" else None  # Excel keeps fifteen digits
        assert shown[name] == [
            pytest.approx(cell, **digits) if digits and cell is not None else cell for cell in column
        ]


def test_duckdb_reads_parquet_and_csv_alike(frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    for format_ in ("csv", "parquet"):
        formats.write(tmp_path / f"a.{format_}", format_, {"observations": frames["observations"]})
    query = "select observation, printed, value, lower, upper, period_implied, paragraph from '{}' where cast(period_end as date) = date '2025-12-31' and unit = 'CNY'"
    rows = [duckdb.sql(query.format(tmp_path / f"a.{format_}")).fetchall() for format_ in ("csv", "parquet")]
    assert rows[0] == rows[1]
    assert (
        "projects_investment_planned",
        "610.83亿元",
        61083000000.0,
        61082500000.0,
        61083500000.0,
        False,
        10,
    ) in rows[0]
    query = "select decode(value)::json ->> '$.attributes.codebook[*].unit_en' from parquet_kv_metadata('{}') where key = 'pandas'::blob"
    ((units,),) = duckdb.sql(query.format(tmp_path / "a.parquet")).fetchall()
    assert "see the column unit" in units


def test_parquet_says_what_its_columns_and_codes_mean_and_where_it_is_from(
    frames: dict[str, pd.DataFrame], tmp_path: Path
) -> None:
    formats.write(tmp_path / "a.parquet", "parquet", {"observations": frames["observations"]})
    about = pd.read_parquet(tmp_path / "a.parquet").attrs
    assert {"list": "units", "code": "t_per_a", "label_zh": "吨/年", "label_en": "tonnes a year"} in about["codes"]
    columns = {row["column"]: row for row in about["codebook"]}
    assert columns["value"]["unit_en"] == "see the column unit"
    assert columns["printed"]["meaning_en"].startswith("The characters exactly as printed")
    assert open_package().release.sha256 in [row["content"] for row in about["source"]]


def test_a_file_of_another_package_does_not_name_its_folder(tmp_path: Path) -> None:
    folder = shutil.copytree(default_package(), tmp_path / "elsewhere")
    rows = jiaokou.load("ecology", package=folder).assign(package=str(folder))
    formats.write(tmp_path / "a.parquet", "parquet", {"observations": rows}, package=folder)
    formats.write(tmp_path / "a.csv", "csv", {"observations": rows}, package=folder)
    for name in ("a.parquet", "a.csv"):
        assert str(tmp_path).encode() not in (tmp_path / name).read_bytes()


def test_a_workbook_has_typed_cells_a_heading_in_sight_and_a_filter(books: dict[str, Path]) -> None:
    book = loaded(books[""])
    assert book.sheetnames == [*formats.TABLES, "codes", "codebook", "source"]
    for each in book:
        assert each.freeze_panes == "B2"
        assert each.auto_filter.ref == each.dimensions
        assert all(
            8 > 48 - width >= 0 or width >= 5 for width in (column.width for column in each.column_dimensions.values())
        )
    rows = {row[0].value: row for row in book["observations"].iter_rows()}
    heads = [cell.value for cell in rows["observation"]]
    row = dict(zip(heads, rows["projects_investment_planned"], strict=True))
    assert (row["value"].data_type, row["value"].number_format) == ("n", "#,##0")
    assert (row["period_end"].is_date, row["period_end"].number_format) == (True, "yyyy-mm-dd")
    assert row["period_implied"].data_type == "b"
    assert row["printed"].data_type == "s"


def test_a_workbook_speaks_the_language_it_is_asked_for(books: dict[str, Path]) -> None:
    names = {lang: loaded(books[lang]).sheetnames for lang in ("zh", "en")}
    assert names["zh"] == ["数值", "成果", "推算", "指标", "核对", "代码表", "各列说明", "来源"]
    assert names["en"] == [
        "Observations",
        "Milestones",
        "Derived numbers",
        "Indicators",
        "Audit",
        "Code lists",
        "Codebook",
        "Source",
    ]
    observed = jiaokou.load()
    for lang, heads in {
        "zh": ("数值代码", "中文名称", "性质", "单位"),
        "en": ("Observation", "Name in English", "Basis", "Unit"),
    }.items():
        shown = sheet(books[lang], names[lang][0])
        assert list(shown)[:2] == list(heads[:2])
        assert shown[heads[1]] == list(observed[f"label_{lang}"])
        codes = open_package().codes["basis"][f"label_{lang}"]
        assert shown[heads[2]] == [codes[basis] for basis in observed["basis"]]
    chinese = [
        text for name in names["en"][:5] for head in sheet(books["en"], name) for text in head if text > "\u2fff"
    ]
    assert chinese == []


def test_the_codebook_has_every_column_and_the_code_lists_every_code(
    frames: dict[str, pd.DataFrame], books: dict[str, Path]
) -> None:
    listed = sheet(books[""], "codebook")
    assert list(zip(listed["table"], listed["column"], strict=True)) == [
        (t, c) for t, frame in frames.items() for c in frame
    ]
    types = dict(zip(zip(listed["table"], listed["column"], strict=True), listed["type"], strict=True))
    assert [
        types["observations", name] for name in ("printed", "value", "paragraph", "period_end", "period_implied")
    ] == ["text", "number", "integer", "date", "boolean"]
    codes = sheet(books[""], "codes")
    known = set(zip(codes["list"], codes["code"], strict=True))
    for table, frame in frames.items():
        for name in map(str, frame):
            if formats.labels(target := describe(table, name)["codes"], open_package()):
                used = {code for cell in frame[name].dropna() for code in str(cell).split()}
                assert {(target, code) for code in used} <= known


def test_every_table_and_column_is_described_in_both_languages(frames: dict[str, pd.DataFrame]) -> None:
    home = default_package()
    described = [
        (r["name"], f["name"]) for r in opened(home)["resources"] for f in ({"name": ""}, *schema(home, r)["fields"])
    ]
    described += [(table, name) for table, frame in frames.items() for name in ("", *map(str, frame))]
    for table, column in described:
        entry = describe(table, column)
        assert all(entry[f"{text}_{lang}"] for text in ("heading", "meaning") for lang in ("zh", "en")), (table, column)
    for table, frame in frames.items():
        for lang in ("zh", "en"):
            heads = [describe(table, str(name))[f"heading_{lang}"] for name in frame]
            assert len(heads) == len(set(heads)), (table, lang)


def test_the_codebook_says_of_the_contracts_columns_what_the_contract_says() -> None:
    home = default_package()
    for resource in opened(home)["resources"]:
        stated, entry = schema(home, resource), describe(resource["name"])
        assert (entry["heading_en"], entry["meaning_en"]) == (resource["title"], resource["description"])
        targets = {key["fields"][0]: key["reference"]["resource"] for key in stated.get("foreignKeys", [])}
        for field in stated["fields"]:
            entry = describe(resource["name"], field["name"])
            target = targets.get(field["name"])
            assert entry["meaning_en"] == field["description"], (resource["name"], field["name"])
            assert entry["codes"] == (resource["name"] if target == "" else target or "")


@pytest.mark.parametrize("format_", ["csv", "json", "parquet"])
def test_the_same_data_gives_the_same_bytes(format_: str, frames: dict[str, pd.DataFrame], tmp_path: Path) -> None:
    chosen = {"milestones": frames["milestones"]}
    first, second = (tmp_path / f"{name}.{format_}" for name in "ab")
    for path in (first, second):
        formats.write(path, format_, chosen)
    assert first.read_bytes() == second.read_bytes()


HOSTILE = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    '=HYPERLINK("x")',
    "\t=1",
    "#N/A",
    "1e5",
    "2025-01-01",
    "TRUE",
    " padded ",
    "a\nb",
    "null",
    "，。",
]


def test_text_that_looks_like_a_formula_stays_text_in_a_workbook(tmp_path: Path) -> None:
    frame = jiaokou.load().head(len(HOSTILE)).assign(printed=pd.Series(HOSTILE, dtype="str"))
    (tmp_path / "a.xlsx").write_bytes(workbook.as_xlsx({"observations": frame}, "", open_package()))
    assert sheet(tmp_path / "a.xlsx", "observations")["printed"] == HOSTILE
    column = [row[8] for row in loaded(tmp_path / "a.xlsx")["observations"].iter_rows(min_row=2)]
    assert {cell.data_type for cell in column} == {"s"}
    assert [cell.quotePrefix for cell in column[:4]] == [True] * 4


def test_text_that_looks_like_a_formula_is_no_formula_in_csv_and_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"text": [*HOSTILE, None], "n": pd.array([-1.5] * (len(HOSTILE) + 1), dtype="Float64")})
    rows = list(csv.DictReader(io.StringIO(formats.as_csv(frame))))
    assert [row["text"] for row in rows[:6]] == [f"'{text}" for text in HOSTILE[:6]]
    assert [row["text"] for row in rows[6:]] == [*HOSTILE[6:], ""]
    assert {row["n"] for row in rows} == {"-1.5"}


def test_a_csv_file_tells_excel_its_encoding_and_pandas_does_not_mind(tmp_path: Path) -> None:
    formats.write(tmp_path / "a.csv", "csv", {"observations": jiaokou.load()})
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbfobservation,")
    assert pd.read_csv(tmp_path / "a.csv").columns[0] == "observation"


def test_a_text_too_long_for_a_cell_is_refused_and_not_cut() -> None:
    frame = jiaokou.load().head(1).assign(note="长" * 32768)
    with pytest.raises(JiaokouError, match="32768 characters is too long for Excel"):
        workbook.as_xlsx({"observations": frame}, "", open_package())


def test_what_is_there_stays_until_its_successor_is_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "a.csv"
    file.write_text("precious")
    file.chmod(0o640)

    def full(self: Path, content: bytes) -> int:
        with self.open("wb") as part:
            part.write(content[:10])
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        with pytest.raises(JiaokouError, match=r"cannot write .*a\.csv: No space left"):
            formats.replace(file, b"x" * 100)
    assert (file.read_text(), list(tmp_path.iterdir())) == ("precious", [file])
    formats.replace(file, b"new")
    assert (file.read_bytes(), file.stat().st_mode & 0o777) == (b"new", 0o640)


@pytest.mark.skipif(os.name == "nt", reason="links and pipes of POSIX")
def test_a_link_is_written_through_and_a_device_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "target")
    formats.replace(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "target").read_bytes() == b"new"
    formats.replace(Path(os.devnull), b"new")
    assert not Path(os.devnull).is_file()


def test_a_section_is_written_of_every_table_and_an_unknown_one_refused() -> None:
    for table in formats.TABLES:
        assert set(formats.served(table, "ecology")["section"]) <= {"ecology"}
        with pytest.raises(JiaokouError, match="weather"):
            formats.served(table, "weather")


def test_another_package_is_described_by_its_own_labels(tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "县 数据")
    units = package / "units.csv"
    units.write_text(units.read_text("utf-8").replace("吨/年,tonnes a year", "吨每年,tons"), "utf-8")
    formats.write(tmp_path / "a.xlsx", "xlsx", {"observations": jiaokou.load(package=package)}, package=package)
    assert "吨每年" in sheet(tmp_path / "a.xlsx", "codes")["label_zh"]
