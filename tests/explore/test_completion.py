"""Tab completion of codes, asked of a real kernel."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

import jiaokou
from jiaokou.explore.completion import offered

PATIENCE = 120
RELATIONS = [code for code in jiaokou.audit()["relation"] if code.startswith("new_energy_s")]


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    """A kernel in which the library was imported under both names."""
    manager, client = start_new_kernel(kernel_name="python3")
    client.execute_interactive(
        "import jiaokou, jiaokou as jk; from jiaokou import load; page = jk.briefing(); say = page.say",
        timeout=PATIENCE,
    )
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def complete(client: BlockingKernelClient, code: str) -> tuple[list[str], str]:
    """What the kernel offers at the end of the code, and the part of it that would be replaced."""
    reply: Any = client.complete(code, reply=True, timeout=PATIENCE)
    content = reply["content"]
    return content["matches"], code[content["cursor_start"] : content["cursor_end"]]


@pytest.mark.parametrize("call", ["jk.load", "jiaokou.milestones", "jk.derived", "load", "rows = page.load"])
def test_a_real_kernel_completes_sections(client: BlockingKernelClient, call: str) -> None:
    assert complete(client, f'{call}("') == (list(jiaokou.sections()["section"]), "")
    assert complete(client, f"{call}('ec") == (["economy", "ecology"], "ec")


def test_a_real_kernel_completes_codes_of_numbers(client: BlockingKernelClient) -> None:
    matches, replaced = complete(client, 'jk.indicator("projects_comp')
    assert replaced == "projects_comp"
    assert set(matches) == {
        code
        for frame in (jiaokou.load(), jiaokou.derived(), jiaokou.indicators())
        for code in frame.iloc[:, 0]
        if code.startswith("projects_comp")
    }


@pytest.mark.parametrize(
    "written",
    [
        'page.pick("{}',
        'page.pick("projects_planned", "{}',
        "jk.pick(jk.load(), 'budget_revenue',\n  '{}",
        'page.say(\n    zh="建成（{{projects_planned}}）中的{{{}',
        'title = page.charts.bars(rows, title=say(zh="…", en="the county\'s ({{{}',
    ],
)
def test_a_real_kernel_completes_codes_wherever_they_are_written(client: BlockingKernelClient, written: str) -> None:
    assert complete(client, written.format("new_energy_s")) == (
        ["new_energy_share"] if "{{" in written else ["new_energy_share", *RELATIONS],
        "new_energy_s",
    )


def test_a_real_kernel_completes_codes_where_no_quote_is_opened_yet(client: BlockingKernelClient) -> None:
    for call in ("page.pick(", "page.pick('budget_revenue', ", "jk.load("):
        matches, replaced = complete(client, call)
        assert (matches[0], replaced) == ('"economy"' if "load" in call else '"caption_foundry_capacity"', "")
    assert complete(client, "page.pick(new_energy_share")[0][0] == '"new_energy_share"'
    assert complete(client, "say(zh=new_energy_share")[0][0] == '"{new_energy_share}"'
    assert {"zh=", "en="} <= set(complete(client, "page.say(")[0])


@pytest.mark.parametrize("module", ["charts", "tables"])
def test_a_real_kernel_shows_the_public_names_of_modules_and_no_other(
    client: BlockingKernelClient, module: str
) -> None:
    for owner in ("jk", "page"):
        names = complete(client, f"{owner}.{module}.")[0]
        public = set(getattr(jiaokou, module).__all__)
        assert set(names) == (public if owner == "jk" else {name for name in public if name.islower()})


def test_other_texts_and_names_are_completed_as_ever(client: BlockingKernelClient) -> None:
    sections = set(jiaokou.sections()["section"])
    for code in ('jk.load("economy", package="', 'page.say(zh="', 'open("', 'jk.search("', '"'):
        assert sections.isdisjoint(complete(client, code)[0])
    assert {"jk.charts", "jk.explorer", "jk.show"} <= {
        f"jk.{name.removeprefix('jk.')}" for name in complete(client, "jk.")[0]
    }


def test_codes_are_offered_for_the_library_s_own_functions_alone() -> None:
    assert offered(jiaokou.load, "cul") == (["culture"], "cul")
    for other in (print, None, jiaokou.search):
        assert offered(other, "")[0] == []
