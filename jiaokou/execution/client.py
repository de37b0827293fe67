"""nbclient with limits to what cells may put out: a module of its own, since nbclient takes long to import."""

from collections import Counter
from typing import Any

from nbclient import NotebookClient
from nbformat import NotebookNode

from jiaokou.errors import JiaokouError
from jiaokou.execution.limits import MOST_PRINTED, MOST_SHOWN


class LimitedClient(NotebookClient):
    """Runs a notebook's cells in a kernel, and keeps no more of their outputs than a page could show."""

    def __init__(self, nb: NotebookNode, **traits: Any) -> None:
        super().__init__(nb, **traits)
        self._printed = Counter[int]()
        self._shown = 0

    def output(
        self, outs: list[NotebookNode], msg: dict[str, Any], display_id: str | None, cell_index: int
    ) -> NotebookNode | None:
        """Add an output to a cell's, unless the cell has printed too much already."""
        content = msg["content"]
        if msg["msg_type"] != "stream":
            self._shown += sum(len(part) for part in content.get("data", {}).values() if isinstance(part, str))
            if self._shown > MOST_SHOWN:
                raise JiaokouError(
                    f"its outputs are longer than {MOST_SHOWN:,} characters; let it show less, or smaller images"
                )
            return super().output(outs, msg, display_id, cell_index)
        before = self._printed[cell_index]
        self._printed[cell_index] += len(content["text"])
        if before > MOST_PRINTED:
            return None
        if self._printed[cell_index] > MOST_PRINTED:
            kept = content["text"][: MOST_PRINTED - before]
            content["text"] = f"{kept}\n[a cell's output ends here, after {MOST_PRINTED:,} characters]\n"
        return super().output(outs, msg, display_id, cell_index)
