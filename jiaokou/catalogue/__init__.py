"""Many data packages together: which there are, one frame of all, and what may be compared.

    >>> import jiaokou
    >>> jiaokou.catalogue()[["package", "place"]]
                           package   place
    0  jiaokou-14th-five-year-plan  141130
    >>> jiaokou.catalogue.vocabulary().loc["gdp", "unit"]
    'CNY'

The room bears the name of its first function, so it can be called: `jiaokou.catalogue(DIR)`.
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import Any

_HOMES = {
    "Comparison": "comparison",
    "briefing": "comparison",
    "catalogue": "frames",
    "comparable": "compare",
    "suggest": "core",
    "vocabulary": "core",
}
__all__ = sorted(_HOMES)


class _Catalogue(ModuleType):
    """A module that can be called."""

    def __call__(self, catalogue: Any = "") -> Any:
        return self.catalogue(catalogue)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__


sys.modules[__name__].__class__ = _Catalogue
