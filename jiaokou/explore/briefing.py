"""Everything that a briefing's cells need, in one language and about one data package."""

from collections.abc import Callable
from functools import wraps
from inspect import isfunction, signature
from itertools import groupby
from pathlib import Path
from types import ModuleType
from typing import Any

import pandas as pd

import jiaokou
from jiaokou import charts, tables
from jiaokou.data import package as data
from jiaokou.data.languages import chosen
from jiaokou.errors import JiaokouError, near
from jiaokou.explore.origin import follow
from jiaokou.wording import narrator


class Functions:
    """The public functions of a module, without the arguments that a page gives them."""

    def __init__(self, module: ModuleType, **given: Any) -> None:
        public = {name: getattr(module, name) for name in module.__all__}
        vars(self).update({name: _given(each, **given) for name, each in public.items() if isfunction(each)})


class Briefing(Functions):
    """The functions of `jiaokou` without `lang` and `package`, which the page gives them; made by `briefing`.

    `say` writes sentences, `charts` and `tables` draw rows, and `pick` takes codes alone. `package` is the opened
    package: its `frames`, `codes` and `release`.
    """

    def __init__(self, lang: str, package: str | Path) -> None:
        super().__init__(jiaokou, lang=lang, package=package)
        self.lang = lang
        self.package = data.open_package(package)
        chosen([lang], self.package.languages, self.package.path)
        self.say = narrator(lang, self.package)
        self.charts = Functions(charts, lang=lang, package=self.package)
        self.tables = Functions(tables, lang=lang, package=self.package)
        self.pick = _given(pick, package=package)

    def __repr__(self) -> str:
        return f"<briefing in {self.lang} about {self.package.name}>"


def briefing(lang: str = "zh", package: str | Path = "") -> Briefing:
    """A page in one language about one data package, which is named here once and nowhere else.

        >>> page = briefing("en")
        >>> page.say(zh="完成项目{projects_completed}。", en="{projects_completed} projects were completed.")
        '79 projects were completed.'
        >>> figure = page.charts.bars(page.pick("projects_planned", "projects_completed"))

    Raises JiaokouError for an unknown language, for a package that is not sound, and for a parameter that the notebook
    was given against what its parameters cell says of it.
    """
    follow()
    return Briefing(lang, package)


def pick(*codes: str, package: str | Path = "") -> pd.DataFrame:
    """Rows by their codes, in this order: of `load()`, `derived()`, `audit()` or `milestones()`, whichever has a code.

        >>> pick("budget_revenue")["printed"].item()
        '突破11亿元'

    Raises JiaokouError for a code that none of them has, with those that come near.
    """
    frames = [serve(package=package) for serve in (jiaokou.load, jiaokou.derived, jiaokou.audit, jiaokou.milestones)]
    homes = {code: n for n, frame in reversed(list(enumerate(frames))) for code in frame.iloc[:, 0]}
    for code in codes or [""]:
        if str(code) not in homes:
            raise JiaokouError(f"pick takes codes of rows, and no row has {code!r}{near(code, homes)}")
    runs = groupby(codes, key=homes.__getitem__)
    return pd.concat([data.pick(frames[home], *run) for home, run in runs], ignore_index=True)


def _given(function: Callable[..., Any], *, package: Any, **given: Any) -> Callable[..., Any]:
    """A function that is given these arguments, as far as it takes them; its help shows the others alone."""
    asked = signature(function)
    given = {name: value for name, value in (given | {"package": package}).items() if name in asked.parameters}

    @wraps(function)
    def bound(*args: Any, **others: Any) -> Any:
        return function(*args, **given | others)

    left = [each for name, each in asked.parameters.items() if name not in given]
    bound.__signature__ = asked.replace(parameters=left)  # type: ignore[attr-defined]
    bound.package = package  # type: ignore[attr-defined]  # whose codes Tab offers
    return bound
