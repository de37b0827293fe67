"""The fast kernel: forked from a warmed process instead of started, and otherwise the stock ipykernel.

A kernel's outputs do not depend on which of the two it is. `WarmProvisioner` is listed as the kernel provisioner
``jiaokou``, so that whatever starts kernels through jupyter_client (papermill, nbclient, Jupyter servers and their
schedulers) can have it by naming it in a kernelspec. `WarmKernelManager`, which papermill's engine and publications
use, has its kernels speak over a wire (`jiaokou.execution.wire`), which costs less than ZeroMQ does.
Where a process cannot be forked safely (Windows, macOS), and for kernels that are not this interpreter's ipykernel, it
starts stock kernels and says so once in the log.
"""

import asyncio
import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from jupyter_client.asynchronous.client import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, List, Type, Unicode

from jiaokou.execution.client import WarmKernelClient, Wire, WireChannel, WireClient
from jiaokou.execution.forking import CAN_FORK, ForkedProcess, warm_server

LAUNCHER = "ipykernel_launcher"


class WarmProvisioner(LocalProvisioner):
    """Provides kernels by forking the warmed process, and by starting them where that cannot be."""

    process: Any = None  # a `ForkedProcess`, or the `subprocess.Popen` of a stock kernel
    wire: Wire | None = None
    wired = Bool(False, help="Whether the kernel speaks over a wire of its own instead of ZeroMQ.")
    prepared = Bool(False, help="Whether it is made before it is forked, without the user's configuration.")
    cells = List(Unicode(), help="The cells that it is going to run, as far as they are known.")

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Fork a kernel that runs as `cmd` would; takes `env`, `cwd`, `stdout` and `stderr` as `subprocess` does."""
        if reason := cannot_fork(cmd):
            _say_once(f"{reason}: kernels are started afresh, which takes longer")
            return await super().launch_kernel(cmd, **kwargs)
        module = cmd.index("-m")
        launcher = find_spec(LAUNCHER)
        order = {
            "argv": [launcher.origin if launcher else LAUNCHER, *cmd[module + 2 :]],
            "cwd": str(Path(kwargs.get("cwd") or ".").absolute()),
            "env": {**kwargs["env"], "JPY_PARENT_PID": str(os.getpid())},
            "wired": self.wired,
            "cells": self.cells,
        }
        server = warm_server(cmd[1:module], kwargs["env"], prepared=self.prepared)
        streams = [kwargs.get(name) for name in ("stdout", "stderr")]
        self.process = server.fork(order, *(own if fd is None else fd for own, fd in enumerate(streams, 1)))
        try:
            await self.process.started()
        except BaseException:  # its number is not known yet; it ends because nobody holds it any more
            self.process.close()
            self.process = None
            raise
        self.pid, self.pgid = self.process.pid, None  # signals go through the process, which knows its group
        self.cwd = order["cwd"]
        if self.wired:
            self.wire = Wire(self.process.connection)
        return self.connection_info

    async def wait(self) -> int | None:
        """Wait until the kernel has ended; its exit code."""
        forked = self.process
        if not isinstance(forked, ForkedProcess):
            return await super().wait()
        await forked.ended()
        self.process = None
        if self.wire:
            self.wire.close()
        forked.close()
        return forked.returncode

    async def kill(self, restart: bool = False) -> None:
        """End the kernel, and be back once it has ended."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            await self.process.ended()

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Let the kernel end by itself; should that take it long, the manager sees to it."""
        if isinstance(self.process, ForkedProcess):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.process.ended(), timeout=1)

    async def cleanup(self, restart: bool = False) -> None:
        """Let go of a kernel that has ended by itself."""
        if isinstance(self.process, ForkedProcess):
            self.process.kill()
            await self.wait()
        await super().cleanup(restart)


def cannot_fork(cmd: Sequence[str]) -> str:
    """Why the kernel that `cmd` starts cannot be forked from the warmed process; empty if it can."""
    if not CAN_FORK:
        return f"a process cannot safely be forked on {sys.platform}"
    if cmd[0] != sys.executable or LAUNCHER not in cmd or "-m" not in cmd:
        return f"{cmd[0]} is not the ipykernel of this Python"
    return ""


@cache
def _say_once(message: str) -> None:
    logging.getLogger(__name__).warning(message)


class WarmKernelManager(AsyncKernelManager):
    """A manager of a kernel of the warmed process."""

    client_factory = Type(WarmKernelClient, klass=AsyncKernelClient)
    prepared = Bool(
        False, help="Whether kernels are made before they are forked, without the user's configuration."
    )
    cells = List(Unicode(), help="The cells that kernels are going to run, as far as they are known.")

    @property
    def kernel_spec(self) -> KernelSpec | None:
        """The kernelspec that is asked for, provided by `WarmProvisioner`."""
        spec = super().kernel_spec  # this manager's own
        if spec is not None:
            provisioner = {
                "provisioner_name": "jiaokou",
                "config": {"wired": True, "prepared": self.prepared, "cells": self.cells},
            }
            spec.metadata = {**spec.metadata, "kernel_provisioner": provisioner}
        return spec

    def write_connection_file(self, **kwargs: Any) -> None:
        """Write what connects to the kernel; a prepared one on a wire does not read it, and nobody else can connect."""
        if not self.prepared or cannot_fork(self.format_kernel_cmd()):
            super().write_connection_file(**kwargs)

    def client(self, **kwargs: Any) -> AsyncKernelClient:  # type: ignore[override]
        """A client on the kernel's wire; of a stock kernel, in this manager's ZeroMQ context."""
        if wire := self._wire:
            return WireClient(parent=self, session=self.session).join(wire)
        return super().client(context=self.context, **kwargs)

    @property
    def _wire(self) -> Wire | None:
        return getattr(self.provisioner, "wire", None)

    def _connect_control_socket(self) -> None:
        if wire := self._wire:
            self._control_socket = WireChannel("control", wire, self.session)
        else:
            super()._connect_control_socket()
