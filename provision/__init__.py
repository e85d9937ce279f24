"""The portal as code: what config/ asks of a portal, what the portal has, what lies between, and how it is closed."""
