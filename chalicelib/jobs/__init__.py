"""Slow work: recorded with the state that asked for it, done by queue functions."""
