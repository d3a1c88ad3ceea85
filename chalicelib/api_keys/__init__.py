"""API keys: how the controller's own systems, such as the website's back end, say who they are."""
