"""Whether a caller knows the secret, and that the time of the answer does not tell how nearly."""

import time
from collections.abc import Callable

import pytest
from pydantic import SecretStr

from web.proof import knows

SECRET = SecretStr("jvh9y1ulvt2m6k5or90v9mg8nn32ozas")


@pytest.mark.parametrize("secret", [None, SecretStr("")])
@pytest.mark.parametrize("given", ["", "x", "None"])
def test_where_no_secret_is_set_nobody_knows_it(secret, given):
    """S02."""
    assert not knows(given, secret)


@pytest.mark.parametrize("given", ["токен", "\ud800", "\0", "jvh9y1ulvt2m6k5or90v9mg8nn32ozaѕ", "x" * 10**6])
def test_words_of_any_alphabet_are_wrong_and_no_error(given):
    """S03."""
    assert not knows(given, SECRET)
    assert not knows(given, SecretStr("секрет"))
    assert knows("секрет", SecretStr("секрет"))


def test_a_word_that_is_wrong_from_its_first_letter_is_compared_to_its_last():
    """S13. Words of four million letters, so that comparing outweighs everything else; the best of forty times."""
    secret, wrong = SecretStr("a" * 4_000_000), "b" + "a" * 3_999_999
    comparing = min(_seconds(lambda: knows(wrong, secret)) for _ in range(40))
    reading = min(
        _seconds(lambda: (wrong.encode("utf-8", "replace"), secret.get_secret_value().encode())) for _ in range(40)
    )
    assert comparing > 1.2 * reading


def _seconds(act: Callable[[], object]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started
