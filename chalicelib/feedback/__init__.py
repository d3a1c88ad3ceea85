"""Feedback: what SES reports of mails that were sent, and whom that keeps from getting more."""
