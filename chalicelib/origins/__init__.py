"""Origins: people are told who else gave data about them (GDPR art. 14)."""
