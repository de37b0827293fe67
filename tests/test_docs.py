"""The documentation: its examples run, its pages are made without a warning, and lead nowhere that is not there."""

from __future__ import annotations

import doctest
import html
import importlib
import io
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag

import click
import duckdb
import pytest
from playwright.sync_api import sync_playwright
from sphinx.util.inventory import InventoryFile

import jiaokou
from jiaokou import charts, tables, wording
from jiaokou.cli.main import main

ROOT = Path(__file__).parents[1]
GUIDES = sorted((ROOT / "docs").glob("*.md"))
SHOWN = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
MODULES = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in sorted((ROOT / "jiaokou").rglob("*.py"))
    if ">>> " in path.read_text(encoding="utf-8")
]


def blocks(guide: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", guide.read_text(encoding="utf-8"), flags=re.M | re.S)


def examples(language: str) -> list[pytest.ParameterSet]:
    """Each block of one language in the guides, with its guide's name."""
    return [
        pytest.param(block, id=f"{guide.stem}-{n}")
        for guide in GUIDES
        for n, block in enumerate(blocks(guide, language))
    ]


# Examples


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_in_a_docstring_give_what_they_show(name: str) -> None:
    done = doctest.testmod(importlib.import_module(name), optionflags=SHOWN)
    assert done.attempted
    assert done.failed == 0


@pytest.mark.parametrize("guide", [g for g in GUIDES if blocks(g, "pycon")], ids=lambda path: path.name)
def test_the_examples_at_the_prompt_give_what_they_show(guide: Path) -> None:
    shown = "\n".join(blocks(guide, "pycon"))
    test = doctest.DocTestParser().get_doctest(shown, {}, guide.name, str(guide), 0)
    said = io.StringIO()
    done = doctest.DocTestRunner(optionflags=SHOWN).run(test, out=said.write)
    assert done.attempted
    assert done.failed == 0, said.getvalue()


@pytest.mark.parametrize("program", examples("python"))
def test_the_python_in_a_guide_prints_rows(program: str) -> None:
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, encoding="utf-8",
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "610.83亿元" in done.stdout


@pytest.mark.parametrize("query", examples("sql"))
def test_the_sql_in_a_guide_finds_rows(query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    rows = duckdb.connect().execute(query).fetchall()
    if "observations" in query:
        assert [printed for _, printed, *_ in rows][:2] == ["610.83亿元", "377.22亿元"]
    else:
        assert sum(n for *_, n in rows) == len(jiaokou.milestones())


@pytest.mark.parametrize("program", examples("r"))
def test_the_r_in_a_guide_prints_rows(program: str, tmp_path: Path) -> None:
    rscript = shutil.which("Rscript") or pytest.skip("R is not installed on this machine")
    script = tmp_path / "example.R"
    script.write_text(program, encoding="utf-8")
    done = subprocess.run([rscript, "--vanilla", script], cwd=ROOT, capture_output=True, encoding="utf-8",
                          env={**os.environ, "LC_ALL": "C.UTF-8"})  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 1 + (jiaokou.load()["unit"] == "CNY").sum()


def test_the_files_for_other_tools_are_written(tmp_path: Path) -> None:
    (lines,) = blocks(ROOT / "docs" / "elsewhere.md", "sh")
    (tmp_path / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    done = subprocess.run(["/bin/sh", "-euc", lines], cwd=tmp_path, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert {path.name for path in tmp_path.iterdir()} == {".venv", "observations.csv", "audit.json"}


_FILE = re.compile(r"`((?:jiaokou|notebooks|tests|docs|deploy|benchmarks|scripts)/[\w./-]+)`")


@pytest.mark.parametrize("page", [*ROOT.glob("*.md"), *GUIDES], ids=lambda path: path.name)
def test_the_files_that_a_page_speaks_of_are_there(page: Path) -> None:
    named = {name for name in _FILE.findall(page.read_text(encoding="utf-8")) if not re.search("[A-Z]", name)}
    assert not [name for name in named if not (ROOT / name).exists()]


# Both languages


@pytest.mark.parametrize(
    "guide", [g for g in GUIDES if not g.stem.endswith(".zh") and g.stem != "index"], ids=lambda path: path.name
)  # fmt: skip
def test_a_guide_and_its_chinese_twin_lead_to_each_other_and_show_the_same(guide: Path) -> None:
    twin = guide.with_suffix(".zh.md")
    assert f"[中文]({twin.name})" in guide.read_text(encoding="utf-8")
    assert f"[English]({guide.name})" in twin.read_text(encoding="utf-8")

    def commands(path: Path) -> list[str]:
        """Without comments, and without the names of columns and chart titles that are a language's own."""
        lines = [line.partition("#")[0].rstrip() for line in "".join(blocks(path, "sh")).splitlines()]
        return [line for line in lines if line]

    if guide.stem != "commands":
        assert commands(guide) == commands(twin)
    for language in ("pycon", "sql", "r", "python"):
        assert len(blocks(guide, language)) == len(blocks(twin, language))


@pytest.mark.parametrize("name", ["reference.md", "reference.zh.md"])
def test_the_guides_to_the_library_name_every_public_name(name: str) -> None:
    named = set(re.findall(r"`~([\w.]+)`", (ROOT / "docs" / name).read_text(encoding="utf-8")))
    assert {f"jiaokou.{public}" for public in jiaokou.__all__ if callable(getattr(jiaokou, public))} <= named
    if name.endswith(".zh.md"):
        assert {f"jiaokou.charts.{chart}" for chart in charts.__all__} <= named
        assert {f"jiaokou.tables.{table}" for table in tables.__all__} <= named


def test_the_chinese_guide_to_the_command_line_describes_every_command() -> None:
    assert isinstance(main, click.Group)
    text = (ROOT / "docs" / "commands.zh.md").read_text(encoding="utf-8")
    assert [name for name in main.commands if f"`jiaokou {name}" not in text] == []


# The pages


class Page(HTMLParser):
    """What a page is called from, what it leads to, and what it makes a browser fetch."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.fetched: list[str] = []
        self.lang = ""
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.ids |= {str(given[key]) for key in ("id", "name") if key in given}
        if tag == "html":
            self.lang = str(given.get("lang"))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        for key in ("src", "srcset", "data") if tag != "link" else ("href",):
            if key in given:
                self.fetched.append(str(given[key]))


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as `make docs` makes it, in another folder."""
    folder = tmp_path_factory.mktemp("documentation")
    (line,) = re.findall(r"^\t\$\(BIN\)/python (-m sphinx .*)$", (ROOT / "Makefile").read_text("utf-8"), flags=re.M)
    words = line.replace("build/doctrees", str(folder / "trees")).replace("build/docs", str(folder / "pages"))
    assert "--fail-on-warning" in words
    done = subprocess.run([sys.executable, *words.split()], cwd=ROOT, capture_output=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    return folder / "pages"


@pytest.fixture(scope="module")
def pages(site: Path) -> dict[Path, Page]:
    return {path: Page(path.read_text(encoding="utf-8")) for path in sorted(site.rglob("*.html"))}


def test_every_guide_is_a_page_in_its_language(site: Path, pages: dict[Path, Page]) -> None:
    for guide in GUIDES:
        lang = "zh-CN" if guide.stem.endswith(".zh") else "en"
        assert pages[site / "docs" / f"{guide.stem}.html"].lang == lang
    assert (site / "data" / "README.html").is_file()
    assert "搜索" in (site / "docs" / "start.zh.html").read_text(encoding="utf-8")


def broken(path: Path, pages: dict[Path, Page]) -> Iterator[str]:
    """Links and pictures of a page that lead nowhere."""
    page = pages[path]
    for link in [*page.links, *page.fetched]:
        where, anchor = urldefrag(unquote(link))
        if "://" in where or where.startswith(("mailto:", "data:")):
            continue
        target = (path.parent / where.partition("?")[0]).resolve() if where else path
        if not target.is_file() or (anchor and target in pages and anchor not in pages[target].ids):
            yield link


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: dict[Path, Page]) -> None:
    assert sum(len(page.links) for page in pages.values()) > 1000
    found = {str(path.relative_to(site)): list(broken(path, pages)) for path in pages}
    assert {name: links for name, links in found.items() if links} == {}


def test_no_page_asks_a_network(site: Path, pages: dict[Path, Page]) -> None:
    asked = {str(path): [url for url in page.fetched if "//" in url] for path, page in pages.items()}
    assert {name: urls for name, urls in asked.items() if urls} == {}
    styles = [path.read_text(encoding="utf-8") for path in site.rglob("*.css")]
    assert styles
    assert [found for text in styles for found in re.findall(r"(?:@import|url\()\W*(?:\w+:)?//\S+", text)] == []


def test_every_public_name_chart_and_table_is_explained(site: Path) -> None:
    inventory = InventoryFile.loads((site / "objects.inv").read_bytes(), uri="")
    told = {name for names in inventory.data.values() for name in names}
    for module in (jiaokou, charts, tables, wording):
        public = {name for name in module.__all__ if callable(getattr(module, name))}
        assert {f"{module.__name__}.{name}" for name in public} <= told


def test_every_command_and_option_is_explained(site: Path) -> None:
    assert isinstance(main, click.Group)
    ids = Page((site / "docs" / "commands.html").read_text(encoding="utf-8")).ids
    options = {
        f"cmdoption-jiaokou-{name}-{option.lstrip('-')}"
        for name, command in main.commands.items()
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
    }
    assert options <= ids


def test_every_example_of_the_command_line_is_code(site: Path) -> None:
    page = (site / "docs" / "commands.html").read_text(encoding="utf-8")
    code = "".join(html.unescape(re.sub("<[^>]+>", "", found)) for found in re.findall("<pre>.*?</pre>", page, re.S))
    examples = [line.strip() for command in (main, *main.commands.values()) for line in (command.epilog or "").splitlines()[2:]]  # fmt: skip
    assert len(examples) > 20
    assert [line for line in examples if line not in code] == []
    assert "–" not in page  # what a printer makes of the two hyphens of an option


def test_a_browser_finds_words_of_both_languages_and_no_page_is_wider_than_a_phone(site: Path) -> None:
    chromium = shutil.which("chromium") or pytest.skip("no Chromium on this machine: install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 375, "height": 800})
        wrong: list[str] = []
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("request", lambda asked: wrong.append(asked.url) if "file:" not in asked.url[:5] else None)
        for words, first in (("舍入规则", "explore.zh.html"), ("correction", "numbers.html")):
            page.goto(f"{(site / 'search.html').as_uri()}?q={words}")
            page.wait_for_selector("#search-results li a")
            found = page.eval_on_selector_all("#search-results li a", "links => links.map(link => link.href)")
            assert [link for link in found if first in link], found
        for path in sorted(site.rglob("docs/*.html")):
            page.goto(path.as_uri())
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                wrong.append(f"{path.name} is too wide")
        browser.close()
    assert wrong == []


def test_chinese_is_found_by_any_two_characters_of_it(site: Path) -> None:
    index = (site / "searchindex.js").read_text(encoding="utf-8")
    terms = set(re.findall(r'"(\w\w)":', re.sub(r"\\u(\w{4})", lambda found: chr(int(found[1], 16)), index)))
    assert {"舍入", "成果", "范围"} <= terms
