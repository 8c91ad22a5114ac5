"""The hook of connections of type `dq`."""

from __future__ import annotations

import dq
from dq_airflow._compat import BaseHook
from dq_airflow.surroundings import surroundings


class DqHook(BaseHook):
    """What a connection of type `dq` says: the store, the dead letters, the contracts, and where reports are published."""

    conn_name_attr = "dq_conn_id"
    default_conn_name = "dq_default"
    conn_type = "dq"
    hook_name = "dq"

    def __init__(self, dq_conn_id: str = default_conn_name) -> None:
        super().__init__()
        self.dq_conn_id = dq_conn_id

    def get_conn(self) -> dq.History:
        """What the store remembers."""
        return dq.History(surroundings(self.dq_conn_id).settings)

    def test_connection(self) -> tuple[bool, str]:
        """Whether the store can be reached, and which it is."""
        try:
            return True, f"reached {self.get_conn().place}"
        except dq.DqError as error:
            return False, str(error)
