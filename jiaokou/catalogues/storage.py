"""Where the editions of a catalogue are kept, each package's in a place of its own: a folder, or an object store."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from jiaokou.data.descriptor import absolute
from jiaokou.errors import JiaokouError, WrongUseError
from jiaokou.formats import replace
from jiaokou.publishing import fingerprint, manifest, store
from jiaokou.publishing.manifest import RECEIPT, Receipt
from jiaokou.publishing.publish import publish, requested

REQUEST = ("briefings", "languages", "settings", "notebooks", "unreviewed")
"""What decides, beside the package, which edition is made."""


@dataclass(frozen=True)
class Folder:
    """Editions on a file system, kept as `jiaokou.publishing.store` keeps them."""

    place: Path

    def __str__(self) -> str:
        return str(self.place)

    def publish(self, name: str, package: str, **asked: Any) -> bool:
        """Publish a package; whether an edition had to be made for that."""
        return publish(package=package, out=self.place / name, **asked).made

    def latest(self, name: str) -> tuple[str, Receipt] | None:
        """The folder of a package's last good edition, relative to this place, and its receipt."""
        receipt = manifest.read(self.place / name / store.LATEST)
        return (f"{name}/{store.LATEST}", receipt) if receipt else None

    def write(self, file: str, text: str) -> None:
        """Write a file, whole or not at all."""
        with store.written(self.place):
            self.place.mkdir(parents=True, exist_ok=True)
        replace(self.place / file, text.encode())

    def tidy(self, names: Iterable[str]) -> None:
        """Take away what publications left that were killed."""
        for name in names:
            if (self.place / name).is_dir():
                with store.locked(self.place / name, wait=True, waiting=lambda: None):
                    pass  # which takes it away


@dataclass(frozen=True)
class Bucket:
    """Editions in an object store, or whatever else fsspec can write to.

    Such a store writes one object whole or not at all, and knows neither folders nor links nor locks. So an edition is
    made in a local folder and then put there, its receipt last: what has a receipt is complete. ``latest`` is an object
    that holds the edition's name, and is written after that.
    """

    url: str

    def __str__(self) -> str:
        return self.url

    def publish(self, name: str, package: str, **asked: Any) -> bool:
        """Publish a package; whether an edition had to be made for that."""
        given = {key: asked[key] for key in REQUEST if key in asked}
        edition = fingerprint.read(requested(package=package, **given)).edition
        if not asked.get("force") and self._receipt(f"{name}/{edition}"):
            self.write(f"{name}/{store.LATEST}", edition)
            return False
        with TemporaryDirectory(prefix="jiaokou-edition-") as folder:
            local = Path(folder)
            if last := self.latest(name):  # what it is compared with, and runs that are taken over
                with suppress(OSError):
                    self.files.get(last[0], f"{local}/", recursive=True)
                    store.point(local, last[1]["edition"])
            made = publish(package=package, out=local, **asked).path
            outputs = [*manifest.outputs(made)]
            self.files.put([str(made / file) for file in outputs], [f"{name}/{edition}/{file}" for file in outputs])
            self.files.put_file(str(made / RECEIPT), f"{name}/{edition}/{RECEIPT}")
        self.write(f"{name}/{store.LATEST}", edition)
        return True

    def latest(self, name: str) -> tuple[str, Receipt] | None:
        """The folder of a package's last good edition, relative to this place, and its receipt."""
        try:
            edition = self.files.cat_file(f"{name}/{store.LATEST}").decode().strip()
        except (OSError, UnicodeDecodeError):
            return None
        receipt = self._receipt(f"{name}/{edition}")
        return (f"{name}/{edition}", receipt) if receipt else None

    def write(self, file: str, text: str) -> None:
        """Write an object, of the type that its name tells: a browser does not show a page that is but bytes."""
        with TemporaryDirectory() as folder:
            local = Path(folder, Path(file).name)
            local.write_text(text, encoding="utf-8", newline="\n")
            self.files.put_file(str(local), file)

    def tidy(self, names: Iterable[str]) -> None:
        """Nothing: without a lock, what is left of a killed publication cannot be told from one on its way."""

    def _receipt(self, folder: str) -> Receipt | None:
        with TemporaryDirectory() as place, suppress(OSError):
            self.files.get_file(f"{folder}/{RECEIPT}", f"{place}/{RECEIPT}")
            return manifest.read(Path(place))
        return None

    @property
    def files(self) -> Any:
        """The store, in which names are relative to this place."""
        from fsspec.core import url_to_fs

        return url_to_fs(f"dir::{self.url}")[0]


def storage(out: str | Path) -> Folder | Bucket:
    """The place that a path or an address names: s3://bucket/editions, file:///srv/editions."""
    if "://" not in str(out):
        return Folder(absolute(out))
    bucket = Bucket(str(out).rstrip("/"))
    try:
        files = bucket.files
    except ImportError as error:
        raise JiaokouError(f"{out} needs another package: {error}") from None
    except ValueError as error:
        raise WrongUseError(f"{out} is no address that can be written to: {error}") from None
    return Folder(Path(files.path)) if "file" in files.fs.protocol else bucket
