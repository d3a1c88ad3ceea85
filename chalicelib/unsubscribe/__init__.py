"""Unsubscribing: the signed link in every optional mail, with which its person ends such mails."""
