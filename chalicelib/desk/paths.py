"""The paths of the desk's pages."""

LIST = "/desk"
"""The open requests by their due day."""

ONE = "/desk/requests/{id}"
"""One request; its acts are forms that are sent to the same path."""

PROCESSING = "/desk/processing"
"""The record of processing activities."""

PROCESSING_TABLE = "/desk/processing/table"
"""The same as a file for a spreadsheet."""
