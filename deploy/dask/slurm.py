"""A catalogue published by jobs of SLURM, on as many cores as the queue gives.

    /opt/jiaokou/.venv/bin/pip install dask-jobqueue
    /opt/jiaokou/.venv/bin/python deploy/dask/slurm.py

To be run where jobs may be submitted and for as long as it takes: the scheduler lives in this process. Each job is a
worker with one thread. A job that SLURM ends is a worker that died: its package is tried again by another, and another
job is submitted. `memory` is both SLURM's limit, which counts the kernels, and dask's, which does not.

Tried here: this file on a SLURM 22.05 of one node (Debian 12, cgroup v1, dask-jobqueue 0.9), as root: three packages by
up to seven jobs at once; every job cancelled while it published; jobs with too little memory (330 MiB), whose packages
were named as failed. Not tried: several nodes, a folder on a network, accounting, a walltime that ends.
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
        memory="1GiB",
        walltime="04:00:00",
        python=f"{BIN}/python",
        local_directory="$TMPDIR",
    ) as cluster:
        cluster.adapt(minimum_jobs=JOBS, maximum_jobs=JOBS)  # scale() would not make up for a job that has ended
        sys.exit(subprocess.run([*PUBLISH, "--scheduler", cluster.scheduler_address]).returncode)
