"""Issues receipts, verifies them, and publishes the keys."""
