"""dq in Airflow: gates around the stages of a DAG. Nothing here imports Airflow until it is used."""
