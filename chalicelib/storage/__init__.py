"""Storage: keys, items, transactions and indexes. The capabilities define their own items."""
