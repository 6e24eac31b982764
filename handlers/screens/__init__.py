"""What people see: pure functions from what is known to a text with its buttons."""
