"""The command ``jiaokou``, also as ``python -m jiaokou``: whatever else it imports, it first listens to signals."""

import os
import signal
from types import FrameType


def _end(number: int, _: FrameType | None) -> None:
    os.write(2, b"error: interrupted\n" if number == signal.SIGINT else b"error: terminated\n")
    os._exit(128 + number)


# Where no thread can be started, OpenBLAS, which numpy loads, would send this process a SIGINT; it is not needed here.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

for _signal in (signal.SIGINT, signal.SIGTERM):
    if signal.getsignal(_signal) is not signal.SIG_IGN:
        signal.signal(_signal, _end)


def main() -> None:
    """Run the command."""
    from jiaokou.cli.main import main

    main()


if __name__ == "__main__":
    main()
