"""The privacy notice: its document, what it compiles to, and how it is published."""
