"""JupyterLab's notebook jobs with briefings among their output formats.

Stock jobs write notebooks and HTML that loses Plotly's charts. Put this file's folder on JUPYTER_CONFIG_PATH, or copy
what is in it into your own jupyter_server_config.py. Beside it, labconfig lets the first start ask nothing of a user
(whether news are wanted), and nothing of a network.
"""

import zmq
from jupyter_scheduler.environments import CondaEnvironmentManager
from jupyter_scheduler.job_files_manager import JobFilesManager
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


class WholePaths:
    """A scheduler to the files manager, which takes a path within the served folder for one where the server started.

    Where the two are not the same, a job's files would land where JupyterLab shows nothing of them.
    """

    def __init__(self, scheduler):
        self._scheduler = scheduler

    def __getattr__(self, name):
        return getattr(self._scheduler, name)

    def get_local_output_path(self, model, root_dir_relative=False):
        """The folder of a job's files, always by its whole path."""
        return self._scheduler.get_local_output_path(model)


class ServedFiles(JobFilesManager):
    """The stock files manager, which here puts a job's files into the folder that JupyterLab serves."""

    def __init__(self, scheduler):
        super().__init__(WholePaths(scheduler))


c = get_config()  # noqa: F821 - Jupyter gives it to the files it reads
c.SchedulerApp.environment_manager_class = BriefingEnvironments
c.SchedulerApp.scheduler_class = BriefingScheduler
c.SchedulerApp.job_files_manager_class = ServedFiles
# Without this each kernel warns that whoever shares the machine can read along.
c.MappingKernelManager.transport_encryption = "auto" if zmq.has("curve") else "disabled"
