"""The paths of the pages of accounts: mails lead to them, and their forms post to them."""

VERIFICATION = "/v1/accounts/verification"
DISAVOWAL = "/v1/accounts/disavowal"
WARNING = "/v1/accounts/warning"
RESETS = "/v1/password-resets"
NEW_PASSWORD = "/v1/password-resets/confirmation"
NEW_ADDRESS = "/v1/account/email/confirmation"
FORMER_ADDRESS = "/v1/account/email/undo"
