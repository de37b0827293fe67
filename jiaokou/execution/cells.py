"""nbclient for publications; a module of its own, imported while the warmed process warms up."""

import atexit
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

# The parts of a message of each kind that make an output, as nbformat has them.
_PARTS = {
    "display_data": ("data", "metadata"),
    "error": ("ename", "evalue", "traceback"),
    "execute_result": ("data", "execution_count", "metadata"),
    "stream": ("name", "text"),
}


class _Json(NotebookNode):
    """What a cell has put out as JSON, such as a chart: large, and changed by nobody, so that copies share it.

    nbformat copies a notebook that it writes, and nbconvert one that it lays out, three times.
    """

    def __init__(self, content: dict[str, Any]) -> None:
        dict.update(self, content)  # as it is: a node's own way makes nodes of all that is in it

    def __deepcopy__(self, _: object) -> "_Json":
        return self


class CellClient(NotebookClient):
    """Runs cells without a check of each output against nbformat's schema, which takes longer than to receive it.

    The notebook is to be checked as a whole, which takes a fraction of that time.
    """

    def forget(self) -> None:
        """Take back what nbclient wants done at exit: stopped while it ends a kernel, it would look for it again."""
        atexit.unregister(self._cleanup_kernel)

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output; whatever is more than that (widgets', replacing or replaced ones) is nbclient's."""
        kind, content = msg["msg_type"], msg["content"]
        hooked = self.output_hook_stack[msg["parent_header"].get("msg_id")]
        if display_id or hooked or self.clear_before_next_output or kind not in _PARTS:
            return super().output(outs, msg, display_id, cell_index)
        parts = {part: content[part] for part in _PARTS[kind]}
        if "data" in parts:
            shown = parts["data"].items()
            parts["data"] = NotebookNode({t: _Json(v) if isinstance(v, dict) else v for t, v in shown})
        output = NotebookNode({"output_type": kind} | parts)
        outs.append(output)
        return output
