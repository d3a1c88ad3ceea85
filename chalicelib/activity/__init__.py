"""Activity of people on the site: taken in only while its purpose stands at yes."""
