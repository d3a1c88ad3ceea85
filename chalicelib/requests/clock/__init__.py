"""The clock of requests: working days of a country, and the day by which a request is answered.

Usable alone: it imports nothing else of the project.
"""
