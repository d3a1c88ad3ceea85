"""The functions that are deployed: one module each, thin, calling one use case."""
