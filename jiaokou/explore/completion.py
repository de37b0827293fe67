"""Tab completion of codes in IPython and JupyterLab: `jiaokou.load("<TAB>` offers the sections.

Codes belong to the data, so that no type hint can list them; IPython asks this matcher, which asks the data.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from typing import Any

_FIRST_TEXT = re.compile(r"""([A-Za-z_][\w.]*)\(\s*["'](\w*)$""")


def register() -> None:
    """Let a running IPython complete codes: once only, and nothing where none runs."""
    from IPython.core.getipython import get_ipython

    completer = getattr(get_ipython(), "Completer", None)  # a kernel that is being warmed has none yet
    if completer is not None and _matcher not in completer.custom_matchers:
        completer.custom_matchers.append(_matcher)


def offered(called: object, written: str) -> list[str]:
    """The codes that the first text in a call of a function of the library may be, as far as it is written."""
    if not str(getattr(called, "__module__", "")).startswith("jiaokou."):
        return []
    from jiaokou.errors import JiaokouError

    try:
        return [code for code in dict.fromkeys(map(str, _codes(called))) if code.startswith(written)]
    except JiaokouError:  # a package with a fault in it says so when it is loaded
        return []


def _codes(called: object) -> Iterable[str]:
    import jiaokou

    if called in (jiaokou.load, jiaokou.milestones, jiaokou.derived):
        return jiaokou.sections()["section"]
    if called is jiaokou.indicator:
        frames = jiaokou.load(), jiaokou.derived(), jiaokou.indicators()
        return (code for frame in frames for code in frame.iloc[:, 0])
    return ()


def _matcher(context: Any) -> Any:
    from IPython.core.completer import SimpleCompletion

    found = _FIRST_TEXT.search(context.text_until_cursor)
    codes = offered(_named(found[1]), found[2]) if found else []
    return {
        "completions": [SimpleCompletion(text=code, type="code") for code in codes],
        "matched_fragment": found[2] if found else "",
        "ordered": True,  # as the package has them
        "suppress": bool(codes),  # the names of files, which IPython offers in any quotes
    }


_matcher.matcher_api_version = 2  # type: ignore[attr-defined]
_matcher.matcher_identifier = "jiaokou.codes"  # type: ignore[attr-defined]


def _named(dotted: str) -> object:
    """What a dotted name stands for at the prompt; only modules are looked into, so that nothing is run."""
    from IPython.core.getipython import get_ipython

    first, *rest = dotted.split(".")
    shell = get_ipython()
    found = None if shell is None else shell.user_ns.get(first)
    for name in rest:
        found = getattr(found, name, None) if isinstance(found, type(sys)) else None
    return found
