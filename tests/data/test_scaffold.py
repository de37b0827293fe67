"""Whoever keys in a release of their own is led from an empty folder to a briefing, next year's release and a correction."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from small_notebooks import PARAMETERS, code, text, write

import jiaokou
from jiaokou.cli.main import main
from jiaokou.data.descriptor import opened
from jiaokou.data.package import default_package
from jiaokou.data.scaffold import start

RELEASE = "某县某年综述\n全县公路里程达120公里。\n\n新建学校3所。其中城区2所。老桥已拆除。\n"


def stated(package: Path, **changed: object) -> None:
    """Fill in keys of the descriptor; those of the release are merged."""
    file = package / "datapackage.json"
    content = json.loads(file.read_text("utf-8"))
    content["release"] |= changed.pop("release", {})
    file.write_text(json.dumps(content | changed, ensure_ascii=False), "utf-8")


def listed(package: Path, table: str, *files: str) -> None:
    content = json.loads((package / "datapackage.json").read_text("utf-8"))
    for resource in content["resources"]:
        if resource["name"] == table:
            resource["path"] = list(files)
    (package / "datapackage.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")


def keyed(file: Path, row: str) -> None:
    with file.open("a", encoding="utf-8", newline="\n") as table:
        table.write(f"{row}\n")


def mended(file: Path, old: str, new: str) -> None:
    content = file.read_text("utf-8")
    assert old in content
    file.write_text(content.replace(old, new), "utf-8", newline="\n")


def at(words: str, release: str = RELEASE) -> str:
    start = release.index(words)
    return f"{start},{start + len(words)}"


def run(*arguments: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(argument) for argument in arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release's text as a file."""
    file = tmp_path_factory.mktemp("release") / "综 述.txt"
    file.write_bytes(RELEASE.encode())
    return file


@pytest.fixture(scope="module")
def package(written: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package that the answers of `jiaokou.validate` lead to, step by step: what is done, and what is missing then."""
    folder = tmp_path_factory.mktemp("counties") / "Some County" / "data"
    assert run("new", folder, written)[0] == 0
    works = folder / "observations" / "works.csv"
    schools = "schools,schools,count,flow,count,所,新建学校,New schools,新建学校所数,Number of new schools"
    day = "2026-12-31,2026-12-31,true,,"
    steps = [
        (lambda: None, r"datapackage\.json: “licenses” is no list of names; write it as"),
        (lambda: stated(folder, licenses=["MIT"]), r'“licenses” is no list of names; write it as \[\{"name"'),
        (lambda: stated(folder, licenses=[{"name": "CC-BY-4.0"}]), r"release, title_zh: there is nothing in it; fill it in"),
        (lambda: stated(folder, release=dict.fromkeys(("title_zh", "title_en", "publisher_zh", "publisher_en"), "某县") | {"entity": "some", "period_start": "2026/1/1", "period_end": "2026-12-31"}), r"period_start: “2026/1/1” is no date; write a day that there is, as YYYY-MM-DD"),
        (lambda: stated(folder, release={"period_start": "2026-01-01"}), ""),
        (lambda: keyed(folder / "sections.csv", "works,1,工程,Works,工程,Works,,"), ""),
        (lambda: keyed(folder / "topics.csv", "schools,work,1,学校,Schools"), r"topics\.csv, row 2, column section: “work” is not listed in sections\.csv; .* did you mean works\?"),
        (lambda: mended(folder / "topics.csv", ",work,", ",works,"), ""),
        (lambda: keyed(folder / "indicators.csv", schools), ""),
        (lambda: keyed(folder / "observations" / "section.csv", f"schools,schools,some,{day},actual,3所,exact,3,,3,{at('3所')}"), r"column entity: “some” is not listed in entities\.csv; use a code that is, or add it there"),
        (lambda: keyed(folder / "entities.csv", "some,county,,,某县,Some County"), r"column kind: “county” is not listed in codes/entity_kind\.csv"),
        (lambda: mended(folder / "entities.csv", ",county,", ",jurisdiction,"), r"“schools” belongs to works; move the row to observations/works\.csv, and name that file in the path of observations in datapackage\.json"),
        (lambda: (folder / "observations" / "section.csv").rename(works), r"section\.csv cannot be read: .*; add it, or take its path out of datapackage\.json"),
        (lambda: listed(folder, "observations", "observations/works.csv"), rf"works\.csv, row 2, column char_start: no sentence of sentences\.csv holds the place {at('3所').partition(',')[0]}; correct it, or add the sentence there"),
        (lambda: keyed(folder / "sentences.csv", f"p03s1,framing,3,{at('新建学校3所。')}"), r"“framing”, but by what starts in it the sentence is observed; write observed"),
        (lambda: mended(folder / "sentences.csv", ",framing,", ",observed,"), ""),
        (lambda: keyed(works, f"urban,schools,some,{day},actual,2所,exact,3,,3,{at('2所')}"), r"row 3, column value: 3 does not follow from “2所”; write 2"),
        (lambda: mended(works, "2所,exact,3,", "2所,exact,2,"), r"column char_start: no sentence"),
        (lambda: keyed(folder / "sentences.csv", f"p03s2,observed,3,{at('其中城区2所。')}"), ""),
        (lambda: keyed(folder / "relations.csv", "urban_within_all,at_most,,holds,城区学校不多于全部,Urban schools within all,,,,,,"), r"relation_terms\.csv: the relation urban_within_all speaks of nothing; add its terms, in the roles part, whole"),
        (lambda: keyed(folder / "relation_terms.csv", "urban_within_all,1,part,urban,,\nurban_within_all,2,whole,schools,,"), ""),
        (lambda: listed(folder, "milestones", "milestones/works.csv"), r"milestones/works\.csv cannot be read"),
        (lambda: (folder / "milestones" / "section.csv").rename(folder / "milestones" / "works.csv"), ""),
        (lambda: keyed(folder / "milestones" / "works.csv", f"bridge,schools,project,completed,,,,拆除老桥,Old bridge removed,,3,{at('老桥已拆除')}"), r"milestones/works\.csv, row 2, column char_start: no sentence"),
        (lambda: keyed(folder / "sentences.csv", f"p03s3,milestone,3,{at('老桥已拆除。')}"), ""),
    ]  # fmt: skip
    for number, (step, missing) in enumerate(steps):
        step()
        fault = next(iter(jiaokou.validate(folder).faults), "")
        assert re.search(missing, fault) if missing else fault == "", (number, fault)
    return folder


def test_what_identifies_the_text_is_filled_in_and_the_text_stays_outside(package: Path) -> None:
    content = opened(package)
    assert (content["name"], content["release"]["characters"], content["release"]["paragraphs"]) == (
        "some-county",
        len(RELEASE),
        3,
    )
    assert all("新建学校3所" not in file.read_text("utf-8") for file in package.rglob("*") if file.is_file())


def test_a_new_package_has_nothing_of_this_projects_own_and_every_unit(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    assert run("new", folder)[0] == 0
    names = {file.relative_to(folder).as_posix() for file in folder.rglob("*.csv")}
    own = {file.relative_to(default_package()).stem for file in (default_package() / "observations").iterdir()}
    assert not {Path(name).stem for name in names} & own
    everything = "".join(file.read_text("utf-8") for file in folder.rglob("*") if file.is_file())
    assert not any(word in everything for word in ("交口", "Jiaokou", *(f"observations/{name}" for name in own)))
    units = (folder / "units.csv").read_text("utf-8")
    assert len(units.splitlines()) > 150
    assert "\nkm,公里,kilometres,公里,kilometres\n" in units
    assert "\n公里,km,1\n" in (folder / "forms.csv").read_text("utf-8")


def test_all_that_is_missing_of_a_new_package_is_told_at_once(tmp_path: Path) -> None:
    folder = start(tmp_path / "data")
    missing = jiaokou.validate(folder)
    assert len(missing.faults) > 3
    for what in ("licenses", "title_zh", "characters"):
        assert sum(what in fault for fault in missing.faults) == 1
    assert repr(missing).count("fault: ") == len(missing.faults)
    with pytest.raises(
        jiaokou.JiaokouError, match=r"“licenses” is no list of names.* \(and \d+ more: ask jiaokou\.validate\)"
    ):
        jiaokou.load(package=folder)


def test_a_package_in_chinese_alone_needs_no_english_and_speaks_none(package: Path, tmp_path: Path) -> None:
    data = shutil.copytree(package, tmp_path / "data")
    mended(data / "sections.csv", ",工程,Works,工程,Works,", ",工程,,工程,,")
    stated(data, release={"title_en": "", "publisher_en": ""})
    assert [fault.partition("datapackage.json")[2] for fault in jiaokou.validate(data).faults] == [
        ", release, title_en: there is nothing in it; fill it in",
        ", release, publisher_en: there is nothing in it; fill it in",
    ]
    stated(data, languages=["zh"])
    assert jiaokou.validate(data)
    assert jiaokou.sections(package=data)["label_en"].to_list() == ["工程"]
    for asked in (("publish", "--lang", "en"), ("publish", "--lang", "zh", "--lang", "en")):
        status, _, said = run(*asked, "--package", data, "--out", tmp_path / "out")
        assert status == 2
        assert "speaks zh alone, no en; leave it out, or add" in said
    with pytest.raises(jiaokou.JiaokouError, match="speaks zh alone"):
        jiaokou.briefing("en", data)
    stated(data, languages=["fr"])
    assert "“languages” is no list of zh and en" in jiaokou.validate(data).faults[0]


def test_an_implied_period_outside_the_releases_needs_a_reason(package: Path, tmp_path: Path) -> None:
    data = shutil.copytree(package, tmp_path / "data")
    works = data / "observations" / "works.csv"
    mended(works, "schools,schools,some,2026-12-31,2026-12-31", "schools,schools,some,2019-01-01,2019-12-31")
    assert re.search(
        r"works\.csv, row 2, column period_start: the implied period lies outside the release's, 2026-01-01 to "
        r"2026-12-31, and nothing says why; correct it, or say in a note",
        jiaokou.validate(data).faults[0],
    )
    keyed(data / "notes.csv", "older,旧数,An older number")
    mended(works, "3所,exact,3,,", "3所,exact,3,older,")
    assert jiaokou.validate(data)


def test_the_readme_of_a_new_package_explains_every_file_and_column_in_both_languages(tmp_path: Path) -> None:
    readme = (start(tmp_path / "某县") / "README.md").read_text("utf-8")
    content = opened(default_package())
    for resource in content["resources"]:
        if resource["name"].startswith("codes-"):
            assert f"`{resource['path']}`" in readme
            continue
        assert resource["description"] in readme
        for field in resource["schema"]["fields"]:
            assert re.search(
                rf"^\| `{field['name']}` \| {field['type']} \| .*[\u4e00-\u9fff].* \| .*{re.escape(field['description'])}",
                readme,
                re.M,
            )
    assert re.search("^## 次序$", readme, re.M)
    assert re.search("^## Order of work$", readme, re.M)
    assert str(tmp_path) not in readme
    assert "交口" not in readme
    commands = re.findall(r"^jiaokou (\w+)(.*?)(?:#.*)?$", readme, re.M)
    assert {name for name, _ in commands} <= set(main.commands)
    for name, rest in commands:
        options = {option for parameter in main.commands[name].params for option in parameter.opts}
        assert set(re.findall(r"--\w+", rest)) <= options


@pytest.mark.parametrize(
    ("folder", "name"),
    [("Some County", "some-county"), ("某县", ""), ("x/data", "x"), ("2026_Report.v2", "2026_report.v2")],
)
def test_the_folder_suggests_the_name(tmp_path: Path, folder: str, name: str) -> None:
    assert opened(start(tmp_path / folder))["name"] == name


def test_a_text_that_cannot_be_read_starts_nothing(tmp_path: Path) -> None:
    status, _, said = run("new", tmp_path / "package", tmp_path / "nothing.txt")
    assert (status, said.startswith("error: ")) == (1, True)
    assert "nothing.txt cannot be read" in said
    assert not (tmp_path / "package").exists()


def test_verify_lists_what_is_not_keyed_in_yet_until_nothing_is_left(
    package: Path, written: Path, tmp_path: Path
) -> None:
    status, said, _ = run("verify", written, "--package", package)
    assert status == 1
    assert "“120” is neither in an observation nor listed in numerals.csv" in said
    complete = shutil.copytree(package, tmp_path / "data")
    keyed(complete / "indicators.csv", "roads,schools,amount,stock,km,,公路里程,Roads,公路里程,Length of roads")
    keyed(
        complete / "observations" / "works.csv",
        f"roads,roads,some,2026-12-31,2026-12-31,true,,,actual,120公里,exact,120,,2,{at('120公里')}",
    )
    keyed(complete / "sentences.csv", f"p01s1,framing,1,{at('某县某年综述')}")
    keyed(complete / "sentences.csv", f"p02s1,observed,2,{at('全县公路里程达120公里。')}")
    assert run("verify", written, "--package", complete) == (0, "The data agree with the text.\n", "")


def test_the_audit_says_what_the_relation_comes_to(package: Path) -> None:
    status, said, news = run("audit", "--package", package)
    assert (status, news) == (0, "")
    assert "urban_within_all\tUrban schools within all\tconsistent\t2 ≤ 3" in said


def test_a_package_is_published_by_the_notebooks_that_lie_in_it(package: Path, tmp_path: Path) -> None:
    data = shutil.copytree(package, tmp_path / "data")
    write(
        data / "notebooks" / "01_schools.ipynb",
        code("import jiaokou\nfrom jiaokou import tables, wording\nfrom jiaokou.data.package import open_package\ndata = open_package(package)\nrows = jiaokou.load(package=package)\nsay = wording.narrator(lang, data)"),
        code('say(zh="新建学校{schools}。", en="New schools: {schools}.")'),
        text("## 数值", "zh"),
        text("## Values", "en"),
        code("tables.observations(rows, lang, package=data)"),
        parameters=PARAMETERS,
    )  # fmt: skip
    status, index, said = run("publish", "--package", data, "--lang", "zh", "--out", tmp_path / "out")
    assert status == 0, said
    page = (Path(index.strip()).parent / "zh" / "01_schools.html").read_text("utf-8")
    assert "新建学校" in page
    assert "3所" in page


def test_a_notebook_for_each_section_is_run_for_each_of_the_packages(package: Path, tmp_path: Path) -> None:
    data = shutil.copytree(package, tmp_path / "data")
    write(data / "notebooks" / "00_overview.ipynb", text("# 概览"), parameters=PARAMETERS)
    shown = code(
        "import jiaokou\njiaokou.briefing(lang, package).tables.observations(jiaokou.load(section, package=package))"
    )
    write(data / "notebooks" / "section.ipynb", text("# 板块"), shown, parameters=f'{PARAMETERS}\nsection: str = ""')
    status, index, said = run("publish", "--package", data, "--lang", "zh", "--out", tmp_path / "out")
    assert status == 0, said
    sections = jiaokou.sections(package=package)["section"]
    pages = {path.stem: path.read_text("utf-8") for path in (Path(index.strip()).parent / "zh").glob("[0-9]*.html")}
    assert [*sorted(pages)] == ["00_overview", *(f"{n:02}_{code}" for n, code in enumerate(sections, start=1))]
    for page, section in zip(sorted(pages)[1:], sections, strict=True):
        for observation in jiaokou.load(section, package=package)["observation"]:
            assert f'id="{observation}"' in pages[page]
    assert run("publish", sections[0], "--package", data, "--out", tmp_path / "one")[0] == 0


def test_next_years_release_is_a_copy_that_verify_leads_to_its_new_places(package: Path, tmp_path: Path) -> None:
    newer = RELEASE.replace("某年", "次年").replace("学校3所", "学校15所").replace("2所", "4所")
    text_file = tmp_path / "next.txt"
    text_file.write_bytes(newer.encode())
    data = shutil.copytree(package, tmp_path / "data")
    # Nothing is changed yet: it is another text, and each place that holds something else is told.
    status, said, news = run("verify", text_file, "--package", data)
    assert status == 1
    assert "is another text than the release" in news
    assert "schools is printed “3所”, the text has “15”" in said
    # The new text has no older package's identity: start one beside, and take its release.
    beside = opened(start(tmp_path / "beside", jiaokou.analysis.provenance.identity(newer)))["release"]
    stated(
        data,
        name="some-county-next",
        release={key: beside[key] for key in ("sha256", "characters", "paragraphs")}
        | {"period_start": "2027-01-01", "period_end": "2027-12-31"},
    )
    works, sentences = data / "observations" / "works.csv", data / "sentences.csv"
    mended(works, "2026-12-31", "2027-12-31")
    mended(works, f"3所,exact,3,,3,{at('3所')}", f"15所,exact,15,,3,{at('15所', newer)}")
    assert "no sentence" not in repr(jiaokou.validate(data))
    mended(works, f"2所,exact,2,,3,{at('2所')}", f"4所,exact,4,,3,{at('4所', newer)}")
    for sentence in ("新建学校3所。", "其中城区2所。", "老桥已拆除。"):
        mended(sentences, at(sentence), f"<{sentence}>")
    for sentence in ("新建学校3所。", "其中城区2所。", "老桥已拆除。"):
        now = sentence.replace("3所", "15所").replace("2所", "4所")
        mended(sentences, f"<{sentence}>", at(now, newer))
    mended(data / "milestones" / "works.csv", at("老桥已拆除"), at("老桥已拆除", newer))
    assert jiaokou.validate(data), jiaokou.validate(data)
    found = jiaokou.verify(newer, package=data)
    assert set(found["kind"]) == {"numeral", "sentence"}  # what had not been keyed in before either
    assert jiaokou.load(package=data)["printed"].to_list() == ["15所", "4所"]


def test_a_corrected_figure_is_followed_through_check_verify_and_audit(tmp_path: Path, source_text: str) -> None:
    data = shutil.copytree(default_package(), tmp_path / "data")
    economy = data / "observations" / "economy.csv"
    mended(economy, "146个,exact,146,", "148个,exact,146,")
    assert re.search(
        r"economy\.csv, row 3, column value: 146 does not follow from “148个”; write 148",
        jiaokou.validate(data).faults[0],
    )
    mended(economy, "148个,exact,146,", "148个,exact,148,")
    assert jiaokou.validate(data)
    (finding,) = jiaokou.verify(source_text, package=data)["message"]
    assert "projects_planned is printed “148个”, the text has “146个”" in finding
    mended(data / "relations.csv", ",cannot_hold,", ",holds,")
    audit = jiaokou.audit(package=data)
    (news,) = audit.loc[~audit["as_known"], "relation"]
    assert jiaokou.validate(data).counts[-1] == f"not as known for this release: {news}"
