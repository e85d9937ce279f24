"""What IT watches: counters of this process in Prometheus' format."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram


class Metrics:
    """One registry per engine, so that several can live in one process."""

    def __init__(self):
        self.registry = CollectorRegistry()
        counter = lambda name, text, *labels: Counter(f"voronka_{name}", text, labels, registry=self.registry)  # noqa: E731
        self.requests = counter("portal_requests", "HTTP requests to the portal", "method", "outcome")
        self.commands = counter("portal_commands", "Commands sent, batches unfolded", "method")
        self.looks = counter("looks", "Looks of the observer", "kind")
        self.changes = counter("changes", "Changes noticed", "kind")
        self.runs = counter("runs", "Runs ended", "state")
        self.effects = counter("effects", "Effects brought about", "verb", "outcome")
        self.portal_shut = Gauge(
            "voronka_portal_shut", "1: the portal takes nothing from us", ["reason"], registry=self.registry
        )
        self.seconds = Histogram("voronka_portal_seconds", "Time of a request to the portal", registry=self.registry)
