"""An event names addresses; none of them is ever asked."""

from flask import Flask, jsonify, request

from tests.engine.ring import deliver
from tests.serving import Server


def test_an_address_that_an_event_names_is_never_asked(company):
    """S18."""
    asked, evil, app = [], Server(), Flask("evil")
    app.before_request(lambda: asked.append(request.url) or jsonify(result={}))
    evil.serve(app)
    company.portal.events(hold=True)
    deal = company.new_deal()
    [event] = [one for one in company.portal.event_queue() if one["event"] == "ONCRMDEALADD"]
    names = {
        "auth[domain]": evil.address.removeprefix("http://"),
        "auth[client_endpoint]": f"{evil.address}/rest/",
        "auth[server_endpoint]": f"{evil.address}/rest/",
        "client_endpoint": f"{evil.address}/rest/1/x/",
        "auth[access_token]": "x",
        "auth[refresh_token]": "x",
    }
    assert deliver(company, event, **names) == 200
    company.portal.events(hold=False)
    company.settle()
    evil.stop()
    assert asked == []
    assert company.titles(deal) == ["Свяжитесь с клиентом"]
