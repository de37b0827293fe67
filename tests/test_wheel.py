"""The wheel stands alone: built from the sdist without a network, installed beside nothing, run in an empty folder."""

from __future__ import annotations

import csv
import io
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that has to end well; what it said otherwise is the failure's message."""
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "JIAOKOU_SOURCE"}
    }
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
    run(
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--no-deps",
        "--no-build-isolation",
        "--wheel-dir",
        out,
        sdist,
        cwd=out,
    )
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
    return tmp_path


def test_wheel_carries_what_the_checkout_has(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder, place in (
        ("jiaokou", "jiaokou"),
        ("data", "jiaokou/data"),
        ("notebooks", "jiaokou/notebooks"),
    ):
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


def test_wheel_prints_its_data_from_an_empty_folder(installed: Path, empty: Path) -> None:
    text = run(installed / "jiaokou", "data", "economy", "--format", "csv", cwd=empty)
    rows = list(csv.DictReader(io.StringIO(text)))
    assert len(rows) > 10
    assert {row["section"] for row in rows} == {"economy"}
    assert all(row["printed"] and row["unit"] and row["period_end"] for row in rows)


def test_wheel_publishes_a_briefing_from_an_empty_folder(installed: Path, empty: Path) -> None:
    # nbconvert's own templates lie outside of site-packages
    share = Path(sys.prefix) / "share" / "jupyter"
    run(installed / "jiaokou", "publish", "overview", "--lang", "en", cwd=empty, JUPYTER_PATH=str(share))
    latest = empty / "editions" / "latest"
    assert "00_overview" in (latest / "index.html").read_text(encoding="utf-8")
    page = (latest / "en" / "00_overview.html").read_text(encoding="utf-8")
    assert '<html lang="en' in page
    assert "Jiaokou" in page
    assert not (latest / "zh").exists()
