"""The validator's findings for a package that is being keyed in, where its maker looks."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from jiaokou.analysis.audit import audit_of
from jiaokou.analysis.derive import derived
from jiaokou.data.descriptor import folder_of
from jiaokou.data.package import Package, open_package
from jiaokou.errors import JiaokouError

COUNT_COLUMNS = "what by n".split()


@dataclass(frozen=True, eq=False)
class Check:
    """Whether a data package is sound, which its truth value says; made by `check`.

    `fault` is the first fault as one line (what, where, what to do), empty if there is none. Of a sound package
    `counts` says how many observations and milestones there are by section, relations by verdict and sentences by
    account (columns `what`, `by`, `n`); `empty` names the tables without rows, and `news` the relations whose
    verdict is not the one known for the release.
    """

    folder: Path
    fault: str = ""
    counts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COUNT_COLUMNS))
    empty: tuple[str, ...] = ()
    news: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return not self.fault

    def __repr__(self) -> str:
        return "\n".join(f"{head}: {text}" for head, text in self._lines())

    def _repr_html_(self) -> str:
        lines = (f"<strong>{html.escape(head)}</strong>: {html.escape(text)}" for head, text in self._lines())
        return f'<p lang="en">{"<br>".join(lines)}</p>'

    def _lines(self) -> list[tuple[str, str]]:
        if self.fault:
            return [("fault", self.fault)]
        lines = [("sound", str(self.folder))]
        for what, rows in self.counts.groupby("what", sort=False):
            parts = [f"{by} {n}" for by, n in zip(rows["by"], rows["n"], strict=True) if n]
            lines.append((str(what), f"{rows['n'].sum()}" + (f" ({', '.join(parts)})" if parts else "")))
        lines += [("not as known for this release", ", ".join(self.news))] if self.news else []
        lines += [("still empty", ", ".join(self.empty))] if self.empty else []
        return lines


def check(package: str | Path = "") -> Check:
    """Check a data package's folder and say what is wrong first, or that it is sound and what it holds.

    Run in a cell again after each change: only files that changed are read. Nothing wrong in a package is raised;
    it is what the result is about.

        >>> check("another-county/data")
        fault: ... is no folder; give the folder that holds a datapackage.json
    """
    folder = folder_of(package)
    try:
        opened = open_package(package)
        relations = audit_of(opened)
        derived(package=package)
    except JiaokouError as error:
        return Check(folder, fault=" ".join(str(error).split()))
    empty = tuple(name for name, frame in opened.frames.items() if frame.empty)
    news = tuple(relations.loc[~relations["as_known"], "relation"])
    return Check(folder, counts=_counts(opened, relations), empty=empty, news=news)


def _counts(package: Package, relations: pd.DataFrame) -> pd.DataFrame:
    counted = {
        "observations": (package.frames["observations"]["section"], package.frames["sections"]["section"]),
        "milestones": (package.frames["milestones"]["section"], package.frames["sections"]["section"]),
        "relations": (relations["verdict"], package.codes["verdict"].index),
        "sentences": (package.frames["sentences"]["account"], package.codes["account"].index),
    }
    rows = []
    for what, (found, codes) in counted.items():
        totals = found.astype("str").value_counts()
        rows += [(what, code, int(totals.get(code, 0))) for code in codes]
    return pd.DataFrame(rows, columns=COUNT_COLUMNS)
