"""Records that the site's own systems hand over: calls, devices, transactions, word of others."""
