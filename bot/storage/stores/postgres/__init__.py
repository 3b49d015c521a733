"""Storage in PostgreSQL, which several processes share."""

from __future__ import annotations

from importlib import import_module

from bot.storage.base import NoOptions, Storage

ADDRESS = "DATABASE_URL"
Options = NoOptions


async def open_store(address: str, _: NoOptions) -> Storage:
    """Open the database at `address`; the library is imported here."""
    storage: Storage = await import_module(f"{__name__}.storage").open_postgres(address)
    return storage
