"""A draft is decided row by row, by keys alone, and nothing decided is ever lost."""

from __future__ import annotations

from pathlib import Path

import pytest

import jiaokou
from jiaokou.drafting import draft
from jiaokou.drafting.command import draft_package
from jiaokou.errors import JiaokouError

TEXT = "2025年，新建学校3所、医院2所，投资增长5%。总额突破60亿。"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text(TEXT, "utf-8")
    draft_package(tmp_path / "a.txt", tmp_path / "data", "2025")
    return tmp_path / "data"


def states(folder: Path) -> dict[str, str]:
    rows = draft.read(folder)
    return dict(zip(rows["printed"], rows["state"], strict=True))


def test_the_doubtful_come_first_and_each_key_is_saved_at_once(folder: Path) -> None:
    view = jiaokou.review(folder, "en", reviewer="A")
    shown = [view.rows.at[view.row, "printed"]]
    view._key.value = "c"  # as it is typed
    shown.append(view.rows.at[view.row, "printed"])
    view.press("r")
    assert shown == ["突破60亿", "3所"]
    assert states(folder) == {
        "2025年": "drafted",
        "3所": "rejected",
        "2所": "drafted",
        "5%": "drafted",
        "突破60亿": "confirmed",
    }
    assert "<mark>2所</mark>" in view._shown.value
    assert "2 of 4" in view._shown.value
    again = jiaokou.review(folder)  # another kernel goes on where this one stopped
    assert again.rows.at[again.row, "printed"] == "2所"


def test_an_edit_takes_the_fields_over_and_undo_takes_back(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.fields["unit"].value = "元"
    view.press("e")
    rows = draft.read(folder)
    edited = rows[rows["state"] == "edited"].iloc[0]
    assert (edited["printed"], edited["unit"], edited["drafted_unit"]) == ("突破60亿", "元", "")
    view.press("u")
    assert set(states(folder).values()) == {"drafted"}


def test_rows_of_one_unit_and_kind_are_confirmed_together(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.press("n")
    view.press("a")
    assert [printed for printed, state in states(folder).items() if state == "confirmed"] == ["3所", "2所"]
    assert "3所, 2所" in view.said


def test_what_another_program_decided_is_taken_over_and_a_conflict_is_told(folder: Path) -> None:
    view = jiaokou.review(folder, "en")
    rows = draft.read(folder)
    rows.loc[rows["printed"] != "突破60亿", ["state", "reviewer"]] = ["confirmed", "B"]
    draft.write(rows, folder)
    view.press("r")  # the file has nothing of this row
    assert states(folder) == dict.fromkeys(rows["printed"], "confirmed") | {"突破60亿": "rejected"}
    rows = draft.read(folder)
    rows.loc[rows["printed"] == "突破60亿", ["state", "unit"]] = ["edited", "元"]
    draft.write(rows, folder)
    view._at = 0
    view.press("c")
    assert states(folder)["突破60亿"] == "edited"
    assert "“突破60亿” (characters 27 to 32) was edited: unit 元, and elsewhere confirmed" in view.said
    assert view.rows.at[view.row, "printed"] == "突破60亿"  # to press the key again
    view.fields["value"].value = "60"
    rows.loc[rows["printed"] == "突破60亿", ["state", "unit"]] = ["edited", "户"]
    draft.write(rows, folder)
    view.press("n")
    assert (view.fields["value"].value, view.fields["unit"].value) == ("60", "户")  # theirs, and what was typed
    view.press("u")
    view._at = 0
    view.press("c")  # told, and pressed again
    assert states(folder)["突破60亿"] == "confirmed"


def test_an_old_copy_saved_over_the_file_loses_no_decision(folder: Path) -> None:
    old = draft.read(folder)
    view = jiaokou.review(folder)
    view.press("c")
    draft.write(old, folder)
    view.press("c")
    assert list(states(folder).values()).count("confirmed") == 2


def test_an_edit_that_the_file_could_not_hold_is_told_and_not_saved(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.fields["value"].value = "many"
    view.press("e")
    assert "“many” is no number" in view.said
    view.fields["value"].value, view.fields["printed"].value = "60", "60"
    view.press("e")
    edited = draft.read(folder).set_index("printed").loc["60"]
    assert (edited["start"], edited["state"]) == (str(TEXT.index("60")), "edited")


def test_a_field_that_was_changed_is_never_confirmed_away(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.fields["name"].value = "财政总额"
    view.press("c")
    row = draft.read(folder).set_index("printed").loc["突破60亿"]
    assert (row["state"], row["name"]) == ("edited", "财政总额")


def test_a_value_that_its_characters_do_not_bear_out_is_told_and_what_was_typed_stays(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.press("n")
    view.fields["value"].value = "5"
    view.press("e")
    assert "5 所 from “3所”" in view.said
    assert view.fields["value"].value == "5"
    assert set(states(folder).values()) == {"drafted"}


def test_a_folder_without_a_draft_is_told(tmp_path: Path) -> None:
    with pytest.raises(JiaokouError, match="has no rows; draft first"):
        jiaokou.review(tmp_path)


@pytest.mark.parametrize(("key", "state"), [("n", "edited"), ("b", "edited"), ("a", "edited"), ("r", "rejected")])
def test_what_was_typed_is_kept_whichever_key_follows(folder: Path, key: str, state: str) -> None:
    view = jiaokou.review(folder)
    view.press("n")
    view.fields["name"].value, view.fields["reason"].value = "学校数", "见原文"
    view.press(key)
    assert view.rows.at[view.row, "printed"] != "3所" or key == "a"
    row = draft.read(folder).set_index("printed").loc["3所"]
    assert row[["state", "name", "reason"]].tolist() == [state, "学校数", "见原文"]


def test_what_was_typed_and_cannot_be_taken_over_holds_the_row(folder: Path) -> None:
    view = jiaokou.review(folder)
    view.fields["value"].value = "many"
    for key in "xnbar":
        view.press(key)
        assert (view.rows.at[view.row, "printed"], view.fields["value"].value) == ("突破60亿", "many")
    assert view.said == "数值: “many” is no number; write digits alone"
    view.press("u")  # takes back what was typed, and no decision
    assert view.fields["value"].value == "6000000000"
