"""A catalogue published by jobs of SLURM, on as many cores as the queue gives.

    /opt/jiaokou/.venv/bin/pip install dask-jobqueue
    /opt/jiaokou/.venv/bin/python deploy/dask/slurm.py

To be run where jobs may be submitted and for as long as it takes: the scheduler lives in this process. Each job is a
worker with one thread. A job that SLURM ends is a worker that died: its package is tried again by another.

Tried here: the script that it submits, as dask-jobqueue 0.9 writes it. Not tried: a real SLURM.
"""

import subprocess
import sys

from dask_jobqueue import SLURMCluster

BIN = "/opt/jiaokou/.venv/bin"
PUBLISH = [f"{BIN}/jiaokou", "publish", "--catalogue", "/shared/province", "--out", "/shared/pages"]
JOBS = 20

if __name__ == "__main__":
    with SLURMCluster(
        queue="compute",
        account="statistics",
        cores=1,
        processes=1,
        memory="2GiB",
        walltime="04:00:00",
        python=f"{BIN}/python",
        local_directory="$TMPDIR",
    ) as cluster:
        cluster.scale(jobs=JOBS)
        sys.exit(subprocess.run([*PUBLISH, "--scheduler", cluster.scheduler_address]).returncode)
