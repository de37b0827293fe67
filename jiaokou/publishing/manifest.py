"""Receipts: what an edition was made from and holds, by which its files are trusted or not."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RECEIPT = "receipt.json"

Receipt = Mapping[str, Any]


def read(edition: Path) -> Receipt | None:
    """The receipt of an edition's folder, or None where there is none that can be read."""
    try:
        content = json.loads((edition / RECEIPT).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return content if _is_receipt(content) else None


def _is_receipt(content: Any) -> bool:
    """Whether all that is ever asked of a receipt is there, in the form in which an edition writes it."""
    match content:
        case {
            "edition": str(),
            "made": str(),
            "languages": list(languages),
            "parameters": dict(parameters),
            "inputs": dict(inputs),
            "versions": dict(versions),
            "runs": dict(runs),
            "outputs": dict(outputs),
        } if all(isinstance(part, dict) for part in [*parameters.values(), *runs.values()]):
            texts = [*languages, *inputs.values(), *versions.values(), *outputs.values()]
            texts += [run.get("key") for run in runs.values()]
            texts += [given.get("package", "") for given in parameters.values()]
            return all(isinstance(text, str) for text in texts)
    return False


def write(edition: Path, content: Mapping[str, Any]) -> None:
    """Write the receipt, with the hash of every file that the edition holds so far."""
    content = {**content, "outputs": outputs(edition)}
    text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
    (edition / RECEIPT).write_text(f"{text}\n", encoding="utf-8", newline="\n")


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
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except (OSError, ValueError):  # ValueError: a null byte in the name
        return ""
