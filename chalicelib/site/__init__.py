"""The site's own pages: home, documentation, and the well-known places."""
