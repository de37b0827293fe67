"""What a notebook's outputs were made from, kept beside them: so a page can tell which its cells no longer give."""

from collections.abc import Mapping
from typing import Any
from zlib import crc32

from jiaokou.explore.parameters import check_values

_KEY = "jiaokou"


def follow() -> None:
    """Where cells run, see that the parameters are what they may be, and let each output to come carry its origin.

    Raises WrongUseError where they are not.
    """
    from IPython.core.getipython import get_ipython  # pages are made without it

    if not (shell := get_ipython()):
        return
    names = shell.user_ns
    check_values(names.get("In", ()), names)

    def signed(message: dict[str, Any]) -> dict[str, Any]:
        source = _sum(getattr(shell.history_manager, "input_hist_raw", [""])[-1])
        message["content"].setdefault("metadata", {})[_KEY] = {"cell": source, "lang": names.get("lang")}
        return message

    for sender in (shell.display_pub, shell.displayhook):
        if hasattr(sender, "register_hook") and not names.get(f"_{_KEY}"):  # elsewhere than in a kernel nothing is kept
            sender.register_hook(signed)
    names[f"_{_KEY}"] = True


def is_outdated(cell: Mapping[str, Any], parameters: Mapping[str, Any]) -> bool:
    """Whether a cell was edited since it has put out what it shows, or ran with another `lang` than the page has."""
    origins = [output.get("metadata", {}).get(_KEY) for output in cell["outputs"]]
    now = {"cell": _sum(cell["source"]), "lang": parameters.get("lang")}
    return any(origin and origin != now for origin in origins)


def _sum(source: str) -> int:
    return crc32(source.strip().encode("utf-8", "replace"))
