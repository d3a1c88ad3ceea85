"""The contracts of the desk: decisions, requests, the search for people, reports."""
