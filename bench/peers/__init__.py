"""Other ways to do the same, each as its own documents recommend it."""
