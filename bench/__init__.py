"""How fast the product is, as ratios against well-known ways of doing the same, measured in one run."""
