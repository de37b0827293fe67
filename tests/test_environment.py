"""The ways to an environment say the same: pyproject.toml, requirements.lock and environment.yml."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = PYPROJECT["project"]

# conda-forge's names where they are not PyPI's (its `playwright` is the Node.js package)
CONDA_NAMES = {
    "jupyter_client": "jupyter-client",
    "jupyter_scheduler": "jupyter-scheduler",
    "playwright-python": "playwright",
    "python-duckdb": "duckdb",
}
CONDA_ONLY = {"python", "pip"}


def requirements(lines: list[str]) -> dict[str, Requirement]:
    """Requirements by normalized name."""
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(requirement.name): requirement for requirement in parsed}


DEPENDENCIES = requirements(PROJECT["dependencies"])
EXTRAS = {extra: requirements(lines) for extra, lines in PROJECT["optional-dependencies"].items()}
EVERYTHING = DEPENDENCIES | {name: requirement for group in EXTRAS.values() for name, requirement in group.items()}


def locked() -> dict[str, str]:
    """The whole lock entry (version, marker, hashes) of each package; a package locked twice has both."""
    text = re.sub(r"^\s*#.*\n", "", (ROOT / "requirements.lock").read_text(encoding="utf-8"), flags=re.M)
    entries: dict[str, str] = {}
    for entry in re.findall(r"^\S+==(?:.*\\\n)*.*\n", text, flags=re.M):
        name = canonicalize_name(entry.partition("==")[0])
        entries[name] = entries.get(name, "") + entry
    return entries


def test_conda_environment_names_the_packages_and_ranges_of_pyproject() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    lines = [line for line in environment["dependencies"] if isinstance(line, str)]
    (by_pip,) = [entry["pip"] for entry in environment["dependencies"] if isinstance(entry, dict)]
    conda = {
        CONDA_NAMES.get(requirement.name, requirement.name): requirement.specifier
        for requirement in map(Requirement, [*lines, *by_pip])
    }
    assert str(conda["python"]) == PROJECT["requires-python"]
    assert {name: spec for name, spec in conda.items() if name not in CONDA_ONLY} == {
        name: requirement.specifier for name, requirement in EVERYTHING.items()
    }


def test_every_range_has_a_lower_and_an_upper_bound() -> None:
    for name, requirement in EVERYTHING.items():
        operators = sorted(specifier.operator for specifier in requirement.specifier)
        assert operators == ["<", ">="], f"{name}: {requirement.specifier}"


def test_lock_pins_each_requirement_within_its_range() -> None:
    entries = locked()
    for name, requirement in EVERYTHING.items():
        versions = re.findall(r"^\S+==([^\s;]+)", entries.get(name, ""), flags=re.M)
        assert versions, f"requirements.lock lacks {name}: run `make lock`"
        for version in versions:
            assert requirement.specifier.contains(version), f"{name} {version}: run `make lock`"


def test_lock_has_a_hash_for_every_package() -> None:
    entries = locked()
    assert len(entries) > len(EVERYTHING)
    assert [name for name, entry in entries.items() if "--hash=sha256:" not in entry] == []


def test_lock_holds_what_builds_the_project() -> None:
    assert set(requirements(PYPROJECT["build-system"]["requires"])) <= set(locked())


def third_party_imports(folder: Path) -> set[str]:
    """Top-level modules that Python files under `folder` import, less the standard library's and our own."""
    found: set[str] = set()
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                found.update(alias.name.partition(".")[0] for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module.partition(".")[0])
    own = {"jiaokou", *(path.stem for path in (ROOT / "tests").rglob("*.py"))}
    return found - set(sys.stdlib_module_names) - own


@pytest.mark.parametrize(
    ("folder", "declared"),
    [
        ("jiaokou", set(DEPENDENCIES).union(*(EXTRAS[name] for name in ("formats", "lab", "documents", "catalogue")))),
        # the tests may also lean on what our own dependencies stand on
        ("tests", set(EVERYTHING) | {"packaging"}),
    ],
)
def test_whatever_is_imported_is_declared(folder: str, declared: set[str]) -> None:
    distributions = packages_distributions()
    undeclared = {
        module
        for module in third_party_imports(ROOT / folder)
        if not {canonicalize_name(name) for name in distributions.get(module, [module])} & declared
    }
    assert undeclared == set()
