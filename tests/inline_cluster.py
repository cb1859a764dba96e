"""A cluster without workers: tasks run in this process, last one first, with what would survive a network."""

import json

from wordvec.store import open_store


class InlineCluster:
    def __init__(self, location):
        self.store = open_store(location)
        self.done = []  # names of the functions that ran
        self.threads_of_a_task, self.tasks_at_a_time = 1, 2

    def run(self, function, calls, what, show_progress=None):
        results = {}
        for number in reversed(range(len(calls))):  # no task may rely on the order
            self.done.append(function.__name__)
            results[number] = function(self.store.location, *json.loads(json.dumps(calls[number])))
        return [results[number] for number in range(len(calls))]

    def check_memory(self, what, needed):
        assert needed > 0
