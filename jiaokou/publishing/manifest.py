"""Receipts: what an edition was made from and holds, by which its files are trusted or not."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RECEIPT = "receipt.json"

Receipt = Mapping[str, Any]
_PARTS = {"edition", "made", "languages", "parameters", "inputs", "versions", "runs", "outputs"}


def read(edition: Path) -> Receipt | None:
    """The receipt of an edition's folder; None where none can be read, or it lacks what is asked of it."""
    try:
        content = json.loads((edition / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content if isinstance(content, dict) and content.keys() >= _PARTS else None


def write_json(file: Path, content: Mapping[str, Any]) -> None:
    """Write what is for machines, so that people can read it as well."""
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    file.write_text(f"{text}\n", encoding="utf-8", newline="\n")


def outputs(edition: Path) -> dict[str, str]:
    """The hash of every file in an edition but the receipt itself."""
    names = sorted(path.relative_to(edition).as_posix() for path in edition.rglob("*") if path.is_file())
    return {name: digest(edition / name) for name in names if name != RECEIPT}


def damaged(edition: Path, receipt: Receipt) -> list[str]:
    """The files that are not what the receipt says."""
    return [name for name, content in receipt["outputs"].items() if digest(edition / name) != content]


def is_whole(edition: Path) -> bool:
    """Whether an edition is there and each of its files is what its receipt says."""
    receipt = read(edition)
    return receipt is not None and not damaged(edition, receipt)


def digest(file: Path) -> str:
    """A file's sha256 in hexadecimal, or "" for one that cannot be read."""
    try:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return ""
