"""Kernels that are ready at once: the stock ipykernel, forked from a process that has imported what notebooks need.

The provisioner is listed as ``jiaokou``. Whatever starts kernels through jupyter_client (papermill, nbclient,
nbconvert, Jupyter servers and their schedulers) uses it where a kernelspec names it, or where the environment variable
``JUPYTER_DEFAULT_PROVISIONER_NAME`` does. Where a process cannot be forked safely (Windows, macOS), and for kernels
that are not this Python's ipykernel, kernels are started as ever, and the log says so once.
"""

import asyncio
import logging
import sys
from collections.abc import Sequence
from functools import cache
from typing import Any

import zmq
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import default

from jiaokou.execution import fork_server

NAME = "jiaokou"
"""The provisioner's name among jupyter_client's entry points."""
_LOOKED_AFTER = 0.005  # seconds


def why_not_forked(cmd: Sequence[str]) -> str:
    """Why the kernel that `cmd` starts cannot be forked; empty if it can."""
    if not fork_server.can_fork():
        return f"processes are not forked on {sys.platform}"
    # One option is for debuggers, and ipykernel's kernelspec has it.
    if [word for word in cmd[:4] if word != "-Xfrozen_modules=off"][:3] != [sys.executable, "-m", fork_server.LAUNCHER]:
        return f"{cmd[0]} is not the ipykernel of this Python"
    return ""


class ForkingProvisioner(LocalProvisioner):
    """Provides kernels by forking a process that has imported everything, and by starting them where that cannot be."""

    process: Any = None  # a `KernelProcess`, or the `subprocess.Popen` of a stock kernel

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs as `cmd` would; takes `env`, `cwd`, `stdout` and `stderr` as `subprocess` does."""
        reason = why_not_forked(cmd)
        if not reason:
            try:
                self.process = fork_server.forked(cmd, **kwargs)
            except (OSError, EOFError) as error:  # no memory, no descriptors, or the fork server died
                reason = f"no process could be forked ({type(error).__name__}: {error})"
        if reason:
            _say_once(f"{reason}: kernels are started afresh, which takes longer")
            return await super().launch_kernel(cmd, **kwargs)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs.get("cwd")
        return self.connection_info

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and be back once it has ended: the manager would look every tenth of a second."""
        await super().kill(restart)
        while await self.poll() is None:
            await asyncio.sleep(_LOOKED_AFTER)


class ForkingKernelManager(AsyncKernelManager):
    """A manager of a kernel that is forked."""

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernelspec, whose kernel this provisioner provides."""
        if spec := super().kernel_spec:
            spec.metadata["kernel_provisioner"] = {"provisioner_name": NAME}
        return spec

    @default("transport_encryption")
    def _encrypted_if_possible(self) -> str:
        # Whoever shares the machine may connect over TCP, and ipykernel warns of that; files are this user's alone.
        return "auto" if self.transport == "tcp" and zmq.has("curve") else "disabled"


@cache
def _say_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)
