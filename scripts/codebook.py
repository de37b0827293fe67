"""Writes the tables of data/README.md and of what a new package is explained with, so that nothing is described twice.

python scripts/codebook.py            # rewrite what stands below the marker
python scripts/codebook.py --check    # exit status 1 if it is not up to date
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from jiaokou.data import scaffold
from jiaokou.data.codebook import describe
from jiaokou.data.descriptor import opened, paths, schema
from jiaokou.data.package import default_package, open_package

MARKER = "<!-- Made by `make codebook` from the data package; write above this line. -->"
GUIDE = "## 表 · Tables"


def table(head: Iterable[str], rows: Iterable[Iterable[object]]) -> list[str]:
    """A Markdown table."""
    lines = [list(map(str, row)) for row in rows]
    return [f"| {' | '.join(line)} |" for line in (list(head), ["---"] * len(list(head)), *lines)] + [""]


def codebook(folder: Path) -> str:
    """Counts, columns, code lists and notes of a package, as Markdown."""
    package = open_package(folder)
    observed, frames = package.frames["observations"], package.frames
    lines = [MARKER, "", "## How much there is", ""]
    counts = [
        (
            row["section"],
            row["label_zh"],
            *(_of(frames[name], row["section"]) for name in ("observations", "milestones")),
        )
        for row in frames["sections"].to_dict("records")
    ]
    total = ("**together**", "", len(observed), len(frames["milestones"]))
    lines += table(("section", "", "observations", "milestones"), [*counts, total])
    accounts = frames["sentences"]["account"].value_counts()
    lines += [
        f"Numerals that are no quantities: {len(frames['numerals'])}. Sentences: {len(frames['sentences'])}, of which "
        + ", ".join(f"{accounts[account]} {account}" for account in package.codes["account"].index)
        + ".",
        "",
        "## Tables and columns",
        "",
        "Every column of every file, as `datapackage.json` states it. An arrow names the table that holds the code.",
        "",
    ]
    content = opened(folder)
    for resource in content["resources"]:
        if not resource["name"].startswith("codes-"):
            lines += _columns(folder, resource)
    lines += ["## Code lists", ""]
    for resource in content["resources"]:
        if resource["name"].startswith("codes-"):
            lines += [f"### `{resource['path']}`: {resource['title'].lower()}", ""]
            codes = package.frames[resource["name"]]
            rows = (
                (f"`{row['code']}`", row["label_zh"], row["label_en"], row["definition_en"])
                for row in codes.to_dict("records")
            )
            lines += table(("code", "中文", "English", "means"), rows)
    lines += ["## Doubtful readings and defects of the source", "", "Each with the reading taken (`notes.csv`).", ""]
    for note in frames["notes"].to_dict("records"):
        lines += [
            f"**`{note['note']}`** {note['text_en']}",
            "",
            note["text_zh"],
            "",
            f"Stands at: {_where(package.frames, note['note'])}",
            "",
        ]
    return "\n".join(lines).rstrip() + "\n"


def _of(frame: pd.DataFrame, section: str) -> int:
    return int((frame["section"] == section).sum())


def _columns(folder: Path, resource: dict[str, object]) -> list[str]:
    stated = schema(folder, resource)
    keys = {key["fields"][0]: key["reference"]["resource"] for key in stated.get("foreignKeys", [])}
    rows = []
    for field in stated["fields"]:
        name, limits = field["name"], field.get("constraints", {})
        target = f" → `{keys[name] or resource['name']}`" if name in keys else ""
        must = "key" if name in stated["primaryKey"] else "required" if limits.get("required") else "may be empty"
        rows.append((f"`{name}`", field["type"], must, field["description"] + target))
    files = paths(resource)
    name = files[0] if len(files) == 1 else f"{Path(files[0]).parent}/<section>.csv"
    return [f"### `{name}`", "", str(resource["description"]), "", *table(("column", "type", "", "means"), rows)]


def _where(frames: dict[str, pd.DataFrame], note: str) -> str:
    codes = [
        f"`{code}`"
        for name in ("observations", "milestones")
        for code in frames[name].loc[frames[name]["note"] == note].iloc[:, 0]
    ]
    return ", ".join(codes) + "."


def guide(folder: Path) -> str:
    """What each table and column is for, in both languages, as Markdown; lists of codes by name alone."""
    lines, lists = [], []
    for resource in opened(folder)["resources"]:
        said = describe(resource["name"])
        title = f"{said['heading_zh']} · {said['heading_en']}"
        if resource["name"].startswith("codes-"):
            lists.append(f"- `{resource['path']}`: {title}")
            continue
        files = paths(resource)
        file = files[0] if len(files) == 1 else f"{Path(files[0]).parent}/<section>.csv"
        rows = []
        for column in schema(folder, resource)["fields"]:
            meant = describe(resource["name"], column["name"])
            must = "✓" if column.get("constraints", {}).get("required") else ""
            means = meant["meaning_en"] + (f" → `{meant['codes']}`" if meant["codes"] else "")
            rows.append((f"`{column['name']}`", column["type"], must, meant["meaning_zh"], means))
        head = ("列 column", "类型 type", "必填 required", "含义", "means")
        lines += [f"### `{file}` · {title}", "", said["meaning_zh"], said["meaning_en"], "", *table(head, rows)]
    return "\n".join([GUIDE, "", *lines, "### `codes/` · 代码表 · Code lists", "", *lists]) + "\n"


def main(arguments: list[str]) -> int:
    """Rewrite what stands in each file below its marker, or check it."""
    folder, stale = default_package(), 0
    guided = Path(scaffold.__file__).with_suffix(".md")
    for file, marker, made in ((folder / "README.md", MARKER, codebook(folder)), (guided, GUIDE, guide(folder))):
        written = file.read_text("utf-8")
        wanted = written.partition(marker)[0] + made
        if arguments != ["--check"]:
            file.write_text(wanted, "utf-8")
        elif written != wanted:
            sys.stderr.write(f"error: {file.name} is not up to date; run `make codebook`\n")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
