"""The paths of the desk's pages."""

LIST = "/desk"
"""The open requests by their due day."""

ONE = "/desk/requests/{id}"
"""One request; its acts are forms that are sent to the same path."""
