"""The folder that editions are kept in: one publication at a time, and never a moment without a whole edition.

A folder whose name starts with a dot is on its way in or out:

- ``.building-NAME`` is an edition being made;
- ``.old-NAME`` is one that makes room for its successor of the same name;
- ``.latest-NAME`` is a copy that ``latest`` leads to for that time;
- ``.gone-NAME`` is one being deleted.

A publication that is killed leaves them behind; the next one puts back what was on its way (`tidy`).
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

_LOCK = ".lock"
_BUILDING, _OLD, _STAND_IN, _GONE = ".building-", ".old-", ".latest-", ".gone-"
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_REFUSED = {errno.EACCES, errno.EPERM, errno.EROFS, errno.EEXIST, errno.ENOTDIR, errno.EISDIR, errno.EIO}


@contextmanager
def locked(out: Path, *, wait: bool, waiting: Callable[[], None]) -> Iterator[None]:
    """Hold `out`, made if need be, for one publication; the system lets go of what a dead one held.

    Where another holds it, `waiting` is called and its end awaited, or JiaokouError raised if not to `wait`. What
    cannot be written there raises JiaokouError as well.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / _LOCK).touch()  # FileLock would wait for ever where it cannot be made
        lock = FileLock(out / _LOCK)
        lock.acquire(blocking=False)
    except Timeout:
        if not wait:
            raise JiaokouError(
                f"another publication is writing to {out}; try again later, or leave out --no-wait"
            ) from None
        waiting()
        lock.acquire()
    except OSError as error:  # any at all: nothing of ours has been read or written yet
        raise _unwritable(out, error) from error
    with written(out):
        try:
            yield
        finally:
            lock.release()


@contextmanager
def written(out: Path) -> Iterator[None]:
    """Raise what the system refuses to write as a JiaokouError that names the file."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL | _REFUSED:
            raise
        raise _unwritable(out, error) from error


def _unwritable(out: Path, error: OSError) -> JiaokouError:
    free = "free some space, or " if error.errno in _FULL else ""
    cure = exhausted(error) or f"{free}choose another folder with --out"
    return JiaokouError(f"cannot write to {error.filename or out}: {error.strerror or error}; {cure}")


def tidy(out: Path) -> None:
    """Put back, or take away, what a publication that was killed has left; only for who holds the lock."""
    for old in out.glob(f"{_OLD}*"):
        target = out / old.name.removeprefix(_OLD)
        if not target.exists():
            old.rename(target)
    if (name := latest(out)).startswith(_STAND_IN):
        point(out, name.removeprefix(_STAND_IN))
    for prefix in (_BUILDING, _OLD, _STAND_IN, _GONE):
        for left in out.glob(f"{prefix}*"):
            _delete(left)


@contextmanager
def building(out: Path, name: str) -> Iterator[Path]:
    """A new folder in `out` to build in; should that fail, it is taken away."""
    folder = out / f"{_BUILDING}{name}"
    folder.mkdir()
    try:
        yield folder
    except BaseException:
        _delete(folder)
        raise


def publish(folder: Path, out: Path, name: str) -> None:
    """Let a finished `folder` be the edition `name`, and let ``latest`` lead to it: at every moment to a whole one."""
    target, old, stand_in = out / name, out / f"{_OLD}{name}", out / f"{_STAND_IN}{name}"
    if target.exists():
        if latest(out) == name:
            shutil.copytree(target, stand_in)
            point(out, stand_in.name)
        target.rename(old)
    folder.rename(target)
    point(out, name)
    for left in (old, stand_in):
        _delete(left)


def point(out: Path, name: str) -> bool:
    """Let ``latest`` lead to the edition, in one step; whether it led elsewhere."""
    if latest(out) == name:
        return False
    link = out / f"{_BUILDING}{LATEST}"
    link.unlink(missing_ok=True)
    try:
        link.symlink_to(name, target_is_directory=True)
    except OSError as error:  # Windows asks for a right, or for its developer mode
        raise JiaokouError(
            f"the edition is {out / name}, but {LATEST} cannot lead to it: {error.strerror or error}; allow links there"
        ) from error
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
        for run, made in receipt["runs"].items():
            file = f"notebooks/{run}.ipynb"
            if (
                run not in found
                and made["key"] == keys.get(run)
                and manifest.digest(out / name / file) == receipt["outputs"].get(file)
            ):
                found[run] = out / name / file
    return found


def prune(out: Path, keep: int) -> list[str]:
    """Delete all but the newest editions, never the one that ``latest`` leads to; the names of those deleted."""
    kept = latest(out)
    others = [name for name in editions(out) if name != kept]
    gone = others[max(keep - 1, 0) :]
    for name in gone:
        (out / name).rename(out / f"{_GONE}{name}")
        _delete(out / f"{_GONE}{name}")
    return gone


def _delete(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    else:
        shutil.rmtree(path, ignore_errors=True)
