"""Folders for what processes leave lying about; those of a process that was killed go with the next one."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import gettempdir, mkdtemp

from filelock import FileLock, Timeout

PREFIX = "jiaokou-run-"
_LOCK = "lock"
_YOUNG = 60  # seconds within which a new folder may not be locked yet


@contextmanager
def scratch_folder(within: str = "") -> Iterator[Path]:
    """A new folder in the one for temporary files, or `within` another; what killed processes left there goes."""
    place = within or gettempdir()
    for left in Path(place).glob(f"{PREFIX}*"):
        with suppress(OSError, Timeout):  # another user's, or one in use
            if time.time() - left.stat().st_mtime > _YOUNG:
                with FileLock(left / _LOCK, blocking=False):
                    shutil.rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(prefix=PREFIX, dir=place))
    try:
        with FileLock(folder / _LOCK):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
