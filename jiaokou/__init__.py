"""Tidy data from a county's printed five-year-plan summary: every number traceable to the characters it was printed as.

    >>> import jiaokou
    >>> jiaokou.pick(jiaokou.load("economy"), "budget_expenditure")[["printed", "lower", "upper", "unit"]]
      printed         lower         upper unit
    0  17.2亿元  1715000000.0  1725000000.0  CNY

Frames carry units, periods, labels in both languages and provenance; each function takes `package=` for another data
package in the same form. Charts, tables and wording are modules: `jiaokou.charts.bars(rows)` needs no other import.

The public names are loaded when one is first asked for (PEP 562): pandas takes longer to load than the command needs to
see that nothing has changed.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jiaokou.charts
    import jiaokou.datasets
    import jiaokou.tables
    import jiaokou.wording  # noqa: F401
    from jiaokou.audit import audit, sensitivity
    from jiaokou.audit.found import found
    from jiaokou.datasets import indicators, load, milestones, pick, sections
    from jiaokou.derive import derived
    from jiaokou.errors import JiaokouError
    from jiaokou.exploring.checking import check
    from jiaokou.exploring.explorer import explorer
    from jiaokou.exploring.indicators import indicator
    from jiaokou.exploring.searching import search
    from jiaokou.exploring.showing import show
    from jiaokou.provenance import verify

__all__ = [
    "JiaokouError",
    "audit",
    "check",
    "derived",
    "explorer",
    "found",
    "indicator",
    "indicators",
    "load",
    "milestones",
    "pick",
    "search",
    "sections",
    "sensitivity",
    "show",
    "verify",
]

_ROOMS = {
    "JiaokouError": "errors",
    "audit": "audit",
    "check": "exploring.checking",
    "derived": "derive",
    "explorer": "exploring.explorer",
    "found": "audit.found",
    "indicator": "exploring.indicators",
    "indicators": "datasets",
    "load": "datasets",
    "milestones": "datasets",
    "pick": "datasets",
    "search": "exploring.searching",
    "sections": "datasets",
    "sensitivity": "audit",
    "show": "exploring.showing",
    "verify": "provenance",
}
_MODULES = ("charts", "datasets", "tables", "wording")


if not TYPE_CHECKING:  # a type checker would take any name for granted

    def __getattr__(name: str) -> Any:
        if name in _ROOMS:
            globals()[name] = value = getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
            return value
        if name in _MODULES or name in _ROOMS.values():  # `jiaokou.datasets` needs no import of its own
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES, *(name for name in globals() if name.startswith("__"))])


class _Library(ModuleType):
    """The function `audit` has the name of its module, which the import system would put in the function's place."""

    def __setattr__(self, name: str, value: Any) -> None:
        if not (name in __all__ and isinstance(value, ModuleType)):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Library

if "IPython" in sys.modules:  # at a prompt or in a notebook, where codes can be completed
    import_module("jiaokou.exploring.completing").register()
