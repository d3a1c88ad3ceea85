"""Feedback: SES reports of bounces and complaints, which suppress further mail to a subject."""
