"""The doors of the shop's admins; for everyone else they do not exist."""
