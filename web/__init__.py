"""What the layer answers to the outside: the portal's doorbell, its automation rules, whoever watches.

The web is a process of its own beside the worker: it only writes down what rang and reads what the worker left in the
store, so that a burst never waits for work and work never waits for a burst. One blueprint per file.
"""
