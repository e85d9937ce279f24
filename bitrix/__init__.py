"""The portal as it is: knows Bitrix24, knows nothing of our company and imports nothing of ours.

Read in this order: client → combiner → batch → wire, errors, limits. `events` reads what the portal sends to us, `bulk`
reads many thousands of rows, `webhook` and `redaction` keep the secret.
"""
