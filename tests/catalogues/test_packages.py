"""Which packages a catalogue holds."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from jiaokou.data.packages import named
from jiaokou.errors import JiaokouError


def put(folder: Path, name: object = None) -> Path:
    folder.mkdir(parents=True)
    content = {"name": name or folder.name, "resources": []}
    (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
    return folder


def test_a_folder_holds_packages_at_any_depth_in_the_order_of_their_paths(tmp_path: Path) -> None:
    expected = [put(tmp_path / "a" / "x" / "deep"), put(tmp_path / "b"), put(tmp_path / "c")]
    (tmp_path / "empty").mkdir()
    assert list(named(tmp_path).values()) == expected
    assert list(named(expected[0]).values()) == expected[:1]


def test_hidden_folders_editions_and_what_lies_in_a_package_are_no_packages(tmp_path: Path) -> None:
    kept = put(tmp_path / "kept")
    put(kept / "copy")
    put(tmp_path / ".hidden" / "one")
    put(tmp_path / "editions" / "0123" / "data")
    (tmp_path / "editions" / "0123" / "receipt.json").touch()
    (tmp_path / "editions" / "latest").symlink_to("0123")
    assert list(named(tmp_path).values()) == [kept]


def test_a_file_lists_folders_relative_to_itself_in_its_own_order(tmp_path: Path) -> None:
    one, other = put(tmp_path / "one"), put(tmp_path / "far" / "an other")
    (tmp_path / "far" / "list.txt").write_text("# a province\nan other  # its capital\n\n../one\n", encoding="utf-8")
    assert list(named(tmp_path / "far" / "list.txt").values()) == [other, one]


def test_a_package_that_cannot_be_read_has_its_folders_name_and_stops_no_other(tmp_path: Path) -> None:
    broken, named_badly = put(tmp_path / "broken"), put(tmp_path / "bad", "../up")
    (broken / "datapackage.json").write_text("{", encoding="utf-8")
    assert named(tmp_path) == {"bad": named_badly, "broken": broken}


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("none", "holds no data package; give a folder"),
        ("missing", "is no folder and no file; give a folder"),
        ("list.txt", "list.txt, line 2: .*none holds no datapackage.json; correct it or take it out"),
        ("twice", "one and .*two are both named “same”; give one another name"),
    ],
)
def test_what_is_no_catalogue_is_said_in_one_line(tmp_path: Path, asked: str, message: str) -> None:
    (tmp_path / "none").mkdir()
    (tmp_path / "list.txt").write_text("# mine\nnone\n", encoding="utf-8")
    put(tmp_path / "twice" / "one", "same")
    put(tmp_path / "twice" / "two", "same")
    with pytest.raises(JiaokouError, match=message):
        named(tmp_path / asked)
