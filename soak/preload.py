"""What a worker imports; whoever imports this has it at hand for its children."""

import app
import handlers
import jobs
import worker

handlers.load()
jobs.load()

__all__ = ["app", "worker"]
