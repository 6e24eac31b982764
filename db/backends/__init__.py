"""Tortoise's two database clients, made safe against cancellation and quick for raw statements."""
