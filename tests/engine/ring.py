"""Ring the receiver's bell by hand."""

import requests


def deliver(company, event: dict, **changed: str) -> int:
    """Post an event of the portal once more, parts of its form changed; returns the receiver's answer."""
    return requests.post(company.receiver_url, data=event["form"] | changed, timeout=5).status_code
