"""What a notebook declares, and whether what it was given keeps to that: before a kernel starts, and within one.

A parameters cell holds one declaration to a line::

    lang: str = "zh"  # page language: zh or en
    target_year: int = 2030  # year of the target: 2026 to 2035

The comment is the manual. Where its last part (after the last ``: ``) reads ``a or b``, ``a, b or c`` or ``1 to 9``,
it is also the list, or the range, of what is allowed.
"""

import ast
import contextlib
import datetime
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from numbers import Integral, Real
from typing import Any

from jiaokou.errors import WrongUseError, near

_OWN_OPTIONS = ("lang", "package")
_CHOICES = re.compile(r"[\w.+-]+(?:, [\w.+-]+)* or [\w.+-]+")
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)")
_MAGIC = re.compile(r"^[ \t]*[%!].*$", re.MULTILINE)  # IPython's own lines, which say nothing of a value

_TYPES: dict[str, type] = {"str": str, "int": Integral, "float": Real, "bool": bool}


@dataclass(frozen=True)
class Parameter:
    """One declared parameter: its name, type (``str``, ``int``, ``float`` or ``bool``), default and explanation."""

    name: str
    type: str
    default: Any
    help: str

    def read(self, text: str) -> Any:
        """`text` as a value of this parameter's type, written as JSON writes it but for text: ``007`` is one.

        Raises WrongUseError for what is not allowed.
        """
        if self.type not in _TYPES:
            raise WrongUseError(f"parameter {self.name} is a {self.type}; only str, int, float and bool can be set")
        value: Any = text
        if self.type != "str":
            with contextlib.suppress(ValueError):  # it stays text, and is refused below
                # Python's own conversions take more: 1_000, ２０３０
                value = json.loads(text.lower(), parse_int=float if self.type == "float" else int)
        self.check(value, text)
        return value

    def check(self, value: Any, said: str = "") -> None:
        """Raise WrongUseError unless a value, which the user wrote as `said`, is one that this parameter may have.

        One whose default is an ISO date may have another, and stays text.
        """
        is_kind = isinstance(value, _TYPES[self.type]) and isinstance(value, bool) == (self.type == "bool")
        allowed = self.help.rpartition(": ")[2]
        choices = re.split(", | or ", allowed) if _CHOICES.fullmatch(allowed) else []
        limits = _RANGE.fullmatch(allowed) if self.type in ("int", "float") else None
        if not is_kind or (self.type == "float" and not math.isfinite(value)):
            wanted = f"of type {self.type}"
        elif _is_iso_date(self.default) and not _is_iso_date(value):
            wanted = "an ISO date such as 2025-12-31"
        elif choices and str(value) not in choices:
            wanted = f"one of {', '.join(choices)}"
        elif limits and not float(limits[1]) <= value <= float(limits[2]):
            wanted = f"from {limits[1]} to {limits[2]}"
        else:
            return
        raise WrongUseError(f"parameter {self.name} must be {wanted}, not {(said or value)!r} ({self.help})")


def _is_iso_date(text: Any) -> bool:
    with contextlib.suppress(TypeError, ValueError):  # 2025-02-30
        return datetime.date.fromisoformat(text).isoformat() == text
    return False


def assignments(source: str) -> Iterator[tuple[str, Any, ast.stmt]]:
    """Each name that a cell's source gives a plain value, the value and the statement; computed ones are left out."""
    for statement in ast.parse(_MAGIC.sub("", source)).body:
        if isinstance(statement, ast.Assign | ast.AnnAssign) and statement.value:
            target = statement.targets[0] if isinstance(statement, ast.Assign) else statement.target
            with contextlib.suppress(ValueError):
                if isinstance(target, ast.Name):
                    yield target.id, ast.literal_eval(statement.value), statement


def declared(source: str) -> dict[str, Parameter]:
    """The parameters that the source of a ``parameters`` cell declares, in its order."""
    lines = re.split(r"\r\n?|\n", source)
    found = {}
    for name, default, line in assignments(source):
        kind = ast.unparse(line.annotation) if isinstance(line, ast.AnnAssign) else type(default).__name__
        rest = lines[(line.end_lineno or 0) - 1].encode()[line.end_col_offset :].decode()
        found[name] = Parameter(name, kind, default, rest.partition("#")[2].lstrip("# ").strip())
    return found


def check_values(cells: Iterable[str], values: Mapping[str, Any]) -> None:
    """Raise WrongUseError where a kernel's `values` by name are not what the `cells` that it has run declare.

    papermill, a notebook job and a hand put into a notebook whatever they like. A kernel knows no cell's tags: a cell
    of parameters is one that holds nothing but declarations with their types.
    """
    found: dict[str, Parameter] = {}
    for source in cells:
        with contextlib.suppress(SyntaxError, ValueError):
            if all(isinstance(line, ast.AnnAssign) for line in ast.parse(_MAGIC.sub("", source)).body):
                found |= {name: each for name, each in declared(source).items() if each.type in _TYPES}
    for name, each in found.items():
        if name in values:
            each.check(values[name])


def settings(known: Mapping[str, Mapping[str, Parameter]], texts: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Read ``NAME=VALUE`` texts by what briefings declare, `known` by their names; returns each briefing's values.

    A name goes to every briefing that declares it, and one at least must. Raises WrongUseError for a name or a value
    that is not allowed.
    """
    values: dict[str, dict[str, Any]] = {briefing: {} for briefing in known}
    for text in texts:
        name, equals, value = text.partition("=")
        name = name.strip()
        if not equals or not name:
            raise WrongUseError(f"--set takes NAME=VALUE, not {text!r}")
        if name in _OWN_OPTIONS:
            raise WrongUseError(f"parameter {name} has an option of its own: use --{name}")
        takers = [briefing for briefing, declared in known.items() if name in declared]
        if not takers:
            allowed = {p.name: p.type for each in known.values() for p in each.values() if p.name not in _OWN_OPTIONS}
            what = ", ".join(f"{n}: {kind}" for n, kind in allowed.items()) or "no parameter at all"
            raise WrongUseError(f"no parameter {name!r} in {', '.join(known)}; --set takes {what}{near(name, allowed)}")
        if name in values[takers[0]]:
            raise WrongUseError(f"parameter {name} is set twice; leave one out")
        for briefing in takers:
            values[briefing][name] = known[briefing][name].read(value)
    return values
