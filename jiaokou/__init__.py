"""Tidy data from a county's printed five-year-plan summary: every number traceable to the characters it was printed as.

    >>> import jiaokou
    >>> jiaokou.pick(jiaokou.load("economy"), "budget_expenditure")[["printed", "lower", "upper", "unit"]]
      printed         lower         upper unit
    0  17.2亿元  1715000000.0  1725000000.0  CNY

Frames carry units, periods, labels in both languages and provenance; each function takes `package=` for another data
package in the same form, and `jiaokou.briefing(lang, package)` has them all for one language and package.
`jiaokou.charts.bars(rows)` needs no other import. Names are loaded when asked for (PEP 562), for pandas takes long.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

_HOMES = {
    "errors": ("JiaokouError",),
    "analysis.audit": ("audit", "sensitivity"),
    "analysis.derive": ("derived",),
    "analysis.provenance": ("verify",),
    "analysis.suggestions": ("found",),
    "catalogues.frames": ("catalogue", "load"),
    "data.codebook": ("values",),
    "data.package": ("indicators", "milestones", "open_package", "pick", "sections"),
    "explore.briefing": ("briefing",),
    "explore.explorer": ("explorer",),
    "explore.indicator": ("indicator",),
    "explore.review": ("review",),
    "explore.search": ("search",),
    "explore.show": ("show",),
    "explore.validation": ("validate",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}
_MODULES = ("catalogues", "charts", "tables", "wording")

__all__ = sorted(_HOME)

if TYPE_CHECKING:  # for a type checker, which would take any name of `__getattr__` for granted
    from jiaokou import catalogues, charts, tables, wording
    from jiaokou.analysis.audit import audit, sensitivity
    from jiaokou.analysis.derive import derived
    from jiaokou.analysis.provenance import verify
    from jiaokou.analysis.suggestions import found
    from jiaokou.catalogues.frames import catalogue, load
    from jiaokou.data.codebook import values
    from jiaokou.data.package import indicators, milestones, open_package, pick, sections
    from jiaokou.errors import JiaokouError
    from jiaokou.explore.briefing import briefing
    from jiaokou.explore.explorer import explorer
    from jiaokou.explore.indicator import indicator
    from jiaokou.explore.review import review
    from jiaokou.explore.search import search
    from jiaokou.explore.show import show
    from jiaokou.explore.validation import validate
else:

    def __getattr__(name: str) -> Any:
        if name in _MODULES:  # `jiaokou.charts` needs no import of its own
            return import_module(f"{__name__}.{name}")
        if name not in _HOME:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)


def __dir__() -> list[str]:
    return [*__all__, *_MODULES]


if "IPython" in sys.modules:  # at a prompt or in a notebook, where codes can be completed
    import_module("jiaokou.explore.completion").register()
