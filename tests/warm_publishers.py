"""Publications in forks of one process that has loaded everything: many, quick, and killed where a test says.

Run as a program it reads one request a line and answers each with one line, both JSON. A request is a list of
publications to be started at once: the arguments of `publish`, and when to die.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WRITING = {"open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.symlink", "os.link", "os.truncate"}


@dataclass(frozen=True)
class Ending:
    """How a publication ended: its exit status (negative: a signal), its error, and what it told."""

    status: int
    error: str
    events: list[dict[str, Any]]
    steps: int
    seconds: float

    def told(self, event: str) -> bool:
        return any(told["event"] == event for told in self.events)


class Warm:
    """A process to publish from."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def publish(self, **asked: Any) -> Ending:
        """Publish; `step` or `seconds` say before which change in `out`, or after how long, it is killed."""
        (ending,) = self.publish_together(asked)
        return ending

    def publish_together(self, *all_asked: dict[str, Any]) -> list[Ending]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(all_asked, default=str) + "\n")
        self._process.stdin.flush()
        return [Ending(**answer) for answer in json.loads(self._process.stdout.readline())]


@contextmanager
def warm(scratch: Path) -> Iterator[Warm]:
    """A warm process; what kernels leave lying about is in `scratch`."""
    environment = {**os.environ, "TMPDIR": str(scratch)}
    with subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        yield Warm(process)
        assert process.stdin is not None
        process.stdin.close()


def main() -> None:
    import jiaokou
    from jiaokou.execution.environment import without_grammars

    with without_grammars():
        from jiaokou.html import exporter
        from jiaokou.publishing import build, checks  # noqa: F401

    jiaokou.audit()
    exporter.plotly_bundle(whole=False)
    for line in sys.stdin:
        started = [_start(asked) for asked in json.loads(line)]
        print(json.dumps([_end(*each) for each in started]), flush=True)  # noqa: T201


def _start(asked: dict[str, Any]) -> tuple[int, int, float, float]:
    step, seconds = asked.pop("step", 0), asked.pop("seconds", 0.0)
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        return child, reading, seconds, time.monotonic()
    os.setsid()
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    _publish(asked, step, writing)
    os._exit(0)


def _publish(asked: dict[str, Any], step: int, writing: int) -> None:
    from jiaokou.errors import JiaokouError
    from jiaokou.publishing.publish import publish

    steps = 0

    def count(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal steps
        if event in WRITING and any(asked["out"] in str(argument) for argument in arguments[:2]):
            steps += 1
            if steps == step:
                os.kill(os.getpid(), signal.SIGKILL)

    def tell(event: str, **facts: Any) -> None:
        os.write(writing, json.dumps({"event": event, **facts}).encode() + b"\n")

    sys.addaudithook(count)
    try:
        publish(**{**asked, "notebooks": Path(asked["notebooks"])}, tell=tell)
    except JiaokouError as error:
        tell("failed", error=str(error))
    tell("ended", steps=steps)


def _end(child: int, reading: int, seconds: float, started: float) -> dict[str, Any]:
    if seconds:
        time.sleep(max(0.0, started + seconds - time.monotonic()))
        os.killpg(child, signal.SIGKILL)  # with the processes that it runs kernels from
    with os.fdopen(reading) as told:
        events = [json.loads(line) for line in told if line.endswith("\n")]
    _, status = os.waitpid(child, 0)
    facts = {event["event"]: event for event in events}
    return {
        "status": os.waitstatus_to_exitcode(status) or int("failed" in facts),
        "error": facts.get("failed", {}).get("error", ""),
        "events": events,
        "steps": facts.get("ended", {}).get("steps", 0),
        "seconds": time.monotonic() - started,
    }


if __name__ == "__main__":
    main()
