"""The same inputs give the same bytes, wherever, whenever and by whomever an edition is made."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from small_notebooks import CHART, code, text, write

SHOWN = """
import jiaokou
from jiaokou import charts, tables, wording

data = jiaokou.open_package(package)
say = wording.narrator(lang, data)
observed = jiaokou.load("economy", package=package)
"""
LOOKS = [
    'say(zh="{projects_planned}，{projects_completion_rate}。", en="{projects_planned}, {projects_completion_rate}.")',
    'charts.relations(jiaokou.audit(package=package), lang, title="t", source="s", package=data)',
    'charts.composition(observed, lang, by="basis", title="t", source="s", package=data)',
    'tables.observations(observed, lang, source="s", package=data)',
    'set("abcdefgh"), object(), sorted({"交": 1, "口": 2})',
    'print(f"{observed.value.sum():,.3f}")',
    'print(set("abcdefgh"), "-".join({"交", "口", "县", "a"}))',
    'import pandas\npandas.DataFrame({"a": [object()]})',
    'pandas.Series(["a"]).dtype, pandas.DataFrame([["b" * 60] * 3])',
    'import os, time\ntime.tzname, os.environ.get("MPLBACKEND"), open(os.devnull).encoding',
]
CONDITIONS = [
    {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "0", "USER": "one"},
    {
        "TZ": "Pacific/Chatham",
        "LC_ALL": "C",
        "LANG": "zh_CN.GB18030",
        "PYTHONHASHSEED": "4242",
        "USER": "two",
        "BROWSER": "none",
        "COLUMNS": "40",
        "MPLBACKEND": "agg",
        "PANDAS_FUTURE_INFER_STRING": "0",
        "PLOTLY_RENDERER": "nonsense",
    },
]
UMASKS = [0o022, 0o077]


def test_the_same_inputs_give_the_same_bytes_under_other_conditions(tmp_path: Path) -> None:
    """Time zone, locale, hash seed, home, user, working directory, umask, every folder, and what libraries heed."""
    publishing = [start(tmp_path, number) for number in range(len(CONDITIONS))]
    assert [process.wait() for process in publishing] == [0, 0]
    ours, theirs = (contents(tmp_path / f"at {number}" / "out") for number in range(len(CONDITIONS)))
    assert {name for name in ours | theirs if ours.get(name) != theirs.get(name)} == set()
    assert {"index.html", "en/01_economy.html", "notebooks/en/01_economy.ipynb", "data/audit.csv"} <= set(ours)


def start(folder: Path, number: int) -> subprocess.Popen[bytes]:
    home = folder / f"at {number}"
    for name in ("home", "work", "temporary"):
        (home / name).mkdir(parents=True)
    cells = [code(CHART), code("fig"), code(SHOWN), *map(code, LOOKS), text("概况。", "zh"), text("In short.", "en")]
    write(home / "notebooks" / "01_economy.ipynb", *cells)
    environment = {**os.environ, **CONDITIONS[number], "HOME": str(home / "home"), "TMPDIR": str(home / "temporary")}
    arguments = ["--notebooks", home / "notebooks", "--out", home / "out", "--lang", "en"]
    return subprocess.Popen(
        [sys.executable, "-m", "jiaokou", "publish", *arguments],
        cwd=home / "work",
        env=environment,
        umask=UMASKS[number],
    )


def contents(out: Path) -> dict[str, bytes]:
    """Every file of the edition but its receipt, by name, and the edition's own name."""
    edition = (out / "latest").resolve()
    files = {str(path.relative_to(edition)): path.read_bytes() for path in edition.rglob("*") if path.is_file()}
    del files["receipt.json"]
    return files | {"": edition.name.encode()}
