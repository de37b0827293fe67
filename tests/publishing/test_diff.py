"""What changed from one edition to another."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from small_notebooks import receipt

from jiaokou import wording
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError
from jiaokou.html.index import front_pages
from jiaokou.publishing.diff import compare
from jiaokou.publishing.store import find
from jiaokou.wording import phrases

FIELDS = ["observation", "printed", "qualifier", "value", "unit", "basis", "period_start", "period_end"]
PLANNED = ("projects_planned", "146个", "exact", "146.0", "count", "planned", "2021-01-01", "2025-12-31")
COVER = ("forest_cover", "38.6%", "exact", "38.6", "percent", "actual", "2025-12-31", "2025-12-31")


def held(folder: Path, name: str, *rows: tuple[str, ...], verdict: str = "holds", page: str = "") -> tuple[Path, str]:
    """An edition as far as a comparison looks at it."""
    (folder / name / "data").mkdir(parents=True)
    (folder / name / "zh").mkdir()
    pd.DataFrame(rows, columns=FIELDS).to_csv(folder / name / "data" / "observations.csv", index=False)
    audit = pd.DataFrame({"relation": ["energy_twice"], "verdict": [verdict]})
    audit.to_csv(folder / name / "data" / "audit.csv", index=False)
    (folder / name / "zh" / "01_economy.html").write_text(f"edition {name} {page}")
    (folder / name / "receipt.json").write_text(json.dumps(receipt(name)))
    return folder / name, name


def test_editions_that_differ_only_in_their_names_are_the_same(tmp_path: Path) -> None:
    assert compare(held(tmp_path, "aaaa", PLANNED), held(tmp_path, "bbbb", PLANNED)).empty


def test_what_changed_is_said_by_kind_name_and_field(tmp_path: Path) -> None:
    before = held(tmp_path, "aaaa", PLANNED, COVER)
    other = ("projects_planned", "超150个", "over", "150.0", "count", "actual", "2021-01-01", "2025-06-30")
    after = held(tmp_path, "bbbb", other, ("rank", *COVER[1:]), verdict="cannot_hold", page="with another sentence")
    found = compare(before, after)
    assert list(found.columns) == ["kind", "name", "change", "field", "before", "after"]
    rows = [tuple(row) for row in found.itertuples(index=False)]
    assert rows[:-1] == [
        ("observation", "projects_planned", "changed", "printed", "146个", "超150个"),
        ("observation", "projects_planned", "changed", "qualifier", "exact", "over"),
        ("observation", "projects_planned", "changed", "value", "146.0", "150.0"),
        ("observation", "projects_planned", "changed", "basis", "planned", "actual"),
        ("observation", "projects_planned", "changed", "period_end", "2025-12-31", "2025-06-30"),
        ("observation", "forest_cover", "gone", "", "", ""),
        ("observation", "rank", "added", "", "", ""),
        ("relation", "energy_twice", "changed", "verdict", "holds", "cannot_hold"),
    ]
    assert rows[-1][:4] == ("page", "zh/01_economy.html", "changed", "sha256")


def test_the_front_page_says_it_in_both_languages(tmp_path: Path) -> None:
    other = ("projects_planned", "150个", "exact", "150.0", *PLANNED[4:])
    after = held(tmp_path, "bbbb", other, verdict="cannot_hold", page="more")
    changes = compare(held(tmp_path, "aaaa", PLANNED, COVER), after).to_dict("records")
    found = {"before": "aaaa", "changes": changes}
    package = open_package()
    html = front_pages(package, {"zh": [], "en": []}, [], "bbbb", found)["index.html"]
    observed = package.frames["observations"].set_index("observation")
    label = wording.label(observed.loc["projects_planned"], "en", package)
    for said in (
        "与上一版相比，以下数值或核对结论有变动",
        "Values and checks that differ from the edition before",
        f"{label}: {phrases('en')['printed']} 146个 → 150个",
        "no longer there",
        "energy_twice: Verdict consistent → does not match",
    ):
        assert said in html


def test_codes_that_changed_are_said_in_words_unless_they_are_known_no_more() -> None:
    codes = {
        "basis": ("actual", "design_capacity"),
        "qualifier": ("exact", "over"),
        "unit": ("percent", "furlong"),
        "verdict": ("holds", "cannot_hold"),
    }
    changed = {"kind": "observation", "change": "changed"}
    changes = [changed | {"name": f, "field": f, "before": b, "after": a} for f, (b, a) in codes.items()]
    found = {"before": "aaaa", "changes": changes}
    pages = front_pages(open_package(), {"zh": [], "en": []}, [], "bbbb", found)
    for lang, words in {
        "zh": ("性质 实绩 → 设计产能", "限定词 无限定 → 超过", "结论 相符 → 对不上"),
        "en": ("Basis actual → design capacity", "Qualifier no qualifier → more than", "→ furlong"),
    }.items():
        for said in words:
            assert said in pages[f"{lang}/index.html"]


def test_a_table_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    before, after = held(tmp_path, "aaaa", PLANNED), held(tmp_path, "bbbb", PLANNED)
    (after[0] / "data" / "audit.csv").write_text("nothing\n")
    with pytest.raises(JiaokouError, match=r"audit\.csv cannot be read.*publish the edition again"):
        compare(before, after)


def test_an_edition_is_found_by_its_folder_or_its_name_and_nothing_else_is_one(tmp_path: Path) -> None:
    folder, name = held(tmp_path, "aaaa", PLANNED)
    assert find(folder, "elsewhere")[0] == find(name, tmp_path)[0] == folder
    with pytest.raises(JiaokouError, match="bbbb is no edition"):
        find("bbbb", tmp_path)
