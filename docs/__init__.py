"""Documentation, and the part of it that is derived from the code."""
