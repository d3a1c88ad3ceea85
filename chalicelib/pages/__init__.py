"""Pages: the templates, words, dates and languages of all pages and mails."""
