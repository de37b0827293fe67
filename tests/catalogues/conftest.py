"""Small catalogues: Jiaokou's package under other names, with other numbers and maps."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from jiaokou.data.descriptor import default_package

Change = Mapping[str, Mapping[str, str]]


@pytest.fixture(scope="session")
def copied() -> Callable[..., Path]:
    """Makes a copy of Jiaokou's package whose cells are changed by file and code."""

    def copy(folder: Path, place: str = "", *, release: Mapping[str, str] = {}, **files: Change) -> Path:
        shutil.copytree(default_package(), folder)
        content = json.loads((folder / "datapackage.json").read_text(encoding="utf-8"))
        content |= {"name": folder.name}
        content["release"] |= {"place": place} if place else {}
        content["release"] |= release
        (folder / "datapackage.json").write_text(json.dumps(content), encoding="utf-8")
        for name, changes in files.items():
            for file in folder.glob(f"{name}.csv") if name != "observations" else folder.glob("observations/*.csv"):
                with file.open(encoding="utf-8", newline="") as opened:
                    rows = list(csv.DictReader(opened))
                code = next(iter(rows[0]))
                with file.open("w", encoding="utf-8", newline="") as opened:
                    writer = csv.DictWriter(opened, rows[0].keys(), lineterminator="\n")
                    writer.writeheader()
                    writer.writerows(row | dict(changes.get(row[code], {})) for row in rows)
        return folder

    return copy


@pytest.fixture(scope="session")
def province(tmp_path_factory: pytest.TempPathFactory, copied: Callable[..., Path]) -> Path:
    """Four places: one in other units and definitions, one that prints less exactly, one that cannot be read."""
    home = tmp_path_factory.mktemp("province")
    copied(home / "alpha", "141131")
    copied(
        home / "beta",
        "141132",
        entities={"jiaokou": {"label_zh": "乙县", "label_en": "Beta County"}},
        observations={
            "budget_expenditure": {"printed": "17.3亿元", "value": "1730000000"},
            "forest_cover": {"printed": "42.0%", "value": "42", "char_end": "3371"},
            "base_stations_5g": {"printed": "超183座", "value": "183"},
        },
    )
    gamma = copied(
        home / "gamma",
        "",
        entities={"jiaokou": {"code": "141133", "label_zh": "丙县", "label_en": "Gamma County"}},
        core={"forest_cover": {"note": "county_seat_scope"}},
        observations={
            "budget_expenditure": {"printed": "17.1亿元", "value": "1710000000"},
            "fixed_asset_investment_growth": {"basis": "target"},
        },
    )
    assert gamma.is_dir()
    (copied(home / "broken") / "units.csv").write_text("unit\n", encoding="utf-8")
    return home
