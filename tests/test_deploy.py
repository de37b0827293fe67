"""The recipes of deploy/ and docs/scheduling.md: what runs here is run, the rest is held against its own checker."""

from __future__ import annotations

import ast
import getpass
import os
import plistlib
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import urlopen

import click
import papermill
import pytest
import yaml
from small_notebooks import CHART, code, write

from jiaokou.cli.main import main
from jiaokou.html.exporter import BriefingExporter

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
GUIDES = [ROOT / "docs" / "scheduling.md", ROOT / "docs" / "scheduling.zh.md"]
RECIPES = sorted(path for path in DEPLOY.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
SOME = "governance --lang en"  # the shortest briefing stands for all of them
ENVIRONMENT = Path(sys.prefix)
WAY = "/opt/jiaokou"  # where the recipes expect the project

pytestmark = pytest.mark.skipif(os.name == "nt", reason="these recipes are for Unix")


def run(*command: str | Path, **how: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(list(map(str, command)), capture_output=True, encoding="utf-8", **how)  # type: ignore[call-overload]


def tool(name: str) -> str:
    """The path of a program that not every machine has."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    return found or pytest.skip(f"there is no {name} on this machine")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


# cron


def crontab() -> tuple[dict[str, str], str]:
    """The variables of the crontab, and its one command after the five fields of its time."""
    text = (DEPLOY / "cron" / "jiaokou.crontab").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    *assigned, entry = lines
    *times, command = entry.split(maxsplit=5)
    assert times == ["30", "2", "*", "*", "*"]
    assert "%" not in command, "cron reads this as the end of the line"
    return dict(line.split("=", 1) for line in assigned), command


def as_cron(folder: Path, **variables: str | Path) -> subprocess.CompletedProcess[str]:
    """What cron does in `folder`: its shell and next to no environment; with other values for some variables."""
    written, command = crontab()
    assert set(variables) <= set(written)
    bare = {"HOME": str(Path.home()), "LOGNAME": "jiaokou", "PATH": "/usr/bin:/bin", "SHELL": "/bin/sh"}
    told = bare | written | {name: str(value) for name, value in variables.items()}
    return run("/bin/sh", "-c", command.replace(" publish ", f" publish {SOME} "), cwd=folder, env=told)


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """A folder in which cron has published once, and what the job printed."""
    folder = tmp_path_factory.mktemp("night")
    places = {"EDITIONS": folder / "editions", "LOG": folder / "publish.log"}
    return folder, as_cron(folder, JIAOKOU=ENVIRONMENT / "bin" / "jiaokou", **places)


def test_cron_publishes_in_silence_and_keeps_a_log(night: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = night
    log = (folder / "publish.log").read_text(encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), log
    assert str((folder / "editions" / "latest").resolve()) in log
    assert (folder / "editions" / "latest" / "en" / "05_governance.html").is_file()


def test_cron_is_told_of_a_failure_by_its_status_and_what_was_said(tmp_path: Path) -> None:
    failing = tmp_path / "failing"
    failing.write_text("#!/bin/sh\necho before\necho error: no more room >&2\nexit 3\n", encoding="utf-8")
    failing.chmod(0o755)
    done = as_cron(tmp_path, JIAOKOU=failing, EDITIONS=tmp_path, LOG=tmp_path / "publish.log")
    assert done.returncode == 3
    assert done.stdout == "jiaokou publish: exit status 3\nbefore\nerror: no more room\n"
    assert done.stderr == ""


# systemd


def directives(unit: str) -> list[tuple[str, str]]:
    text = (DEPLOY / "systemd" / unit).read_text(encoding="utf-8")
    return re.findall(r"^(\w+)=(.*)$", text, flags=re.M)


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The service and its timer as installed for this checkout."""
    made = []
    for name in ("jiaokou.service", "jiaokou.timer"):
        text = (DEPLOY / "systemd" / name).read_text(encoding="utf-8")
        made.append(tmp_path / name)
        made[-1].write_text(text.replace(f"{WAY}/.venv", str(ENVIRONMENT)), encoding="utf-8")
    return made


def test_systemd_finds_nothing_wrong_with_the_units(units: list[Path]) -> None:
    done = run(tool("systemd-analyze"), "verify", "--man=no", *units)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_service_is_exposed_less_than_one_in_ten(units: list[Path]) -> None:
    done = run(tool("systemd-analyze"), "security", "--no-pager", "--offline=true", "--threshold=10", units[0])
    assert done.returncode == 0, done.stdout[-300:] + done.stderr
    assert "SAFE" in done.stdout


def test_the_service_runs_as_the_user_that_is_made_for_it() -> None:
    service = dict(directives("jiaokou.service"))
    (user,) = re.findall(r"^u +(\S+) ", (DEPLOY / "systemd" / "jiaokou.sysusers").read_text("utf-8"), flags=re.M)
    assert service["User"] == user
    assert service["StateDirectory"] == "jiaokou"


# GitHub Actions

WORKFLOW = DEPLOY / "github" / "publish.yml"


def test_the_workflow_keeps_the_published_schema() -> None:
    done = run(sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows", WORKFLOW)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_workflow_calls_released_actions_and_commands_that_exist() -> None:
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    steps = [step for job in workflow["jobs"].values() for step in job["steps"]]
    assert [step["uses"] for step in steps if not re.search(r"@v\d+$", step.get("uses", "@v0"))] == []
    commands = [step["run"] for step in steps if "run" in step]
    assert commands == ["make briefings"]
    done = run("make", "--dry-run", "briefings", cwd=ROOT)
    assert done.returncode == 0, done.stderr
    assert "jiaokou publish" in done.stdout


def test_the_workflow_publishes_what_publish_makes() -> None:
    assert isinstance(main, click.Group)
    (out,) = [option.default for option in main.commands["publish"].params if option.name == "out"]
    workflow = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))
    paths = [step["with"]["path"] for step in workflow["jobs"]["publish"]["steps"] if "upload" in step.get("uses", "")]
    assert paths == [f"{out}/failed", f"{out}/latest"]


# Airflow


def tasks() -> dict[str, dict[str, object]]:
    """The literal arguments of each operator in the DAG file, by the operator's name."""
    tree = ast.parse((DEPLOY / "airflow" / "jiaokou_dag.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)]
    return {
        call.func.id: {str(word.arg): ast.literal_eval(word.value) for word in call.keywords}
        for call in calls
        if isinstance(call.func, ast.Name) and call.func.id.endswith("Operator")
    }


def test_what_airflow_would_run_makes_a_briefing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    operator, page = tasks()["PapermillOperator"], tasks()["BashOperator"]
    assert (ROOT / Path(str(operator["input_nb"])).relative_to(WAY)).is_file()
    kernel = (sys.executable, "-m", "ipykernel", "install", "--name", "jiaokou", "--prefix", tmp_path)
    assert run(*kernel).returncode == 0
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "share" / "jupyter"))
    result = tmp_path / Path(str(operator["output_nb"])).name
    papermill.execute_notebook(
        write(tmp_path / "small.ipynb", code(CHART), code("fig")),
        result,
        parameters=operator["parameters"],
        kernel_name=operator["kernel_name"],
        language=operator["language_name"],
        progress_bar=False,
        report_mode=True,  # as the operator has it, which hides the code of cells
    )
    html, _ = BriefingExporter().from_filename(str(result))
    assert '<html lang="en' in html
    assert "乙比甲多" in html
    assert page["bash_command"] == f"{WAY}/.venv/bin/jupyter nbconvert --to briefing {operator['output_nb']}"


# Serving


@contextmanager
def served(*command: str | Path, port: int, cwd: Path) -> Iterator[str]:
    """A web server that has begun to answer, ended afterwards."""
    with (cwd / "server.log").open("wb") as said:
        server = subprocess.Popen([str(word) for word in command], cwd=cwd, stdout=said, stderr=said)
        try:
            for _ in range(200):
                try:
                    socket.create_connection(("127.0.0.1", port), 1).close()
                    break
                except OSError:
                    assert server.poll() is None, (cwd / "server.log").read_text("utf-8")
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait()


def fetched(url: str) -> tuple[str, dict[str, str]]:
    with urlopen(url, timeout=30) as answer:
        return answer.read().decode("utf-8"), {name.lower(): value for name, value in answer.headers.items()}


def test_any_web_server_serves_an_edition(night: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, _ = night
    (line,) = [line for block in blocks(GUIDES[0], "sh") for line in block.splitlines() if "http.server" in line]
    words = shlex.split(line.replace(".venv/bin/python", sys.executable))
    port = free_port()
    with served(*words[:-1], str(port), port=port, cwd=folder) as address:
        index, _ = fetched(f"{address}/")
        page, _ = fetched(f"{address}/en/05_governance.html")
    assert 'href="en/05_governance.html' in index
    assert page == (folder / "editions" / "latest" / "en" / "05_governance.html").read_text(encoding="utf-8")


def test_nginx_serves_the_latest_edition_and_each_by_its_name_and_nothing_else(
    night: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    nginx = tool("nginx")
    editions = night[0] / "editions"
    edition = (editions / "latest").resolve().name
    (editions / "failed").mkdir(exist_ok=True)
    port = free_port()
    location = (DEPLOY / "nginx" / "jiaokou.conf").read_text(encoding="utf-8")
    (tmp_path / "location.conf").write_text(location.replace("/var/lib/jiaokou/editions", str(editions)))
    (tmp_path / "nginx.conf").write_text(
        f"daemon off; user {getpass.getuser()}; pid {tmp_path}/pid; error_log stderr; events {{}} "
        f"http {{ types {{ text/html html; }} access_log off; server {{ listen 127.0.0.1:{port}; include location.conf; }} }}"
    )
    with served(nginx, "-p", tmp_path, "-c", tmp_path / "nginx.conf", port=port, cwd=tmp_path) as address:
        _, latest = fetched(f"{address}/jiaokou/")
        _, named = fetched(f"{address}/jiaokou/editions/{edition}/en/05_governance.html")
        for closed in ("editions/", "editions/latest/", "failed/", "editions/failed/"):
            with pytest.raises(HTTPError, match="404") as refused:
                fetched(f"{address}/jiaokou/{closed}")
            refused.value.close()
    assert (latest["cache-control"], named["cache-control"]) == ("no-cache", "max-age=86400")
    assert latest["content-type"] == "text/html; charset=utf-8"
    assert "frame-ancestors 'none'" in latest["content-security-policy"]
    assert {"x-content-type-options", "referrer-policy"} <= set(latest) & set(named)


# The guides


def blocks(guide: Path, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return re.findall(rf"^```{language}\n(.*?)^```", guide.read_text(encoding="utf-8"), flags=re.M | re.S)


def test_a_block_that_the_tests_do_not_run_says_so_and_why() -> None:
    text = GUIDES[0].read_text(encoding="utf-8")
    fences = re.findall(r"^(.*)\n```(\w+)\n", text, flags=re.M)
    assert fences
    for before, language in fences:
        assert (language == "sh") != before.startswith("<!-- not run by the tests: "), f"{before} {language}"


def test_the_two_lines_with_papermill_make_a_page(tmp_path: Path) -> None:
    (lines,) = [block for block in blocks(GUIDES[0], "sh") if "papermill" in block]
    (tmp_path / ".venv").symlink_to(ENVIRONMENT, target_is_directory=True)
    (named,) = re.findall(r"notebooks/\S+", lines)
    assert (ROOT / named).is_file()
    write(tmp_path / named, code(CHART), code("fig"))
    done = run("/bin/sh", "-euc", lines, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '<html lang="en' in (tmp_path / "governance.html").read_text(encoding="utf-8")


def test_each_line_for_a_shell_can_be_read_by_one() -> None:
    for block in (*blocks(GUIDES[0], "sh"), *blocks(GUIDES[0], "console")):
        done = run("/bin/sh", "-n", input=re.sub(r"^[#$] ", "", block, flags=re.M))
        assert done.returncode == 0, done.stderr


def test_the_launchd_example_is_a_property_list_with_a_command_we_have() -> None:
    (plist,) = blocks(GUIDES[0], "xml")
    job = plistlib.loads(plist.encode())
    assert isinstance(main, click.Group)
    assert job["ProgramArguments"][1] in main.commands


@pytest.mark.parametrize("path", [*RECIPES, *GUIDES], ids=lambda path: path.name)
def test_each_command_line_is_one_that_jiaokou_understands(path: Path) -> None:
    assert isinstance(main, click.Group)
    text = path.read_text(encoding="utf-8").replace("\\\n", " ")
    for command, rest in re.findall(r"jiaokou\"? (publish|audit|data|verify|compare)\b([^>|`\n]*)", text):
        options = {name for parameter in main.commands[command].params for name in parameter.opts}
        assert set(re.findall(r"(?<!\S)--[\w-]+", rest)) <= options, rest


@pytest.mark.parametrize("guide", GUIDES, ids=lambda path: path.name)
def test_each_link_in_a_guide_leads_somewhere(guide: Path) -> None:
    text = guide.read_text(encoding="utf-8")
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in link]
    assert [link for link in links if link[0] != "#" and not (guide.parent / link.partition("#")[0]).exists()] == []
    anchors = {
        re.sub(r"[^\w\- ]", "", line).replace(" ", "-").lower() for line in re.findall(r"^#+ (.*)$", text, flags=re.M)
    }
    assert {link[1:] for link in links if link[0] == "#"} - anchors == set()


def test_both_guides_show_the_same_commands() -> None:
    shown = [[blocks(guide, language) for language in ("sh", "console", "bat", "xml")] for guide in GUIDES]
    assert shown[0] == shown[1]


def test_each_recipe_is_named_in_the_guides() -> None:
    for guide in GUIDES:
        text = guide.read_text(encoding="utf-8")
        assert [path.name for path in RECIPES if path.name not in text] == []
