"""The folder that editions are kept in: one publication at a time, and never a moment without a whole edition.

A folder whose name starts with ``.aside-`` holds an edition being made or deleted. A publication that is killed leaves
it behind; the next one takes it away.
"""

import errno
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from jiaokou.data.descriptor import absolute
from jiaokou.errors import JiaokouError, exhausted
from jiaokou.publishing import manifest

LATEST = "latest"
FAILED = "failed"

ASIDE = ".aside-"
_LOCK = ".lock"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def locked(out: Path, *, wait: bool, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold `out`, made if need be, for one publication, and take away what one that was killed has left there.

    Where another holds it, `waiting` is called and its end awaited, or JiaokouError raised if not to `wait`. What
    cannot be written there raises JiaokouError as well.
    """
    with written(out):
        out.mkdir(parents=True, exist_ok=True)
        (out / _LOCK).touch()  # FileLock would wait for ever where it cannot be made
        lock = FileLock(out / _LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout:
            if not wait:
                raise JiaokouError(
                    f"another publication is writing to {out}; try again later, or leave out --no-wait"
                ) from None
            waiting()
            lock.acquire()
        try:
            for left in out.glob(f"{ASIDE}*"):
                _delete(left)
            yield
        finally:
            lock.release()


@contextmanager
def written(out: Path) -> Iterator[None]:
    """Raise what the system refuses to write as a JiaokouError that names the file."""
    try:
        yield
    except OSError as error:
        if exhausted(error):  # which is no matter of the place
            raise
        free = "free some space, or " if error.errno in _FULL else ""
        raise JiaokouError(
            f"cannot write to {error.filename or out}: {error.strerror}; {free}choose another folder with --out"
        ) from error


def publish(folder: Path, out: Path, name: str) -> None:
    """Let a finished `folder` be the edition `name`, and let ``latest`` lead to it.

    Where there is an edition of that name, it was made from the same, and is renewed page by page, its receipt last:
    at every moment readers find each page.
    """
    target = out / name
    if target.exists():
        made = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
        for file in sorted(made, key=lambda file: file.name == manifest.RECEIPT):
            (target / file).parent.mkdir(parents=True, exist_ok=True)
            (folder / file).replace(target / file)
    else:
        folder.rename(target)
    point(out, name)


def point(out: Path, name: str) -> bool:
    """Let ``latest`` lead to the edition, in one step; whether it led elsewhere."""
    if latest(out) == name:
        return False
    link = out / f"{ASIDE}{LATEST}"
    link.symlink_to(name, target_is_directory=True)
    link.replace(out / LATEST)
    return True


def latest(out: Path) -> str:
    """The name of the edition that ``latest`` leads to; "" if there is none."""
    link = out / LATEST
    return link.readlink().name if link.is_symlink() else ""


def editions(out: Path) -> dict[str, manifest.Receipt]:
    """The editions in a folder with their receipts by name, the newest first."""
    found = {
        folder.name: receipt
        for folder in out.iterdir()
        if not folder.is_symlink() and (receipt := manifest.read(folder))
        if receipt["edition"] == folder.name
    }
    return dict(sorted(found.items(), key=lambda item: item[1]["made"], reverse=True))


def find(edition: str | Path, out: str | Path) -> tuple[Path, manifest.Receipt]:
    """The folder of an edition and its receipt, by its folder or its name in `out`; JiaokouError if there is none."""
    for folder in (absolute(edition), absolute(Path(out) / edition)):
        if receipt := manifest.read(folder):
            return folder, receipt
    raise JiaokouError(
        f"{edition} is no edition: it has no receipt.json that can be read; give its folder, such as editions/latest, "
        "or its name in the folder that --out names"
    )


def notebooks(out: Path, keys: Mapping[str, str]) -> dict[str, Path]:
    """The executed notebook of each run that an edition holds under the same key and unharmed; `keys` are by run."""
    found: dict[str, Path] = {}
    for name, receipt in editions(out).items():
        for run in receipt["runs"].keys() & keys.keys() - found.keys():
            file, was = f"notebooks/{run}.ipynb", receipt["runs"][run]["key"]
            if was == keys[run] and manifest.digest(out / name / file) == receipt["outputs"].get(file):
                found[run] = out / name / file
    return found


def prune(out: Path, keep: int) -> list[str]:
    """Delete all but the newest editions, never the one that ``latest`` leads to; the names of those deleted."""
    others = [name for name in editions(out) if name != latest(out)]
    gone = others[max(keep - 1, 0) :]
    for name in gone:
        _delete((out / name).rename(out / f"{ASIDE}{name}"))
    return gone


def _delete(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
