"""Publishes versions, tells the people they concern, and applies them when they take effect."""
