"""`python -m demo`: start both sides, play the story, and stay up for a person to go on with it."""

import argparse
import os
import signal
import sys
import time
from contextlib import suppress

from demo.office import Office
from demo.servers import LIMITS, SCALE, DidNotStart, Layer, Server, portal_and_layer
from demo.stories import STORIES
from demo.story import BRANCH
from demo.telling import GREEN, RED, Teller
from emulator.control import Control

NOT_SEEN, DID_NOT_START, INTERRUPTED = 1, 2, 130


def main() -> int:
    options = _options()
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    print("Запускаю портал и слой…", flush=True)
    try:
        with portal_and_layer(options.port, options.layer_port) as (control, layer, portal):
            all_seen = _play(control, layer)
            if not options.once:
                _stay_up(control, layer, portal)
            return 0 if all_seen else NOT_SEEN
    except DidNotStart as reason:
        print(reason, file=sys.stderr)
        return DID_NOT_START
    except KeyboardInterrupt:
        return INTERRUPTED


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m demo", description="One order, played to its last payment.")
    parser.add_argument("--once", action="store_true", help="end after the story, with 0 if all of it was seen, else 1")
    parser.add_argument("--port", type=int, default=8924, help="of the portal; another one where it is taken")
    parser.add_argument("--layer-port", type=int, default=8080, help="of the layer; another one where it is taken")
    return parser.parse_args()


def _play(control: Control, layer: Layer) -> bool:
    """Tell the story and what it cost. True: everything was seen as written."""
    office, colour = Office(control, BRANCH, layer.one_c), sys.stdout.isatty() and "NO_COLOR" not in os.environ
    teller = Teller(office, layer.is_quiet, colour=colour)
    teller.say(f"Доска портала: {control.base_url}/\nСостояние слоя: {layer.url}/healthz")
    control.reset_counters()
    began = time.monotonic()
    all_seen = teller.tell(STORIES)
    seconds, requests = time.monotonic() - began, control.requests()["http"]
    teller.say(f"\nЭта сделка на доске: {control.base_url}/crm/deal/details/{office.deal}/")
    teller.say(f"HTTP-запросов слоя к порталу: {requests} за {seconds:.0f} с.")
    teller.say(f"Лимиты портала: {LIMITS}, то есть в {SCALE} раз выше настоящих.")
    if all_seen:
        teller.say(f"Всё, чего ждали, на портале есть: {teller.fitting} из {teller.fitting}.", GREEN)
    else:
        teller.say(f"Не сошлось: {len(teller.differences)}. Дальше история не игралась. Журнал слоя: {layer.log}", RED)
    return all_seen


def _stay_up(control: Control, layer: Layer, portal: Server) -> None:
    """Until Ctrl+C, or until one of the two processes ends."""
    print(f"\nОткройте {control.base_url}/ и двигайте карточки: слой отвечает на доске. Закончить: Ctrl+C.", flush=True)
    with suppress(KeyboardInterrupt):
        while True:
            portal.check()
            layer.check()
            time.sleep(1)


if __name__ == "__main__":
    sys.exit(main())
