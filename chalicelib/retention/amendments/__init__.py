"""Amendments: what a version of the notice changes of the rules that records are kept by."""
