"""One order played to its last payment in fast motion, on an emulated portal with the layer beside it: `python -m demo`.

story.py is what happens; acts.py what people do, sights.py what must then be seen on the portal; servers.py starts both
sides as processes of their own, telling.py plays, looks and prints.
"""
