"""The decision point as the controller's own systems ask it."""
