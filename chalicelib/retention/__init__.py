"""Retention: erases records at the end of the notice's periods."""
