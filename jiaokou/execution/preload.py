"""What kernels are forked from: imported by name in the fork server of `multiprocessing`, which does nothing else.

All that notebooks need is imported here, once. What libraries decide as they are imported they decide for all kernels
forked later; `fits` tells a kernel whether it would have been decided so for it.
"""

import builtins
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from jiaokou.execution.environment import standing_for, without_grammars

# A kernel, what it imports only as it starts or shows its first output, what notebooks import, and what forks.
MODULES = (
    "IPython.core.completerlib IPython.core.debugger IPython.core.magics IPython.extensions.storemagic "
    "ipykernel.debugger ipykernel.ipkernel ipykernel.kernelapp ipykernel.zmqshell psutil tornado.platform.asyncio "
    "pandas plotly.graph_objects jiaokou.execution.fork_server"
).split()

_READ_AT_IMPORT = ("HOME", "LANG", "LC_", "MKL_", "OMP_", "OPENBLAS_", "PANDAS_", "PLOTLY_", "PYTHON", "XDG_")
"""How the names of the variables begin that the interpreter and libraries read from the environment only once."""

_TELL_PATH = "import json, sys; print(json.dumps(sys.path))"


def _files() -> Iterator[Path]:
    """The files of all that is imported, and those that this library reads."""
    yield from (Path(file) for module in [*sys.modules.values()] if (file := getattr(module, "__file__", None)))
    yield from (file for file in Path(__file__).parent.parent.rglob("*") if "__pycache__" not in file.parts)


def _read_at_import(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(_READ_AT_IMPORT)}


def fits(environment: Mapping[str, str]) -> bool:
    """Whether what is imported is what a new process with this environment would import.

    It is not where a file was edited since, or a variable that is read at import is another.
    """
    try:
        edited = any(os.stat(file).st_mtime_ns != time for file, time in _TIMES.items())  # noqa: PTH116 - of thousands
    except OSError:  # one is gone
        edited = True
    return not edited and _read_at_import(environment) == _decided_by


def _use_once() -> None:
    """Do what every notebook does: much is made only when it is first needed. Faults are the notebooks' to tell."""
    import jiaokou
    from jiaokou import charts, tables
    from jiaokou.data.languages import LANGUAGES

    for name in jiaokou.__all__:  # each is loaded when it is asked for
        getattr(jiaokou, name)
    with suppress(jiaokou.JiaokouError):
        rows = jiaokou.load()
        jiaokou.audit(), jiaokou.derived(), jiaokou.values()
        for lang in LANGUAGES:
            charts.composition(rows, lang, by="section")._repr_mimebundle_()
            tables.observations(rows, lang)._repr_html_()


# Nobody is to read what becomes of this process when the one that started it is stopped, and a signal ends it.
_said = os.dup(2)
os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})

# Where a new interpreter looks for modules: from Python 3.13 on, a fork server is told where its parent does.
sys.path[:] = filter(None, json.loads(subprocess.check_output([sys.executable, "-c", _TELL_PATH])))
_decided_by: dict[str, str] | None = _read_at_import(os.environ)
_given = set(os.environ)
try:
    import IPython
    from ipykernel.zmqshell import ZMQInteractiveShell

    # Libraries that look, when imported, for the front end they are in (pandas, Plotly) are to see a kernel's.
    shell = ZMQInteractiveShell.__new__(ZMQInteractiveShell)  # never made ready: they ask for no more
    with (
        standing_for(vars(builtins), "get_ipython", lambda: shell),
        standing_for(vars(IPython), "get_ipython", lambda: shell),
        without_grammars(),
    ):
        for name in MODULES:
            importlib.import_module(name)
        if find_spec("matplotlib"):
            importlib.import_module("matplotlib_inline.backend_inline")
        _use_once()
except Exception as error:  # noqa: BLE001 - kernels tell of it where a notebook imports the same
    _decided_by = None  # as nothing that a kernel could ask for
    os.write(_said, f"kernels are started afresh, which takes longer: {type(error).__name__}: {error}\n".encode())
os.close(_said)
ADDED = {name: value for name, value in os.environ.items() if name not in _given}
"""Variables that libraries set when they are imported, and any kernel that imports them has too."""
PATH = list(sys.path)
_TIMES = {str(file): file.stat().st_mtime_ns for file in _files() if file.is_file()}
gc.collect()
gc.freeze()  # so that no kernel's collector touches, and thereby copies, the memory that all share
