"""How fast the product is, as ratios to well-known ways of doing the same, measured in the same run."""
