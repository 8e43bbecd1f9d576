"""Floor 7: what a sale brought, split to the fen among those who made it."""
