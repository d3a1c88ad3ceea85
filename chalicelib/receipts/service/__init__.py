"""What handlers call: issuing receipts, verifying them, publishing the key."""
