"""What heads find in the morning (R-14)."""


def digests(company, head):
    return [text for text in company.notifications(head) if text.startswith("Просроченных задач отдела")]


def test_a_head_hears_in_the_morning_what_was_late_then_and_not_the_evening_before(company):
    """A task due at 18:00 is in the digest of the next day at 09:30, once."""
    deal, head = company.deal_in("QUALIFY"), company.holder("HEAD_SOFT")
    company.at("26.11.2026 19:00")  # its deadline was at 18:00
    company.run_clock()
    assert digests(company, head) == []
    company.at("27.11.2026 09:35")
    company.run_clock()
    company.at("27.11.2026 09:50")
    company.run_clock()
    (digest,) = digests(company, head)
    assert f"• Оцените клиента и потребности (сделка №{deal})" in digest
