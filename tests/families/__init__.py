"""The test families of docs/operations.md: what ran, and with what result."""
