"""Every question of the bench yields its rows, and the page keeps what was not asked again."""

import re

import pytest

from bench import __main__ as bench
from bench import delay, documents, drain, monthly, page, real, receiver, stage_changes


def figures(rows) -> list[list[str]]:
    """The cells of a table's rows, without heading and rule."""
    lines = [line for line in rows if line.startswith("|")]
    assert len({line.count("|") for line in lines}) == 1, "every row has every column"
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


@pytest.mark.slow
def test_the_receiver_is_compared_with_bare_flask():
    rows = figures(receiver.rows(seconds=0.1, rounds=1, burst=40))
    assert [row[:3] for row in rows] == [
        ["none", "1", "UPDATE"], ["none", "16", "UPDATE"], ["none", "64", "UPDATE"], ["none", "16", "DELETE"],
        ["busy (scaled:10)", "16", "UPDATE"],
    ]  # fmt: skip
    alone, shared, _, deletions, _ = (float(row[-1]) for row in rows)
    assert alone == deletions == 1
    assert shared < 1


@pytest.mark.slow
def test_a_drained_burst_is_measured():
    [row] = figures(drain.rows((5,)))
    assert row[0] == "5"
    assert all(float(cell) >= 0 for cell in row)


@pytest.mark.slow
def test_documents_are_compared_with_bare_docxtpl():
    rows = figures(documents.rows(rounds=1, documents=3))
    assert [row[1] for row in rows[:2]] == ["bare docxtpl", "Voronka, DOCX"]
    assert float(rows[1][2]) > float(rows[0][2]), "templates stay parsed"


@pytest.mark.slow
def test_a_latency_of_the_portal_is_in_the_delay():
    at_once, late = figures(delay.rows(2, (0.0, 0.5)))
    assert float(late[2]) > float(at_once[2]) + 0.5


@pytest.mark.slow
def test_events_under_limits_are_counted():
    [row] = figures(real.rows((5,), "scaled:20"))
    events, effects, requests, *_ = map(float, row)
    _, _, refused, lost, doubled, _, _ = map(float, row[3:])
    assert (events, refused, lost, doubled) == (5, 0, 0, 0)
    assert effects >= 5
    assert requests > 0


@pytest.mark.slow
def test_stage_changes_are_counted():
    [row] = figures(stage_changes.rows((2,)))
    assert row[0] == "2"


@pytest.mark.slow
def test_a_month_is_compared_with_other_ways():
    name = "rep_report_open"
    ours, naive, fast = figures(monthly.rows({name: monthly.JOBS[name]}, scale=20, pause=0))
    assert [row[1] for row in (ours, naive, fast)] == ["Voronka", "a naive loop", "fast-bitrix24"]
    assert int(ours[4]) <= int(ours[3]), "in as few writing requests as promised"
    assert int(naive[4]) == int(naive[2]) == int(ours[2])


def test_an_answer_takes_the_place_of_its_own_section_only(tmp_path, monkeypatch):
    target = tmp_path / "benchmarks.md"
    monkeypatch.setattr(bench, "TARGET", target)
    first, second = page.title(receiver), page.title(real)
    bench.keep(second, "| 100 |")
    bench.keep(first, "old")
    bench.keep(first, "| new |")
    assert page.sections(target.read_text(encoding="utf-8")) == {first: "| new |", second: "| 100 |"}
    assert target.read_text(encoding="utf-8").startswith(page.HEAD)


def test_every_answer_says_when_and_on_what():
    assert re.match(r"\d+ cores, \d+ GB, .*Python 3", page.machine())


def test_a_question_that_nobody_asks_is_refused(capsys):
    with pytest.raises(SystemExit):
        bench.main(["reciever"])
    assert "receiver" in capsys.readouterr().err
