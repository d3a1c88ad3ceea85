"""Receipts: signed copies of entries of the ledger, which anybody can verify."""
