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
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


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
        try:
            value = _READERS[self.type](text)
            if isinstance(self.default, str) and self.type == "str" and _ISO_DATE.fullmatch(self.default):
                _read_date(value)
        except KeyError:
            raise WrongUseError(
                f"parameter {self.name} is a {self.type}, which cannot be set; only {', '.join(_READERS)} can"
            ) from None
        except ValueError:
            wanted = "an ISO date such as 2025-12-31" if self.type == "str" else f"of type {self.type}"
            raise WrongUseError(
                f"parameter {self.name} must be {wanted}, not {text!r} ({self.help})"
            ) from None
        if self.choices and text not in self.choices:
            raise WrongUseError(
                f"parameter {self.name} must be one of {', '.join(self.choices)}, not {text!r}"
            )
        if self.range and not self.range[0] <= value <= self.range[1]:
            raise WrongUseError(
                f"parameter {self.name} must be from {self.range[0]:g} to {self.range[1]:g}, not {text!r}"
            )
        return value


def _read_int(text: str) -> int:
    if not re.fullmatch(r"[+-]?[0-9]+", text):
        raise ValueError(text)
    return int(text)


def _read_date(text: str) -> datetime.date:
    if not _ISO_DATE.fullmatch(text):
        raise ValueError(text)
    return datetime.date.fromisoformat(text)


def _read_float(text: str) -> float:
    if not _FLOAT.fullmatch(text):
        raise ValueError(text)
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(text)
    return value


def _read_bool(text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


_READERS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "int": _read_int,
    "float": _read_float,
    "bool": _read_bool,
}


def assignments(source: str) -> Iterator[tuple[str, Any, ast.stmt]]:
    """Each name that a cell's source gives a plain value, the value and the statement; computed ones are left out."""
    for statement in ast.parse(source).body:
        target = (
            statement.targets[0] if isinstance(statement, ast.Assign) else getattr(statement, "target", None)
        )
        value = getattr(statement, "value", None)
        if isinstance(target, ast.Name) and isinstance(value, ast.expr):
            with contextlib.suppress(ValueError):
                yield target.id, ast.literal_eval(value), statement


def declared(source: str) -> dict[str, Parameter]:
    """The parameters that the source of a ``parameters`` cell declares, in its order."""
    comments = {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
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
    """A notebook that can be published: its file, and by it its name (``01_economy``)."""

    path: Path

    @property
    def name(self) -> str:
        """The notebook's name without its ending, for instance ``01_economy``."""
        return self.path.stem

    @property
    def subject(self) -> str:
        """The name without its number: ``economy``."""
        return self.name.partition("_")[2]

    @cached_property
    def parameters(self) -> dict[str, Parameter]:
        """What the notebook's ``parameters`` cell declares."""
        try:
            cells = json.loads(self.path.read_text(encoding="utf-8"))["cells"]
            sources = [
                "".join(cell["source"])
                for cell in cells
                if "parameters" in cell.get("metadata", {}).get("tags", []) and cell["cell_type"] == "code"
            ]
            return declared(sources[0]) if sources else {}
        except (
            OSError,
            ValueError,
            KeyError,
            TypeError,
            AttributeError,
            SyntaxError,
            RecursionError,
            tokenize.TokenError,
        ) as error:
            raise JiaokouError(f"{self.path} is not a notebook that can be read: {error}") from None


def notebooks_folder() -> Path:
    """Where the notebooks are: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "notebooks", package.parent / "notebooks"):
        if folder.is_dir():
            return folder
    raise JiaokouError(f"no notebooks found in {package} or beside it; install jiaokou again")


def briefings(names: Sequence[str] = (), folder: Path | None = None) -> list[Briefing]:
    """The briefings called `names` (``01_economy`` or ``economy``), or all of them, in the order of their numbers."""
    folder = folder or notebooks_folder()
    known = [Briefing(path) for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))]
    if not known:
        raise JiaokouError(f"no notebook named like 01_economy.ipynb in {folder}")
    for name in names:
        if not any(name in (briefing.name, briefing.subject) for briefing in known):
            names = [briefing.name for briefing in known]
            called = {word: b.subject for b in known for word in (b.name, b.subject)}
            meant = called.get(Path(name).stem)  # as in notebooks/01_economy.ipynb
            hint = f"; did you mean {meant}?" if meant else near(name, called)
            raise WrongUseError(f"no briefing {name!r}; there are: {', '.join(names)}{hint}")
    return [b for b in known if not names or b.name in names or b.subject in names]


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
