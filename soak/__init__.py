"""What `make soak` does: people act, everything fails, and the portal's own record is compared with what should be.

people.py acts, troubles.py and workers.py break, record.py collects, history.py replays, checker.py judges.
"""
