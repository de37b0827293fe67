"""An edition made again from the same, to see whether it comes out the same to the byte."""

import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from jiaokou.data.descriptor import absolute
from jiaokou.errors import JiaokouError
from jiaokou.execution import environment, parameters
from jiaokou.publishing import fingerprint, manifest, store
from jiaokou.publishing.fingerprint import Asked
from jiaokou.publishing.publish import Tell


def reproduce(
    edition: str | Path,
    *,
    package: str | Path = "",
    out: str | Path = "editions",
    notebooks: Path | None = None,
    tell: Tell = lambda event, **facts: None,
    **how: Any,
) -> list[str]:
    """Make an edition again aside, and say what differs, one line for each; nothing where it is the same to the byte.

    `edition` is a folder, or a name in `out`; `package` and `notebooks` are needed where it was made from others than
    Jiaokou's own; the rest as in `publish`. What it was compared with on its index page is taken from the edition.
    """
    folder, receipt = store.find(edition, absolute(out))
    asked = _asked(receipt, package, notebooks)
    found = list(fingerprint.differences(receipt, asdict(fingerprint.read(asked))))
    with (
        environment.having(),
        tempfile.TemporaryDirectory(prefix="jiaokou-check-") as place,
        store.written(Path(place)),
    ):
        with environment.without_grammars():
            from jiaokou.publishing import build, diff

        again = Path(place)
        build.check_notebooks(asked)
        tell("started", runs=len(asked.runs), taken=0, out=place)
        _, pages = build.write_briefings(again, asked, receipt["edition"], {}, None, tell, **how)
        build.write_data(again, asked)
        diff.copy(folder, again)
        build.write_index(again, asked, receipt["edition"], pages)
        made = manifest.outputs(again)
    damaged = (f"{name}: changed since it was published" for name in manifest.damaged(folder, receipt))
    return [*found, *damaged, *_differing(receipt["outputs"], made)]


def _asked(receipt: manifest.Receipt, package: str | Path, notebooks: Path | None) -> Asked:
    """What a receipt says was asked for. Raises JiaokouError where its data package is not at hand."""
    stated = receipt["parameters"]
    if not str(package) and (named := {v["package"] for v in stated.values() if "package" in v}):
        raise JiaokouError(
            f"edition {receipt['edition']} was made from the data package {named.pop()}; "
            "say where that lies with --package"
        )
    values = {name: {k: v for k, v in given.items() if k != "package"} for name, given in stated.items()}
    return Asked(parameters.briefings(list(stated), notebooks), receipt["languages"], values, str(package))


def _differing(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*before, *after}):
        if name not in after:
            yield f"{name}: is not made now"
        elif name not in before:
            yield f"{name}: is made now only"
        elif before[name] != after[name]:
            yield f"{name}: differs"
