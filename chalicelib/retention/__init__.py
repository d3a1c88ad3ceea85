"""Retention: what the notice says goes, goes."""
