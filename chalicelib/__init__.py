"""The domain: one folder a capability, and what the capabilities share."""
