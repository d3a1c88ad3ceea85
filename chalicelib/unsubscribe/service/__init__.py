"""Makes the links that end mails (`links`), and ends the mails of a link (`opt_out`)."""
