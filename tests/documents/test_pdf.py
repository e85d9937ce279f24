"""PDF by LibreOffice: with one that behaves badly, and with the real one where it is installed."""

import threading
import time

import pytest

from documents import pdf
from documents.pdf import Busy, NotMade, Office
from tests.documents.offices import ONE_PAGE, WORKS, starts, written
from tests.documents.sample import card, filled


@pytest.fixture
def office_that(tmp_path):
    """A LibreOffice that does this with its `sources`, and how many each start of it had."""

    def office_that(does, **how):
        return Office(str(written(tmp_path, does)), **how), lambda: starts(tmp_path)

    return office_that


def test_what_it_made_is_given_back(office_that):
    office, starts = office_that(WORKS)
    assert office.convert(b"a") == ONE_PAGE.encode()
    assert starts() == [1]


@pytest.mark.parametrize(("does", "said"), [
    ("pass", "не открыл документ"),  # it ends with 0 also when it could not load the file
    ("sys.exit(1)", "не открыл документ"),
    ("print_(sources[0], 'error')", "не открыл документ"),
    ("print_(sources[0], '%PDF-1.4 half')", "не открыл документ"),
    ("print_(sources[0], '%PDF-1.4\\n<</Type/Pages>>\\n%%EOF')", "нет ни одной страницы"),
])  # fmt: skip
def test_what_is_no_pdf_is_not_given_back_whatever_the_exit_code_says(office_that, does, said):
    office, _ = office_that(does)
    with pytest.raises(NotMade, match=said):
        office.convert(b"a")


def test_one_that_hangs_is_ended_with_all_its_children(office_that, tmp_path):
    left = tmp_path / "left"
    office, _ = office_that(f"os.fork(); time.sleep(3); open({str(left)!r}, 'w')", seconds=0.7)
    with pytest.raises(NotMade, match="не справился"):
        office.convert(b"a")
    time.sleep(3)
    assert not left.exists()


def meanwhile(office, content):
    """A conversion in another thread: what it gave, or why not."""
    got = []

    def convert():
        try:
            got.append(office.convert(content))
        except NotMade as why:
            got.append(str(why))

    thread = threading.Thread(target=convert)
    thread.start()
    time.sleep(0.4)
    return thread, got


def test_whoever_finds_it_busy_is_told_so_at_once_and_goes_with_the_next(office_that):
    office, starts = office_that(f"time.sleep(1)\n{WORKS}")
    thread, got = meanwhile(office, b"first")
    for content in (b"second", b"third", b"fourth"):
        with pytest.raises(Busy):
            office.convert(content)
    thread.join()
    assert got == [ONE_PAGE.encode()]
    assert [office.convert(content) for content in (b"third", b"second", b"fourth")] == [ONE_PAGE.encode()] * 3
    assert starts() == [1, 3], "the three went together"


def test_a_document_that_kills_it_harms_no_other(office_that):
    bad = "for one in sources:\n    if one.read_bytes() == b'bad': os.abort()\n    print_(one)"
    office, starts = office_that(f"time.sleep(0.8)\n{bad}")
    thread, _ = meanwhile(office, b"first")
    for content in (b"bad", b"good"):
        with pytest.raises(Busy):
            office.convert(content)
    thread.join()
    assert office.convert(b"good") == ONE_PAGE.encode()
    with pytest.raises(NotMade):
        office.convert(b"bad")


def test_where_there_is_none_nobody_waits():
    assert pdf.office("/nowhere/soffice") is None


def test_pages_are_counted_also_where_they_are_packed():
    import zlib

    packed = zlib.compress(b"<</Type /Page>> <</Type/Pages>> <</Type/Page/X 1>>")
    content = b"%PDF-1.5\n5 0 obj<</Type/ObjStm/N 3>>stream\n" + packed + b"\nendstream\n%%EOF"
    assert pdf.pages(content) == 2


REAL = pdf.office(pdf.AUTO)


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="no LibreOffice on this machine")
@pytest.mark.parametrize("code", ["T12", "T16", "T17"])
def test_our_templates_become_pdf(code):
    _, content = filled(card(code))
    assert pdf.pages(REAL.convert(content)) in (1, 2)


@pytest.mark.slow
@pytest.mark.skipif(REAL is None, reason="no LibreOffice on this machine")
def test_what_is_no_document_does_not_become_one():
    with pytest.raises(NotMade):
        REAL.convert(b"PK\x03\x04 no document")
