"""The papermill engine ``jiaokou``: papermill's own, with kernels that are forked."""

from typing import Any

from papermill.engines import NBClientEngine, NotebookExecutionManager

from jiaokou.execution.provisioner import ForkingKernelManager


class JiaokouEngine(NBClientEngine):  # type: ignore[misc]
    """``papermill --engine jiaokou IN OUT``: the same outputs as with the stock engine, sooner."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **kwargs: Any) -> Any:
        """Run the notebook that `nb_man` holds in a forked kernel."""
        kwargs.setdefault("kernel_manager_class", ForkingKernelManager)
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)
