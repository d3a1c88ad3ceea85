"""Judges of the templates that live in the engine's environment: they need its versions."""
