"""The domain: what a booking may do; knows no library but the ORM."""
