"""`python -m tests.emulator.pictures [ADDRESS]`: the board's pictures in docs/, of a portal that `make demo` left standing."""

import argparse
import time
from pathlib import Path

from .chromium import Chromium, Page, wait_until

DOCS = Path(__file__).parents[2] / "docs"
ORDER = "Спецодежда для бригады монтажников"  # of demo/story.py
FROM, TO = "Оценка готова", "Коммерческое предложение"
SETTLED = 5.0


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.emulator.pictures", description=__doc__)
    parser.add_argument("address", nargs="?", default="http://127.0.0.1:8924")
    address = parser.parse_args().address.rstrip("/")
    browser = Chromium()
    try:
        _take(browser.new_page(1440, 900), address)
    finally:
        browser.close()


def _take(page: Page, address: str) -> None:
    """A card that the layer answers to, with its calls in the journal; then the demonstration's order."""
    page.goto(f"{address}/")
    page.locator(".column").wait()
    page.button("Журнал REST").click()
    page.labelled("только изменения").click()
    page.button("Очистить").click()
    page.locator(f"section[aria-label='{FROM}'] .card").drag_to(
        page.locator(f"section[aria-label='{TO}'] .column-cards")
    )
    page.locator(".call.writes .door-webhook").wait()
    _save(page, "board.png")
    page.button("Закрыть журнал").click()
    page.labelled("Поиск по карточкам").fill(ORDER)
    wait_until(lambda: page.locator(".card").count() == 1, "the order's card")
    order = page.evaluate("document.querySelector('.card').dataset.id")
    page.press("Escape")
    page.resize(1440, 1180)
    page.goto(f"{address}/#/deal/{order}")
    page.locator(".event").wait()
    page.evaluate("document.activeElement.blur()")
    _save(page, "card.png")


def _save(page: Page, name: str) -> None:
    time.sleep(SETTLED)  # what slides and flashes has come to rest
    page.screenshot(DOCS / name)
    print(f"docs/{name}")


if __name__ == "__main__":
    main()
