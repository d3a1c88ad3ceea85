"""The paths of the desk's pages."""

LIST = "/desk"
"""The open requests by their due day."""

PEOPLE = "/desk/people"
"""The search for a person; its form is sent to the same path."""

PERSON = "/desk/people/{id}"
"""One person; what is recorded about them are forms that are sent to the same path."""

ONE = "/desk/requests/{id}"
"""One request; its acts are forms that are sent to the same path."""

NEW = "/desk/requests/new"
"""The form of a request that came to the desk; it is answered with the due day."""

ENTERED = "/desk/requests"
"""The address to which the form of a checked request is sent."""

PROCESSING = "/desk/processing"
"""The record of processing activities."""

PROCESSING_TABLE = "/desk/processing/table"
"""The same as a file for a spreadsheet."""

RETENTION = "/desk/retention"
"""The report on a month of retention."""

RETENTION_TABLE = "/desk/retention/table"
"""The same as a file for a spreadsheet."""

AUDIT = "/desk/audit"
"""The audit: views and acts of the desk, newest first."""

FAILURES = "/desk/failures"
"""Callbacks that failed and dead letters; they are sent again by forms to the same path."""
