"""Notebooks that can be published: where they are, what they declare, and whether they are notebooks at all.

They are read without the notebook libraries, which take a second to load.
"""

import json
import re
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from jiaokou.data import descriptor
from jiaokou.errors import JiaokouError, WrongUseError, near
from jiaokou.explore.parameters import Parameter, declared

EACH_SECTION = "section.ipynb"
"""A notebook that is run for each section of a package."""
AUDIT = "99_audit.ipynb"
"""A notebook for packages with relations or derivations: of any other it could say nothing."""


@dataclass(frozen=True)
class Briefing:
    """A notebook that can be published, by its file; `section` where the file serves each section of a package."""

    path: Path
    section: str = ""
    number: int = 0

    @property
    def name(self) -> str:
        """The file's name without its ending, as it may stand in an address: ``01_economy``, ``my_report``.

        Of a notebook for each section, the section's number and code.
        """
        return re.sub(r"[^\w-]+", "_", f"{self.number:02}_{self.section}" if self.section else self.path.stem)

    @property
    def subject(self) -> str:
        """The name without its number: ``economy``."""
        return re.sub(r"^[0-9]{2}_", "", self.name)

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """What the notebook's ``parameters`` cell declares.

        Raises JiaokouError for a file that is no notebook of today's format, or not one in Python.
        """
        content = _read(self.path)
        try:
            kernel, info = (content["metadata"].get(key, {}) for key in ("kernelspec", "language_info"))
            # A tool that names no language still names its kernel: python3, ir, julia-1.9.
            named = kernel.get("name", "python")
            language = kernel.get("language") or info.get("name") or ("python" if "py" in named.lower() else named)
            is_python = language.lower() in ("python", "ipython")
            sources = [
                "".join(cell["source"])
                for cell in content["cells"]
                if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
            ]
        except (KeyError, TypeError, AttributeError):
            self.check()
            raise
        if not is_python:
            raise JiaokouError(
                f"{self.path} is written in {language}, and its kernel is not here; only notebooks in Python can be run"
            )
        try:
            return declared(sources[0]) if sources else {}
        except (SyntaxError, ValueError, RecursionError) as error:
            raise JiaokouError(
                f"{self.path}: its cell “parameters” is not Python that can be read: {error}; correct it there"
            ) from None

    def check(self) -> None:
        """Raise JiaokouError unless the notebook is all that its format asks for."""
        from nbformat import ValidationError, from_dict, validate

        content = _read(self.path)
        with warnings.catch_warnings():  # of cells without ids, which a run gives them
            warnings.simplefilter("ignore")
            try:
                if not isinstance(content.get("cells"), list):  # which nbformat takes for granted
                    raise ValidationError("it has no list “cells”")
                validate(from_dict(content))
            except ValidationError as error:
                place = ", ".join(map(str, error.absolute_path)) or "the whole"
                place = re.sub(r"^cells, (\d+)", lambda found: f"cell {int(found[1]) + 1}", place)
                reason = " ".join(str(error.message).split())[:200]
                raise JiaokouError(
                    f"{self.path} is no valid notebook: {place}: {reason}; correct it there, "
                    "or save it again in JupyterLab"
                ) from None


@dataclass(frozen=True)
class Run:
    """A notebook to run with the values of its parameters; `lang` is one of them."""

    path: Path
    lang: str
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """What the executed notebook calls the folders among its values, which are others on another machine."""

    @property
    def parameters(self) -> dict[str, Any]:
        """All values that are put into the notebook."""
        return {"lang": self.lang, **self.values}


def briefings(names: Sequence[str] = (), folder: Path | None = None, package: str | Path = "") -> list[Briefing]:
    """The briefings called `names` (``01_economy``, ``economy``, or a file's path, ``my.ipynb``), or all of them.

    Without a `folder` they are those of the package (`notebooks_folder`). Where a folder has notebooks whose names
    begin with two digits, they are its briefings, else all are; ``section.ipynb`` is one for each of the package's
    sections that holds anything, and ``99_audit.ipynb`` serves packages that state relations or derivations. They
    come in the order of their names, and then those named by path. Raises WrongUseError for a name that there is not.
    """
    files = [name for name in names if name.endswith(".ipynb") and Path(name).exists()]
    others = [name for name in names if name not in files]
    known: list[Briefing] = []
    if others or not files:
        place = folder or notebooks_folder(package)
        known = [Briefing(path) for path in place.glob("[0-9][0-9]_*.ipynb")]
        if not _filled(package, "relations", "derivations"):
            known = [briefing for briefing in known if briefing.path.name != AUDIT]
        if known and (each := place / EACH_SECTION).is_file():
            known += [Briefing(each, code, number) for number, code in _sections(package)]
        known = sorted(known or map(Briefing, place.glob("[!.]*.ipynb")), key=lambda briefing: briefing.name)
        if not known:
            raise JiaokouError(f"there is no notebook in {place}; give a folder that holds some, or a file")
    words = {word for briefing in known for word in (briefing.name, briefing.subject)}
    for name in others:
        if name not in words:
            there = ", ".join(briefing.name for briefing in known)
            hint = near(Path(name).stem, [briefing.subject for briefing in known])  # as in notebooks/01_economy.ipynb
            raise WrongUseError(f"no briefing or file {name!r}; there are: {there}{hint}")
    asked = [each for each in known if not names or {each.name, each.subject}.intersection(others)]
    chosen: dict[str, Briefing] = {}
    for briefing in [*asked, *(Briefing(Path(file).absolute()) for file in files)]:
        if (other := chosen.setdefault(briefing.name, briefing)) != briefing:
            raise WrongUseError(f"{briefing.path} and {other.path} have one name; rename one of them")
    return list(chosen.values())


def notebooks_folder(package: str | Path = "") -> Path:
    """Where the notebooks of a package are.

    They are its own, if it has a folder ``notebooks``; those of the project, if it is the project's package, or an
    edited copy of that; or else those that serve any package.
    """
    library = Path(__file__).resolve().parent.parent
    inside = library / "notebooks"  # of an installed wheel
    projects = inside if inside.is_dir() else library.parent / "notebooks"
    folder = descriptor.folder_of(package)
    if (own := folder / "notebooks").is_dir():
        return own
    name = descriptor.opened(folder).get("name")
    return projects if name == descriptor.opened(descriptor.default_package()).get("name") else projects / "any_package"


def _sections(package: str | Path) -> list[tuple[int, str]]:
    """The number and code of each section, but of those whose own files have no rows: a page could say nothing."""
    folder = descriptor.folder_of(package)
    content, filled = descriptor.opened(folder), _filled(package, "observations", "milestones")
    files = {Path(file).stem for each in content["resources"] for file in descriptor.paths(each)}
    sections = enumerate(descriptor.codes(folder, content, "sections"), start=1)
    return [(number, code) for number, code in sections if code in filled or code not in files]


def _filled(package: str | Path, *tables: str) -> set[str]:
    """The names, without their endings, of the files of tables that have any row."""
    folder = descriptor.folder_of(package)
    stated = [each for each in descriptor.opened(folder)["resources"] if each["name"] in tables]
    files = [folder / file for each in stated for file in descriptor.paths(each)]
    return {file.stem for file in files if descriptor.read(file).count(b"\n") > 1}


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():  # a pipe or a device would be waited for
        raise JiaokouError(f"{path} is no file; give a notebook, such as my.ipynb")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise JiaokouError(f"{path} is not a notebook that can be read: {error}") from None
    form = content.get("nbformat") if isinstance(content, dict) else None
    if form is None:
        raise JiaokouError(f"{path} is not a notebook that can be read: it names no “nbformat”")
    if form != 4:
        cure = "convert it first: save it in JupyterLab, or jupyter nbconvert --to notebook --inplace FILE"
        raise JiaokouError(f"{path} is in notebook format {form!r}, and 4 is needed; {cure}")
    return content
