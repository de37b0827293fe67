"""Whether a package that is being keyed in is sound, said where its maker looks."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.descriptor import folder_of
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError


@dataclass(frozen=True, eq=False)
class Validation:
    """Whether a data package is sound, which its truth value says; made by `validate`.

    `faults` are what is wrong, a line each (what, where, what to do). What can only be seen when they are mended is not
    among them. Of a sound package `counts` says how many observations and milestones there are by section, relations by
    verdict and sentences by account; `empty` names the tables without rows, and `news` the relations whose verdict is
    not the one known for the release.
    """

    folder: Path
    faults: tuple[str, ...] = ()
    counts: dict[str, dict[Any, int]] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    news: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.faults

    def __repr__(self) -> str:
        if self.faults:
            return "\n".join(f"fault: {each}" for each in self.faults)
        lines = [f"sound: {self.folder}"]
        for what, rows in self.counts.items():
            parts = ", ".join(f"{by} {n}" for by, n in rows.items() if n)
            lines.append(f"{what}: {sum(rows.values())}" + (f" ({parts})" if parts else ""))
        others = ("not as known for this release", self.news), ("still empty", self.empty)
        return "\n".join(lines + [f"{head}: {', '.join(names)}" for head, names in others if names])


def validate(package: str | Path = "") -> Validation:
    """Say what is wrong in a data package's folder, or that it is sound and what it holds.

    Run in a cell again after each change. Nothing wrong in a package is raised; it is what the result is about.

        >>> validate("another-county/data")
        fault: ... is no folder; give the folder that holds a datapackage.json
    """
    folder = folder_of(package)
    try:
        opened = open_package(package)
        relations = audit_of(opened)
        derived_of(opened)
    except JiaokouError as error:
        return Validation(folder, tuple(" ".join(each.split()) for each in getattr(error, "faults", [str(error)])))
    frames = {**opened.frames, "relations": relations}
    divided = {"observations": "section", "milestones": "section", "relations": "verdict", "sentences": "account"}
    counts = {what: frames[what][by].value_counts(sort=False).to_dict() for what, by in divided.items()}
    news = relations.loc[~relations["as_known"], "relation"]
    empty = tuple(name for name, each in opened.frames.items() if each.empty)
    return Validation(folder, (), counts, empty, tuple(news))
