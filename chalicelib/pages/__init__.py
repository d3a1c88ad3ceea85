"""Pages, mails and what they say: one set of words for each language, one form of dates."""
