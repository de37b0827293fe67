"""The command ``jiaokou``, also as ``python -m jiaokou``: whatever else it imports, it first listens to signals."""

import contextlib
import os
import signal
from types import FrameType


def _end(number: int, _: FrameType | None) -> None:
    os.write(2, b"error: interrupted\n" if number == signal.SIGINT else b"error: terminated\n")
    os._exit(128 + number)


# Where no thread can be started, OpenBLAS, which numpy loads, sends this process a SIGINT: let it ask for none.
with contextlib.suppress(ImportError):  # on Windows
    import resource

    if 0 <= resource.getrlimit(resource.RLIMIT_NPROC)[0] < 64:
        os.environ["OPENBLAS_NUM_THREADS"] = "1"

for _signal in (signal.SIGINT, signal.SIGTERM):
    if signal.getsignal(_signal) is not signal.SIG_IGN:
        signal.signal(_signal, _end)


def main() -> None:
    """Run the command."""
    from jiaokou.cli.main import main

    main()


if __name__ == "__main__":
    main()
