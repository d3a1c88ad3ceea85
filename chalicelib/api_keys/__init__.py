"""API keys: credentials of the controller's own systems, such as the website's back end."""
