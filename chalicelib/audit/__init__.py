"""The audit of the desk: one chain of what its people looked at and did."""
