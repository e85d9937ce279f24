"""Plays the scenes, looks at the portal, and tells both, one line a thing."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from textwrap import shorten
from zoneinfo import ZoneInfo

from config import company
from demo.acts import Act
from demo.office import Office
from demo.sights import MOMENT, Look, Sight, moment
from demo.story import Scene
from emulator.control import Refused

PATIENCE_SECONDS, LONGEST_SECONDS = 30.0, 300.0
"""With a layer that has nothing left to do; with one that is busy."""
LOOK_SECONDS = 0.1
WIDTH = 140
GREEN, RED, BOLD, PLAIN = "\033[32m", "\033[31m", "\033[1m", "\033[0m"


class Teller:
    """Tells a story until its end, or until a scene that does not come out as written: the next ones build on it."""

    def __init__(self, office: Office, is_quiet: Callable[[], bool], *, colour: bool):
        """`is_quiet`: whether the layer has nothing left to do."""
        self._office, self._is_quiet, self._colour = office, is_quiet, colour
        self.fitting = 0
        self.differences: list[Look] = []

    def tell(self, story: Sequence[Scene]) -> bool:
        """True: everything was seen as written; else `differences` says what was not."""
        for scene in story:
            self._play(scene)
            if self.differences:
                return False
        return True

    def say(self, text: str, colour: str = "") -> None:
        """A line, coloured on a terminal."""
        print(f"{colour}{text}{PLAIN}" if self._colour and colour else text, flush=True)

    def _play(self, scene: Scene) -> None:
        person = self._office.person(scene.who)
        at = datetime.strptime(scene.at, MOMENT).replace(tzinfo=ZoneInfo(company().cities[scene.city].zone))
        self._office.portal.set_time(at)
        said = f"{moment(at)}, {scene.city} — {person.name if scene.acts else 'время идёт'}"
        self.say(f"\n{said} ({scene.about})", BOLD)
        for act in scene.acts:
            self._act(act, person.id)
        for look in [] if self.differences else self._looks(scene.shows):
            self._tell(look)

    def _act(self, act: Act, person: int) -> None:
        words = act.words(self._office)
        self.say(f"  {words}")
        try:
            act.do(self._office, person)
        except (LookupError, Refused) as hindrance:
            self._tell(Look(words, str(hindrance)))

    def _looks(self, sights: Sequence[Sight]) -> list[Look]:
        """What is seen when everything is as written and the layer has nothing left to do, or when patience ends."""
        began = busy = time.monotonic()
        while True:
            now, is_settled = time.monotonic(), self._is_settled()
            busy = busy if is_settled else now
            too_late = now - busy > PATIENCE_SECONDS or now - began > LONGEST_SECONDS
            if too_late or is_settled:
                looks = [sight.look(self._office) for sight in sights]
                if too_late or (all(look.fits for look in looks) and self._is_settled()):
                    return looks
            time.sleep(LOOK_SECONDS)

    def _is_settled(self) -> bool:
        return not self._office.portal.event_queue() and self._is_quiet()

    def _tell(self, look: Look) -> None:
        if look.fits:
            self.fitting += 1
            self.say(f"    ✓ {shorten(look.seen, WIDTH, placeholder='…')}", GREEN)
        else:
            self.differences.append(look)
            self.say(f"    ✗ ожидалось:  {look.wanted}\n      на портале: {look.seen}", RED)
