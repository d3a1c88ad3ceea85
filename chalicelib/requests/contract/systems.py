"""The operation by which other systems answer requests."""

from chalicelib.requests.grounds import Ground
from chalicelib.systems.contract import answering

ANSWER = answering(tuple(map(str, Ground)))

OPERATIONS = (ANSWER,)
"""The operation of other systems."""
