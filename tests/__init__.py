"""Tests read as sentences and drive the real path."""
