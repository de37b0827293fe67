"""The command ``jiaokou``, also as ``python -m jiaokou``: whatever else it imports, it first listens to signals."""

import os
import signal
from contextlib import suppress
from threading import Timer

from jiaokou.errors import Stopped

GRACE = 1.2  # seconds that a command which is stopped has for putting its things away

# Where no thread can be started, OpenBLAS, which numpy loads, sends this process a SIGINT: let it ask for none.
with suppress(ImportError):  # on Windows
    import resource

    if 0 <= resource.getrlimit(resource.RLIMIT_NPROC)[0] < 64:
        os.environ["OPENBLAS_NUM_THREADS"] = "1"


def main() -> None:
    """Run the command."""
    for number in (signal.SIGINT, signal.SIGTERM):
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _stop)
    try:
        from jiaokou.cli.main import main

        main()
    except Stopped as stopped:
        stopped.tell()
        raise


def _stop(number: int, _: object) -> None:
    """Raise `Stopped`, and end the process where it has not ended `GRACE` seconds later."""
    stopped = Stopped(128 + number)

    def end() -> None:  # some library waits, or has taken it for an error of its own
        stopped.tell()
        os._exit(128 + number)

    deadline = Timer(GRACE, end)
    deadline.daemon = True
    with suppress(RuntimeError):  # no thread left to start
        deadline.start()
    raise stopped


if __name__ == "__main__":
    main()
