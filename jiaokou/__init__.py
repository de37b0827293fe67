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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import jiaokou.charts
    import jiaokou.tables
    import jiaokou.wording  # noqa: F401
    from jiaokou.analysis.audit import audit, sensitivity
    from jiaokou.analysis.derive import derived
    from jiaokou.analysis.provenance import verify
    from jiaokou.analysis.suggestions import found
    from jiaokou.analysis.values import values
    from jiaokou.data.package import indicators, load, milestones, open_package, pick, sections
    from jiaokou.errors import JiaokouError
    from jiaokou.explore.explorer import explorer
    from jiaokou.explore.indicator import indicator
    from jiaokou.explore.search import search
    from jiaokou.explore.show import show
    from jiaokou.explore.validate import check

_HOMES = {
    "JiaokouError": "errors",
    "audit": "analysis.audit",
    "check": "explore.validate",
    "derived": "analysis.derive",
    "explorer": "explore.explorer",
    "found": "analysis.suggestions",
    "indicator": "explore.indicator",
    "indicators": "data.package",
    "load": "data.package",
    "milestones": "data.package",
    "open_package": "data.package",
    "pick": "data.package",
    "search": "explore.search",
    "sections": "data.package",
    "sensitivity": "analysis.audit",
    "show": "explore.show",
    "values": "analysis.values",
    "verify": "analysis.provenance",
}
_MODULES = ("charts", "tables", "wording")

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
    "open_package",
    "pick",
    "search",
    "sections",
    "sensitivity",
    "show",
    "values",
    "verify",
]


if not TYPE_CHECKING:  # a type checker would take any name for granted

    def __getattr__(name: str) -> Any:
        if name in _HOMES:
            globals()[name] = value = getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
            return value
        if name in _MODULES:  # `jiaokou.charts` needs no import of its own
            return import_module(f"{__name__}.{name}")
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted([*__all__, *_MODULES, *(name for name in globals() if name.startswith("__"))])


if "IPython" in sys.modules:  # at a prompt or in a notebook, where codes can be completed
    import_module("jiaokou.explore.completion").register()
