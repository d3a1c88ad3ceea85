"""Holds: reasons for which named records of a person are not erased for a time."""
