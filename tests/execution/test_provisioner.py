"""Forked kernels beside stock ones: real notebooks in both."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from tempfile import gettempdir
from typing import Any

import nbformat
import papermill
import pytest
from forked_kernels import started
from nbclient.exceptions import DeadKernelError
from papermill.exceptions import PapermillExecutionError
from small_notebooks import code, text, write

from jiaokou.data.descriptor import PUBLISHING
from jiaokou.execution import fork_server, provisioner
from jiaokou.execution.environment import FIXED
from jiaokou.execution.runner import Run, execute

pytestmark = pytest.mark.skipif(not fork_server.can_fork(), reason="processes are not forked on this system")

# What notebooks do that shows whether a kernel is the stock one.
EVERYTHING = """
import sys; print("out"); print("err", file=sys.stderr); print("more", flush=True)
---
1 / 0
---
def deep(n):
    return deep(n - 1) if n else {}["missing"]
deep(3)
---
raise ExceptionGroup("several", [ValueError("甲"), TypeError("乙")])
---
for
---
from IPython.display import HTML, Image, JSON, Markdown, SVG, clear_output, display, update_display
handle = display(HTML("<b>before</b>"), display_id="shown"); display("between")
---
update_display(HTML("<i>after</i>"), display_id="shown")
---
print("gone"); clear_output(); print("stays")
---
print("gone at the next"); clear_output(wait=True); display(Markdown("**stays**"), JSON({"a": [1, None]}))
---
import asyncio
await asyncio.sleep(0.01)
[n async for n in (lambda: (_ async for _ in _agen()))()] if False else await asyncio.gather(asyncio.sleep(0, 1), asyncio.sleep(0, 2))
---
asyncio.get_running_loop().is_running(), type(asyncio.get_event_loop()).__name__
---
!echo from a shell; echo to stderr >&2
---
import subprocess, os; os.system("echo low level"); subprocess.run(["echo", "child"]).returncode
---
%%bash
echo "$((6 * 7))"; exit 3
---
%%capture kept
print("kept")
---
kept.stdout, _i, Out[11] if 11 in Out else None
---
%time sum(range(10))
---
%who_ls str
---
%nosuchmagic
---
int?
---
input("name? ")
---
import getpass; getpass.getpass()
---
import warnings; warnings.warn("mind"); warnings.warn("old", DeprecationWarning)
---
import logging; logging.warning("root"); logging.getLogger("a.b").error("named")
---
class Rich:
    def __repr__(self): return "plain"
    def _repr_html_(self): return "<u>rich</u>"
    def _repr_mimebundle_(self, include=None, exclude=None): return {"application/x-own+json": {"n": 1}}, {"application/x-own+json": {"m": 2}}
Rich()
---
class Broken:
    def _repr_html_(self): raise RuntimeError("no repr")
Broken()
---
import pandas as pd, numpy as np
pd.DataFrame({"甲": [1.5, None], "wide" * 30: ["x" * 90, "y"], **{f"c{n}": [n, n] for n in range(25)}})
---
print(pd.DataFrame({f"column {n}": [n] for n in range(25)})); pd.Series(range(100))
---
import plotly.graph_objects as go, plotly.io as pio
go.Figure(go.Bar(x=["甲"], y=[1]))
---
pio.renderers.default, pd.get_option("display.max_columns"), pd.get_option("mode.string_storage")
---
from jiaokou import tables
tables.plain(pd.DataFrame({"a": [1]}), "en")
---
print("x " * 30_000); "y" * 20_000
---
import threading
thread = threading.Thread(target=lambda: print("from a thread")); thread.start(); thread.join()
---
import comm; channel = comm.create_comm(target_name="t", data={"a": 1}); channel.send({"b": 2}, buffers=[b"raw"]); channel.close(); type(channel).__name__
---
import multiprocessing; child = multiprocessing.get_context("fork").Process(target=print, args=("from a fork",), kwargs={"flush": True})
child.start(); child.join(); print("after it", child.exitcode)
---
import time; print("first"); time.sleep(0.5); print("second", file=sys.stderr); time.sleep(0.5); print("third")
---
task = asyncio.get_running_loop().create_task(asyncio.sleep(0.01, "later")); await asyncio.sleep(0.05); task.result()
---
type(get_ipython()).__name__, type(get_ipython().kernel).__name__, get_ipython().kernel.session.username != "", __name__
---
import multiprocessing; sys.argv[0], "__file__" in globals(), multiprocessing.current_process().name
---
import inspect, jiaokou; inspect.getsource(deep), jiaokou.__name__, In[1]
---
%env JIAOKOU_TEST=1
---
sys.stdout.write("no newline"); sys.stdout.flush(); sys.stderr.write("\\rover\\b")
---
from IPython.core.getipython import get_ipython; get_ipython().run_cell("print('nested'); 3"); get_ipython().set_next_input("more")
---
"not shown"; # at all
---
1 is 1, "\\d", assert_ if (assert_ := (1, "always true")) else None
---
if True:
        1
    2
---
await_ = "\\q"; return
---
async def later(): await asyncio.sleep(0); return "\\w" is "later"
await later()
---
"shown;"
---
get_ipython().input_transformers_post.append(lambda lines: ["'changed by the cell before, which is the same'"] if "get_" in lines[0] else lines)
---
get_ipython().input_transformers_post.append(lambda lines: ["'changed by the cell before, which is the same'"] if "get_" in lines[0] else lines)
---
from IPython import get_ipython as shell; shell().input_transformers_post[:] = [lambda lines: [line.replace("LATER", "await asyncio.sleep(0, 5)") for line in lines]]
---
LATER
---
def nested(): return lambda: {}["missing"]
[part.co_filename for part in nested.__code__.co_consts if hasattr(part, "co_filename")], inspect.getsource(nested)
---
nested()()
---
import ast
class Doubled(ast.NodeTransformer):
    def visit_Constant(self, node): return ast.copy_location(ast.Constant(node.value * 2), node)
get_ipython().ast_transformers.append(Doubled())
---
print(21); 21
---
print(21); 21
---
get_ipython().ast_transformers.clear()
---
print(21); 21
---
get_ipython().ast_node_interactivity = "all"
---
21
22
---
get_ipython().ast_node_interactivity = "last_expr"
---
from __future__ import annotations
---
def annotated(x: nowhere): ...
annotated.__annotations__
---
sys.getrecursionlimit(), sys.flags.optimize, sys.flags.utf8_mode, sys.getswitchinterval(), sys.warnoptions, sys.dont_write_bytecode
---
raise SystemExit(2)
"""

# Whether a kernel was forked from a process that had imported everything.
FORKED = "import sys; 'jiaokou.execution.preload' in sys.modules"

# What a kernel says of its process; equal in a stock kernel and in a forked one that has imported the same.
FACTS = """
import gc, json, locale, os, signal, sys, threading, time, warnings
import jiaokou, jiaokou.charts, jiaokou.tables, plotly.graph_objects, plotly.tools; plotly.graph_objects.Figure()
def kinds():
    for fd in os.listdir("/proc/self/fd"):
        try: place = os.readlink(f"/proc/self/fd/{fd}")
        except OSError: continue
        if place.startswith("/") and place != os.devnull: yield place
print(json.dumps({
    "arguments": [sys.argv[0], len(sys.argv), sys._xoptions, sys.warnoptions], "path": sys.path, "folder": os.getcwd(),
    "environment": {k: v for k, v in os.environ.items() if k not in ("PYTEST_CURRENT_TEST", "_")},
    "filters": sorted(map(str, warnings.filters)),
    "signals": {str(s): str(signal.getsignal(s)).split(" at ")[0] for s in sorted(signal.valid_signals())},
    "blocked": list(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "leads": [os.getsid(0) == os.getpid(), os.getpgid(0) == os.getpid()],
    "files": sorted(kinds()), "threads": threading.active_count(), "input": os.read(0, 1).decode(),
    "collector": [gc.isenabled(), gc.get_threshold()], "zone": time.tzname, "locale": locale.setlocale(locale.LC_ALL),
    "mask": os.umask(0o22), "hooks": [sys.excepthook.__qualname__, type(sys.displayhook).__name__],
    "encodings": [sys.stdout.encoding, sys.stdin.encoding], "builtins": sorted(vars(__import__("builtins"))),
}))
"""
# A run that leaves everything changed that it can reach.
SPOILER = """
import os, random, signal, socket, sys, threading, time, warnings, builtins, subprocess
import numpy, pandas, jiaokou
os.environ["SPOILED"] = "1"; os.chdir("/"); os.umask(0); sys.path.insert(0, "/spoiled"); builtins.spoiled = 1
random.seed(1); numpy.random.seed(1); warnings.simplefilter("error"); pandas.set_option("display.max_rows", 1)
jiaokou.sections = None; signal.signal(signal.SIGTERM, signal.SIG_IGN)
kept = [socket.socket(), open(os.devnull), subprocess.Popen(["sleep", "1000"])]
threading.Thread(target=time.sleep, args=(1000,)).start()
open("spoiled-in-its-folder", "w") if os.access(".", os.W_OK) and os.getcwd() != "/" else None
"""
SPOILED = """
import os, random, signal, sys, builtins, warnings, threading
import numpy, pandas, jiaokou
dict(
    spoiled=["SPOILED" in os.environ, "/spoiled" in sys.path, hasattr(builtins, "spoiled"), jiaokou.sections is None,
             pandas.get_option("display.max_rows") == 1, warnings.filters[0][0] == "error" and warnings.filters[0][2] is Warning,
             signal.getsignal(signal.SIGTERM) is signal.SIG_IGN, bool(os.listdir("."))],
    drawn=[random.random(), float(numpy.random.random()), random.getrandbits(64)],
    threads=threading.active_count(), folder=os.getcwd(), home=os.environ["IPYTHONDIR"],
)
"""


def cells(script: str) -> list[nbformat.NotebookNode]:
    made = [code(source.strip("\n"), "raises-exception") for source in script.split("\n---\n")]
    for number, cell in enumerate(made):  # one of them stands there twice
        cell["id"] = f"cell-{number}"
    return made


@pytest.fixture(autouse=True)
def same_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """That of a publication, for stock kernels too: the process that kernels are forked from is made for one."""
    for name, value in FIXED.items():
        monkeypatch.setenv(name, value)
    for name in ("COLUMNS", "LINES"):  # which a publication leaves out
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def notebooks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kernels")


def run(path: Path, engine: str | None, cwd: Path | None = None, **values: str) -> nbformat.NotebookNode:
    """The notebook as papermill writes it, whether it fails or not."""
    done = path.with_suffix(f".{engine}.ipynb")
    try:
        papermill.execute_notebook(path, done, values, engine_name=engine, progress_bar=False, cwd=cwd)
    except (PapermillExecutionError, DeadKernelError) as failure:
        written = nbformat.read(done, as_version=4)
        written.metadata["failure"] = f"{type(failure).__name__} {getattr(failure, 'evalue', '')}"
        return written
    return nbformat.read(done, as_version=4)


_VARIES = [
    (re.compile(r"0x[0-9a-f]{6,}"), "0x…"),
    (re.compile(re.escape(gettempdir()) + r"(/jiaokou-run-\w+/\d+/\d+)?/ipykernel_\d+/\d+\.py"), "<cell>"),
    (re.compile(r"(CPU times|Wall time)[^\n\"]*?(?=\\n|\")"), r"\1"),
    (re.compile(r"\.(None|jiaokou)\.ipynb"), ".ipynb"),
    (re.compile(r'"(start_time|end_time|duration|iopub[^"]*|shell[^"]*)": [^,}]*'), r'"\1"'),
    (re.compile(r'"id": "[0-9a-f-]+"'), '"id"'),
]


def joined(outputs: list[nbformat.NotebookNode]) -> list[nbformat.NotebookNode]:
    """Outputs with each run of one stream in one piece: what is sent together depends on how busy a machine is."""
    whole: list[nbformat.NotebookNode] = []
    for output in outputs:
        if whole and output.get("name") and output.get("name") == whole[-1].get("name"):
            whole[-1]["text"] += output["text"]
        else:
            whole.append(output)
    return whole


def told(notebook: nbformat.NotebookNode) -> list[str]:
    """Its metadata and cells as text, without clock times, addresses, process numbers and random ids."""
    for cell in notebook.cells:
        cell["outputs"] = joined(cell.get("outputs", []))
    parts = [json.dumps(part, ensure_ascii=False, sort_keys=True) for part in (notebook.metadata, *notebook.cells)]
    for pattern, instead in _VARIES:
        parts = [pattern.sub(instead, part) for part in parts]
    return parts


def published(path: Path) -> nbformat.NotebookNode:
    """The notebook as a publication writes it."""
    (outcome,) = execute([Run(path, "zh")])
    assert outcome.notebook is not None
    return outcome.notebook


def shown(notebook: nbformat.NotebookNode) -> list[str]:
    """What the cells have put out, in its richest form, without what differs between two runs."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if len(output.get("data", {})) > 1:
                output.data.pop("text/plain", None)
    own = [cell for cell in notebook.cells if cell.get("outputs")]
    return told(nbformat.from_dict({"metadata": {}, "cells": [{"outputs": cell.outputs} for cell in own]}))


def test_every_output_is_the_stock_kernels_and_so_is_each_of_a_publication(notebooks: Path) -> None:
    path = write(notebooks / "everything.ipynb", *cells(EVERYTHING), text("end"))
    stock = run(path, None, lang="zh")
    assert told(run(path, "jiaokou", lang="zh")) == told(stock)
    assert shown(published(path)) == shown(stock)


def test_what_a_cell_prints_beyond_a_limit_is_cut_and_a_run_that_shows_too_much_is_ended(notebooks: Path) -> None:
    printing = write(notebooks / "printing.ipynb", code("for _ in range(30): print('x' * 100_000)"))
    showing = write(notebooks / "showing.ipynb", code("from IPython.display import HTML\nHTML('x' * 60_000_000)"))
    outcome, ended = execute([Run(printing, "zh"), Run(showing, "zh")], jobs=1)
    assert ended.error.startswith("its outputs are longer than 50,000,000 characters; let it show less")
    assert (outcome.notebook is not None, outcome.error) == (True, "")
    texts = [output.text for output in outcome.notebook.cells[-1].outputs]
    assert sum(map(len, texts)) < 1_100_000
    assert texts[-1].endswith("[a cell's output ends here, after 1,000,000 characters]\n")


def environment(*first: Path) -> dict[str, str]:
    """That of a script which finds this folder's modules, after those in `first`."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (*first, Path(__file__).parent)))}


FAULTY = """
import asyncio
from forked_kernels import started
async def main():
    for _ in range(2):
        manager, client = await started()
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
asyncio.run(main())
"""


def test_a_fault_of_what_kernels_are_forked_from_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['plotly.graph_objects'] = None")
    done = subprocess.run(
        [sys.executable, "-c", FAULTY], capture_output=True, text=True, check=True, env=environment(tmp_path)
    )
    (line,) = (line for line in done.stderr.splitlines() if "started afresh" in line)
    assert line.startswith("kernels are started afresh, which takes longer: ModuleNotFoundError: ")


@pytest.mark.parametrize(
    "ending",
    ["def f():\n    raise KeyError('甲')\nf()", "import os, time; print(1, flush=True); time.sleep(1); os._exit(3)"],
    ids=["error", "death"],
)
def test_a_notebook_ends_as_with_the_stock_engine(notebooks: Path, ending: str, request: Any) -> None:
    name = request.node.callspec.id
    path = write(notebooks / f"{name}.ipynb", code("print(1)"), code(ending), code("'not reached'"))
    assert told(run(path, "jiaokou")) == told(run(path, None))


def test_a_forked_process_is_as_a_started_one(notebooks: Path, tmp_path: Path) -> None:
    path = write(notebooks / "facts.ipynb", code(FACTS))
    ours, stock = (
        json.loads(run(path, engine, cwd=tmp_path).cells[-1].outputs[0].text) for engine in ("jiaokou", None)
    )
    assert ours.pop("threads") <= stock.pop("threads")  # none but its main one carries messages
    for fact in stock:
        assert ours[fact] == stock[fact], fact


def test_a_publications_process_is_as_a_started_one(notebooks: Path) -> None:
    path = write(notebooks / "published_facts.ipynb", code(FACTS))
    made = published(path), run(path, None, lang="zh")
    ours, theirs = (json.loads(notebook.cells[-1].outputs[0].text) for notebook in made)
    # A publication's runs have folders of their own, and write to nobody's terminal.
    own = {"path", "folder", "environment", "arguments", "threads", "files"}
    for fact in theirs.keys() - own:
        assert ours[fact] == theirs[fact], fact
    assert [place for place in ours["path"] if "jiaokou-run-" not in place] == [
        place for place in theirs["path"] if place != str(Path.home() / ".ipython")
    ]
    given = {"IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR", "TMPDIR", "TEMP", "TMP", PUBLISHING}
    assert ours["environment"].keys() - given == theirs["environment"].keys() - given
    assert ours["threads"] <= theirs["threads"]
    assert [file for file in ours["files"] if "libffi" not in file] == []  # which keeps itself open, to be mapped


def test_a_kernel_is_forked_unless_its_environment_decides_what_was_imported(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(notebooks / "forked.ipynb", code(FORKED))
    for variable, forked in (("JIAOKOU_TEST", "True"), ("PLOTLY_RENDERER", "False")):
        monkeypatch.setenv(variable, "other")
        assert run(path, "jiaokou").cells[-1].outputs[0]["data"]["text/plain"] == forked


EDITED = """
import asyncio, pathlib, pkg
from forked_kernels import started
async def version():
    manager, client = await started()
    reply = await client.execute_interactive("import pkg; print(pkg.VERSION, flush=True)", timeout=60)
    client.stop_channels()
    await manager.shutdown_kernel(now=True)
async def main():
    await version()
    pathlib.Path(pkg.__file__).write_text("VERSION = 'edited'")
    await version()
asyncio.run(main())
"""


def test_code_that_was_edited_is_not_stale_in_the_next_kernel(tmp_path: Path) -> None:
    module = tmp_path / "sitecustomize.py"  # what the process that kernels are forked from has imported
    module.write_text("import pkg")
    (tmp_path / "pkg.py").write_text("VERSION = 'first'")
    done = subprocess.run(
        [sys.executable, "-c", EDITED], capture_output=True, text=True, check=True, env=environment(tmp_path)
    )
    assert done.stdout.split() == ["first", "edited"]


def test_a_kernel_has_as_many_threads_for_linear_algebra_as_a_stock_one(notebooks: Path) -> None:
    script = "import numpy, os; a = numpy.ones((400, 400)); a @ a; len(os.listdir('/proc/self/task'))"
    counted = "import numpy, os, threading; a = numpy.ones((400, 400)); a @ a\n"
    counted += "len(os.listdir('/proc/self/task')) - len(threading.enumerate())"
    path = write(notebooks / "threads.ipynb", code(script), code(counted))
    ours, stock = (run(path, engine).cells[-1].outputs[0]["data"]["text/plain"] for engine in ("jiaokou", None))
    assert int(ours) >= int(stock)


def test_nothing_of_one_run_is_found_in_the_next(notebooks: Path) -> None:
    spoiler = write(notebooks / "spoiler.ipynb", code(SPOILER))
    runs = [Run(write(notebooks / f"spoiled{n}.ipynb", code(SPOILED)), "zh") for n in range(2)]
    outcomes = [next(iter(execute([one]))) for one in (runs[0], Run(spoiler, "zh"), runs[1])]
    assert [outcome.error for outcome in outcomes] == ["", "", ""]
    before, after = (eval(outcomes[n].notebook.cells[-1].outputs[0]["data"]["text/plain"]) for n in (0, 2))
    assert before["spoiled"] == after["spoiled"] == [False] * 8
    assert before["threads"] == after["threads"]
    assert not set(before["drawn"]) & set(after["drawn"])
    assert before["folder"] != after["folder"]
    assert before["home"] != after["home"]
    assert not subprocess.run(["pgrep", "-f", "^sleep 1000$"], capture_output=True, check=False).stdout


def test_a_forked_kernel_can_be_interrupted_and_shut_down() -> None:
    async def scenario() -> tuple[str, int]:
        manager, client = await started()
        client.execute("import time; open('/proc/self/comm').close(); print('begun', flush=True); time.sleep(100)")
        while (message := await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
            continue
        await manager.interrupt_kernel()
        reply = await client.get_shell_msg(timeout=60)
        while reply["parent_header"]["msg_id"] != message["parent_header"]["msg_id"]:
            reply = await client.get_shell_msg(timeout=60)
        process = manager.provisioner.process
        client.stop_channels()
        await manager.shutdown_kernel()
        assert not manager.has_kernel
        return reply["content"]["ename"], process.poll()

    assert asyncio.run(scenario()) == ("KeyboardInterrupt", 0)


def test_an_interrupt_in_the_midst_of_much_output_leaves_a_kernel_that_answers() -> None:
    async def scenario() -> list[str]:
        manager, client = await started()
        ends = []
        for _ in range(2):
            asked = client.execute("while True: print('x' * 1_000_000, flush=True)")
            printed = ("stream", asked)
            while (shown := await client.get_iopub_msg(timeout=60)) and printed != (
                shown["msg_type"],
                shown["parent_header"].get("msg_id"),
            ):
                continue
            time.sleep(0.5)  # nobody reads, so that the kernel waits in the midst of a message
            await manager.interrupt_kernel()
            while (reply := await client.get_shell_msg(timeout=60))["parent_header"]["msg_id"] != asked:
                continue
            ends.append(reply["content"]["ename"])
        client.stop_channels()
        await manager.shutdown_kernel(now=True)
        return ends

    assert asyncio.run(scenario()) == ["KeyboardInterrupt"] * 2


DRIVER = """
import asyncio
from forked_kernels import started
async def main():
    manager, client = await started()
    client.execute("import subprocess; subprocess.Popen(['sleep', '1001']); print(1, flush=True)")
    while (await client.get_iopub_msg(timeout=60))["msg_type"] != "stream":
        continue
    print(manager.provisioner.pid, flush=True)
    await asyncio.sleep(1000)
asyncio.run(main())
"""


def test_a_killed_driver_takes_its_kernels_and_what_they_started_along() -> None:
    with subprocess.Popen([sys.executable, "-c", DRIVER], stdout=subprocess.PIPE, env=environment()) as driver:
        assert driver.stdout
        number = int(driver.stdout.readline())
        driver.kill()
    assert until(lambda: not exists(number))
    assert until(lambda: not subprocess.run(["pgrep", "-g", str(number)], capture_output=True, check=False).stdout)


def until(condition: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether a condition comes true before patience ends."""
    deadline = time.monotonic() + seconds
    while not (met := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return met


def exists(number: int) -> bool:
    return Path(f"/proc/{number}").exists()


def test_leaving_off_leaves_no_kernel_behind(notebooks: Path, tmp_path: Path) -> None:
    endless = code(f"import os, time\nopen({str(tmp_path)!r} + f'/{{os.getpid()}}', 'w').close()\ntime.sleep(1000)")
    quick, slow = (write(notebooks / f"{name}.ipynb", cell) for name, cell in (("quick", code("1")), ("slow", endless)))
    with closing(execute([Run(slow, "zh"), Run(slow, "en"), Run(quick, "zh")], jobs=3)) as outcomes:
        assert next(outcomes).run.path == quick
        assert until(lambda: len(list(tmp_path.iterdir())) == 2)
    assert not [path for path in tmp_path.iterdir() if exists(int(path.name))]


def test_where_nothing_can_be_forked_stock_kernels_run_and_the_log_says_so_once(
    notebooks: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(fork_server, "can_fork", lambda: False)
    path = write(notebooks / "stock.ipynb", code("import os; os.getppid()"))
    with caplog.at_level(logging.WARNING, logger="jiaokou.execution.provisioner"):
        outcomes = list(execute([Run(path, "zh"), Run(path, "en")], jobs=1))
    for outcome in outcomes:
        assert outcome.notebook is not None
        assert outcome.notebook.cells[-1].outputs[0]["data"]["text/plain"] == str(os.getpid())
    said = [record.message for record in caplog.records if record.name == "jiaokou.execution.provisioner"]
    assert said == [f"processes are not forked on {sys.platform}: kernels are started afresh, which takes longer"]


def test_the_kernel_of_another_language_or_python_is_started_as_it_asks() -> None:
    assert provisioner.why_not_forked([sys.executable, "-m", "ipykernel_launcher", "-f", "c.json"]) == ""
    assert provisioner.why_not_forked(["/other/python", "-m", "ipykernel_launcher", "-f", "c.json"])
    assert provisioner.why_not_forked([sys.executable, "-m", "bash_kernel", "-f", "c.json"])
