"""The privacy notice: its document, its compiled form, and its publication."""
