"""Jobs: slow work, recorded in the transaction that asks for it and done by queue functions."""
