"""The simulation: its own calendar is the specification's, and a short life comes out as the calendar asks."""

import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from emulator.control import running
from simulate import calendar, endstate
from simulate.endstate import Line
from simulate.office import Office
from simulate.outages import outages
from simulate.verdict import Judge
from simulate.witness import Witness

ROOT = Path(__file__).parent.parent
FIRST, LAST = date(2026, 10, 28), date(2027, 12, 31)


def test_what_is_counted_is_what_the_tables_of_the_specification_say():
    """`rep_month` and `distributor_month` refuse where a golden row differs."""
    months = list(calendar.months(FIRST, LAST))
    assert [calendar.rep_month(month)[1] for month in months[:3]] == [
        date(2026, 11, 5),
        date(2026, 12, 3),
        date(2027, 1, 13),
    ]
    assert [calendar.distributor_month(month)[2] for month in months[:3]] == [
        date(2026, 11, 12),
        date(2026, 12, 10),
        date(2027, 1, 20),
    ]
    weeks = {name: (asked, due) for name, asked, due in calendar.weeks(FIRST, LAST)}
    assert "2027-W01" not in weeks and len(weeks) == 61  # noqa: PT018
    assert weeks["2027-W02"] == (date(2027, 1, 14), date(2027, 1, 15))
    assert weeks["2027-W08"] == (date(2027, 2, 25), date(2027, 2, 26))


def test_every_moment_at_which_something_is_due_is_a_stop():
    zones = {calendar.MOSCOW, calendar.ZoneInfo("Asia/Kamchatka"), calendar.ZoneInfo("Europe/Kaliningrad")}
    thursday = [moment.hour for moment in calendar.stops(date(2026, 11, 26), zones)]
    assert {0, 9, 10} <= set(thursday)  # nine o'clock in Kamchatka, Moscow, Kaliningrad
    assert len(calendar.stops(date(2026, 11, 28), zones)) == 2


def test_outages_leave_the_last_days_quiet_and_cover_the_opening_of_a_month():
    found = outages(date(2026, 12, 20), date(2027, 3, 15), seed=1)
    assert any(one.since < calendar.at(date(2027, 1, 11), 9) < one.until for one in found)
    assert all(before.until < after.since for before, after in zip(found, found[1:], strict=False))
    assert max(one.until for one in found) < calendar.at(date(2027, 3, 15), 0)


@pytest.mark.parametrize(
    ("other", "strictly", "with_outages"),
    [
        pytest.param([Line("a", "09:00", "due 12:00")], 0, 0, id="the same"),
        pytest.param([Line("a", "10:00", "due 13:00")], 2, 0, id="made later, with its time from then on"),
        pytest.param([Line("a", "09:00", "due 13:00")], 2, 2, id="made at once, with another deadline"),
        pytest.param([Line("b", "09:00", "due 12:00")], 2, 2, id="another"),
        pytest.param([Line("a", "09:00", "due 12:00"), Line("a", "10:00", "due 12:00")], 3, 3, id="twice"),
    ],
)
def test_two_states_differ_by_what_only_one_of_them_has(other, strictly, with_outages):
    one = [Line("a", "09:00", "due 12:00")]
    assert len(endstate.differences(one, other, same_moments=True)) == strictly
    assert len(endstate.differences(one, other, same_moments=False)) == with_outages


def test_a_portal_without_the_layer_lacks_everything():
    """The judge is not content with nothing."""
    thursday, friday = date(2026, 11, 26), date(2026, 11, 27)
    with running(seed="year", now=calendar.at(thursday, 0)) as portal:
        office = Office(portal)
        witness = Witness(office)
        witness.look(thursday)
        verdict = Judge(office, witness, thursday, friday).judge()
    assert len(witness.managers["2026-W48"]) > 15
    assert {one.partition(":")[0] for one in verdict.complaints} == {"week of receivables", "RC-3"}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_week_of_reports_on_receivables_is_as_the_calendar_says():
    """Whoever becomes a manager after the first morning of 2027-W52 is asked as well."""
    words = (sys.executable, "-m", "simulate", "--first", "2027-12-27", "--last", "2027-12-30")
    told = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, encoding="utf-8", timeout=800)
    assert told.returncode == 0, told.stdout + told.stderr
    assert ", 0 complaints" in told.stdout
    for what in (
        "week of receivables: asked for",
        "newcomers are asked",
        "RC-1: due at 12:00",
        "RC-3: the consolidated",
    ):
        assert what in told.stdout
