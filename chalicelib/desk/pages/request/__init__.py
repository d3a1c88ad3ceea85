"""The page of one request at the desk: a module a section, and the page that they make."""
