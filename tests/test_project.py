"""The project as a stranger finds it: what is tracked, what the documents promise, what an import costs."""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import click
import pytest

from jiaokou.cli.main import main

ROOT = Path(__file__).parents[1]
GUIDES = [f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))]
DOCUMENTS = ["README.md", "README.zh.md", "CONTRIBUTING.md", *GUIDES]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def tracked_texts() -> dict[str, str]:
    """Each text file that git tracks, or would on `git add .`, by its path in the checkout."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, capture_output=True
    )
    if listing.returncode:
        pytest.skip("this is no git checkout")
    texts = {}
    for name in filter(None, listing.stdout.decode().split("\0")):
        try:
            texts[name] = (ROOT / name).read_bytes().decode("utf-8")
        except (UnicodeDecodeError, FileNotFoundError):
            continue
    return texts


def code_blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of one language in a document."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, flags=re.M | re.S)


def shell_lines(document: str) -> list[str]:
    """The command lines of a document's shell blocks: continued lines joined, comments dropped."""
    text = "".join(code_blocks(document, "sh")).replace("\\\n", " ")
    return [" ".join(words) for line in text.splitlines() if (words := shlex.split(line, comments=True))]


# What is tracked


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook_carries_no_outputs(path: Path) -> None:
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert cells
    assert [cell for cell in cells if cell["outputs"] or cell["execution_count"] is not None] == []
    assert set(notebook["metadata"]) <= {"kernelspec", "language_info"}


def test_nothing_tracked_names_a_registry_or_a_place_on_one_machine() -> None:
    registries = re.compile(r"pypi\.org|pythonhosted\.org|npmjs\.org|deb\.debian\.org|anaconda\.org")
    machine = re.compile(r"(?<![\w.])/(?:work|farm|root|home|Users|tmp)/\w")
    found = [
        f"{name}: {hit.group()}"
        for name, text in tracked_texts().items()
        for pattern in (registries, machine)
        for hit in pattern.finditer(text)
    ]
    assert found == []


def test_no_sixteen_running_characters_of_the_release_are_tracked(source_text: str) -> None:
    def squeezed(text: str) -> str:
        return re.sub(r"[^\u4e00-\u9fff0-9A-Za-z.%]", "", text)

    def runs(text: str) -> set[str]:
        return {text[start : start + 16] for start in range(len(text) - 15)}

    phrases = re.split(r"[\s，。；、：！？“”‘’（）《》·—,;:!?()]+", source_text)
    published = set().union(*(runs(squeezed(phrase)) for phrase in phrases))
    assert published
    found = {name: runs(squeezed(text)) & published for name, text in tracked_texts().items()}
    assert {name: sorted(hits)[:3] for name, hits in found.items() if hits} == {}


def test_tracked_files_end_their_lines_with_lf_alone() -> None:
    assert [name for name, text in tracked_texts().items() if "\r" in text] == []


# What the documents promise


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_make_target_named_in_a_document_exists(document: str) -> None:
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    text = (ROOT / document).read_text(encoding="utf-8")
    named = set(re.findall(r"(?:`|^|&& )make (?:\w+=\S+ )*([a-z]+)", text, flags=re.M))
    assert named or document in GUIDES
    assert named <= targets


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_command_line_in_a_document_is_one_that_jiaokou_understands(document: str) -> None:
    assert isinstance(main, click.Group)
    for line in shell_lines(document):
        _, called, arguments = f" {line}".partition("jiaokou ")
        words = arguments.split()
        if not called or words[0].startswith("--"):
            continue
        options = {name for parameter in main.commands[words[0]].params for name in parameter.opts} | {"--help"}
        unknown = {word.partition("=")[0] for word in words if word.startswith("--")} - options
        assert not unknown, f"{document}: {line}"


def test_the_readmes_describe_every_command() -> None:
    assert isinstance(main, click.Group)
    for document in ("README.md", "README.zh.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        assert [name for name in main.commands if f"`jiaokou {name}" not in text] == []


def test_the_readmes_show_the_same_commands() -> None:
    assert shell_lines("README.md") == shell_lines("README.zh.md")


@pytest.mark.parametrize("document", ["README.md", "README.zh.md"])
def test_the_python_in_a_readme_runs(document: str) -> None:
    blocks = code_blocks(document, "python")
    assert blocks
    program = "\n".join(blocks)
    assert len(program.splitlines()) <= 10
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize("document", DOCUMENTS)
def test_each_relative_link_in_a_document_leads_somewhere(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    links = re.findall(r"\]\(([^)#\s]+)", text) + re.findall(r'(?:src|href)="([^"#]+)"', text)
    local = [link for link in links if "://" not in link and not link.startswith("mailto:")]
    assert [link for link in local if not (ROOT / document).parent.joinpath(link).exists()] == []


def test_the_changelog_has_the_version_and_the_data_its_licence() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"## [{project['version']}]" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    package = json.loads((ROOT / "data" / "datapackage.json").read_text(encoding="utf-8"))
    assert [entry["name"] for entry in package["licenses"]] == ["CC-BY-4.0"]
    assert project["license"] == "MIT AND CC-BY-4.0"


# What an import costs


def test_the_names_that_serve_data_cost_little_more_than_pandas_and_load_no_page_maker() -> None:
    shows = {"briefing", "explorer", "indicator", "review", "search", "show", "charts", "tables", "wording"}
    every = f"import jiaokou\nfor name in set(jiaokou.__all__) - {shows}: getattr(jiaokou, name)"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", every],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
    )
    rows = re.findall(r"import time:\s+(\d+) \|\s+(\d+) \|\s+(\S+)", done.stderr)
    cumulative = {module: int(total) for _, total, module in rows}
    altogether = sum(int(own) for own, _, _ in rows)
    heavy = {"IPython", "babel", "frictionless", "nbconvert", "papermill", "plotly", "rich"}
    assert heavy & {module.partition(".")[0] for module in cumulative} == set()
    assert altogether - cumulative["pandas"] < cumulative["pandas"] / 2


def test_versions_in_the_changelog_run_from_newest_to_oldest() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = [tuple(map(int, found.split("."))) for found in re.findall(r"^## \[(\d+\.\d+\.\d+)\]", text, flags=re.M)]
    assert all(newer > older for newer, older in pairwise(versions))
