"""What a notebook declares, and the strict reading of what the user asks for, before any kernel starts.

A parameters cell holds one declaration to a line::

    lang: str = "zh"  # page language: zh or en
    target_year: int = 2030  # year of the target: 2026 to 2035

The comment is the manual. Where its last part (after the last ``: ``) reads ``a or b``, ``a, b or c`` or ``1 to 9``,
it is also the list, or the range, of what is allowed.
"""

import ast
import contextlib
import datetime
import io
import json
import math
import re
import tokenize
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from jiaokou.data.languages import LANGUAGES
from jiaokou.errors import JiaokouError, WrongUseError, near

OWN_OPTIONS = {"lang": "--lang", "package": "--package"}

_CHOICES = re.compile(r"[\w.+-]+(?:, [\w.+-]+)* or [\w.+-]+")
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MAGIC = re.compile(r"^[%!].*$", re.MULTILINE)


def _finite(text: str) -> float:
    if not math.isfinite(value := float(text)):
        raise ValueError(text)
    return value


# How each type is written: stricter than what Python's own conversions take, such as 1_000, nan or ２０３０.
_TYPES: dict[str, tuple[re.Pattern[str], Callable[[str], Any]]] = {
    "str": (re.compile(r".*", re.DOTALL), str),
    "int": (re.compile(r"[+-]?[0-9]+"), int),
    "float": (re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"), _finite),
    "bool": (re.compile("true|false", re.IGNORECASE), lambda text: text.lower() == "true"),
    "date": (_ISO_DATE, lambda text: datetime.date.fromisoformat(text).isoformat()),
}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, type (``str``, ``int``, ``float`` or ``bool``), default and explanation."""

    name: str
    type: str
    default: Any
    help: str

    @property
    def choices(self) -> tuple[str, ...]:
        """The allowed values as text, or nothing where any value of the type will do."""
        tail = self.help.rpartition(": ")[2].strip()
        return tuple(re.split(", | or ", tail)) if _CHOICES.fullmatch(tail) else ()

    @property
    def range(self) -> tuple[float, float] | None:
        """The least and the greatest allowed number, or None."""
        found = _RANGE.fullmatch(self.help.rpartition(": ")[2].strip())
        return (float(found[1]), float(found[2])) if found and self.type in ("int", "float") else None

    def read(self, text: str) -> Any:
        """`text` as a value of this parameter's type: ``007`` stays text for a ``str`` and is 7 for an ``int``.

        A date (a ``str`` whose default is an ISO date) stays ISO text. Raises WrongUseError for what is not allowed.
        """
        if self.type not in _TYPES:
            raise WrongUseError(
                f"parameter {self.name} is a {self.type}, which cannot be set; only str, int, float and bool can"
            )
        is_date = self.type == "str" and _ISO_DATE.fullmatch(str(self.default))
        form, convert = _TYPES["date" if is_date else self.type]
        try:
            value = convert(text) if form.fullmatch(text) else None
        except ValueError:  # 2025-02-30, 1e999
            value = None
        if value is None:
            wanted = "an ISO date such as 2025-12-31" if is_date else f"of type {self.type}"
        elif self.choices and text not in self.choices:
            wanted = f"one of {', '.join(self.choices)}"
        elif self.range and not self.range[0] <= value <= self.range[1]:
            wanted = f"from {self.range[0]:g} to {self.range[1]:g}"
        else:
            return value
        raise WrongUseError(f"parameter {self.name} must be {wanted}, not {text!r} ({self.help})")


def assignments(source: str) -> Iterator[tuple[str, Any, ast.stmt]]:
    """Each name that a cell's source gives a plain value, the value and the statement; computed ones are left out."""
    for statement in ast.parse(_MAGIC.sub("", source)).body:
        target = (
            statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        )
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr):
            with contextlib.suppress(ValueError):
                yield target.id, ast.literal_eval(value), statement


def declared(source: str) -> dict[str, Parameter]:
    """The parameters that the source of a ``parameters`` cell declares, in its order."""
    lines = io.StringIO(_MAGIC.sub("", source)).readline
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(lines)
        if token.type == tokenize.COMMENT
    }
    return {
        name: Parameter(
            name=name,
            type=ast.unparse(line.annotation) if isinstance(line, ast.AnnAssign) else type(default).__name__,
            default=default,
            help=comments.get(line.end_lineno or 0, ""),
        )
        for name, default, line in assignments(source)
    }


@dataclass(frozen=True)
class Briefing:
    """A notebook that can be published: its file, which is read once and without the notebook libraries."""

    path: Path

    @property
    def name(self) -> str:
        """The file's name without its ending, as it may stand in an address: ``01_economy``, ``my_report``."""
        return re.sub(r"[^\w-]+", "_", self.path.stem)

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
            _check_language(self.path, content["metadata"])
            sources = [
                "".join(cell["source"])
                for cell in content["cells"]
                if cell["cell_type"] == "code" and "parameters" in cell["metadata"].get("tags", [])
            ]
        except (KeyError, TypeError, AttributeError):
            self.check()
            raise
        try:
            return declared(sources[0]) if sources else {}
        except (SyntaxError, ValueError, RecursionError, tokenize.TokenError) as error:
            raise JiaokouError(
                f"{self.path}: its cell “parameters” is not Python that can be read: {error}; correct it there"
            ) from None

    def check(self) -> None:
        """Raise JiaokouError unless the notebook is all that its format asks for."""
        from nbformat import ValidationError, from_dict, validate

        with warnings.catch_warnings():  # of cells without ids, which a run gives them
            warnings.simplefilter("ignore")
            try:
                validate(from_dict(_read(self.path)))
            except ValidationError as error:
                raise JiaokouError(f"{self.path} is no valid notebook: {_fault(error)}") from None


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():  # a pipe or a device would be waited for
        raise JiaokouError(f"{path} is no file; give a notebook, such as my.ipynb")
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise JiaokouError(f"{path} is not a notebook that can be read: {error}") from None
    if not isinstance(content, dict) or not isinstance(content.get("nbformat"), int):
        raise JiaokouError(f"{path} is not a notebook that can be read: it names no “nbformat”")
    if content["nbformat"] != 4:
        raise JiaokouError(
            f"{path} is in notebook format {content['nbformat']}, and 4 is needed; "
            "convert it first: jupyter nbconvert --to notebook --inplace FILE"
        )
    return content


def _check_language(path: Path, metadata: dict[str, Any]) -> None:
    kernel = metadata.get("kernelspec", {})
    language = kernel.get("language") or metadata.get("language_info", {}).get("name") or "python"
    if language.lower() not in ("python", "ipython"):
        raise JiaokouError(
            f"{path} is written in {language}, and its kernel “{kernel.get('name', language)}” is not here; "
            "only notebooks in Python can be published"
        )


def _fault(error: Any) -> str:
    """The place and the reason of a notebook's first fault, in words: ``cell 2, source: 5 is not of type 'string'``."""
    place = [str(step) for step in error.absolute_path]
    if place[:1] == ["cells"] and len(place) > 1:
        place[:2] = [f"cell {int(place[1]) + 1}"]
    reason = " ".join(str(error.message).split())
    return (
        f"{', '.join(place) or 'the whole'}: {reason[:200]}; correct it there, or save it again in JupyterLab"
    )


def notebooks_folder() -> Path:
    """Where the notebooks are: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise JiaokouError(f"no notebooks found in {package} or beside it; install jiaokou again")


def briefings(names: Sequence[str] = (), folder: Path | None = None) -> list[Briefing]:
    """The briefings called `names` (``01_economy``, ``economy``, or a file's path, ``my.ipynb``), or all of them.

    Without a `folder` they are the project's own: its notebooks whose names begin with two digits. A folder's come in
    the order of their names, and then those named by path. Raises WrongUseError for a name that there is not.
    """
    files = [name for name in names if name.endswith(".ipynb") and Path(name).exists()]
    others = [name for name in names if name not in files]
    known = _in_folder(folder) if others or not files else []
    for name in others:
        if not any(name in (briefing.name, briefing.subject) for briefing in known):
            raise WrongUseError(_no_briefing(name, known))
    chosen = [b for b in known if not names or b.name in others or b.subject in others]
    chosen = list(dict.fromkeys([*chosen, *(Briefing(Path(file).absolute()) for file in files)]))
    for briefing in chosen:
        if clash := [other for other in chosen if other.name == briefing.name and other != briefing]:
            raise WrongUseError(f"{briefing.path} and {clash[0].path} have one name; rename one of them")
    return chosen


def _in_folder(folder: Path | None) -> list[Briefing]:
    place, pattern = (notebooks_folder(), "[0-9][0-9]_*.ipynb") if folder is None else (folder, "*.ipynb")
    found = [Briefing(path) for path in sorted(place.glob(pattern)) if not path.name.startswith(".")]
    if not found:
        raise JiaokouError(f"there is no notebook in {place}; give a folder that holds some, or a file")
    return found


def _no_briefing(name: str, known: Sequence[Briefing]) -> str:
    subjects = {word: briefing.subject for briefing in known for word in (briefing.name, briefing.subject)}
    meant = subjects.get(Path(name).stem)  # as in notebooks/01_economy.ipynb
    hint = f"; did you mean {meant}?" if meant else near(name, subjects)
    if name.endswith(".ipynb"):
        return f"there is no file {name}{hint}"
    return f"no briefing {name!r}; there are: {', '.join(briefing.name for briefing in known)}{hint}"


def languages(asked: Iterable[str] = ()) -> list[str]:
    """The languages asked for, each once, in the house's order; all of them when none is asked for."""
    wanted = list(asked)
    for lang in wanted:
        if lang not in LANGUAGES:
            raise WrongUseError(f"no language {lang!r}; there are: {', '.join(LANGUAGES)}")
    return [lang for lang in LANGUAGES if not wanted or lang in wanted]


def settings(chosen: Sequence[Briefing], texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read ``NAME=VALUE`` texts by what the chosen briefings declare; the result maps briefing name to values.

    A name goes to every chosen briefing that declares it, and one at least must. Raises WrongUseError for a name or a
    value that is not allowed, and JiaokouError for a notebook that cannot be read.
    """
    known = {briefing.name: briefing.parameters for briefing in chosen}
    values: dict[str, dict[str, Any]] = {briefing.name: {} for briefing in chosen}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise WrongUseError(f"--set takes NAME=VALUE, not {text!r}")
        if name in OWN_OPTIONS:
            raise WrongUseError(f"parameter {name} has an option of its own: use {OWN_OPTIONS[name]}")
        takers = [briefing for briefing, declared in known.items() if name in declared]
        if not takers:
            raise WrongUseError(_unknown(name, chosen))
        if name in values[takers[0]]:
            raise WrongUseError(f"parameter {name} is set twice; leave one out")
        for briefing in takers:
            values[briefing][name] = known[briefing][name].read(value)
    return values


def _unknown(name: str, chosen: Sequence[Briefing]) -> str:
    allowed = {p.name: p for b in chosen for p in b.parameters.values() if p.name not in OWN_OPTIONS}
    listed = ", ".join(f"{p.name}: {p.type}" for p in allowed.values()) or "no parameter at all"
    return f"no parameter {name!r} in {', '.join(b.name for b in chosen)}; --set takes {listed}{near(name, allowed)}"
