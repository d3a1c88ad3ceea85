"""Publications: publishes versions of the notice, and tells or asks the people they concern."""
