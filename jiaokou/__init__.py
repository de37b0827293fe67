"""Tidy data from a county's printed five-year-plan summary: every number traceable to the characters it was printed as.

    >>> import jiaokou
    >>> jiaokou.pick(jiaokou.load("economy"), "budget_expenditure")[["printed", "lower", "upper", "unit"]]
      printed         lower         upper unit
    0  17.2亿元  1715000000.0  1725000000.0  CNY

Frames carry units, periods, labels in both languages and provenance; each function takes `package=` for another data
package in the same form, and `jiaokou.briefing(lang, package)` has them all for one language and package.
`jiaokou.charts.bars(rows)` needs no other import. The names stand in `__init__.pyi`; each is
loaded when it is asked for (SPEC 1), since pandas takes long.
"""

import sys
from importlib import import_module

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)

if "IPython" in sys.modules:  # at a prompt or in a notebook, where codes can be completed
    import_module("jiaokou.explore.completion").register()
