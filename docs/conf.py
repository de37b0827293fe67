"""How Sphinx makes the documentation: `make docs`.

The source is the whole checkout, so that the codebook, the recipes for contributors and the changelog are pages
where they lie, and every relative link leads to the same place here and in a browser of the repository.
"""

import gettext
import re
from importlib.metadata import version as version_of
from typing import Any

import click
from docutils import nodes
from sphinx import package_dir
from sphinx.application import Sphinx
from sphinx.search.en import SearchEnglish

project = "jiaokou"
author = "The jiaokou contributors"
version = release = version_of("jiaokou")
root_doc = "docs/index"
include_patterns = ["CHANGELOG.md", "CONTRIBUTING.md", "data/README.md", "deploy/dask/local.md", "docs/*.md"]

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx_click"]
myst_enable_extensions = ["attrs_block", "colon_fence"]
myst_heading_anchors = 3

# Docstrings say `load()` as Markdown does; a role that is not named is code.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
napoleon_custom_sections = [("Columns", "params_style")]
add_module_names = False
nitpicky = True
nitpick_ignore_regex = [(r"py:.*", r"(?!jiaokou\.).*")]  # other libraries' names lead to pages on a network

html_theme = "furo"
html_title = "jiaokou 交口"
html_static_path = ["_static"]
html_css_files = ["style.css"]
templates_path = ["_templates"]
html_additional_pages = {"index": "first.html"}  # build/docs/index.html leads to the first page
html_copy_source = False
html_show_sphinx = False
html_show_copyright = False
html_show_search_summary = False  # it would fetch pages, which a browser does not do for files
html_use_index = False
html_domain_indices = False
html_search_language = "jiaokou"
html_theme_options = {
    "light_css_variables": {"color-brand-primary": "#1f5f8b", "color-brand-content": "#1f5f8b"},
    "dark_css_variables": {"color-brand-primary": "#7fb8e0", "color-brand-content": "#7fb8e0"},
}

CHINESE = re.compile(r"[\u3400-\u9fff]+")
WIDE = re.compile(r"[\u3000-\u9fff\uff00-\uffef]")


class SearchBoth(SearchEnglish):
    """English by its words, Chinese by each two characters that stand side by side: it has no spaces to split at."""

    lang = "jiaokou"
    js_splitter_code = """
var splitQuery = (query) => query
  .replace(/[\\u3400-\\u9fff]+/g, (run) => run.length < 2 ? ` ${run} `
    : ` ${[...run].slice(1).map((c, i) => run[i] + c).join(" ")} `)
  .split(/[^\\p{Letter}\\p{Number}_]+/gu)
  .filter((term) => term);
"""

    def split(self, input: str) -> list[str]:  # noqa: A002 - Sphinx's name for it
        """The words of a text."""
        pairs = [run[i : i + 2] for run in CHINESE.findall(input) for i in range(len(run) - 1)]
        return pairs + super().split(CHINESE.sub(" ", input))

    def word_filter(self, stemmed_word: str) -> bool:
        """Whether a word is worth the index."""
        return bool(CHINESE.match(stemmed_word)) or super().word_filter(stemmed_word)


def in_its_language(_: Sphinx, name: str, __: str, context: dict[str, Any], *___: Any) -> None:
    """A page whose name ends in `.zh` is Chinese, and so are the words that the theme puts around it."""
    if name.endswith(".zh"):
        chinese = gettext.translation("sphinx", f"{package_dir}/locale", ["zh_CN"])
        context |= {"language": "zh-CN", "_": chinese.gettext, "gettext": chinese.gettext}


def without_spaces(_: Sphinx, page: nodes.document) -> None:
    """A line break within Chinese text is no space."""
    for text in list(page.findall(nodes.Text)):
        around = text.parent.children
        if text == "\n" and 0 < (at := around.index(text)) < len(around) - 1:
            before, after = around[at - 1].astext()[-1:], around[at + 1].astext()[:1]
            if WIDE.match(before) and WIDE.match(after):
                text.parent.remove(text)


def as_code(_: Sphinx, __: click.Context, lines: list[str]) -> None:
    """The examples that end a command's help are code; sphinx-click has them as lines of prose."""
    if lines[:1] == ["| Examples:"]:
        examples = [f"    {line.removeprefix('| ')}" for line in lines[1:]]
        lines[:] = ["Examples:", "", ".. code-block:: text", "", *examples, ""]


def setup(app: Sphinx) -> None:
    """What Sphinx calls first."""
    app.add_search_language(SearchBoth)
    app.connect("doctree-read", without_spaces)
    app.connect("html-page-context", in_its_language)
    app.connect("sphinx-click-process-epilog", as_code)
