"""Floor 2: people, and what passes between them. It knows no goods."""
