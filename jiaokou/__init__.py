"""Tidy data from a county's printed five-year-plan summary: every number traceable to the characters it was printed as.

    >>> import jiaokou
    >>> jiaokou.load("economy")[["observation", "printed", "value", "unit"]]  # doctest: +SKIP

Frames carry units, periods, labels in both languages and provenance; each function takes `package=` for another data
package in the same form. Charts, tables and wording live in modules of their own and are imported by name.
"""

from jiaokou.audit import audit, sensitivity
from jiaokou.audit.found import found
from jiaokou.datasets import indicators, load, milestones, pick, sections
from jiaokou.derive import derived
from jiaokou.errors import JiaokouError
from jiaokou.provenance import verify

__all__ = [
    "JiaokouError",
    "audit",
    "derived",
    "found",
    "indicators",
    "load",
    "milestones",
    "pick",
    "sections",
    "sensitivity",
    "verify",
]
