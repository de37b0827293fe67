"""Editions in an object store: none is seen before it is complete."""

from __future__ import annotations

import errno
import mimetypes
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import pytest
from click.testing import CliRunner
from fsspec.implementations.memory import MemoryFileSystem
from small_notebooks import CHART, code, write

from jiaokou.catalogues.publish import page, publish_one
from jiaokou.catalogues.storage import Bucket, Folder, storage
from jiaokou.cli.main import main
from jiaokou.data.descriptor import default_package
from jiaokou.errors import WrongUseError
from jiaokou.publishing import manifest


class Full(MemoryFileSystem):
    """A store in memory that takes so many objects more."""

    store: dict[str, Any] = {}  # noqa: RUF012 - as its parent has it
    pseudo_dirs = [""]  # noqa: RUF012
    room = 10**6
    put_there: list[str] = []  # noqa: RUF012
    types: dict[str, str | None] = {}  # noqa: RUF012

    def pipe_file(self, path: str, value: bytes, mode: str = "overwrite", **how: Any) -> None:
        self.take(path)
        super().pipe_file(path, value, mode, **how)

    def put_file(self, lpath: str, rpath: str, *args: Any, **how: Any) -> None:
        self.take(rpath)
        Full.types[rpath] = mimetypes.guess_type(lpath)[0]  # as s3fs does, which gives bytes no type
        super().put_file(lpath, rpath, *args, **how)

    def take(self, path: str) -> None:
        if not Full.room:
            raise OSError(errno.ENOSPC, "No space left on device", path)
        Full.room -= 1
        Full.put_there.append(path.partition("east/")[2])


@pytest.fixture(scope="module", autouse=True)
def registered() -> Iterator[None]:
    fsspec.register_implementation("memory", Full, clobber=True)
    yield
    fsspec.register_implementation("memory", MemoryFileSystem, clobber=True)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("notebooks") / "01_economy.ipynb", code(CHART), code("fig")).parent


def test_an_edition_in_a_store_is_complete_before_it_is_seen(notebooks: Path, tmp_path: Path) -> None:
    bucket = Bucket("memory://shared/pages")
    asked = {"notebooks": notebooks, "languages": ["zh"]}
    first = publish_one(bucket, "east", str(default_package()), asked)
    address, receipt = bucket.latest("east") or ("", {})
    edition = receipt["edition"]
    assert (first.state, first.address, address) == ("published", f"east/{edition}", f"east/{edition}")
    # What has a receipt is complete, and what the pointer leads to has a receipt.
    assert set(Full.put_there[:-2]) == {f"{edition}/{name}" for name in receipt["outputs"]}
    assert Full.put_there[-2:] == [f"{edition}/receipt.json", "latest"]
    fsspec.filesystem("memory").get(f"/shared/pages/{address}/", f"{tmp_path}/copy/", recursive=True)
    assert manifest.is_whole(tmp_path / "copy")

    # The same again is not run.
    assert publish_one(bucket, "east", str(default_package()), asked).state == "unchanged"

    # Another edition for which there is no room: the pointer leads to the one before, whatever was put there.
    Full.room = 3
    with pytest.raises(OSError, match="No space left"):
        publish_one(bucket, "east", str(default_package()), {**asked, "languages": ["en"]})
    assert bucket.latest("east") == (address, receipt)

    # With room it is made, half of it being there already, and compared with the one before.
    Full.room = 10**6
    again = publish_one(bucket, "east", str(default_package()), {**asked, "languages": ["en"]})
    assert again.state == "published"
    assert (bucket.latest("east") or ("", {}))[1]["before"] == edition

    # The page over all leads to the edition itself, for a store has no links.
    assert f'href="{again.address}/index.html#zh"' in page([again], bucket)


def test_a_store_is_told_that_the_page_over_all_is_a_page() -> None:
    bucket = Bucket("memory://shared/pages")
    bucket.write("index.html", page([], bucket))
    assert Full.types["/shared/pages/index.html"] == "text/html"


@pytest.mark.parametrize(
    ("out", "kept_in"),
    [
        ("/srv/editions", Folder(Path("/srv/editions"))),
        ("file:///srv/editions", Folder(Path("/srv/editions"))),
        ("memory://shared/pages", Bucket("memory://shared/pages")),
    ],
)
def test_an_address_says_where_editions_are_kept(out: str, kept_in: Folder | Bucket) -> None:
    assert storage(out) == kept_in


def test_an_address_of_no_known_kind_is_one_line() -> None:
    with pytest.raises(WrongUseError, match="nonsense://x is no address that can be written to"):
        storage("nonsense://x")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--out", "memory://x"], "are for --catalogue"),
        (["--scheduler", "tcp://x:1"], "are for --catalogue"),
        (["--catalogue", "docs", "--package", "data"], "leave out --package"),
        (["--catalogue", "docs", "--scheduler", "tcp://x:1", "--jobs", "2"], "--jobs is for workers of this machine"),
        (["--catalogue", "data", "--out", "memory://x", "--keep", "2"], "--keep is for folders"),
        (["--catalogue", "data", "--check", "latest"], "name nothing else to make"),
    ],
)
def test_what_does_not_go_together_is_one_line(arguments: list[str], message: str) -> None:
    result = CliRunner().invoke(main, ["publish", *arguments])
    assert result.exit_code == 2
    assert message in result.stderr
