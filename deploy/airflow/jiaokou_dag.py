"""A briefing every night under Airflow 3: papermill runs the notebook, nbconvert makes the page.

Airflow's own Python needs apache-airflow-providers-papermill alone. The notebook runs in jiaokou's environment, which
is made known as a kernel: ``/opt/jiaokou/.venv/bin/python -m ipykernel install --name jiaokou --prefix /usr/local``.
"""

import pendulum
from airflow.providers.papermill.operators.papermill import PapermillOperator
from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG

with DAG(
    dag_id="jiaokou_governance",
    schedule="30 2 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz="Asia/Shanghai"),
    catchup=False,
    max_active_runs=1,
):
    run = PapermillOperator(
        task_id="run",
        input_nb="/opt/jiaokou/notebooks/05_governance.ipynb",
        output_nb="/var/lib/jiaokou/airflow/05_governance.ipynb",
        parameters={"lang": "en"},
        kernel_name="jiaokou",
        language_name="python",
    )
    page = BashOperator(
        task_id="page",
        bash_command="/opt/jiaokou/.venv/bin/jupyter nbconvert --to briefing "
        "/var/lib/jiaokou/airflow/05_governance.ipynb",
    )
    run >> page
