"""The public names, which are loaded when they are first asked for."""

from __future__ import annotations

import subprocess
import sys
from inspect import isfunction, ismodule
from rlcompleter import Completer

import pytest

import jiaokou

MODULES = ("catalogues", "charts", "tables", "wording")
HEAVY = ("pandas", "numpy", "plotly", "papermill", "nbformat", "nbconvert", "babel")


def fresh(code: str) -> str:
    """What a new interpreter prints."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.parametrize("module", ["jiaokou", "jiaokou.cli.main", "jiaokou.publishing.publish"])
def test_importing_the_package_or_the_command_loads_nothing_heavy(module: str) -> None:
    assert fresh(f"import sys, {module}; print([n for n in {HEAVY} if n in sys.modules])") == "[]"


def test_tab_completion_offers_every_public_name() -> None:
    completer = Completer({"jiaokou": jiaokou})
    offered = set()
    while (text := completer.complete("jiaokou.", len(offered))) is not None:
        offered.add(text.removeprefix("jiaokou.").rstrip("()"))
    assert {name for name in offered if not name.startswith("__")} == set(jiaokou.__all__)


def test_every_public_name_is_a_function_a_module_or_the_error_and_there_is_no_other() -> None:
    kinds = {name: getattr(jiaokou, name) for name in jiaokou.__all__}
    assert {name for name, each in kinds.items() if ismodule(each)} == set(MODULES)
    assert {name for name, each in kinds.items() if not isfunction(each)} == {*MODULES, "JiaokouError"}
    with pytest.raises(AttributeError, match="weather"):
        jiaokou.weather  # type: ignore[attr-defined]  # noqa: B018


def test_audit_is_the_function_whoever_imports_its_module_first() -> None:
    code = "import jiaokou.analysis.audit, jiaokou; from jiaokou import audit; print(jiaokou.audit is audit, callable(audit))"
    assert fresh(code) == "True True"


def test_modules_of_the_data_room_need_no_import_of_their_own() -> None:
    assert fresh("import jiaokou; print(jiaokou.open_package().name)") == jiaokou.open_package().name
