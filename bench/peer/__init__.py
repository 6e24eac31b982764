"""The same shop on dj-stripe, as its documentation has it; it runs in a venv of its own."""
