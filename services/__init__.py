"""The five services, and the composition root that runs them."""
