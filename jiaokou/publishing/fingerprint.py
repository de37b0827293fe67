"""What goes into an edition, by its hashes: the edition's name, and a key for each run.

Nothing here loads pandas or a notebook library, so that an edition that is there already is found at once.
"""

import hashlib
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jiaokou.data import descriptor
from jiaokou.data.packages import name_of, named
from jiaokou.errors import JiaokouError
from jiaokou.execution.notebooks import Briefing, Run

# What the bytes of an edition depend on besides this package and its inputs.
MADE_WITH = (
    "babel ipykernel ipython jiaokou jinja2 mistune nbclient nbconvert nbformat numpy pandas papermill plotly"
).split()

# An installed library holds the first two, which are inputs.
_NOT_CODE = {"package", "notebooks", "__pycache__"}
_LAYOUT = "jiaokou/html/templates/"


@dataclass(frozen=True)
class Asked:
    """What is to be published: notebooks, languages, each notebook's values, and the data package ("": Jiaokou's)."""

    briefings: Sequence[Briefing]
    languages: Sequence[str]
    values: Mapping[str, Mapping[str, Any]]
    package: str

    @cached_property
    def runs(self) -> dict[str, Run]:
        """Each run by its name, such as ``zh/01_economy``, in the order of the pages."""
        folder = {"package": str(descriptor.folder_of(self.package))} if self.package else {}
        return {
            f"{lang}/{each.name}": Run(each.path, lang, {**self.values[each.name], **folder}, self.names(each.name))
            for lang in self.languages
            for each in self.briefings
        }

    def names(self, briefing: str) -> dict[str, str]:
        """What a notebook's folders are called in an edition, since they lie elsewhere on another machine."""
        names = {"package": name_of(descriptor.folder_of(self.package))} if self.package else {}
        if catalogue := self.values[briefing].get("catalogue"):
            names["catalogue"] = Path(catalogue).name
        return names


@dataclass(frozen=True)
class Inputs:
    """All that an edition depends on, the same on any machine.

    `inputs` maps every file that is read to its hash, `versions` what it was made with to its version. The package's
    folder stands in no parameter; its name does.
    """

    languages: Sequence[str]
    parameters: Mapping[str, Mapping[str, Any]]
    inputs: Mapping[str, str]
    versions: Mapping[str, str]

    @property
    def edition(self) -> str:
        """The name of the edition that they make."""
        return _digest(vars(self))[:12]

    def key(self, run: str) -> str:
        """What tells one run from another: all that its executed notebook depends on.

        Templates are none of it, since a page is always laid out anew; neither are the other notebooks.
        """
        lang, _, briefing = run.partition("/")
        own, others = f"notebooks/{briefing}.ipynb", ("notebooks/", _LAYOUT)
        read = {name: self.inputs[name] for name in self.inputs if name == own or not name.startswith(others)}
        return _digest([lang, self.parameters[briefing], read, self.versions])

    def differences(self, before: Mapping[str, Any]) -> Iterator[str]:
        """What differs from what a receipt says, one line for each."""
        for part in ("languages", "parameters"):
            if before[part] != (now := getattr(self, part)):
                yield f"{part}: {before[part]}, now {now}"
        for name, was, now in changed(before["versions"], self.versions):
            yield f"version of {name}: {was or 'none'}, now {now or 'none'}"
        for name, was, now in changed(before["inputs"], self.inputs):
            yield f"input {name}: {'changed' if was and now else 'gone' if was else 'new'}"


def read(asked: Asked) -> Inputs:
    """The inputs as they now are. Raises JiaokouError for a file that cannot be read."""
    folder = descriptor.folder_of(asked.package)
    library = Path(__file__).resolve().parent.parent
    files = {
        f"jiaokou/{path.relative_to(library).as_posix()}": path
        for path in library.rglob("*")
        if path.is_file()
        if path.name[0] != "." and not _NOT_CODE.intersection(path.relative_to(library).parts)
    }
    data = descriptor.files(folder, descriptor.opened(folder))
    files |= {f"data/{path.relative_to(folder).as_posix()}": path for path in data}
    files |= {f"notebooks/{briefing.name}.ipynb": briefing.path for briefing in asked.briefings}
    for catalogue in {given["catalogue"] for given in asked.values.values() if given.get("catalogue")}:
        for package, place in named(catalogue).items():
            files |= {f"catalogue/{package}/{path.relative_to(place).as_posix()}": path for path in _found(place)}
    return Inputs(
        languages=list(asked.languages),
        parameters={name: {**given, **asked.names(name)} for name, given in asked.values.items()},
        inputs={name: hashlib.sha256(descriptor.read(path)).hexdigest() for name, path in sorted(files.items())},
        versions={
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "zlib": zlib.ZLIB_RUNTIME_VERSION,  # pages carry plotly.js compressed, and each zlib does it its own way
            **{name: version(name) for name in MADE_WITH},
        },
    )


def _found(folder: Path) -> list[Path]:
    """The files of a package of a catalogue; of one that cannot be read the descriptor, since a page may say so."""
    try:
        files = descriptor.files(folder, descriptor.opened(folder))
    except JiaokouError:
        files = (folder / "datapackage.json",)
    return [file for file in files if file.is_file()]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """The names, in order, of what is not the same in both, with what each has of it: "" for nothing."""
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield name, before.get(name, ""), after.get(name, "")


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
