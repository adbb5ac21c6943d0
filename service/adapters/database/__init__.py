"""The database of one network: SQLite beside the program, or a schema in PostgreSQL."""

from service.adapters.database.errors import StoreAway, StoreError
from service.adapters.database.fingerprint import fingerprint
from service.adapters.database.store import SqlStore, open_store

__all__ = ["SqlStore", "StoreAway", "StoreError", "fingerprint", "open_store"]
