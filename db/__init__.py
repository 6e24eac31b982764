"""The memory: models, states and permitted moves, queries, claims, jobs, migrations."""
