"""The desk's decisions: refusals that it records for a person."""
