"""Whoever watches learns how the layer is and what to do."""

import pytest
from prometheus_client.parser import text_string_to_metric_families

from engine import storage
from engine.clock import MachineTime
from web.health import VITALS


def left_by_the_worker(door, *, clock: float = 1, observer: float = 1, **vitals: object) -> None:
    """Marks as a worker leaves them; the figures are seconds ago."""
    now = MachineTime(door.store.engine).stamp()
    ago = {"beat:clock": clock, "beat:observer": observer, VITALS: min(clock, observer)}
    stamps = {name: {**now, "seconds": now["seconds"] - seconds} for name, seconds in ago.items()}
    stamps[VITALS] = {"at": stamps[VITALS], "trouble": None, "portal_answered_before": 0, "metrics": "", **vitals}
    with door.store.write() as tx:
        for name, value in stamps.items():
            door.store.set_mark(tx, name, value)


def states(door) -> dict[str, str]:
    return {name: part["state"] for name, part in door.get("/healthz").json().items()}


def test_before_a_worker_ran_only_the_receiver_is_well(door):
    answer = door.get("/healthz")
    assert answer.status_code == 503
    assert states(door) == {
        "receiver": "ok",
        "worker": "down",
        "clock": "down",
        "jobs": "down",
        "observer": "down",
        "portal": "down",
    }
    assert "flask serve" in answer.json()["worker"]["do"]


def test_while_everything_beats_all_is_well(door):
    left_by_the_worker(door)
    answer = door.get("/healthz")
    assert answer.status_code == 200
    assert set(states(door).values()) == {"ok"}
    assert answer.json()["observer"]["seconds"] == pytest.approx(1, abs=0.5)
    assert not any(part["do"] for part in answer.json().values())


def test_a_late_observer_is_named_before_it_is_an_alarm(door):
    left_by_the_worker(door, observer=80, portal_answered_before=79)
    answer = door.get("/healthz")
    assert answer.status_code == 200
    assert states(door) == {
        "receiver": "ok",
        "worker": "ok",
        "clock": "ok",
        "jobs": "ok",
        "observer": "late",
        "portal": "late",
    }


def test_a_clock_that_stands_in_a_living_worker_is_an_alarm(door):
    left_by_the_worker(door, clock=100)
    assert door.get("/healthz").status_code == 503
    assert states(door) == {
        "receiver": "ok",
        "worker": "ok",
        "clock": "down",
        "jobs": "down",
        "observer": "ok",
        "portal": "ok",
    }


def test_a_refused_webhook_is_named_with_its_remedy(door):
    left_by_the_worker(door, observer=130, portal_answered_before=129, trouble="WebhookRefused")
    portal = door.get("/healthz").json()["portal"]
    assert portal["state"] == "down"
    assert "BITRIX_WEBHOOK_URL" in portal["do"]


def test_a_portal_that_takes_nothing_is_down_at_once(door):
    """R24: nobody waits until the last answer is old."""
    left_by_the_worker(door, trouble="WebhookRefused", shut="WebhookRefused")
    answer = door.get("/healthz")
    assert answer.status_code == 503
    assert states(door) == {
        "receiver": "ok",
        "worker": "ok",
        "clock": "ok",
        "jobs": "ok",
        "observer": "ok",
        "portal": "down",
    }
    assert "BITRIX_WEBHOOK_URL" in answer.json()["portal"]["do"]


def test_a_worker_that_the_portal_kept_from_starting_is_down_and_so_is_the_portal(door):
    left_by_the_worker(door, clock=300, observer=300, shut="PortalMoved", started=False)
    now = MachineTime(door.store.engine).stamp()
    with door.store.write() as tx:
        door.store.set_mark(tx, VITALS, {**door.store.mark(tx, VITALS), "at": now})
    assert {states(door)["worker"], states(door)["portal"]} == {"down"}
    assert "renamed" in door.get("/healthz").json()["portal"]["do"]


def test_signs_of_another_boot_are_none(door):
    with door.store.write() as tx:
        door.store.set_mark(tx, "beat:observer", {"boot": "another", "seconds": 10**9})
    assert states(door)["observer"] == "down"


def test_a_store_without_tables_is_said_and_no_mistake_of_ours(door):
    with door.store.write() as tx:
        storage.metadata.drop_all(tx)
    answer = door.get("/healthz")
    assert answer.status_code == 503
    assert "DATABASE_URL" in answer.json()["receiver"]["do"]
    assert door.get("/metrics").status_code == 200


def figures(door) -> dict[str, float]:
    """Samples by name and labels; a family that is told twice is an error."""
    families = list(text_string_to_metric_families(door.get("/metrics").text))
    assert len({family.name for family in families}) == len(families)
    return {
        " ".join([sample.name, *sample.labels.values()]): sample.value for one in families for sample in one.samples
    }


def test_metrics_are_those_of_the_web_the_store_and_the_worker(door):
    counted = "# HELP voronka_looks_total Looks\n# TYPE voronka_looks_total counter\nvoronka_looks_total 3.0\n"
    left_by_the_worker(door, metrics=counted)
    door.ring("ONCRMDEALUPDATE", 7)
    door.ring("ONCRMDEALUPDATE", 7, token="wrong")
    assert door.turned_away() == {"forged": 1}
    seen = figures(door)
    assert seen["voronka_events_total taken"] == seen["voronka_events_total forged"] == 1
    assert seen["voronka_turned_away_total forged"] == 1
    assert seen["voronka_waiting_rings"] == seen["voronka_commits_total"] == 1
    assert seen["voronka_open_runs"] == seen["voronka_failed_runs"] == seen["voronka_unknown_effects"] == 0
    assert seen["voronka_observer_lag_seconds"] > 0
    assert seen["voronka_looks_total"] == 3


@pytest.mark.parametrize("path", ["/healthz", "/metrics", "/hook/b24", "/nothing", "/robot/x/y"])
def test_every_answer_has_the_headers_that_keep_it_to_itself(door, path):
    """S40."""
    headers = door.get(path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]


def test_what_does_not_exist_is_refused_in_json(door):
    """S38: nor is there a console, a listing or a way to debug."""
    for path in ("/", "/console", "/static/", "/?__debugger__=yes", "/web/", "/.env"):
        answer = door.get(path)
        assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")
