"""Commands: one function for each thing that operators alone ask a stage for, by invoking it."""
