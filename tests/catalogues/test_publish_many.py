"""Many packages published together: each keeps its own editions, whatever happens to the others or to the workers."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import dask
import pytest
from click.testing import CliRunner, Result
from distributed import LocalCluster
from small_notebooks import CHART, code, write

from jiaokou.catalogues.publish import publish_all
from jiaokou.cli.main import main
from jiaokou.data.descriptor import default_package
from jiaokou.errors import JiaokouError
from jiaokou.publishing import manifest

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="kernels are forked, and files locked, as Linux does")


def make(folder: Path, *names: str) -> Path:
    """A catalogue of packages with these names."""
    for name in names:
        write_descriptor(shutil.copytree(default_package(), folder / name), name=name)
    return folder


def write_descriptor(package: Path, **stated: str) -> None:
    """Let a package's descriptor state something else."""
    file = package / "datapackage.json"
    file.write_text(json.dumps({**json.loads(file.read_text("utf-8")), **stated}), "utf-8")


def whole(edition: Path) -> bool:
    receipt = manifest.read(edition)
    return receipt is not None and manifest.damaged(edition, receipt) == []


def left(*places: Path) -> list[str]:
    """What publications leave that were not ended properly."""
    return [path.name for place in places for path in place.rglob(".*-*")]


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("notebooks") / "01_economy.ipynb", code(CHART), code("fig")).parent


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("many")


@pytest.fixture(scope="module")
def runs(place: Path, notebooks: Path) -> list[tuple[Result, str]]:
    """The command over three packages, and again when one has changed and one is broken; the page each time."""
    catalogue, out = make(place / "catalogue", "east", "south", "west"), place / "out"
    asked = ["--notebooks", notebooks, "--lang", "zh", "--jobs", "1", "--out", out]
    done = []
    for _ in range(2):
        result = CliRunner().invoke(main, ["publish", "--catalogue", str(catalogue), *map(str, asked)])
        done.append((result, (out / "index.html").read_text("utf-8")))
        with (catalogue / "south" / "indicators.csv").open("a", encoding="utf-8") as table:
            table.write("broken\n")
        write_descriptor(catalogue / "west", version="1.0.1")
    return done


def test_each_package_has_an_edition_of_its_own(runs: list[tuple[Result, str]], place: Path) -> None:
    result, _ = runs[0]
    assert result.exit_code == 0, result.output
    assert result.stdout == f"{place / 'out' / 'index.html'}\n"
    assert [whole(place / "out" / name / "latest") for name in ("east", "south", "west", "comparison")] == [True] * 4


def test_each_package_is_one_line(runs: list[tuple[Result, str]]) -> None:
    for result, _ in runs:
        for name in ("east", "south", "west"):
            assert len(re.findall(rf"^{name}  ", result.stderr, flags=re.M)) == 1


def test_what_has_not_changed_is_not_run(runs: list[tuple[Result, str]]) -> None:
    assert re.search(r"^east  .*nothing has changed$", runs[1][0].stderr, flags=re.M)
    assert re.search(r"^west  .*published$", runs[1][0].stderr, flags=re.M)


def test_a_package_that_fails_is_named_with_status_1_and_its_last_edition_stays(
    runs: list[tuple[Result, str]], place: Path
) -> None:
    result, _ = runs[1]
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("error: not published: south;")
    assert "south  failed: " in result.stderr
    assert whole(place / "out" / "south" / "latest")
    assert left(place / "out") == []


def test_the_page_over_all_leads_to_each_latest_edition_in_both_languages(
    runs: list[tuple[Result, str]], place: Path
) -> None:
    for _, page in runs:
        links = re.findall(r'<a href="([^"#]+)#(zh|en)"', page)
        assert links == [(f"{n}/latest/index.html", lang) for lang in ("zh", "en") for n in ("east", "south", "west")]
        assert all((place / "out" / link).is_file() for link, _ in links)
        assert 'href="comparison/latest/index.html#zh"' in page


def test_the_page_names_what_failed_and_no_place_on_the_machine(runs: list[tuple[Result, str]], place: Path) -> None:
    assert "band" not in re.findall(r'<section class="(\w+)"', runs[0][1])
    _, page = runs[1]
    (band, *_) = re.findall(r'<section class="band">.*?</section>', page, flags=re.S)
    assert "(south)" in band
    assert "indicators.csv, row" in band
    assert str(place) not in page


# Workers


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[str]:
    """The scheduler of a cluster that is somebody else's: one worker, begun again when it dies."""
    named = {"env": {"TMPDIR": str(tmp_path)}, "dashboard_address": "127.0.0.1:0", "silence_logs": "CRITICAL"}
    with (
        dask.config.set({"distributed.scheduler.allowed-failures": 1}),
        LocalCluster(n_workers=1, threads_per_worker=1, **named) as started,
    ):
        yield started.scheduler_address


def test_a_package_whose_worker_died_is_tried_again_and_one_that_always_kills_it_is_given_up(
    tmp_path: Path, cluster: str
) -> None:
    lost = tmp_path / "lost"
    kill = f"""
import os, signal
from pathlib import Path
lost = Path({str(lost)!r})
if "west" in package or not lost.exists():
    lost.touch()
    os.kill(int(os.environ["JPY_PARENT_PID"]), signal.SIGKILL)
"""
    notebook = write(tmp_path / "notebooks" / "01_economy.ipynb", code(kill), code(CHART))
    asked = {"notebooks": notebook.parent, "languages": ["zh"], "out": tmp_path / "out"}
    catalogue = make(tmp_path / "catalogue", "east", "west")
    _, failed = publish_all(catalogue, scheduler=cluster, **asked)
    assert list(failed) == ["west"]
    assert "its worker died" in failed["west"]
    assert lost.exists()
    assert whole(tmp_path / "out" / "east" / "latest")
    assert not (tmp_path / "out" / "west" / "latest").exists()


def test_where_no_package_can_be_read_the_page_over_all_says_why(tmp_path: Path, cluster: str) -> None:
    catalogue, out = make(tmp_path / "catalogue", "east"), tmp_path / "out"
    (catalogue / "east" / "units.csv").write_text("unit\n", "utf-8")
    index, failed = publish_all(catalogue, scheduler=cluster, out=out, languages=["zh"], retries=0)
    assert failed.keys() == {"east", "comparison"}
    assert failed["comparison"].endswith("see comparison/failed")
    assert "units.csv" in Path(index).read_text("utf-8")


def test_ctrl_c_ends_it_soon_and_leaves_nothing(tmp_path: Path) -> None:
    catalogue, scratch = make(tmp_path / "catalogue", "east", "west"), tmp_path / "scratch"
    started = tmp_path / "started"
    cells = code(f"open({str(started)!r}, 'w').close()\nimport time\ntime.sleep(600)")
    notebook = write(tmp_path / "notebooks" / "01_economy.ipynb", cells)
    scratch.mkdir()
    command = [
        "publish",
        "--catalogue",
        catalogue,
        "--notebooks",
        notebook.parent,
        "--out",
        tmp_path / "out",
        "--jobs",
        "1",
    ]
    process = subprocess.Popen(
        [sys.executable, "-m", "jiaokou", *map(str, command)],
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env={**os.environ, "TMPDIR": str(scratch)},
    )
    while not started.exists():
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=60)  # it has ended, and all that it had started
    assert (process.returncode, said.splitlines()[-1]) == (130, "error: interrupted")
    assert said.count("error:") == 1
    assert list(scratch.iterdir()) == []
    assert left(tmp_path / "out") == []


def test_a_scheduler_that_does_not_answer_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(JiaokouError, match="no scheduler answers at nonsense://x"):
        publish_all(make(tmp_path, "east"), out=tmp_path / "out", scheduler="nonsense://x")


def test_without_the_extra_one_line_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(JiaokouError, match=r"pip install 'jiaokou\[catalogue\]'"):
        publish_all(make(tmp_path, "east"), out=tmp_path / "out")
