"""The portal as a process of its own."""

import requests

from emulator.control import free_port, spawned


def test_a_process_answers_and_ends_by_itself():
    with spawned(port=free_port(), seed="demo", limits="scaled:20") as portal:
        assert requests.get(portal.webhook_url + "profile", timeout=10).json()["result"]["NAME"] == "Воронка"
        assert portal.time().isoformat().startswith("2026-11-23T10:00")
        address = portal.base_url
    try:
        requests.get(address, timeout=2)
    except requests.ConnectionError:
        return
    raise AssertionError("the portal still answers")
