"""Every morning everything is looked at as `flask check` does, and IT hears of what must be mended."""

from collections.abc import Iterator
from dataclasses import asdict

from engine.deal import Deal
from engine.run import Run
from engine.schedule import Period, Subject, daily
from provision import check
from robots.notify import notify


@daily("06:00", zone="Europe/Moscow", newest_only=True)
def begin_the_check(engine, period: Period) -> Iterator[Subject]:
    """One subject: the whole installation. It is looked at in a run, so that the clock does not wait for it."""
    yield Subject("installation")


@begin_the_check.each
def tell_what_must_be_mended(run: Run, deal: Deal | None) -> None:
    """The log has every finding; ADMIN gets one notification about errors, and none while there are only warnings."""
    wrong = [found for found in run.fact("findings", lambda: _findings(run.engine)) if found["state"] == "error"]
    if wrong:
        notify(run, "ADMIN", f"Утренняя проверка «Воронки»: ошибок — {len(wrong)}. Что исправить, скажет flask check.")


def _findings(engine) -> list[dict]:
    patient = check.Patient(engine.portal, engine.storage, engine.company, engine.settings)
    return [asdict(found) for found in check.look_over(patient, ring=check.receiver_listens(patient))]
