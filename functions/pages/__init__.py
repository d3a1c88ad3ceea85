"""The pages of the privacy centre: one module a capability, which its function serves."""
