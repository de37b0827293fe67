"""What a notebook's outputs were made from, kept beside them: so a page can tell which its cells no longer give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from zlib import crc32

from jiaokou.explore.parameters import check_values

if TYPE_CHECKING:
    from IPython.core.interactiveshell import InteractiveShell

_KEY = "jiaokou"


def follow(shell: InteractiveShell) -> None:
    """Let each output of the cells to come carry its origin; first see that the parameters are what they may be.

    Raises WrongUseError where they are not.
    """
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
