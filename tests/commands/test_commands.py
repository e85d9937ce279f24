"""The commands, as IT types them."""

import json
import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import requests
import sqlalchemy as sa
from click.testing import CliRunner

import commands
from documents import checks
from emulator.control import free_port
from emulator.control import running as running_portal
from engine import storage
from engine.storage import Storage
from tests.web.process import children_of, flask, is_alive, running, wait_for

TOKEN = "event-token-of-the-tests"


@pytest.fixture
def settings(tmp_path):
    """Of a layer whose portal cannot be reached."""
    return {
        "bitrix_webhook_url": "http://127.0.0.1:9/rest/1/secret-of-the-webhook/",
        "bitrix_event_token": TOKEN,
        "database_url": f"sqlite:///{tmp_path}/voronka.sqlite",
    }


# — what is wrong is said in words, with 78 —


def test_help_needs_no_settings():
    done = flask("--help")
    assert done.returncode == 0
    assert "serve" in done.stdout
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["serve", "web", "worker", "health", "failures", "jobs"])
def test_help_of_a_command_names_the_exit_codes(command):
    assert "78 the configuration must be changed" in " ".join(flask(command, "--help").stdout.split())


@pytest.mark.parametrize("wrong", [{"bitrix_event_token": ""}, {"bitrix_webhook_url": "nonsense"}, {"limits": "some"}])
@pytest.mark.parametrize("command", ["serve", "web", "worker"])
def test_no_process_starts_with_wrong_settings(settings, command, wrong):
    """S02."""
    done = flask(command, **settings | wrong)
    assert done.returncode == 78
    assert next(iter(wrong)).upper() in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-of-the-webhook" not in done.stderr


def test_a_database_of_another_program_is_refused(settings, tmp_path):
    engine = sa.create_engine(settings["database_url"])
    with engine.begin() as tx:
        tx.execute(sa.text("create table invoices (id integer)"))
    done = flask("failures", **settings)
    assert (done.returncode, "DATABASE_URL" in done.stderr) == (78, True)


def test_a_taken_port_is_said_at_once(settings):
    with running("web", **settings) as web:
        web.wait_until_it_answers()
        done = flask("serve", **settings | {"port": web.address.rpartition(":")[2]})
    assert (done.returncode, "PORT" in done.stderr) == (1, True)


def test_a_worker_whose_portal_is_away_says_so_and_not_with_what_secret(settings):
    done = flask("worker", **settings)
    assert done.returncode == 1
    assert "check that the portal answers" in done.stderr
    assert "Traceback" not in done.stderr
    assert "secret-of-the-webhook" not in done.stderr


# — dead letters —


@pytest.fixture
def dead(settings):
    """A store with one dead letter."""
    store = Storage(settings["database_url"])
    store.prepare()
    bury(store)
    yield store
    store.close()


def bury(store: Storage) -> None:
    """Let run 1 of deal 12 be a dead letter. Nobody claims its trigger: opened again, it ends well."""
    now = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
    change = {"id": "stage:1", "kind": "stage", "deal_id": 12, "process": "SOFT", "at": now, "seen_at": now}
    run = {"change_id": "stage:1", "trigger": "on_stage SOFT GONE", "family": "12", "deal_id": 12, "state": "failed"}
    run |= {"facts": {}, "depth": 0, "attempts": 9, "note": "Нет доступа", "created_at": now, "finished_at": now}
    with store.write() as tx:
        tx.execute(sa.insert(storage.changes), {**change, "what": {"record": 1, "stage": "GONE", "left": None}})
        tx.execute(sa.insert(storage.runs), run)


def state(store: Storage) -> str:
    with store.read() as connection:
        return connection.scalar(sa.select(storage.runs.c.state))


def test_dead_letters_are_listed_for_people_and_for_programs(dead, settings):
    table = flask("failures", **settings).stdout.splitlines()
    assert table[1].split(maxsplit=6) == [
        "1",
        "2026-11-24T09:30:00+00:00",
        "12",
        "on_stage",
        "SOFT",
        "GONE",
        "Нет доступа",
    ]
    [line] = flask("failures", "--json", **settings).stdout.splitlines()
    assert json.loads(line) == {
        "id": 1,
        "when": "2026-11-24T09:30:00+00:00",
        "deal": 12,
        "trigger": "on_stage SOFT GONE",
        "why": "Нет доступа",
    }


def test_without_dead_letters_it_says_so(settings):
    assert flask("failures", **settings).stdout == "No dead letters.\n"


def test_a_dead_letter_is_given_up(dead, settings):
    assert flask("park", "1", **settings).returncode == 0
    assert state(dead) == "parked"


def test_a_number_that_is_no_dead_letter_is_refused_and_the_others_are_done(dead, settings):
    done = flask("park", "77", "1", **settings)
    assert (done.returncode, done.stdout) == (1, "1 given up.\n")
    assert "77" in done.stderr
    assert state(dead) == "parked"


# — looking —


def test_jobs_are_listed_with_zone_and_next_period(settings):
    lines = flask("jobs", **settings).stdout.splitlines()
    assert lines[0].split() == ["job", "zone", "last", "next", "made"]
    assert any(line.split()[:3] == ["sweep", "Europe/Moscow", "—"] for line in lines)


def test_health_says_what_is_down_and_what_to_do(dead, settings):
    done = flask("health", **settings)
    assert done.returncode == 1
    assert "Start the worker" in done.stdout
    parts = json.loads(flask("health", "--json", **settings).stdout)
    assert {part["state"] for part in parts.values()} == {"down"}


def test_health_of_a_database_that_does_not_exist_says_so(settings):
    done = flask("health", **settings)
    assert (done.returncode, "DATABASE_URL" in done.stdout) == (1, True)


# — processes —


@pytest.fixture
def served(tmp_path):
    """`flask serve` beside an emulated portal."""
    port = free_port()
    with running_portal(
        seed="demo", limits="scaled:200", events_to=f"http://127.0.0.1:{port}/hook/b24", event_token=TOKEN
    ) as portal:
        settings = {
            "bitrix_webhook_url": portal.webhook_url,
            "bitrix_event_token": TOKEN,
            "database_url": f"sqlite:///{tmp_path}/voronka.sqlite",
            "limits": "scaled:200",
            "look_every_seconds": "1",
            "tick_seconds": "1",
            "port": str(port),
        }
        with running("serve", **settings) as serve:
            serve.portal = portal
            serve.settings = settings
            wait_for(lambda: is_well(serve), "everything is well")
            yield serve


def is_well(serve) -> bool:
    try:
        return requests.get(f"{serve.address}/healthz", timeout=10).status_code == 200
    except requests.ConnectionError:
        return False


def pids(serve, name: str) -> list[int]:
    return [line["pid"] for line in serve.said("process started") if line["process"] == name]


def test_serve_says_where_it_listens_and_all_is_well(served):
    assert served.lines.count(f"Voronka listens on {served.address}") == 1
    assert flask("health", **served.settings).returncode == 0
    families = requests.get(f"{served.address}/metrics", timeout=10).text
    assert 'voronka_portal_requests_total{method="batch",outcome="done"}' in families


@pytest.mark.slow
def test_a_dead_letter_that_is_opened_again_is_done_by_the_worker(served):
    store = Storage(served.settings["database_url"])
    bury(store)
    done = flask("retry", "1", **served.settings)
    assert (done.returncode, done.stdout) == (0, "1 opened again.\n")
    wait_for(lambda: state(store) == "done", "the run is done")
    store.close()


@pytest.mark.slow
def test_a_worker_that_is_killed_is_started_again(served):
    [first] = pids(served, "worker")
    os.kill(first, signal.SIGKILL)
    wait_for(lambda: len(pids(served, "worker")) == 2, "a second worker is started")
    wait_for(lambda: len(served.said("worker started")) == 2, "the second worker works")
    wait_for(lambda: is_well(served), "everything is well again")
    assert is_alive(pids(served, "web")[0])


@pytest.mark.slow
def test_the_receiver_answers_while_the_worker_is_dead(served):
    os.kill(pids(served, "worker")[0], signal.SIGKILL)
    event = {"event": "ONCRMDEALUPDATE", "data[FIELDS][ID]": "1", "auth[application_token]": TOKEN}
    assert requests.post(f"{served.address}/hook/b24", data=event, timeout=10).status_code == 200


@pytest.mark.slow
def test_a_second_layer_on_the_same_database_ends_by_itself(served):
    with running("serve", **served.settings | {"port": str(free_port())}) as second:
        assert second.process.wait(timeout=60) == 78
        assert not children_of(second.process.pid)
    assert is_well(served)


@pytest.mark.parametrize("number", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)])
def test_a_signal_ends_everything_within_seconds(served, number):
    own = children_of(served.process.pid)
    assert served.end(number, seconds=20) == 0
    assert not any(map(is_alive, own))
    assert served.said("worker stopped")


@pytest.mark.slow
def test_a_kill_of_serve_leaves_none_of_its_processes(served):
    own = children_of(served.process.pid)
    assert len(own) == 3  # web, the server's own child, worker
    served.end(signal.SIGKILL)
    wait_for(lambda: not any(map(is_alive, own)), "its processes are gone", seconds=5)


# — templates of documents: neither settings nor a portal —


def test_a_lawyer_sees_what_a_template_uses_and_ends_with_1_on_findings():
    done = flask("templates", "check", "T16")
    assert done.returncode == 0, done.stdout
    assert "T16 «Счёт на оплату»: client.inn, " in done.stdout
    assert done.stdout.endswith("Замечаний: 0.\n")


def test_a_template_is_shown_with_example_data(tmp_path):
    target = tmp_path / "invoice.docx"
    assert flask("templates", "preview", "T16", "--out", str(target)).returncode == 0
    assert "Счёт на оплату № СЧ-2026/117" in checks.text_of(target.read_bytes())


def test_a_template_that_nobody_wrote_is_named_with_those_that_there_are():
    done = flask("templates", "preview", "T99")
    assert done.returncode == 2
    assert "There is no template T99; there are: T" in done.stderr


# — who is away —


def test_a_list_of_absences_is_taken_in_as_a_whole_or_not_at_all(tmp_path, monkeypatch):
    said = CliRunner(env={}).invoke
    with running_portal(seed="staff", now=datetime(2026, 11, 23, 10, tzinfo=UTC)) as portal:
        monkeypatch.setenv("BITRIX_WEBHOOK_URL", portal.webhook_url)
        monkeypatch.setenv("BITRIX_EVENT_TOKEN", TOKEN)
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/voronka.sqlite")
        monkeypatch.setenv("LIMITS", "off")
        path = tmp_path / "Отпуска.csv"
        lines = [
            "Сотрудник;С;По;Причина",
            "Ким Виктория;24.11.2026;27.11.2026;Отпуск",
            "kovalev@sferotek.example;1.12.2026;5.12.2026;",
        ]
        path.write_text("\n".join([*lines, "Пупкин Василий;24.11.2026;27.11.2026;"]), encoding="utf-8")
        assert said(commands.absences, []).output == "Nobody is away.\n"
        done = said(commands.absences, ["load", str(path)])
        assert done.exit_code == 1
        assert done.output == (
            "Error: line 4: The portal has no employee «Пупкин Василий». Write an e-mail, or surname and name as on the portal.\n"
            "Nothing was written. Mend this and load the list again.\n"
        )
        assert said(commands.absences, []).output == "Nobody is away.\n"

        path.write_text("\n".join(lines), encoding="utf-8")
        assert (
            said(commands.absences, ["load", str(path)]).output
            == "2 lines: 2 new absences, 0 that were known gave way.\n"
        )
        assert (
            said(commands.absences, ["load", str(path)]).output
            == "2 lines: 0 new absences, 0 that were known gave way.\n"
        )
        path.write_text("\n".join(lines).replace("24.11", "25.11"), encoding="utf-8")
        assert (
            said(commands.absences, ["load", str(path)]).output
            == "2 lines: 1 new absences, 1 that were known gave way.\n"
        )
        shown = [line.split() for line in said(commands.absences, []).output.splitlines()[1:]]
        assert [line[-5:] for line in shown] == [
            ["<kim@sferotek.example>", "25.11.2026", "27.11.2026", "list", "Отпуск"],
            ["<kovalev@sferotek.example>", "01.12.2026", "05.12.2026", "list", "—"],
        ]
        assert (
            "no absence of Ким Виктория on 24.11.2026"
            in said(commands.absences, ["remove", "Ким Виктория", "24.11.2026"]).output
        )
        assert said(commands.absences, ["remove", "kim@sferotek.example", "26.11.2026"]).exit_code == 0
        portal.advance(timedelta(days=20))
        assert said(commands.absences, []).output == "Nobody is away.\n"
        assert len(said(commands.absences, ["--all"]).output.splitlines()) == 2


@pytest.mark.parametrize("words", [["absences", "load"], ["rates", "load"], ["prices", "load", "--from", "01.12.2026"]])
def test_a_list_that_the_portal_keeps_from_being_loaded(settings, tmp_path, words):
    path = tmp_path / "list.csv"
    path.write_text("Сотрудник;С;По\n", encoding="utf-8")
    done = flask(*words, str(path), **settings)
    assert done.returncode == 1
    assert done.stderr.endswith("\nNothing was written. Mend this and load the list again.\n")


@pytest.mark.slow
def test_a_report_that_nobody_wants_is_cancelled_and_wanted_again(settings):
    """E-RP-14."""
    key = "REP_REPORT:2026-11:U17"
    assert flask("cancel", key, **settings).stdout == f"{key}: will not be made.\n"
    store = Storage(settings["database_url"])
    with store.read() as connection:
        assert store.mark(connection, storage.cancelled(key)) is not None
    assert flask("cancel", key, "--undo", **settings).stdout == f"{key}: will be made again.\n"
    with store.read() as connection:
        assert store.mark(connection, storage.cancelled(key)) is None
    store.close()
    wrong = flask("cancel", "REP_REPORT", **settings)
    assert (wrong.returncode, "REP_REPORT:2026-11:U17" in wrong.stderr) == (2, True)
