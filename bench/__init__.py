"""What `make bench` measures: one module a question, each prints its rows."""
