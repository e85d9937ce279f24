"""The mechanism: notices every change of a card once and makes what follows from it happen once.

It knows no funnel by name and never speaks to people: it decides, remembers and raises.
Read in this order: reading → observer → triggers → families → run → ledger.
"""
