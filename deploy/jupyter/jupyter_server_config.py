"""JupyterLab's notebook jobs with briefings among their output formats.

Stock jobs write notebooks and HTML that loses Plotly's charts. Put this file's folder on JUPYTER_CONFIG_PATH, or copy
what is in it into your own jupyter_server_config.py.
"""

import zmq
from jupyter_scheduler.environments import CondaEnvironmentManager
from jupyter_scheduler.scheduler import Scheduler

FORMAT = "briefing"  # the exporter's name, as in `jupyter nbconvert --to briefing`


class BriefingEnvironments(CondaEnvironmentManager):
    """The stock environments, which here offer notebooks and briefings."""

    def list_environments(self):
        """As stock, with briefings in the place of HTML."""
        environments = super().list_environments()
        for environment in environments:
            environment.output_formats = ["ipynb", FORMAT]
        return environments

    def output_formats_mapping(self):
        """The formats' labels; HTML keeps its own, or a list with an older job in it could not be shown."""
        return super().output_formats_mapping() | {FORMAT: "Briefing"}


def _as_pages(files):
    """File names by format, the briefing's with the ending that browsers know."""
    return {kind: f"{name}.html" if kind == FORMAT else name for kind, name in files.items()}


class BriefingScheduler(Scheduler):
    """The stock scheduler, which would call a page ``….briefing``; here it is ``….briefing.html``."""

    def get_staging_paths(self, model):
        """Where a job's files are made."""
        return _as_pages(super().get_staging_paths(model))

    def get_job_filenames(self, model):
        """What a job's files are called in the workspace."""
        return _as_pages(super().get_job_filenames(model))


c = get_config()  # noqa: F821 - Jupyter gives it to the files it reads
c.SchedulerApp.environment_manager_class = BriefingEnvironments
c.SchedulerApp.scheduler_class = BriefingScheduler
# Without this each kernel warns that whoever shares the machine can read along.
c.MappingKernelManager.transport_encryption = "auto" if zmq.has("curve") else "disabled"
