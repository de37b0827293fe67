"""Whatever goes wrong with a publication, the last edition stays whole and the next one starts clean."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from small_notebooks import CHART, code, text, write
from warm_publishers import Warm, warm

from jiaokou.errors import JiaokouError
from jiaokou.publishing import manifest, store
from jiaokou.publishing.publish import publish

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, signals and mounts as Linux has them")

KILLS_WHILE_MADE, KILLS_WHILE_REPLACED, KILLS_WHILE_RUN = 8, 8, 3
DAMAGED = "data/sections.csv"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebooks")
    write(folder / "01_economy.ipynb", code(CHART), text("概况。", "zh"), text("In short.", "en"))
    return folder


@pytest.fixture(scope="module")
def out(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an edition in both languages, from which others take their notebooks over."""
    out = tmp_path_factory.mktemp("out")
    publish(out=out, notebooks=folder)
    return out


@pytest.fixture(scope="module")
def publishers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warm]:
    with warm(tmp_path_factory.mktemp("scratch")) as process:
        yield process


@pytest.fixture(scope="module")
def kills() -> list[int]:
    """How the publications ended that were to be killed."""
    return []


def damaged(out: Path) -> list[str]:
    """What a reader of `latest` does not find as its receipt says; nothing where the edition is whole."""
    latest = (out / "latest").resolve(strict=True)
    receipt = manifest.read(latest)
    assert receipt is not None
    assert "index.html" in receipt["outputs"]
    return manifest.damaged(latest, receipt)


def damage(out: Path) -> None:
    """Let the latest edition be one that has to be made again."""
    with (out / "latest" / DAMAGED).open("a") as table:
        table.write("x")


def forget(out: Path, lang: str) -> None:
    """Take away the edition in that language alone."""
    for edition in [path for path in out.iterdir() if not path.is_symlink()]:
        receipt = manifest.read(edition)
        if receipt and receipt["languages"] == [lang]:
            shutil.rmtree(edition)


def languages(out: Path) -> list[str]:
    receipt = manifest.read(out / "latest")
    assert receipt is not None
    return receipt["languages"]


def spread(steps: int, kills: int) -> list[int]:
    """Steps to die before: half of them over the whole way, half among the last, where editions change places."""
    last = kills // 2
    return [*(1 + i * (steps - last) // (kills - last) for i in range(kills - last)), *range(steps - last, steps)]


def leftovers(out: Path) -> list[str]:
    return [path.name for path in out.iterdir() if path.name.startswith(".") and path.name != ".lock"]


def test_a_publication_killed_while_a_new_edition_is_made_leaves_the_last_one(
    folder: Path, out: Path, publishers: Warm, kills: list[int]
) -> None:
    steps = publishers.publish(out=out, notebooks=folder, languages=["zh"]).steps
    for step in spread(steps, KILLS_WHILE_MADE):
        wanted = "en" if languages(out) == ["zh"] else "zh"
        forget(out, wanted)
        kills.append(publishers.publish(out=out, notebooks=folder, languages=[wanted], step=step).status)
        assert damaged(out) == [], f"killed before step {step}"


def test_a_publication_killed_while_the_latest_edition_is_replaced_leaves_a_readable_one(
    folder: Path, out: Path, publishers: Warm, kills: list[int]
) -> None:
    asked = {"out": out, "notebooks": folder, "languages": languages(out)}
    damage(out)
    steps = publishers.publish(**asked).steps
    assert damaged(out) == []
    for step in spread(steps, KILLS_WHILE_REPLACED):
        damage(out)
        kills.append(publishers.publish(**asked, step=step).status)
        assert damaged(out) in ([], [DAMAGED]), f"killed before step {step}"


def test_a_publication_killed_while_kernels_run_leaves_the_last_edition(
    folder: Path, out: Path, publishers: Warm, kills: list[int]
) -> None:
    asked = {"out": out, "notebooks": folder, "languages": ["en"], "force": True}
    whole = publishers.publish(**asked)
    assert (whole.status, damaged(out)) == (0, [])
    for number in range(KILLS_WHILE_RUN):
        seconds = whole.seconds * (number + 0.2) / KILLS_WHILE_RUN
        kills.append(publishers.publish(**asked, seconds=seconds).status)
        assert damaged(out) == [], f"killed after {seconds} s"


def test_after_all_those_kills_the_next_publication_leaves_nothing_of_them(
    folder: Path, out: Path, publishers: Warm, kills: list[int]
) -> None:
    assert kills.count(-signal.SIGKILL) >= 16
    assert publishers.publish(out=out, notebooks=folder).status == 0
    assert damaged(out) == leftovers(out) == []


def test_two_publishers_at_once_come_one_after_the_other(folder: Path, out: Path, publishers: Warm) -> None:
    asked = {"out": out, "notebooks": folder, "force": True, "jobs": 1}
    endings = publishers.publish_together({**asked, "languages": ["zh"]}, {**asked, "languages": ["en"]})
    assert [ending.status for ending in endings] == [0, 0]
    assert [ending.told("waiting") for ending in endings].count(True) == 1
    assert damaged(out) == []


def test_a_publisher_that_is_not_to_wait_is_told_at_once(folder: Path, out: Path) -> None:
    with (
        FileLock(out / ".lock"),
        pytest.raises(JiaokouError, match=r"another publication is writing to .*; try again later"),
    ):
        publish(out=out, notebooks=folder, wait=False)


def test_failing_cells_are_kept_and_named_and_a_kernel_killed_once_is_tried_again(tmp_path: Path) -> None:
    notebooks, once = tmp_path / "notebooks", tmp_path / "once"
    memory = "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nheld = bytearray(2**32)"
    killed = (
        "import os, signal\nfrom pathlib import Path\n"
        f"if not Path({str(once)!r}).exists():\n    Path({str(once)!r}).touch()\n    os.kill(os.getpid(), signal.SIGKILL)"
    )
    write(notebooks / "01_memory.ipynb", code(memory))
    write(notebooks / "02_endless.ipynb", code("while True: pass"))
    write(notebooks / "03_killed.ipynb", code(killed))
    errors: dict[str, str] = {}

    def tell(event: str, **facts: Any) -> None:
        if event == "run":
            errors[facts["run"]] = facts["error"]

    with pytest.raises(JiaokouError, match=r"notebook 01_memory \(en\), cell 4: MemoryError.*; 1 more failed"):
        publish(languages=["en"], out=tmp_path / "out", notebooks=notebooks, cell_timeout=4, tell=tell)
    assert errors["en/02_endless"] == "cell 4: not done after 4 s; allow more with --cell-timeout"
    assert errors["en/03_killed"] == ""
    kept = sorted(path.name for path in (tmp_path / "out" / "failed" / "en").iterdir())
    assert kept == ["01_memory.ipynb", "02_endless.ipynb"]
    assert "MemoryError" in (tmp_path / "out" / "failed" / "en" / "01_memory.ipynb").read_text()
    assert not (tmp_path / "out" / "latest").exists()


@contextmanager
def small_disk(place: Path, size: str) -> Iterator[Path]:
    place.mkdir()
    if os.geteuid() != 0:
        pytest.skip("only root may mount a small file system")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place], capture_output=True, text=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True)


def test_a_full_disk_and_one_that_cannot_be_written_leave_the_last_edition(
    folder: Path, out: Path, tmp_path: Path
) -> None:
    edition = publish(out=out, notebooks=folder).path
    size = sum(file.stat().st_size for file in edition.rglob("*"))
    with small_disk(tmp_path / "disk", f"{size + 300_000}") as disk:
        shutil.copytree(edition, disk / edition.name)
        store.point(disk, edition.name)
        with pytest.raises(JiaokouError, match=r"cannot write to .*No space left on device; free some space"):
            publish(languages=["en"], out=disk, notebooks=folder)
        assert damaged(disk) == leftovers(disk) == []
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(JiaokouError, match=r"cannot write to .*Read-only file system; choose another folder"):
            publish(languages=["en"], out=disk, notebooks=folder)
        assert damaged(disk) == []


def test_files_that_may_not_grow_so_large_leave_the_last_edition(folder: Path, out: Path) -> None:
    import resource

    publish(out=out, notebooks=folder)
    forget(out, "en")
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, limits[1]))
    try:
        with pytest.raises(JiaokouError, match=r"cannot write to .*File too large; free some space"):
            publish(languages=["en"], out=out, notebooks=folder)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert languages(out) == ["zh", "en"]
    assert damaged(out) == leftovers(out) == []


def test_a_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JiaokouError, match=r"cannot write to .*file: .*--out"):
        publish(out=tmp_path / "file", notebooks=folder)


def test_what_is_no_notebook_is_refused_before_anything_runs(tmp_path: Path) -> None:
    (tmp_path / "01_economy.ipynb").write_text('{"cells": [')
    with pytest.raises(JiaokouError, match=r"01_economy\.ipynb is not a notebook that can be read"):
        publish(out=tmp_path / "out", notebooks=tmp_path)
    assert not (tmp_path / "out").exists()


def test_nothing_runs_on_after_all_that(publishers: Warm, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Kernels of killed publications notice that they are alone; their scratch folder is how they are known."""
    marker = f"TMPDIR={tmp_path_factory.getbasetemp()}"
    deadline = time.monotonic() + 30
    while (left := running(marker)) and time.monotonic() < deadline:
        time.sleep(0.2)
    assert left == []


def test_each_test_that_the_documentation_names_is_there() -> None:
    root = Path(__file__).parents[2]
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", (root / "docs" / "faults.md").read_text("utf-8"))
    assert len(named) > 15
    assert [name for file, name in named if f"def {name}(" not in (root / file).read_text("utf-8")] == []


def running(marker: str) -> list[str]:
    """The commands of processes that were given such an environment, but for the warm process itself."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            environment = (process / "environ").read_bytes().decode(errors="replace").split("\0")
            command = (process / "cmdline").read_bytes().decode(errors="replace").replace("\0", " ")
        except OSError:
            continue
        if any(variable.startswith(marker) for variable in environment) and "warm_publishers" not in command:
            found.append(command)
    return found
