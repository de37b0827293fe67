"""A forked kernel that is ready, for a test and for the scripts that tests start: what it imports, each of them waits for."""

from __future__ import annotations

from typing import Any

from jiaokou.execution.provisioner import ForkingKernelManager


async def started() -> tuple[ForkingKernelManager, Any]:
    manager = ForkingKernelManager(kernel_name="python3")
    await manager.start_kernel()
    client = manager.client()
    client.start_channels()
    await client.wait_for_ready(timeout=120)
    return manager, client
