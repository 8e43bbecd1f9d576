"""Floor 6: the sale, from the cart to the receipt."""
