"""The race from text to vectors: order of the runs and the table."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))

from benchmarks import race


def test_all_run_in_each_round_and_ratios_are_of_one_round():
    calls, seconds = [], {"gensim": (100.0, 90.0), "wordvec-svd-start": (10.0, 6.0), "wordvec": (20.0, 30.0)}

    def train(entry, model, number, epochs):
        calls.append((entry.name, number, epochs))
        times = {"train": 1.0, "total": seconds[entry.name][number]}
        return {"contender": entry.name, "model": model, "round": number, "seconds": times}

    trainings, scores = race.measure("skipgram", 2, 2, train, lambda trained: trained["contender"])
    assert calls[:3] == [("gensim", 0, 5), ("wordvec-svd-start", 0, 3), ("wordvec", 0, 5)]
    assert len(calls) == len(scores) == 6
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in race.race_table(trainings).splitlines()]
    assert rows[3][:5] == ["skipgram", "wordvec-svd-start", "3", "8.0", "12.50 (10.00-15.00)"]
    assert rows[4][4] == "4.00 (3.00-5.00)"
