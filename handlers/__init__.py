"""The doors: one file per kind of visitor; understand, one use case, answer."""
