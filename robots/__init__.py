"""Verbs: one action, one file, same name. Handlers and jobs say what shall be true, robots make it true once."""
