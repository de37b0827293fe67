"""Whatever goes wrong with a publication, the last edition stays whole and the next one starts clean."""

from __future__ import annotations

import os
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
from jiaokou.publishing import receipts
from jiaokou.publishing.edition import publish

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="forks, signals and mounts as Linux has them")

KILLS_WHILE_MADE, KILLS_WHILE_REPLACED, KILLS_WHILE_RUN = 10, 10, 6


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


def whole(out: Path) -> bool:
    """Whether a reader of `latest` finds an edition with all that its receipt says."""
    latest = (out / "latest").resolve(strict=True)
    receipt = receipts.read(latest)
    return (
        receipt is not None and not receipts.damaged(latest, receipt) and "index.html" in receipt["outputs"]
    )


def languages(out: Path) -> list[str]:
    receipt = receipts.read(out / "latest")
    assert receipt is not None
    return receipt["languages"]


def spread(steps: int, kills: int) -> list[int]:
    """Steps to die before: half of them over the whole way, half among the last, where editions change places."""
    last = kills // 2
    return [
        *(1 + i * (steps - last) // (kills - last) for i in range(kills - last)),
        *range(steps - last + 1, steps + 1),
    ]


def leftovers(out: Path) -> list[str]:
    return [path.name for path in out.iterdir() if path.name.startswith(".") and path.name != ".lock"]


def test_a_publication_killed_at_any_moment_leaves_a_whole_latest_edition(
    folder: Path, out: Path, publishers: Warm
) -> None:
    both: dict[str, Any] = {"out": out, "notebooks": folder}
    counted = publishers.publish(**both, languages=["zh"])
    assert counted.status == 0
    kills = 0
    for step in spread(counted.steps, KILLS_WHILE_MADE):  # another edition than the latest
        wanted = ["en"] if languages(out) == ["zh"] else ["zh"]
        for name, receipt in [(p, receipts.read(p)) for p in out.iterdir() if not p.is_symlink()]:
            if receipt and receipt["languages"] == wanted:
                subprocess.run(["rm", "-r", name], check=True)
        kills += publishers.publish(**both, languages=wanted, step=step).status == -9
        assert whole(out), f"killed before step {step}"
    latest = languages(out)
    damage(out)
    counted = publishers.publish(**both, languages=latest)
    assert (counted.status, whole(out)) == (0, True)
    for step in spread(counted.steps, KILLS_WHILE_REPLACED):  # the latest edition itself
        damage(out)
        kills += publishers.publish(**both, languages=latest, step=step).status == -9
        assert (out / "latest" / "index.html").is_file(), f"killed before step {step}"
        assert (out / "latest" / "zh" / "01_economy.html").is_file() or latest == ["en"]
    assert publishers.publish(**both, languages=latest).status == 0
    assert whole(out)
    counted = publishers.publish(**both, languages=latest, force=True)
    for number in range(KILLS_WHILE_RUN):  # with kernels at work
        seconds = counted.seconds * (number + 0.5) / KILLS_WHILE_RUN
        kills += publishers.publish(**both, languages=latest, force=True, seconds=seconds).status == -9
        assert whole(out), f"killed after {seconds} s"
    assert kills >= 25
    assert publishers.publish(**both).status == 0
    assert whole(out)
    assert leftovers(out) == []


def damage(out: Path) -> None:
    """Let the latest edition be one that has to be made again, though readers of its pages would not notice."""
    with (out / "latest" / "data" / "sections.csv").open("a") as table:
        table.write("x")


def test_two_publishers_at_once_come_one_after_the_other(folder: Path, out: Path, publishers: Warm) -> None:
    asked = {"out": out, "notebooks": folder, "force": True, "jobs": 1}
    endings = publishers.publish_together({**asked, "languages": ["zh"]}, {**asked, "languages": ["en"]})
    assert [ending.status for ending in endings] == [0, 0]
    assert [ending.told("waiting") for ending in endings].count(True) == 1
    assert whole(out)


def test_a_publisher_that_is_not_to_wait_is_told_at_once(folder: Path, out: Path) -> None:
    with (
        FileLock(out / ".lock"),
        pytest.raises(JiaokouError, match=r"another publication is writing to .*; try again later"),
    ):
        publish(out=out, notebooks=folder, wait=False)


def test_failing_cells_are_kept_and_named_and_a_kernel_killed_once_is_tried_again(tmp_path: Path) -> None:
    notebooks, once = tmp_path / "notebooks", tmp_path / "once"
    memory = (
        "import resource\nresource.setrlimit(resource.RLIMIT_AS, (2**31, 2**31))\nheld = bytearray(2**32)"
    )
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

    with pytest.raises(
        JiaokouError, match=r"notebook 01_memory \(en\), cell 4: MemoryError.*; 1 more failed"
    ):
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
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", place],
        capture_output=True,
        text=True,
        check=False,
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
    with small_disk(tmp_path / "disk", "7m") as disk:
        subprocess.run(["cp", "-a", *out.iterdir(), disk], check=False, capture_output=True)
        for path in disk.iterdir():
            if not path.is_symlink() and path != (disk / "latest").resolve():
                subprocess.run(["rm", "-r", path], check=True)
        publish(["economy"], out=disk, notebooks=folder)
        assert whole(disk)
        with pytest.raises(JiaokouError, match=r"cannot write to .*No space left on device; free some space"):
            publish(["economy"], languages=["en"], out=disk, notebooks=folder)
        assert whole(disk)
        assert leftovers(disk) == []
        subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
        with pytest.raises(
            JiaokouError, match=r"cannot write to .*Read-only file system; choose another folder"
        ):
            publish(["economy"], languages=["en"], out=disk, notebooks=folder)
        assert whole(disk)


def test_files_that_may_not_grow_so_large_leave_the_last_edition(folder: Path, out: Path) -> None:
    import resource

    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    editions = {path.name for path in out.iterdir()}
    write(folder / "02_other.ipynb", text("再来。", "zh"), text("Again.", "en"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
    try:
        with pytest.raises(JiaokouError, match=r"cannot write to .*File too large; free some space"):
            publish(["economy"], languages=["en"], out=out, notebooks=folder, settings=[])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert whole(out)
    assert {path.name for path in out.iterdir()} == editions


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
