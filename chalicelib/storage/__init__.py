"""How anything is stored: keys, items, transactions. What is stored, the capabilities say."""
