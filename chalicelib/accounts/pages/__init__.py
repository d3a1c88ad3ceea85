"""The pages of accounts: values to HTML."""
