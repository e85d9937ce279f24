"""Three stories in fast motion, on an emulated portal with the layer beside it: `python -m demo`.

story.py plays one order to its last payment, week.py a week of reports on receivables, month.py a month of a representative
and of the distributor; stories.py tells them in the order of time. acts.py is what people do, sights.py what must then be
seen on the portal; servers.py starts both sides as processes of their own, telling.py plays, looks and prints.
"""
