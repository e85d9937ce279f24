"""The portal as it is: knows Bitrix24, knows nothing of our company and imports nothing of ours.

Read in this order: client → combiner → batch → wire → errors, limits; events for what the portal sends to us;
bulk for reading many thousands of rows.
"""
