"""Months of the demo company, lived through at one sitting: `python -m simulate` (make simulate).

An emulated portal whose clock jumps from one due moment to the next, the layer beside it, and people who act by dice: most
hand in in time, some late, some never. At the end everything that the calendar asked for must be there, once, on the days
and at the hours that calendar.py says: it is written down from the specification and asks no code of the layer.

calendar.py is when things are due, people.py what people do, trade.py how goods leave and money comes, life.py the loop,
expected.py and verdict.py what must be true at the end, endstate.py what two lives are compared by.
"""
