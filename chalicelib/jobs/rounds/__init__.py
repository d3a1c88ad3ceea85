"""Rounds: slow work over all subjects, a page at a time, without a scan of the table."""
