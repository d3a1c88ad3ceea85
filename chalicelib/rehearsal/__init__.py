"""Rehearsal: the part of the rehearsal of a deployment that only a function of the stage can do."""
