"""Whether a package that is being keyed in is sound, said where its maker looks."""

from dataclasses import dataclass
from pathlib import Path

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived_of
from jiaokou.data.package import open_package
from jiaokou.errors import JiaokouError


@dataclass(frozen=True, eq=False)
class Validation:
    """Whether a data package is sound, which its truth value says; made by `validate`, and shown as plain lines.

    `faults` are what is wrong, a line each (what, where, what to do). What can only be seen when they are mended is not
    among them. Of a sound package `counts` are lines that say how many observations and milestones there are by
    section, relations by verdict and sentences by account, which tables are still without rows, and which relations
    have another verdict than the one known for the release.
    """

    faults: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.faults

    def __repr__(self) -> str:
        return "\n".join([*(f"fault: {each}" for each in self.faults), *self.counts])


def validate(package: str | Path = "") -> Validation:
    """Say what is wrong in a data package's folder, or that it is sound and what it holds.

    Run in a cell again after each change. Nothing wrong in a package is raised; it is what the result is about.

        >>> validate("another-county/data")
        fault: ... is no folder; give the folder that holds a datapackage.json
    """
    try:
        opened = open_package(package)
        relations = audit_of(opened)
        derived_of(opened)
    except JiaokouError as error:
        return Validation(tuple(" ".join(each.split()) for each in getattr(error, "faults", [str(error)])))
    counts, frames = [f"sound: {opened.path}"], {**opened.frames, "relations": relations}
    divided = {"observations": "section", "milestones": "section", "relations": "verdict", "sentences": "account"}
    for what, by in divided.items():
        rows = frames[what][by].value_counts(sort=False)
        parts = ", ".join(f"{code} {n}" for code, n in rows.items() if n)
        counts.append(f"{what}: {rows.sum()}" + (f" ({parts})" if parts else ""))
    if news := relations.loc[~relations["as_known"], "relation"].tolist():
        counts.append(f"not as known for this release: {', '.join(news)}")
    if empty := [name for name, each in opened.frames.items() if each.empty]:
        counts.append(f"still empty: {', '.join(empty)}")
    return Validation(counts=tuple(counts))
