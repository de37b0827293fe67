"""Many data packages together: which there are, one frame of all, and what may be compared.

>>> import jiaokou
>>> jiaokou.catalogue()[["package", "place"]]
                       package   place
0  jiaokou-14th-five-year-plan  141130
>>> jiaokou.catalogues.vocabulary().loc["gdp", "unit"]
'CNY'
"""

from typing import Any

from jiaokou.catalogues.compare import comparable
from jiaokou.catalogues.core import suggest, vocabulary

__all__ = ["Comparison", "briefing", "comparable", "suggest", "vocabulary"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from jiaokou.catalogues import comparison  # with plotly, which takes half a second

    return getattr(comparison, name)


def __dir__() -> list[str]:
    return __all__
