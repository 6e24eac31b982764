"""Whole ways through the product, as people and Stripe see them."""
