"""The first form of the templates, a module each; from then on the DOCX themselves are what counts: a lawyer edits them in Word."""
