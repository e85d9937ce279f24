"""Named points where a test may kill the process: VORONKA_FAILPOINT="sent:3" dies at the third passing of «sent».

Only what tests start sets the variable; without it a point costs one look at a constant.
"""

import os
import signal
import threading

_name, _, _count = os.environ.get("VORONKA_FAILPOINT", "").partition(":")
_left = int(_count or 1)
_lock = threading.Lock()


def reach(name: str) -> None:
    """Die here, as by kill -9, when this is the point that was asked for."""
    global _left
    if name != _name:
        return
    with _lock:
        _left -= 1
        if _left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
