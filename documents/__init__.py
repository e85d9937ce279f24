"""Documents: what a template may say of a card, DOCX filled from it, numbers, and what was filled before."""
