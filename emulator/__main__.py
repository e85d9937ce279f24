"""`python -m emulator`: the portal alone, as a process."""

import argparse
import logging
import secrets
import signal
import sys
from datetime import datetime

from . import rest
from .portal import Portal
from .seed import SEEDS
from .server import make_server


def main() -> None:
    options = _options()
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(message)s")
    portal = Portal(
        token=options.token,
        user=options.user,
        seed=options.seed,
        limits=options.limits,
        events_to=options.events_to,
        event_token=options.event_token,
        now=options.now,
    )
    server = make_server(portal, options.host, options.port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    rest.log.info("portal at %s, seed %s, limits %s", portal.base_url, options.seed, options.limits)
    if options.token_is_ours:
        print(f"incoming webhook: {portal.base_url}/rest/{options.user}/{options.token}/", flush=True)
    try:
        server.serve_forever(poll_interval=0.1)
    except KeyboardInterrupt:
        pass
    finally:
        portal.close()
        server.server_close()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m emulator", description="An emulated Bitrix24 portal.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8924)
    parser.add_argument("--token", help="the incoming webhook's secret; without it one is made up and printed")
    parser.add_argument("--user", type=int, default=1, help="whose webhook it is")
    parser.add_argument("--events-to", metavar="URL", help="where events are posted")
    parser.add_argument("--event-token", default="", help="application_token of the outgoing webhook")
    parser.add_argument("--seed", choices=sorted(SEEDS), default="empty")
    parser.add_argument("--limits", default="real", help="real, enterprise, scaled:N or off")
    parser.add_argument("--now", type=datetime.fromisoformat, help="the portal's time at the start, ISO with offset")
    options = parser.parse_args()
    options.token_is_ours = options.token is None
    options.token = options.token or secrets.token_hex(8)
    return options


if __name__ == "__main__":
    main()
