"""dq in Prefect: gates around flows and tasks. Nothing here imports Prefect until it is used."""
