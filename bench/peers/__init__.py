"""Other ways to do the same, each written as its own documentation recommends."""
