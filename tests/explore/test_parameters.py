"""What notebooks declare, and what may be asked of them."""

import contextlib
import os
from pathlib import Path

import pytest
from small_notebooks import PARAMETERS, write

from jiaokou.errors import JiaokouError, WrongUseError
from jiaokou.execution.notebooks import Briefing, briefings
from jiaokou.explore import parameters
from jiaokou.explore.parameters import Parameter, declared

MORE = (
    PARAMETERS
    + """
code: str = "001"  # an area's code
year: int = 2030  # year of the target: 2026 to 2035
target: float = 2.5
deep: bool = False  # all of it
until: str = "2025-12-31"  # last day
order = "size"  # order of rows: size, name or none
"""
)

NOTEBOOK = '{"nbformat": 4, "nbformat_minor": 4, "cells": %s, "metadata": %s}'
CELL = '[{"cell_type": "code", "execution_count": null, "outputs": [], "metadata": %s, "source": %s}]'


def settings(chosen: list[Briefing], texts: list[str]) -> dict[str, dict[str, object]]:
    return parameters.settings({briefing.name: briefing.parameters for briefing in chosen}, texts)


@pytest.fixture
def chosen(tmp_path: Path) -> list[Briefing]:
    return [
        Briefing(write(tmp_path / "01_economy.ipynb", parameters=PARAMETERS)),
        Briefing(write(tmp_path / "06_outlook.ipynb", parameters=MORE)),
    ]


def test_a_declaration_has_name_type_default_and_help() -> None:
    found = declared(MORE)
    assert list(found) == ["lang", "package", "code", "year", "target", "deep", "until", "order"]
    assert found["year"] == Parameter("year", "int", 2030, "year of the target: 2026 to 2035")
    assert found["target"] == Parameter("target", "float", 2.5, "")
    assert found["order"].type == "str"


def test_allowed_values_are_read_from_the_help() -> None:
    found = declared(MORE)
    for name, wrong, said in (
        ("lang", "fr", "one of zh, en"),
        ("order", "z", "one of size, name, none"),
        ("year", 2036, "from 2026 to 2035"),
    ):
        with pytest.raises(WrongUseError, match=f"must be {said}, not {wrong!r}"):
            found[name].check(wrong)
    for name in ("package", "code"):
        found[name].check("anything")


def test_what_is_computed_is_no_parameter() -> None:
    assert list(declared("a: int = 1\nb = len('x')\nimport os\nc = a")) == ["a"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("code=007", "007"),
        ("code=", ""),
        ("code=a=b", "a=b"),
        ("year=2031", 2031),
        ("target=3", 3.0),
        ("deep=true", True),
        ("deep=False", False),
        ("until=2026-01-31", "2026-01-31"),
        ("order=name", "name"),
    ],
)
def test_values_are_read_by_the_declared_type(chosen: list[Briefing], text: str, value: object) -> None:
    found = settings(chosen, [text])
    assert found["06_outlook"] == {text.partition("=")[0]: value}
    assert type(found["06_outlook"][text.partition("=")[0]]) is type(value)
    assert found["01_economy"] == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("year=2030.5", "must be of type int"),
        ("year=２０３０", "must be of type int"),
        ("year=2050", "from 2026 to 2035"),
        ("target=nan", "must be of type float"),
        ("target=much", "must be of type float"),
        ("target=1_000", "must be of type float"),
        ("year=007", "must be of type int"),
        ("target=1e999", "must be of type float"),
        ("deep=1", "must be of type bool"),
        ("until=tomorrow", "an ISO date"),
        ("until=2025-02-30", "an ISO date"),
        ("until=20250228", "an ISO date"),
        ("order=colour", "one of size, name, none"),
        ("yaer=2030", "did you mean year?"),
        ("nothing=1", "--set takes code: str, year: int"),
        ("lang=en", "use --lang"),
        ("package=x", "use --package"),
        ("year", "NAME=VALUE"),
        ("=1", "NAME=VALUE"),
    ],
)
def test_what_is_not_declared_is_refused(chosen: list[Briefing], text: str, message: str) -> None:
    with pytest.raises(WrongUseError) as error:
        settings(chosen, [text])
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_parameter_is_set_once(chosen: list[Briefing]) -> None:
    with pytest.raises(WrongUseError, match="parameter year is set twice"):
        settings(chosen, ["year=2030", "year=2031"])


def test_briefings_are_named_with_or_without_their_number(tmp_path: Path, chosen: list[Briefing]) -> None:
    assert briefings([], tmp_path) == chosen
    assert briefings(["outlook"], tmp_path) == briefings(["06_outlook"], tmp_path) == [chosen[1]]
    assert briefings(["outlook", "economy"], tmp_path) == chosen


def test_an_unknown_briefing_is_refused_with_those_there_are(tmp_path: Path, chosen: list[Briefing]) -> None:
    with pytest.raises(WrongUseError, match="no briefing or file 'weather'; there are: 01_economy, 06_outlook"):
        briefings(["weather"], tmp_path)


@pytest.mark.parametrize("asked", ["notebooks/01_economy.ipynb", "01_economy.ipynb", "pages/economy.html"])
def test_a_file_that_is_not_there_is_answered_with_the_briefings_name(
    tmp_path: Path, chosen: list[Briefing], asked: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path / "..")
    with pytest.raises(WrongUseError, match=r"; did you mean economy\?$"):
        briefings([asked], tmp_path)


def test_notebooks_are_named_by_their_paths_and_in_a_folder_of_ones_own_need_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = [write(tmp_path / "own" / name) for name in ("a report (2).ipynb", "统计.ipynb")]
    other = write(tmp_path / "02_other.ipynb")
    assert [b.path for b in briefings([], tmp_path / "own")] == own
    assert [(b.name, b.subject) for b in briefings([str(own[1]), str(own[0])])] == [
        ("统计", "统计"),
        ("a_report_2_", "a_report_2_"),
    ]
    monkeypatch.chdir(tmp_path)
    mixed = briefings(["02_other.ipynb", "统计", "own/统计.ipynb", "./02_other.ipynb"], tmp_path / "own")
    assert [b.path for b in mixed] == [own[1], other]
    write(tmp_path / "统计.ipynb")
    with pytest.raises(WrongUseError, match=r"have one name; rename one of them"):
        briefings(["统计.ipynb", "own/统计.ipynb"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(JiaokouError, match=r"there is no notebook in .*empty; give a folder"):
        briefings([], tmp_path / "empty")


def test_a_text_without_a_default_can_be_set(tmp_path: Path) -> None:
    briefing = Briefing(write(tmp_path / "01_economy.ipynb", parameters="who: str = None\nhow: str = 5"))
    assert settings([briefing], ["who=x", "how=y"]) == {"01_economy": {"who": "x", "how": "y"}}


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("not json", "is not a notebook that can be read: Expecting value"),
        ("[" * 100_000, "is not a notebook that can be read"),
        ("\ud800", "is not a notebook that can be read"),
        ("[]", "it names no “nbformat”"),
        ('{"cells": []}', "it names no “nbformat”"),
        ('{"nbformat": 3, "worksheets": []}', "is in notebook format 3, and 4 is needed; convert it first"),
        (NOTEBOOK % ("3", "{}"), "is no valid notebook: the whole: it has no list “cells”; correct it there"),
        (NOTEBOOK % ("[3]", "{}"), "is no valid notebook: cell 1: 3 is not"),
        (NOTEBOOK % (CELL % ("null", '""'), "{}"), "no valid notebook: cell 1, metadata: None is not of type"),
        (NOTEBOOK % (CELL % ('{"tags": ["parameters"]}', "5"), "{}"), "no valid notebook: cell 1, source: 5 is not"),
        (NOTEBOOK % ("[]", "null"), "is no valid notebook: metadata: None is not of type 'object'"),
        (NOTEBOOK % ("[]", '{"kernelspec": 5}'), "no valid notebook: metadata, kernelspec: 5 is not of type"),
        (NOTEBOOK % ("[]", '{"kernelspec": {"name": "ir", "display_name": "R", "language": "R"}}'),
         "is written in R, and its kernel is not here; only notebooks in Python can be run"),
        (NOTEBOOK % ("[]", '{"kernelspec": {"name": "julia-1.9", "display_name": "Julia"}}'), "is written in julia-1.9, and"),
        (NOTEBOOK % ("null", "{}"), "is no valid notebook: the whole: it has no list “cells”"),
        (NOTEBOOK % ('{"a": 1}', "{}"), "is no valid notebook: the whole: it has no list “cells”"),
        ('{"nbformat": "4", "cells": []}', "is in notebook format '4', and 4 is needed"),
        (NOTEBOOK % ("[]", '{"language_info": {"name": "julia"}}'), "is written in julia, and its kernel"),
        (NOTEBOOK % (CELL % ('{"tags": ["parameters"]}', '"a = ("'), "{}"), "its cell “parameters” is not Python"),
    ],
)  # fmt: skip
def test_what_is_no_notebook_is_refused_by_name(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "01_economy.ipynb"
    path.write_bytes(content.encode("utf-8", "surrogatepass"))
    with pytest.raises(JiaokouError) as error:
        settings([Briefing(path)], [])
    assert str(error.value).startswith(str(path))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.skipif(os.name != "posix", reason="no such files elsewhere")
def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    (tmp_path / "device.ipynb").symlink_to("/dev/zero")
    for name in ("pipe.ipynb", "folder.ipynb", "device.ipynb"):
        with pytest.raises(JiaokouError, match=f"{name} is no file; give a notebook"):
            settings(briefings([str(tmp_path / name)]), [])


def test_a_source_of_another_type_is_found_before_a_run(tmp_path: Path) -> None:
    path = tmp_path / "a.ipynb"
    path.write_text(NOTEBOOK % (CELL % ("{}", "5"), "{}"))
    with pytest.raises(JiaokouError, match="no valid notebook: cell 1, source: 5 is not"):
        Briefing(path).check()
    write(path)
    Briefing(path).check()


def test_a_magic_beside_the_parameters_hides_none() -> None:
    found = declared("%matplotlib inline\n!pip list\nyear: int = 5  # how many")
    assert (found["year"].default, found["year"].help) == (5, "how many")


def test_the_projects_notebooks_declare_what_papermill_reads() -> None:
    import papermill

    for briefing in briefings():
        theirs = papermill.inspect_notebook(briefing.path)
        assert list(theirs) == list(briefing.parameters), briefing.name
        for name, parameter in briefing.parameters.items():
            assert parameter.help, f"{briefing.name}: {name} is not explained"
            assert theirs[name]["help"] == parameter.help
        with pytest.raises(WrongUseError, match="one of zh, en"):
            briefing.parameters["lang"].check("fr")
        assert briefing.parameters["package"].default == ""


KERNEL = {"code": "001", "year": 2030, "target": 2.5, "deep": False, "until": "2025-12-31", "order": "size"}


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"year": 2099}, "parameter year must be from 2026 to 2035, not 2099"),
        ({"year": "soon"}, "must be of type int, not 'soon'"),
        ({"target": float("nan")}, "must be of type float, not nan"),
        ({"lang": "fr"}, "must be one of zh, en, not 'fr'"),
        ({"deep": 1}, "must be of type bool, not 1"),
        ({"year": 2031, "target": 3, "order": "any"}, ""),
        ({"total": 7}, ""),
    ],
)
def test_what_a_kernel_was_given_keeps_to_what_its_notebook_declares(changed: dict[str, object], message: str) -> None:
    typed = "\n".join(line for line in MORE.splitlines() if ": " in line.partition("=")[0])
    cells = ["%matplotlib inline", typed, "# Parameters\nyear = 1", "total: int = 1; other = 2  # of: 1 to 5", "for"]
    with pytest.raises(WrongUseError, match=message) if message else contextlib.nullcontext():
        parameters.check_values(cells, KERNEL | changed)


def test_a_parameter_of_another_type_cannot_be_set() -> None:
    for declaration in ('born: date = "2025-01-01"', "towns: list = []"):
        (parameter,) = declared(declaration).values()
        with pytest.raises(WrongUseError, match="only str, int, float and bool can be set"):
            parameter.read("2025-01-01")
