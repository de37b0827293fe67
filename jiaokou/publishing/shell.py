"""IPython's shell as publications' kernels have it: cells run and show the same, and most was read before the fork.

What becomes of a cell's text before it runs depends on nothing else: IPython's own syntax made Python, whether it
awaits anything, and the name of its code. That is worked out once for all languages, in the process that is forked.
"""

import warnings
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from ipykernel import compiler, displayhook, zmqshell
from IPython.core import inputtransformer2
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

    displayhook_class = Type(ZMQShellDisplayHook)
    input_transformer_manager = Instance(TransformerManager, ())

    def foresee(self, cells: Iterable[str]) -> None:
        """Read cells that are going to be run; what is not Python, or worth a warning, is left to its own time."""
        known = self.input_transformer_manager.known
        if len(known) > _MANY:
            known.clear()
        for cell in set(cells).difference(known):
            with warnings.catch_warnings(record=True) as warned:
                warnings.simplefilter("always")
                try:
                    python = self.input_transformer_manager.transform_cell(cell)
                    waits = super().should_run_async(cell, transformed_cell=python)
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


# Libraries tell by its name that they are in a kernel, and a cell that prints either tells nothing of this.
ZMQShellDisplayHook.__module__, ZMQInteractiveShell.__module__ = displayhook.__name__, zmqshell.__name__
