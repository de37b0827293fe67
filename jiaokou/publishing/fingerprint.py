"""What goes into an edition, by its hashes: the edition's name, and a key for each run.

Nothing here loads pandas or a notebook library, so that an edition that is there already is found at once.
"""

import hashlib
import json
import sys
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jiaokou.data import descriptor
from jiaokou.errors import JiaokouError
from jiaokou.execution import parameters
from jiaokou.execution.parameters import Briefing

# What the bytes of an edition depend on besides this package and its inputs.
MADE_WITH = (
    "babel ipykernel ipython jiaokou jinja2 mistune nbclient nbconvert nbformat numpy pandas papermill plotly"
).split()

_CODE = {".py", ".j2", ".js", ".css", ".json"}
_LAYOUT = "jiaokou/html/templates/"


@dataclass(frozen=True)
class Asked:
    """What is to be published: notebooks, languages, each notebook's values, and the data package ("": Jiaokou's)."""

    briefings: Sequence[Briefing]
    languages: Sequence[str]
    values: Mapping[str, dict[str, Any]]
    package: str

    @property
    def runs(self) -> list[tuple[str, Briefing]]:
        """Each run's language and briefing, in the order of the pages."""
        return [(lang, briefing) for lang in self.languages for briefing in self.briefings]


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

    def key(self, lang: str, briefing: str) -> str:
        """What tells one run from another: all that its executed notebook depends on.

        Templates are none of it, since a page is always laid out anew; neither are the other notebooks.
        """
        own = f"notebooks/{briefing}.ipynb"
        seen = {
            name: content
            for name, content in self.inputs.items()
            if name == own or not name.startswith(("notebooks/", _LAYOUT))
        }
        return _digest([lang, self.parameters[briefing], seen, self.versions])


def asked(
    briefings: Sequence[str],
    languages: Sequence[str],
    settings: Sequence[str],
    package: str | Path,
    notebooks: Path | None,
) -> Asked:
    """What the user's words ask for. Raises WrongUseError for a name or a value that there is not."""
    chosen = parameters.briefings(briefings, notebooks)
    spoken = parameters.languages(languages)
    return _with_package(Asked(chosen, spoken, parameters.settings(chosen, settings), str(package)))


def asked_again(made: Mapping[str, Any], package: str | Path, notebooks: Path | None) -> Asked:
    """What a receipt says was asked for. Raises JiaokouError where its data package is not at hand."""
    stated = made["parameters"]
    if not str(package) and (named := {v["package"] for v in stated.values() if "package" in v}):
        raise JiaokouError(
            f"edition {made['edition']} was made from the data package {named.pop()}; "
            "say where that lies with --package"
        )
    values = {name: {k: v for k, v in given.items() if k != "package"} for name, given in stated.items()}
    chosen = parameters.briefings(list(stated), notebooks)
    return _with_package(Asked(chosen, made["languages"], values, str(package)))


def _with_package(asked: Asked) -> Asked:
    if asked.package:
        folder = str(descriptor.folder_of(asked.package))
        for values in asked.values.values():
            values["package"] = folder
    return asked


def read(asked: Asked) -> Inputs:
    """The inputs as they now are. Raises JiaokouError for a file that cannot be read."""
    folder = descriptor.folder_of(asked.package)
    opened = descriptor.opened(folder)
    named = {"package": str(opened.get("name", ""))}
    files = dict(_code())
    files |= {
        f"data/{path.relative_to(folder).as_posix()}": path for path in descriptor.files(folder, opened)
    }
    files |= {f"notebooks/{briefing.path.name}": briefing.path for briefing in asked.briefings}
    return Inputs(
        languages=list(asked.languages),
        parameters={n: v | (named if "package" in v else {}) for n, v in asked.values.items()},
        inputs={
            name: hashlib.sha256(descriptor.read(path)).hexdigest() for name, path in sorted(files.items())
        },
        versions={
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
            "zlib": zlib.ZLIB_RUNTIME_VERSION,  # pages carry plotly.js compressed, and each zlib does it its own way
            **{name: version(name) for name in MADE_WITH},
        },
    )


def _code() -> Iterator[tuple[str, Path]]:
    """The library's own files; data and notebooks, which an installed one holds too, are counted by themselves."""
    library = Path(__file__).resolve().parent.parent
    for path in library.rglob("*"):
        inside = path.relative_to(library)
        if path.suffix in _CODE and not {"package", "notebooks", "__pycache__"}.intersection(inside.parts):
            yield f"jiaokou/{inside.as_posix()}", path


def _digest(content: Any) -> str:
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
