"""The kernel of the pages of the privacy centre: contract, form, session cookie, answer."""
