"""Making the links that end mails (`links`), and doing what they say (`ending`)."""
