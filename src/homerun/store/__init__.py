"""The server's memory: runs, metric series, artifacts, logs."""

from homerun.store.database import refuse_when_full
from homerun.store.opening import Store, open_store
from homerun.store.tokens import Token, hash_token
from homerun.store.watch import Native

__all__ = ["Native", "Store", "Token", "hash_token", "open_store", "refuse_when_full"]
