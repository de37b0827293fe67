"""The wheel stands alone: built from the sdist without a network, installed beside nothing, run in an empty folder."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from small_notebooks import CHART, code, text, write

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that has to end well; what it said otherwise is the failure's message."""
    inherited = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "JIAOKOU_SOURCE"}}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env={**inherited, "PIP_NO_INDEX": "1", "PYTHONIOENCODING": "utf-8", **environment},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}\n{done.stdout}\n{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, made from the sdist and not from the checkout, with the locked build backend."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", out, cwd=ROOT)
    (sdist,) = out.glob("*.tar.gz")
    run(sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", out, sdist, cwd=out)
    (built,) = out.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The scripts of an environment that holds the wheel and finds all else where these tests run."""
    folder = tmp_path_factory.mktemp("installed") / "env"
    venv.create(folder, symlinks=os.name != "nt")
    layout = {
        name: Path(sysconfig.get_path(name, "venv", {"base": str(folder), "platbase": str(folder)}))
        for name in ("purelib", "scripts")
    }
    python = layout["scripts"] / "python"
    run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", wheel, cwd=folder)
    # a plain path: the checkout's own .pth file, which lies there, is not followed from here
    (layout["purelib"] / "beside.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return layout["scripts"]


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder with nothing in it."""
    folder = tmp_path / "空的 文件夹"
    folder.mkdir()
    return folder


def test_wheel_carries_what_the_checkout_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, place in (("jiaokou", "jiaokou"), ("data", "jiaokou/package"), ("notebooks", "jiaokou/notebooks")):
        kept = {
            f"{place}/{path.relative_to(ROOT / folder).as_posix()}"
            for path in (ROOT / folder).rglob("*")
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(path.parts)
        }
        assert kept
        assert kept - names == set()
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"jiaokou"}


def test_wheel_is_what_runs_and_not_the_checkout(installed: Path, empty: Path) -> None:
    where = run(installed / "python", "-c", "import jiaokou; print(jiaokou.__file__)", cwd=empty)
    assert Path(where.strip()).is_relative_to(installed.parent)


def test_wheel_prints_and_writes_its_data_from_an_empty_folder(installed: Path, empty: Path) -> None:
    printed = run(installed / "jiaokou", "data", "economy", "--format", "csv", cwd=empty)
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert len(rows) > 10
    assert {row["section"] for row in rows} == {"economy"}
    assert all(row["printed"] and row["unit"] and (row["period_end"] or row["undated"] == "true") for row in rows)
    assert str(empty / "county") in run(installed / "jiaokou", "new", "county", cwd=empty)
    assert (empty / "county" / "datapackage.json").is_file()


# What is installed beside the wheel here is more than it asks for. These tests hide the rest, from every process.

HIDING = """
import json, os, sys
from importlib.machinery import PathFinder
class Hiding(PathFinder):
    names = frozenset(json.loads(os.environ.get("HIDDEN_MODULES", "[]")))
    @classmethod
    def find_spec(cls, name, path=None, target=None):
        return None if name.partition(".")[0] in cls.names else super().find_spec(name, path, target)
sys.meta_path[sys.meta_path.index(PathFinder)] = Hiding
"""


def closure(extra: str) -> set[str]:
    """The distributions that `jiaokou[extra]` asks for, and what these ask for in turn."""
    found: set[tuple[str, str]] = set()
    waiting = {("jiaokou", extra)}
    while waiting:
        found.add(asked := waiting.pop())
        name, wanted = asked
        for line in distribution(name).requires or []:
            requirement = Requirement(line)
            if requirement.marker is None or requirement.marker.evaluate({"extra": wanted}):
                extras = {"", *requirement.extras}
                waiting |= {(canonicalize_name(requirement.name), each) for each in extras} - found
    return {name for name, _ in found}


def hidden(extra: str) -> list[str]:
    """The modules of installed distributions that `jiaokou[extra]` does not ask for, directly or not."""
    wanted = closure(extra) | closure("") | {"pip"}
    return sorted(
        module
        for module, names in packages_distributions().items()
        if not {canonicalize_name(name) for name in names} & wanted
    )


@pytest.fixture(scope="module")
def bare(installed: Path) -> Path:
    """The installed wheel's scripts, whose processes find no module that HIDDEN_MODULES names."""
    (purelib,) = (path.parent for path in installed.parent.rglob("beside.pth"))
    (purelib / "hiding_modules.py").write_text(HIDING, encoding="utf-8")
    (purelib / "hiding.pth").write_text("import hiding_modules\n", encoding="utf-8")
    return installed


def run_bare(scripts: Path, extra: str, cwd: Path, *command: str, hardship: bool = False) -> str:
    """Run a command with nothing but what it asks for; under `hardship` without a network, a home, or any right."""
    share = str(Path(sys.prefix) / "share" / "jupyter")  # nbconvert's own templates
    environment = {"HIDDEN_MODULES": json.dumps(hidden(extra)), "JUPYTER_PATH": share}
    environment["XDG_CACHE_HOME"] = str(cwd / "cache")
    lowered: list[str] = []
    if hardship:
        for name in ("HOME", "TMPDIR"):
            (cwd / name).mkdir(mode=0o555)
            environment[name] = str(cwd / name)
        if sys.platform == "linux" and os.geteuid() == 0:  # whose rights go beyond those that folders give
            lowered = ["unshare", "--net", "setpriv", "--bounding-set=-all", "--inh-caps=-all"]
    return run(*lowered, scripts / command[0], *command[1:], cwd=cwd, **environment)


def test_what_is_not_asked_for_is_hidden(bare: Path, empty: Path) -> None:
    assert {"pytest", "pyarrow", "openpyxl", "jupyterlab", "jupyter_scheduler", "duckdb"} <= set(hidden(""))
    assert {"pandas", "numpy", "papermill", "nbconvert", "IPython"} & set(hidden("")) == set()
    assert {"pyarrow", "openpyxl"} & set(hidden("formats")) == set()
    program = "import pandas\ntry:\n    import pyarrow\nexcept ModuleNotFoundError as error:\n    print(error)"
    assert run_bare(bare, "", empty, "python", "-c", program) == "No module named 'pyarrow'\n"


def test_the_wheel_needs_no_more_than_it_asks_for(bare: Path, empty: Path) -> None:
    for arguments in (["data", "--format", "json"], ["audit"], ["data", "--out", "a.csv"], ["new", "county/data"]):
        assert run_bare(bare, "", empty, "jiaokou", *arguments) or "--out" in arguments
    program = "import jiaokou as jk; print(bool(jk.validate()), len(jk.search('foundry')) > 5, jk.indicator('projects_planned'))"
    assert run_bare(bare, "", empty, "python", "-c", program).startswith("True True ")


def test_wheel_publishes_its_briefings_and_a_notebook_of_ones_own_from_an_empty_folder(bare: Path, empty: Path) -> None:
    write(empty / "mine" / "my report.ipynb", text("我的概况。", "zh"), text("Mine.", "en"), code(CHART), code("fig"))
    asked = ["publish", "overview", "mine/my report.ipynb", "--lang", "en", "--log-format", "json"]
    index = run_bare(bare, "", empty, "jiaokou", *asked, hardship=True)
    latest = empty / "editions" / "latest"
    assert Path(index.strip()) == latest.resolve() / "index.html"
    front = (latest / "index.html").read_text(encoding="utf-8")
    assert "en/00_overview.html" in front
    assert "en/my_report.html" in front
    page = (latest / "en" / "00_overview.html").read_text(encoding="utf-8")
    assert '<html lang="en' in page
    assert "Jiaokou" in page
    assert "Mine." in (latest / "en" / "my_report.html").read_text(encoding="utf-8")
    assert not (latest / "zh").exists()


@pytest.mark.parametrize(
    ("extra", "command"),
    [
        ("formats", ["jiaokou", "data", "--out", "a.xlsx", "--lang", "zh"]),
        ("formats", ["jiaokou", "data", "--out", "a.parquet"]),
        ("lab", ["python", "-c", "import ipywidgets, jupyterlab.labapp"]),
        ("schedule", ["python", "-c", "import jupyter_scheduler.extension, jupyter_scheduler.executors"]),
    ],
)
def test_an_extra_needs_no_more_than_it_asks_for(extra: str, command: list[str], bare: Path, empty: Path) -> None:
    run_bare(bare, extra, empty, *command)
    assert extra != "formats" or (empty / command[3]).stat().st_size > 10_000
