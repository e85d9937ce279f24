"""Is the production calendar of a year complete."""

from datetime import date

from config import company
from rules.production_calendar import missing

SHORT = company().calendar.short_days


def test_the_years_of_the_specification_are_complete():
    assert missing(2026, SHORT, {}) == missing(2027, SHORT, {}) == []


def test_days_before_holidays_that_nobody_wrote_down_are_named():
    [line] = missing(2027, [day for day in SHORT if day != date(2027, 6, 11)], {})
    assert line.startswith("Не указаны сокращённые дни: 11.06.2027. Подтвердите у бухгалтера")
    assert missing(2027, [day for day in SHORT if day != date(2027, 6, 11)], {date(2027, 6, 11): "work"}) == []


def test_a_year_whose_decree_is_not_out_lacks_its_moved_days():
    moved, short = missing(2030, SHORT, {})
    assert moved.startswith("Не известны переносы выходных 2030 года: обновите пакет holidays")
    assert "30.04.2030" in short
    said = {date(2030, 12, 31): "off", date(2030, 1, 9): "off"}
    assert [line[:11] for line in missing(2030, SHORT, said)] == ["Не указаны "]
