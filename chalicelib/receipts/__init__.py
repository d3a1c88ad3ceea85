"""Receipts: signed copies of entries of the ledger, which anyone can verify."""
