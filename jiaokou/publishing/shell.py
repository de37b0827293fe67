"""IPython's shell as publications' kernels have it: cells run and show the same, and are read fewer times before.

ipykernel and IPython put each cell through their transformers twice, and through a tokenizer once more to see whether
it ends with a semicolon. They also compile it twice, of which a warning of the compiler's tells.
"""

from typing import Any

from ipykernel import displayhook, zmqshell
from traitlets import Type


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
    _transformed: tuple[str, str] | None = None

    def transform_cell(self, raw_cell: str) -> str:
        """A cell as Python; the same until it runs."""
        if self._transformed is None or self._transformed[0] != raw_cell:
            self._transformed = raw_cell, super().transform_cell(raw_cell)
        return self._transformed[1]

    async def run_cell_async(self, *args: Any, **how: Any) -> Any:
        """Run a cell, which may change what becomes of the next."""
        self._transformed = None
        return await super().run_cell_async(*args, **how)


# Libraries tell by its name that they are in a kernel, and a cell that prints either tells nothing of this.
ZMQShellDisplayHook.__module__, ZMQInteractiveShell.__module__ = displayhook.__name__, zmqshell.__name__
