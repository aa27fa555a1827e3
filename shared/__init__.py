"""What two services have in common; imports no service."""
