"""Storage: keys, items, transactions and indexes. The capabilities define their own items."""

from chalicelib.storage import lean_import

lean_import.connection()
