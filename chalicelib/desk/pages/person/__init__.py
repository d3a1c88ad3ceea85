"""The page of one person at the desk: a module a section, and the page that they make."""
