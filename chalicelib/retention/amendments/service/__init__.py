"""Amendments for other capabilities: recorded with a version, obeyed by the sweep, confirmed."""

from chalicelib.retention.amendments.service.obedience import amended_after, obeyed
from chalicelib.retention.amendments.service.record import begin, find, record

__all__ = ["amended_after", "begin", "find", "obeyed", "record"]
