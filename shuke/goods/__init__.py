"""Floor 4: merchants, shops, what they sell, what they have, and who comes again."""
