"""What the receiver is compared with: bare Flask that reads the form and answers 200, on the same server, set the same.

python -m bench.bare PORT
"""

import os
import sys
from functools import partial

from flask import Flask, Response, request
from granian import Granian

import supervisor
from app import HOW_GRANIAN_SERVES


def create_app(parent: int) -> Flask:
    supervisor.die_with(parent)
    app = Flask(__name__, static_folder=None)

    @app.post("/hook/b24")
    def take() -> Response:
        return Response(f'{{"event": "{request.form["event"]}"}}\n', mimetype="application/json")

    return app


if __name__ == "__main__":
    server = Granian("bare", address="127.0.0.1", port=int(sys.argv[1]), **HOW_GRANIAN_SERVES)
    server.serve(target_loader=partial(create_app, os.getpid()), wrap_loader=False)
