"""IPython's shell as publications' kernels have it: cells run and show the same, and most was read before the fork.

What becomes of a cell's text before it runs depends on nothing else: IPython's own syntax made Python, whether it
awaits anything, its code and the name of that. It is worked out once, in the process that is forked.
"""

import ast
import copy
import inspect
import warnings
from collections.abc import Iterable
from functools import lru_cache
from types import CodeType
from typing import Any

from ipykernel import compiler, displayhook, zmqshell
from IPython.core import inputtransformer2
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Instance, Type

_MANY = 1000  # cells that are kept in mind

compiler.murmur2_x86 = lru_cache(maxsize=_MANY)(compiler.murmur2_x86)  # for the names of cells, byte by byte


class TransformerManager(inputtransformer2.TransformerManager):
    """Makes Python of cells."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[str, str] = {}
        self._usual = self._steps()

    def _steps(self) -> list[Any]:
        return [*self.cleanup_transforms, *self.line_transforms, *self.token_transformers]

    def transform_cell(self, cell: str) -> str:
        """A cell as Python; known only as long as no cell has changed how that is made."""
        if cell in self.known and self._steps() == self._usual:
            return self.known[cell]
        return super().transform_cell(cell)


class XCachingCompiler(compiler.XCachingCompiler):
    """Makes code of Python, statement by statement; what was read is known by its tree."""

    def __init__(self) -> None:
        super().__init__()
        self._usual = self.flags
        self._trees: dict[str, ast.Module] = {}
        self._codes: dict[tuple[int, str], CodeType] = {}

    def forget(self) -> None:
        """Keep nothing in mind."""
        self._trees.clear()
        self._codes.clear()

    def foresee(self, python: str) -> None:
        """Read and compile what is going to be run; whatever is of consequence for other cells has to wait."""
        # Another tree in its place would leave codes behind for whatever has the number of its nodes next.
        if python in self._trees:
            return
        reader: Any = compiler.XCachingCompiler()  # since it remembers what is imported from `__future__`
        tree = reader.ast_parse(python)
        codes = {}
        for node in tree.body:
            last = node is tree.body[-1] and isinstance(node, ast.Expr)  # which shows its value
            module, mode = (ast.Interactive([node]), "single") if last else (ast.Module([node], []), "exec")
            with reader.extra_flags(ast.PyCF_ALLOW_TOP_LEVEL_AWAIT):
                codes[id(node), mode] = reader(module, "", mode)
        if reader.flags == self._usual:
            self._trees[python] = tree
            self._codes |= codes

    def ast_parse(self, source: str, filename: str = "<unknown>", symbol: str = "exec") -> Any:
        """The syntax tree of a cell; whoever else parses, and not under a cell's name, may change what he gets."""
        if filename in self._filename_map and self.flags == self._usual and source in self._trees:
            return self._trees[source]
        return super().ast_parse(source, filename, symbol)

    def __call__(self, source: Any, filename: str, symbol: str, **how: Any) -> CodeType:
        """The code of a statement."""
        nodes = getattr(source, "body", [])
        usual = self.flags == self._usual | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
        if usual and len(nodes) == 1 and (code := self._codes.get((id(nodes[0]), symbol))):
            return _named(code, filename)
        return super().__call__(source, filename, symbol, **how)


def _named(code: CodeType, filename: str) -> CodeType:
    """Code as if it had been read from a file."""
    parts = (_named(part, filename) if isinstance(part, CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=filename, co_consts=tuple(parts))


class ZMQShellDisplayHook(displayhook.ZMQShellDisplayHook):
    """Shows the values of cells."""

    @staticmethod
    def semicolon_at_end_of_expression(expression: str) -> bool:
        """Whether a cell's value is not to be shown."""
        return ";" in expression and displayhook.ZMQShellDisplayHook.semicolon_at_end_of_expression(
            expression
        )


class ZMQInteractiveShell(zmqshell.ZMQInteractiveShell):
    """The shell."""

    compile: XCachingCompiler
    displayhook_class = Type(ZMQShellDisplayHook)
    input_transformer_manager = Instance(TransformerManager, ())

    def __init__(self, **traits: Any) -> None:
        super().__init__(**traits | {"compiler_class": XCachingCompiler})  # ipykernel gives its own

    def foresee(self, cells: Iterable[str]) -> None:
        """Read cells that are going to be run; what is not Python, or worth a warning, is left to its own time."""
        known = self.input_transformer_manager.known
        if len(known) > _MANY:
            known.clear()
            self.compile.forget()
        for cell in set(cells).difference(known):
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                try:
                    python = self.input_transformer_manager.transform_cell(cell)
                    waits = super().should_run_async(cell, transformed_cell=python)
                    if not warned and not waits:
                        self.compile.foresee(python)
                except Exception:  # noqa: BLE001 - whatever it is, the cell says so when it is run
                    continue
            compiler.get_file_name(cell)
            if not warned and not waits:
                known[cell] = python

    def should_run_async(self, raw_cell: str, *, transformed_cell: str | None = None, **how: Any) -> bool:
        """Whether a cell awaits anything."""
        if transformed_cell and self.input_transformer_manager.known.get(raw_cell) == transformed_cell:
            return False
        return super().should_run_async(raw_cell, transformed_cell=transformed_cell, **how)

    def transform_ast(self, node: Any) -> Any:
        """A cell's tree, as cells want it to be changed: a copy, since what is known must stay as it is."""
        return super().transform_ast(copy.deepcopy(node) if self.ast_transformers else node)


# The kernel asks before each cell what parameters this takes, and finds out anew each time.
run_cell_async: Any = InteractiveShell.run_cell_async
run_cell_async.__signature__ = inspect.signature(run_cell_async)

# Libraries tell by its name that they are in a kernel, and a cell that prints either tells nothing of this.
ZMQShellDisplayHook.__module__, ZMQInteractiveShell.__module__ = displayhook.__name__, zmqshell.__name__
XCachingCompiler.__module__ = compiler.__name__
