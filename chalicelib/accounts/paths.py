"""The paths of the pages that mails of accounts lead to."""

REGISTRATION = "/register"
VERIFICATION = "/verification"
VERIFICATION_AGAIN = "/verification/resend"
DISAVOWAL = "/disavowal"
WARNING = "/account/keep"
RESETS = "/password"
NEW_PASSWORD = "/password/new"
OWN_PASSWORD = "/account/password"
NEW_ADDRESS = "/email/confirm"
FORMER_ADDRESS = "/email/undo"

SIGN_IN = "/sign-in"
"""The page for signing in, to which several of them lead on."""

HOME = "/"
"""The first page, to which signing out leads."""
