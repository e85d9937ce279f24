"""People at work on Soft deals, by a seed: what they do next depends on what they see on the portal."""

import base64
import random
from collections import Counter
from dataclasses import dataclass, field

from emulator.control import Control, Refused
from soak.words import DEAL, EMPTY, Words

MANAGERS = ("volkova", "kozlov", "pavlova", "stepanov")
FORWARDS = {"NEW": "QUALIFY", "QUALIFY": "OFFER", "DESIGN": "OFFER", "OFFER": "ESTIMATE", "ESTIMATE": "ESTIMATED"}
STAGES = ("NEW", "QUALIFY", "DESIGN", "ESTIMATE", "ESTIMATED", "OFFER")
ELSEWHERE = "SERVICE"
MOST_CARDS = 150
DONE = "5"
PDF = base64.b64encode(b"%PDF-1.4\n%%EOF\n").decode()
NEEDS = ("Костюмы для монтажников", "Каски", "Куртки зимние", "Перчатки")
# What they do, and how often of a hundred; what is not possible with the card at hand is another card's move.
ACTS = {
    "new": 26, "forwards": 36, "anywhere": 8, "back and forth": 8, "fill in": 10, "press": 9, "close a task": 9,
    "open a task again": 3, "write something": 7, "away": 2, "come back": 2, "give up": 1, "delete": 1,
}  # fmt: skip


@dataclass
class Client:
    company: int
    contact: int


@dataclass
class Known:
    """A card as people remember it."""

    id: int
    manager: int
    acted_at: int = 0
    lacking: dict = field(default_factory=dict)
    is_away: bool = False


class People:
    """`act()` is one thing that one of them does. Two on the same card are at least a second of the portal apart."""

    def __init__(self, portal: Control, rng: random.Random):
        self.done: Counter = Counter()
        self.deleted: list[int] = []
        self._portal, self._rng = portal, rng
        self._words = Words.read(lambda method, params: portal.act(1, method, params))
        users = portal.act(1, "user.get", {"ADMIN_MODE": True})
        self._managers = [int(u["ID"]) for u in users if u["EMAIL"].partition("@")[0] in MANAGERS]
        self._clients = [self._client(number) for number in range(4)]
        self._cards: list[Known] = []

    def act(self) -> None:
        kinds, shares = zip(*ACTS.items(), strict=True)
        what = self._rng.choices(kinds, shares)[0]
        if what == "new" and len(self._cards) < MOST_CARDS or not self._cards:
            what = "new"
            self._new()
        elif not self._do(what, self._rng.choice(self._cards)):
            return
        self.done[what] += 1

    def _do(self, what: str, card: Known) -> bool:
        """Whether there was something to do."""
        match what:
            case "forwards":
                return self._forwards(card)
            case "anywhere":
                return not card.is_away and self._move(card, self._rng.choice(STAGES))
            case "back and forth":
                return self._back_and_forth(card)
            case "fill in":
                return bool(card.lacking) and self._fill_in(card)
            case "press":
                return self._press(card)
            case "close a task":
                return self._touch_task(card, is_open=True)
            case "open a task again":
                return self._touch_task(card, is_open=False)
            case "write something":
                return self._write(card, {self._words.key("address"): f"Омск, ул. Мира, {self._rng.randint(1, 99)}"})
            case "away":
                return not card.is_away and self._to_funnel(card, ELSEWHERE)
            case "come back":
                return card.is_away and self._to_funnel(card, "SOFT")
            case "give up":
                return not card.is_away and self._give_up(card)
            case "delete":
                return self._delete(card)
        return False

    # — cards —

    def _client(self, number: int) -> Client:
        made = {kind: self._portal.act(self._managers[0], "crm.item.add", {"entityTypeId": kind, "fields": fields})
                for kind, fields in ((4, {"title": f"Заказчик {number}"}), (3, {"name": f"Пётр {number}"}))}  # fmt: skip
        return Client(int(made[4]["item"]["id"]), int(made[3]["item"]["id"]))

    def _new(self) -> None:
        """Most cards are complete; some lack what is asked for later."""
        rng, words, client = self._rng, self._words, self._rng.choice(self._clients)
        manager = rng.choice(self._managers)
        fields = {
            "companyId": client.company, "contactId": client.contact, words.key("so_need"): rng.choice(NEEDS),
            words.key("so_group"): words.option("so_group", "Спецодежда"), words.key("so_class"): words.option("so_class", "B"),
        }  # fmt: skip
        lacking = {}
        if rng.random() < 0.35:
            for name in rng.sample(sorted(fields), rng.choice((1, 1, 2))):
                lacking[name] = fields.pop(name)
        fields |= {"title": f"Спецодежда {rng.randint(1, 999)}", "assignedById": manager}
        fields |= {"categoryId": words.categories["SOFT"], "stageId": words.stage_id("SOFT", "NEW")}
        if rng.random() < 0.7:
            fields[words.key("address")] = f"Омск, ул. Мира, {rng.randint(1, 99)}"
        if rng.random() < 0.5:
            fields[words.key("files")] = [["образец.pdf", PDF]]
        made = self._portal.act(
            manager, "crm.item.add", {"entityTypeId": DEAL, "fields": fields, "useOriginalUfNames": "Y"}
        )
        card = Known(int(made["item"]["id"]), manager, int(self._portal.time().timestamp()), lacking)
        self._cards.append(card)

    def _forwards(self, card: Known) -> bool:
        to = None if card.is_away else FORWARDS.get(self._stage(card))
        return to is not None and self._move(card, to)

    def _back_and_forth(self, card: Known) -> bool:
        """A → B → A → B before anybody can look."""
        if card.is_away:
            return False
        here = self._stage(card)
        there = self._rng.choice([stage for stage in STAGES if stage != here])
        for stage in (there, here, there)[: self._rng.choice((2, 3))]:
            self._move(card, stage)
        return True

    def _move(self, card: Known, stage: str) -> bool:
        return self._write(card, {"stageId": self._words.stage_id("SOFT", stage)})

    def _fill_in(self, card: Known) -> bool:
        lacking, card.lacking = card.lacking, {}
        self._write(card, lacking)
        for task in self._tasks(card):
            if task["title"].startswith("Заполните обязательные поля") and task["status"] != DONE:
                self._acts(card, "tasks.task.complete", {"taskId": int(task["id"])})
        return True

    def _press(self, card: Known) -> bool:
        button = self._words.key("make_doc")
        if card.is_away or self._card(card).get(button) not in EMPTY:
            return False
        return self._write(card, {button: self._rng.choice(sorted(self._words.options[button]))})

    def _to_funnel(self, card: Known, process: str) -> bool:
        stage = self._words.stage_id(process, "NEW")
        self._write(card, {"categoryId": self._words.categories[process], "stageId": stage})
        card.is_away = process != "SOFT"
        return True

    def _give_up(self, card: Known) -> bool:
        reason = {self._words.key("lost"): self._words.option("lost", "Цена")}
        self._write(card, {**reason, "stageId": self._words.stage_id("SOFT", "NOT_FIT")})
        self._cards.remove(card)
        return True

    def _delete(self, card: Known) -> bool:
        self._acts(card, "crm.item.delete", {"entityTypeId": DEAL, "id": card.id})
        self._cards.remove(card)
        self.deleted.append(card.id)
        return True

    def _write(self, card: Known, fields: dict) -> bool:
        params = {"entityTypeId": DEAL, "id": card.id, "fields": fields, "useOriginalUfNames": "Y"}
        self._acts(card, "crm.item.update", params)
        return True

    # — tasks —

    def _touch_task(self, card: Known, *, is_open: bool) -> bool:
        """Whoever is responsible completes an open task, or opens a closed one again."""
        found = [task for task in self._tasks(card) if (task["status"] != DONE) is is_open]
        if not found:
            return False
        task = self._rng.choice(found)
        verb = "complete" if is_open else "renew"
        self._acts(card, f"tasks.task.{verb}", {"taskId": int(task["id"])}, by=int(task["responsibleId"]))
        return True

    def _tasks(self, card: Known) -> list[dict]:
        params = {
            "filter": {"UF_CRM_TASK": f"D_{card.id}"},
            "select": ["ID", "TITLE", "STATUS", "RESPONSIBLE_ID"],
            "order": {"ID": "asc"},
        }
        return self._portal.act(1, "tasks.task.list", params)["tasks"]

    # — the portal —

    def _card(self, card: Known) -> dict:
        return self._portal.act(1, "crm.item.get", {"entityTypeId": DEAL, "id": card.id, "useOriginalUfNames": "Y"})[
            "item"
        ]

    def _stage(self, card: Known) -> str:
        return self._card(card)["stageId"].rpartition(":")[2]

    def _acts(self, card: Known, method: str, params: dict, by: int | None = None) -> None:
        """The card's manager, or `by`, does something. The portal's times have whole seconds: nobody does two things to a
        card in one. Being refused is no news."""
        now = self._portal.time().timestamp()
        if int(now) <= card.acted_at:
            now = self._portal.advance(card.acted_at + 1 - now + 0.05).timestamp()
        card.acted_at = int(now)
        try:
            self._portal.act(by or card.manager, method, params)
        except Refused:
            self.done["refused"] += 1
