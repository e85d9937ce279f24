"""What `make bench` measures: one module a question. Its first line is the question, `rows()` gives the answer."""
