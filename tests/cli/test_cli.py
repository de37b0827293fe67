"""The command line, as a user meets it."""

from __future__ import annotations

import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result
from small_notebooks import code, text, write

import jiaokou
from jiaokou import formats, wording
from jiaokou.cli import terminal
from jiaokou.cli.main import TABLES, main
from jiaokou.data import languages
from jiaokou.data.package import default_package, open_package
from jiaokou.execution import notebooks
from jiaokou.explore import parameters


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def error_of(result: Result, status: int) -> str:
    """The one line that an error is."""
    assert result.exit_code == status, result.output
    assert result.stdout == ""
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: ")
    return line


def test_help_names_the_five_commands() -> None:
    result = run("--help")
    assert result.exit_code == 0
    for command in ("publish", "audit", "verify", "data", "compare"):
        assert re.search(rf"^  {command}  ", result.stdout, re.MULTILINE)


def test_the_version_is_the_packages() -> None:
    assert run("--version").stdout.strip().endswith(version("jiaokou"))


def test_the_module_is_the_command() -> None:
    done = subprocess.run([sys.executable, "-m", "jiaokou", "--help"], capture_output=True, text=True, check=True)
    assert "publish" in done.stdout


@pytest.mark.parametrize("command", ["publish", "audit", "verify", "data", "compare", "new"])
def test_every_command_explains_its_options(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    options = re.findall(r"^  (?:-\w, )?(--[\w-]+)", result.stdout, re.MULTILINE)
    assert options
    assert "Examples:" in result.stdout
    assert len(options) == len(set(options))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'; see jiaokou --help"),
        (["publish", "--nonsense"], "No such option '--nonsense'"),
        (["publish", "weather"], "no briefing or file 'weather'; there are: 00_overview, 01_economy"),
        (["publish", "--lang", "fr"], "'fr' is not one of 'zh', 'en'; see jiaokou publish --help"),
        (["publish", "--set", "colour=red"], "no parameter 'colour'"),
        (["publish", "outlook", "--set", "target_year=soon"], "parameter target_year must be of type int, not 'soon'"),
        (["publish", "--set", "lang=en"], "use --lang"),
        (["publish", "--jobs", "0"], "0 is not in the range x>=1"),
        (["publish", "--keep", "0"], "0 is not in the range x>=1"),
        (["publish", "economy", "--check", "latest"], "--check makes what the edition's receipt says"),
        (["data", "weather"], "unknown section “weather”; the sections are economy, livelihood"),
        (["data", "--lang", "fr"], "'fr' is not one of 'zh', 'en'"),
        (["data", "--format", "xlsx"], "say where to with --out FILE"),
        (["data", "--lang", ""], "'' is not one of 'zh', 'en'"),
        (["data", "--out", "x.foo"], "the ending of x.foo: use .json, .csv, .parquet, .xlsx, .tsv, .txt, or"),
        (["publish", "nowhere/01_economy.ipynb"], "did you mean economy?"),
        (["publish", "--timeout", "nan"], "'nan' is not a valid integer range; see"),
        (["publish", "--timeout", "inf"], "'inf' is not a valid integer range; see"),
        (["publish", "--cell-timeout", "nan"], "'nan' is not a valid integer range; see"),
        (["publish", "--cell-timeout", "inf"], "'inf' is not a valid integer range; see"),
        (["verify"], "Missing argument 'TEXT'"),
        (["compare", "one"], "Missing argument 'EDITION'"),
    ],
)
def test_wrong_use_is_one_line_and_status_2(arguments: list[str], message: str) -> None:
    result = run(*arguments)
    assert message in error_of(result, 2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["audit", "--package", "no/such/folder"], "no/such/folder"),
        (["publish", "--package", "no/such/folder"], "no/such/folder"),
        (["verify", "no_such_text.txt"], "no_such_text.txt cannot be read"),
        (["compare", "no_such_edition", "no_such_edition"], "no_such_edition is no edition"),
        (["publish", "--check", "no_such_edition"], "no_such_edition is no edition"),
        (["publish", "--check", ""], " is no edition: it has no receipt.json that can be read; give its folder"),
        (["audit", "--source", ""], "cannot be read"),
        (["publish", "--notebooks", "nowhere"], "there is no notebook in nowhere; give a folder"),
        (
            ["data", "--format", "csv", "--out", "no/such/file.csv"],
            f"cannot write no/such/file.csv: there is no folder {Path('no/such').resolve()}; make it, or",
        ),
        (["data", "--package", "docs"], "docs is no data package: it holds no datapackage.json; give the"),
        (["data", "--package", "x" * 300], "is no folder; give the folder that holds a datapackage.json"),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_1(arguments: list[str], message: str) -> None:
    assert message in error_of(run(*arguments), 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ["audit", "--package"],
        ["publish", "--package"],
        ["publish", "--out"],
        ["publish", "--check"],
        ["data", "--out"],
        ["compare", "one", "two", "--out"],
        ["new"],
    ],
)
@pytest.mark.parametrize(
    "path",
    [
        "~no-such-user/x",
        pytest.param(
            "itself",
            marks=pytest.mark.skipif(sys.version_info >= (3, 13), reason="pathlib follows it as far as it goes"),
        ),
    ],
)
def test_a_path_that_cannot_be_followed_is_one_line(
    arguments: list[str], path: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("itself").symlink_to("itself")
    line = error_of(run(*arguments, path), 1)
    assert f"'{path}" in line
    assert line.endswith("; give another")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
@pytest.mark.parametrize(
    "arguments", [["data", "economy"], ["audit", "--format", "json"], ["data", "--format", "csv"], ["--help"]]
)
def test_what_cannot_be_printed_is_one_line(arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "jiaokou", *arguments], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )
    (line,) = done.stderr.splitlines()
    assert (done.returncode, line) == (
        1,
        "error: what is printed cannot be written: No space left on device; free some space, or send it elsewhere",
    )


def test_a_package_whose_paths_or_nesting_nobody_can_follow_is_one_line(tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "package")
    file = package / "datapackage.json"
    whole = json.loads(file.read_text("utf-8"))
    for name in ("a\0b.csv", "\ud800.csv"):
        whole["resources"][0]["path"] = name
        file.write_text(json.dumps(whole), "utf-8")
        line = error_of(run("data", "--package", str(package)), 1)
        assert line.startswith(f"error: the path '{package}")
        assert line.endswith("; give another")
    file.write_text("[" * 100_000, "utf-8")
    assert f"{file} is not JSON" in error_of(run("data", "--package", str(package)), 1)


def test_an_error_of_our_own_making_is_one_line_too_and_a_traceback_with_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a\nsurprise")

    monkeypatch.setattr(jiaokou, "audit", broken)
    line = error_of(run("audit"), 1)
    assert "ZeroDivisionError: a surprise" in line
    assert "--debug" in line
    assert isinstance(run("--debug", "audit").exception, ZeroDivisionError)


def test_the_audit_is_printed_and_known_mismatches_are_no_news() -> None:
    found = jiaokou.audit()
    result = run("audit")
    assert result.exit_code == 0
    assert "\tdoes not match\t" in result.stdout
    assert len(result.stdout.splitlines()) == len(found) + 1
    records = json.loads(run("audit", "--format", "json").stdout)
    assert [record["relation"] for record in records] == list(found["relation"])


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_audit_speaks_to_people_and_gives_codes_to_programs(source_path: Path, lang: str) -> None:
    codes, package = set(jiaokou.audit()["verdict"]), open_package()
    for arguments in (["audit"], ["audit", "--source", str(source_path)]):
        head, *rows = (line.split("\t") for line in run(*arguments, "--lang", lang).stdout.splitlines())
        assert {row[head.index("verdict")] for row in rows} == {
            wording.code(package, "verdict", code, lang) for code in codes
        }
        records = json.loads(run(*arguments, "--lang", lang, "--format", "json").stdout)
        assert {record["verdict"] for record in records} == codes


def test_the_audit_speaks_no_other_language() -> None:
    assert "fr" in error_of(run("audit", "--lang", "fr"), 2)


def test_a_verdict_that_turns_is_news(tmp_path: Path) -> None:
    package = shutil.copytree(default_package(), tmp_path / "package")
    relations = package / "relations.csv"
    relations.write_text(relations.read_text("utf-8").replace(",cannot_hold,", ",holds,"), "utf-8")
    assert run("audit", "--package", str(package)).exit_code == 1


def test_verify_passes_on_the_releases_text(source_path: Path) -> None:
    result = run("verify", str(source_path))
    assert (result.exit_code, result.stderr) == (0, "")


def test_verify_says_that_a_text_is_another_one_and_what_differs(source_text: str, tmp_path: Path) -> None:
    start = int(jiaokou.load().iloc[1]["char_start"])
    other = tmp_path / "other.txt"
    digit = "1" if source_text[start] != "1" else "2"
    other.write_bytes((source_text[:start] + digit + source_text[start + 1 :]).encode())
    result = run("verify", str(other))
    assert result.exit_code == 1
    assert "is another text than the release" in result.stderr
    assert jiaokou.load().iloc[1]["observation"] in result.stdout
    records = json.loads(run("verify", str(other), "--format", "json").stdout)
    assert records[0]["kind"] == "printed"


def test_verify_refuses_what_is_not_utf8(tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_bytes("交口".encode("gb18030"))
    assert "is not UTF-8" in error_of(run("verify", str(other)), 1)


def test_data_is_the_librarys_in_every_format(tmp_path: Path) -> None:
    ours = jiaokou.load("economy")
    printed = pd.read_csv(io.StringIO(run("data", "economy", "--format", "csv").stdout))
    assert list(printed.columns) == list(ours.columns)
    records = json.loads(run("data", "economy", "--format", "json").stdout)
    assert records[0]["period_start"] == f"{ours['period_start'].iloc[0]:%Y-%m-%d}"
    readers = {"csv": pd.read_csv, "json": pd.read_json, "parquet": pd.read_parquet, "xlsx": pd.read_excel}
    for format_, read in readers.items():
        path = tmp_path / f"economy.{format_}"
        result = run("data", "economy", "--format", format_, "--out", str(path))
        assert (result.exit_code, result.stdout, result.stderr) == (0, "", f"written: {path}\n")
        frame = read(path)
        assert list(frame["observation"]) == list(ours["observation"])
        assert list(frame["value"]) == list(ours["value"])


def test_a_files_name_says_its_format_and_a_workbook_holds_every_table(tmp_path: Path) -> None:
    for name in ("all.xlsx", "all.csv", "all.json", "all.parquet", "all.tsv", "all.TXT", "all"):
        assert run("data", "economy", "--out", str(tmp_path / name)).exit_code == 0
    assert list(pd.read_excel(tmp_path / "all.xlsx", sheet_name=None))[:5] == list(TABLES)
    for name in ("all.tsv", "all.TXT", "all"):
        assert (tmp_path / name).read_text("utf-8").startswith("observation\tlabel\tvalue")
    assert run("data", "economy", "--format", "json", "--out", str(tmp_path / "all.foo")).exit_code == 0
    assert len(json.loads((tmp_path / "all.json").read_text("utf-8"))) == len(pd.read_parquet(tmp_path / "all.parquet"))
    run("data", "--table", "derived", "--lang", "en", "--out", str(tmp_path / "one.xlsx"))
    assert next(iter(pd.read_excel(tmp_path / "one.xlsx", sheet_name=None))) == "Derived numbers"


@pytest.mark.parametrize("table", TABLES)
def test_every_table_can_be_read_and_printed(table: str) -> None:
    records = json.loads(run("data", "ecology", "--table", table, "--format", "json").stdout)
    for lang in ("zh", "en"):
        lines = run("data", "ecology", "--table", table, "--lang", lang).stdout.splitlines()
        assert len(lines) == len(records) + 1
        assert all("\t" in line for line in lines[1:])
    assert tuple(formats.TABLES) == TABLES


def test_data_can_speak_one_language() -> None:
    header = run("data", "--lang", "en", "--format", "csv").stdout.splitlines()[0].split(",")
    assert "label_en" in header
    assert "label_zh" not in header
    assert "146\t" in run("data", "economy", "--lang", "en").stdout
    assert "146个\t" in run("data", "economy").stdout


def test_an_extra_that_is_not_there_is_named(tmp_path: Path) -> None:
    code = "import sys; sys.modules['openpyxl'] = None; import jiaokou.cli.main as cli; cli.main(sys.argv[1:])"
    arguments = ["data", "--format", "xlsx", "--out", str(tmp_path / "a.xlsx")]
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr == "error: there is nothing to write xlsx with: pip install 'jiaokou[formats]'\n"


def listens(process: int) -> bool:
    """Whether the command hears a SIGTERM by now: before Python has come up, it is Python that ends."""
    status = Path(f"/proc/{process}/status")
    if not status.is_file():  # elsewhere than on Linux, nothing tells
        return True
    (caught,) = (line.split()[1] for line in status.read_text().splitlines() if line.startswith("SigCgt"))
    return bool(int(caught, 16) >> (signal.SIGTERM - 1) & 1)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no process ends by a signal")
@pytest.mark.parametrize(
    ("asked", "status", "message", "running", "after"),
    [
        (signal.SIGINT, 130, "interrupted", False, 0.4),  # while importing
        (signal.SIGTERM, 143, "terminated", False, 0.8),
        (signal.SIGINT, 130, "interrupted", True, 0.2),  # while a kernel is started
        (signal.SIGTERM, 143, "terminated", True, 1.5),  # while a cell runs
    ],
)
def test_a_publication_that_is_stopped_ends_within_two_seconds_and_publishes_nothing(
    tmp_path: Path, asked: signal.Signals, status: int, message: str, running: bool, after: float
) -> None:
    out, scratch = tmp_path / "editions", tmp_path / "scratch"
    scratch.mkdir()
    notebook = write(tmp_path / "endless.ipynb", code("while True: pass"))
    command = [sys.executable, "-m", "jiaokou", "publish", notebook, "--lang", "zh", "--out", out]
    environment = {**os.environ, "TMPDIR": str(scratch)}
    publishing = subprocess.Popen(
        command, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path, env=environment
    )
    while not listens(publishing.pid) or (running and not list(scratch.iterdir())):
        time.sleep(0.05)
    time.sleep(after)
    stopped = time.monotonic()
    os.killpg(publishing.pid, asked)  # what a terminal, or a service manager, does
    publishing.wait(timeout=60)
    assert time.monotonic() - stopped < 6  # two seconds, on a machine that does nothing else
    _, said = publishing.communicate(timeout=60)
    assert publishing.returncode == status
    *done, last = said.splitlines()
    assert last == f"error: {message}"
    said_before = ("1 to run", "ignored, since", "no process could be forked")
    assert [line for line in done if not line.startswith(said_before)] == []
    assert not (out / "latest").exists()
    # The folder of its runs, where there was no time to take it away, goes with the next publication.
    assert [path.name for path in scratch.iterdir() if not path.name.startswith(("jiaokou-run-", "pymp-"))] == []


FEW_FILES = "too few files may be open at once; raise the limit: ulimit -n 1024"
FEW_PROCESSES = "no more processes or threads may be started; raise the limit (ulimit -u), or end some"
SOMEBODY = (
    "setpriv --reuid=48213 --regid=48213 --clear-groups --inh-caps=+dac_read_search --ambient-caps=+dac_read_search"
)
"""As a user without processes, who may read what is root's: the limit of processes does not bind root."""


@pytest.mark.skipif(os.name != "posix", reason="elsewhere there are no such limits")
@pytest.mark.parametrize(
    ("limit", "message"), [("-n 8", FEW_FILES), ("-n 64", FEW_FILES), ("-u 2", FEW_PROCESSES), ("-u 32", FEW_PROCESSES)]
)
def test_what_a_machine_has_too_little_of_is_said_with_what_to_do(tmp_path: Path, limit: str, message: str) -> None:
    notebook = write(tmp_path / "own.ipynb", code("1"))
    publishing = f"{sys.executable} -m jiaokou publish {notebook} --lang zh --out {tmp_path / 'out'}"
    command = ["bash", "-c", f"ulimit {limit}; exec {publishing}"]
    if limit.startswith("-u") and os.geteuid() == 0:
        if not shutil.which("setpriv") or subprocess.run([*SOMEBODY.split(), "true"], check=False).returncode:
            pytest.skip("no process can be run as another user here (setpriv)")
        tmp_path.chmod(0o777)
        command = [*SOMEBODY.split(), *command]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "HOME": str(tmp_path)}
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert message in done.stderr.splitlines()[-1]


def test_what_is_no_file_is_refused_at_once(tmp_path: Path) -> None:
    pipe, folder, device = (tmp_path / f"{name}.ipynb" for name in ("pipe", "folder", "device"))
    os.mkfifo(pipe)
    folder.mkdir()
    device.symlink_to("/dev/zero")
    for path in (pipe, folder, device):
        assert "is no file; give a notebook, such as my.ipynb" in error_of(run("publish", str(path)), 1)


@pytest.mark.skipif(os.name != "posix", reason="elsewhere no process ends by a signal")
def test_a_signal_is_heeded_before_anything_else_is_imported() -> None:
    program = """
import os, signal, sys
from jiaokou.__main__ import main
assert "click" not in sys.modules
class Finder:
    def find_spec(name, *_):
        if name == "click":
            os.kill(os.getpid(), signal.SIGTERM)
sys.meta_path.insert(0, Finder)
main()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (143, "error: terminated\n")


def published(folder: Path, *arguments: str) -> Result:
    """A publication of the small notebooks in `folder` by the command."""
    return run("publish", "--notebooks", str(folder), *arguments)


def test_a_publication_prints_the_index_and_says_what_it_did(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLOTLY_RENDERER", "nonsense")
    folder, out = tmp_path / "notebooks", tmp_path / "out"
    write(folder / "01_economy.ipynb", text("概况。", "zh"), text("In short.", "en"))
    first = published(folder, "--lang", "en", "--out", str(out))
    assert (first.exit_code, first.stdout) == (0, f"{(out / 'latest').resolve() / 'index.html'}\n")
    ignored, started, run_line, summary = first.stderr.splitlines()
    assert ignored.startswith("ignored, since it would change the pages: ")
    assert "PLOTLY_RENDERER=nonsense" in ignored
    assert os.environ["PLOTLY_RENDERER"] == "nonsense"  # a publication leaves its caller's process as it was
    assert started == f"1 to run, 0 taken over, into {out}"
    assert re.fullmatch(r"en/01_economy  \d+\.\d s  done", run_line)
    assert re.fullmatch(r"published edition \w{12}: 0 taken over, 1 run, \d+\.\d s", summary)
    again = published(folder, "--lang", "en", "--out", str(out))
    assert (again.exit_code, again.stdout) == (0, first.stdout)
    assert again.stderr.startswith("nothing has changed since edition ")
    events = published(folder, "--lang", "en", "--out", str(out), "--log-format", "json").stderr.splitlines()
    assert [json.loads(line)["event"] for line in events] == ["unchanged"]


def test_a_failing_publication_is_status_1_and_an_event_for_machines(tmp_path: Path) -> None:
    folder, out = tmp_path / "notebooks", tmp_path / "out"
    write(folder / "01_economy.ipynb", code("1 / 0"))
    failed = published(folder, "--lang", "en", "--out", str(out), "--log-format", "json")
    assert (failed.exit_code, failed.stdout) == (1, "")
    events = map(json.loads, failed.stderr.splitlines())
    started, ended, said = (event for event in events if event["event"] != "ignored")
    assert started == {"event": "started", "runs": 1, "taken": 0, "out": str(out)}
    assert ended["event"] == "run"
    assert ended["run"] == "en/01_economy"
    assert ended["seconds"] > 0
    assert ended["error"] == "cell 4: ZeroDivisionError: division by zero"
    assert said["event"] == "failed"
    assert said["status"] == 1
    assert said["error"].startswith("notebook 01_economy (en), cell 4: ZeroDivisionError")
    assert (out / "failed" / "en" / "01_economy.ipynb").is_file()


def test_every_option_of_publish_has_its_place_in_an_example() -> None:
    options, examples = run("publish", "--help").stdout.split("Examples:")
    named = set(re.findall(r"^  (--[\w-]+)", options, re.MULTILINE))
    assert named - set(re.findall(r"--[\w-]+", examples)) == set()
    assert len(max(examples.splitlines(), key=len)) <= 80


EXAMPLES = [
    line
    for command in ([], ["audit"], ["verify"], ["data"], ["compare"], ["draft"], ["new"])
    for line in re.findall(r"^ +(jiaokou .*?)(?:  .*)?$", run(*command, "--help").stdout, re.MULTILINE)
]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which every example of the help finds what it names, but for the release's text."""
    folder = tmp_path_factory.mktemp("place")
    shutil.copytree(default_package(), folder / "county" / "data")
    (folder / "next-year.txt").write_text("某县次年综述", "utf-8")
    (folder / "report.txt").write_text("2025年，新建学校3所，投资增长5%。", "utf-8")
    notebooks = folder / "notebooks"
    for notebook in (notebooks / "01_economy.ipynb", folder / "my.ipynb", folder / "county" / "notebooks" / "x.ipynb"):
        write(notebook, text("概况。", "zh"), text("In short.", "en"))
    for out in ("editions", "old/editions"):
        assert published(notebooks, "--lang", "en", "--out", str(folder / out)).exit_code == 0
    (edition,) = (path for path in (folder / "editions").iterdir() if re.fullmatch(r"\w{12}", path.name))
    (folder / "editions" / "0f32c1a7be55").symlink_to(edition)  # the name that the help gives one
    return folder


@pytest.mark.parametrize("line", EXAMPLES)
def test_every_example_of_the_help_runs(
    line: str, place: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    for name in {"summary.txt", "county.txt"} & set(line.split()):
        shutil.copyfile(request.getfixturevalue("source_path"), place / name)
    monkeypatch.chdir(place)
    monkeypatch.setattr(notebooks, "notebooks_folder", lambda package="": place / "notebooks")
    if line == "jiaokou data --package another-county/data":  # of the package just started
        run("new", "another-county/data")
        assert "“licenses” is no list of names; write it" in error_of(run(*line.split()[1:]), 1)
        return
    result = run(*line.split()[1:])
    differing = line.startswith("jiaokou compare")  # as they do once another example has published
    assert result.exit_code in ((0, 1) if differing else (0,)), result.output
    assert result.stdout or "--out" in line


def test_every_example_of_publish_names_what_there_is(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each line is read by the command itself, up to the point where it would publish."""
    lines = re.findall(r"^ +jiaokou (publish.*?)(?:  .*)?$", run("publish", "--help").stdout, re.MULTILINE)
    assert len(lines) > 5
    monkeypatch.chdir(place)
    for line in lines:
        command = main.commands["publish"]
        with command.make_context("publish", line.split()[1:]) as context:
            # Some briefings alone are published aside, where `latest` would else lead to them.
            assert not context.params["briefings"] or "--out" in line
            chosen = notebooks.briefings(context.params["briefings"], context.params["notebooks"])
            languages.chosen(context.params["languages"], (), "")
            declared = {briefing.name: briefing.parameters for briefing in chosen}
            parameters.settings(declared, context.params["settings"])


def test_a_defect_is_an_event_for_machines_and_a_traceback_with_debug(monkeypatch: pytest.MonkeyPatch) -> None:
    from jiaokou.publishing import publish

    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("a\nsurprise")

    monkeypatch.setattr(publish, "publish", broken)
    failed = run("publish", "--log-format", "json")
    (event,) = (json.loads(line) for line in failed.stderr.splitlines())
    assert (failed.exit_code, event["event"], event["status"]) == (1, "failed", 1)
    assert event["error"].startswith("unexpected ZeroDivisionError: a\nsurprise (jiaokou --debug … shows where")
    assert isinstance(run("--debug", "publish", "--log-format", "json").exception, ZeroDivisionError)


def in_encoding(encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    if not encoding:  # a bare C locale, such as cron's on an old system
        del environment["PYTHONIOENCODING"]
        environment |= {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-m", "jiaokou", *arguments]
    return subprocess.run(command, capture_output=True, env=environment, check=False)


@pytest.mark.parametrize("encoding", ["", "cp1252"])
def test_a_console_without_all_characters_is_no_defect(encoding: str) -> None:
    shown = in_encoding(encoding, "data", "ecology")
    assert (shown.returncode, shown.stderr) == (0, b"")
    written = in_encoding(encoding, "data", "ecology", "--format", "json")
    records = json.loads(written.stdout.decode("utf-8"))
    assert [record["label_zh"] for record in records] == list(jiaokou.load("ecology")["label_zh"])
    failed = in_encoding(encoding, "data", "--package", "县")
    assert failed.returncode == 1
    assert re.fullmatch(rb"error: .* is no folder; give the folder that holds a datapackage.json\r?\n", failed.stderr)


def test_csv_is_printed_with_all_its_characters_on_any_console() -> None:
    printed = in_encoding("cp1252", "data", "ecology", "--format", "csv")
    assert (printed.returncode, printed.stderr) == (0, b"")
    assert list(pd.read_csv(io.BytesIO(printed.stdout))["label_zh"]) == list(jiaokou.load("ecology")["label_zh"])


def test_a_table_on_a_terminal_cuts_no_code_short(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    derived = jiaokou.derived("economy")
    terminal.show(terminal.readable(derived, "derived", "en"), "table")
    shown = capsys.readouterr().out
    assert "…" not in shown
    firsts = [line.split("│")[1].strip() for line in shown.splitlines() if line.startswith("│")]
    assert "".join(firsts) == "".join(derived["derived"])
