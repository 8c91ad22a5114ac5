"""What Prefect keeps for gates: where the store is, and where contracts are."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

import dq


class DQStore(Block):
    """Where dq keeps runs, dead letters and reports. Needed where a flow run does not keep the files of its machine."""

    _block_type_name = "DQ Store"
    _block_type_slug = "dq-store"
    _description = "Where dq keeps runs, dead letters and reports."
    _code_example: ClassVar[str] = """\
    ```python
    from dq_prefect import DQStore, gate

    DQStore(
        store_url="postgresql://dq:secret@db.example/dq", quarantine_url="s3://dead-letters/orders"
    ).save("production")

    @gate("orders@^1", stage="raw", key="{day}", store="production")
    def load(day): ...
    ```
    """

    store_url: SecretStr = Field(
        default=SecretStr(""),
        title="Store",
        description="The database of runs and batches: postgresql://user:password@host/database, or sqlite:///path. "
        "Empty: DQ_STORE_URL, else .dq/store.db beside the flow.",
    )
    quarantine_url: SecretStr = Field(
        default=SecretStr(""),
        title="Dead letters",
        description="The folder or object store of diverted rows. Empty: DQ_QUARANTINE_URL, else .dq/quarantine.",
    )
    reports: str = Field(
        default="",
        title="Reports",
        description="The folder that HTML reports are written to. Empty: .dq/reports beside a local store, else none.",
    )
    reports_url: str = Field(
        default="",
        title="Address of reports",
        description="The address under which the folder of reports is served; links lead there. Empty: links name the file.",
        examples=["https://reports.example/dq"],
    )

    def settings(self, base: dq.Settings | None = None) -> dq.Settings:
        """The settings *base* (None: those that hold here), with what this block says instead."""
        known = base or dq.Settings.load()
        return replace(
            known,
            store_url=self.store_url.get_secret_value() or known.store_url,
            quarantine_url=self.quarantine_url.get_secret_value() or known.quarantine_url,
        )


class ContractRegistry(Block):
    """Where contracts are: a folder of `<name>/<version>.odcs.yaml` that flow runs can read."""

    _block_type_name = "DQ Contract Registry"
    _block_type_slug = "dq-contract-registry"
    _description = "Where contracts are: a folder of <name>/<version>.odcs.yaml that flow runs can read."
    _code_example: ClassVar[str] = """\
    ```python
    from dq_prefect import ContractRegistry, gate

    ContractRegistry(folder="contracts").save("production")

    @gate("orders@^1", stage="raw", contracts="production")
    def load(): ...
    ```
    """

    folder: str = Field(
        default="contracts",
        title="Folder",
        description="The folder of contracts, as flow runs see it: one folder per contract, one file per version.",
    )

    def settings(self, base: dq.Settings | None = None) -> dq.Settings:
        """The settings *base* (None: those that hold here), with the contracts of this block."""
        return replace(base or dq.Settings.load(), contracts=self.folder)

    def contract(self, ref: str) -> dq.Contract:
        """
        The contract that *ref* names: `orders`, `orders@1.2.0`, `orders@^1`.

        Raises:
            ContractError: it is not there, or not valid.
        """
        return dq.load_contract(ref, contracts=self.folder)
