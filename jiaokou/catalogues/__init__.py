"""Many data packages together: which there are, one frame of all, and what may be compared.

    >>> import jiaokou
    >>> jiaokou.catalogue()[["package", "place"]]
                           package   place
    0  jiaokou-14th-five-year-plan  141130
    >>> jiaokou.catalogues.vocabulary().loc["gdp", "unit"]
    'CNY'

Names stand in `__init__.pyi`, and are loaded when asked for, as those of `jiaokou` are.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
