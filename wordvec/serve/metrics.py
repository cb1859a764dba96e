"""What the service counts, in the text format of Prometheus.

With several worker processes, prometheus_client adds their numbers up through files in the folder that the environment
variable PROMETHEUS_MULTIPROC_DIR names; ``wordvec serve --workers`` makes such a folder.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Metrics:
    """Counters of one application."""

    def __init__(self, words: int) -> None:
        self.registry = CollectorRegistry()
        what = ("question", "status")
        self.requests = Counter("wordvec_requests", "Requests answered", what, registry=self.registry)
        self.seconds = Histogram(
            "wordvec_request_seconds", "From the request's head to its answer", ("question",), buckets=SECONDS,
            registry=self.registry,
        )  # fmt: skip
        gauge = Gauge(
            "wordvec_words", "Words of the vectors", registry=self.registry, multiprocess_mode="livemax"
        )  # the same in each process
        gauge.set(words)
        if FOLDER not in os.environ:
            ProcessCollector(registry=self.registry)

    def count(self, question: str, status: int, seconds: float) -> None:
        """Note one answered request."""
        self.requests.labels(question, str(status)).inc()
        self.seconds.labels(question).observe(seconds)

    def as_text(self) -> bytes:
        """All counters, of all worker processes where there are several."""
        if FOLDER not in os.environ:
            return generate_latest(self.registry)
        together = CollectorRegistry()
        MultiProcessCollector(together)
        return generate_latest(together)
