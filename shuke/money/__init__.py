"""Floor 3: amounts between accounts, for a reference. It does not know what an order is."""
