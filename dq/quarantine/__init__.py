"""Dead letters: bad rows wait safely with their reasons, good rows go on, each exactly once."""

from dq.quarantine.budget import DEFAULT, Allowance, Budget, budget, strictest
from dq.quarantine.care import Recovered, collect, present, recover, rows, verify
from dq.quarantine.erase import Erased, Erasure, erase
from dq.quarantine.key import batch_id, checked, content_key, folder_name, is_content, key_of, moment, moment_of
from dq.quarantine.keys import Keys, new_key
from dq.quarantine.landing import land, settle, waiting
from dq.quarantine.output import FileTarget, placed, target
from dq.quarantine.protocol import Enforced, Looked, Published, Work, finish, perform
from dq.quarantine.retention import Kept, purge, rotate
from dq.quarantine.subjects import Hasher, hasher, paths_of
from dq.quarantine.tables import TableTarget
from dq.quarantine.vault import Vault

__all__ = [
    "DEFAULT",
    "Allowance",
    "Budget",
    "Enforced",
    "Erased",
    "Erasure",
    "FileTarget",
    "Hasher",
    "Kept",
    "Keys",
    "Looked",
    "Published",
    "Recovered",
    "TableTarget",
    "Vault",
    "Work",
    "batch_id",
    "budget",
    "checked",
    "collect",
    "content_key",
    "erase",
    "finish",
    "folder_name",
    "hasher",
    "is_content",
    "key_of",
    "land",
    "moment",
    "moment_of",
    "new_key",
    "paths_of",
    "perform",
    "placed",
    "present",
    "purge",
    "recover",
    "rotate",
    "rows",
    "settle",
    "strictest",
    "target",
    "verify",
    "waiting",
]
