"""Many data packages together: which there are, one frame of all, and what may be compared.

    >>> import jiaokou
    >>> jiaokou.catalogue()[["package", "place"]]
                           package   place
    0  jiaokou-14th-five-year-plan  141130
    >>> jiaokou.catalogues.vocabulary().loc["gdp", "unit"]
    'CNY'

Names are loaded when asked for, as those of `jiaokou` are.
"""

from importlib import import_module
from typing import Any

_HOMES = {
    "Comparison": "comparison",
    "briefing": "comparison",
    "comparable": "compare",
    "suggest": "core",
    "vocabulary": "core",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
