"""Whether a caller knows the secret."""

import hmac

from pydantic import SecretStr


def knows(given: str, secret: SecretStr | None) -> bool:
    """Compared on bytes and in constant time: words of any alphabet are wrong, never an error.

    Where no secret is set, nobody knows it.
    """
    if secret is None or not secret.get_secret_value():
        return False
    return hmac.compare_digest(given.encode("utf-8", "replace"), secret.get_secret_value().encode())
