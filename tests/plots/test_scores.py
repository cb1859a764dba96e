import json

import pytest

from wordvec.errors import EvaluationFileError, OptionError
from wordvec.plots import plot_loss, plot_scores, read_scores

ROWS = [
    {"name": "wordsim", "score": 0.7, "ci95": [0.6, 0.8]},
    {"name": "analogies", "score": 0.25, "ci95": None},
    {"name": "empty", "score": None, "ci95": None},
]


def test_points_lie_at_the_scores_and_lines_span_the_intervals():
    axes = plot_scores({"a": ROWS, "b": [{"name": "wordsim", "score": 0.5, "ci95": [0.4, 0.6]}]})
    assert [label.get_text() for label in axes.get_yticklabels()] == ["wordsim", "analogies"]
    points = {line.get_label(): line.get_xdata().tolist() for line in axes.lines if line.get_linestyle() == "None"}
    assert points == {"a": [0.7, 0.25], "b": [0.5]}
    spans = [tuple(line.get_xdata()) for line in axes.lines if line.get_linestyle() == "-"]
    assert spans == [(0.6, 0.8), (0.25, 0.25), (0.4, 0.6)]
    heights = [line.get_ydata()[0] for line in axes.lines if line.get_linestyle() == "None"]
    assert heights[0] < heights[1]  # beside each other, not over each other
    assert len({line.get_marker() for line in axes.lines if line.get_linestyle() == "None"}) == 2


def test_no_scores():
    with pytest.raises(OptionError, match="no score to draw"):
        plot_scores({"a": ROWS[2:]})


def test_scores_are_read_from_what_evaluate_prints(tmp_path):
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    one.write_text(json.dumps({"x/cbow.safetensors": ROWS, "y/svd.npz": ROWS[:1]}), encoding="utf-8")
    two.write_text(json.dumps({"x/cbow.safetensors": ROWS[1:2]}), encoding="utf-8")
    assert read_scores([one, two]) == {"cbow": [*ROWS, ROWS[1]], "svd": ROWS[:1]}


def test_models_of_one_name_keep_their_folders(tmp_path):
    path = tmp_path / "scores.json"
    path.write_text(json.dumps({"a/v.npz": ROWS, "b/v.npz": ROWS}), encoding="utf-8")
    assert list(read_scores([path])) == ["a/v.npz", "b/v.npz"]


@pytest.mark.parametrize("content", ["", "not json", "[]", '{"a": 1}', '{"a": [{"score": 1}]}', '{"a": [3]}'])
def test_files_that_are_no_scores(tmp_path, content):
    path = tmp_path / "scores.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(EvaluationFileError, match=r"scores.json: .*expected the output of: wordvec evaluate"):
        read_scores([path])


def test_a_missing_file(tmp_path):
    with pytest.raises(EvaluationFileError, match="No such file"):
        read_scores([tmp_path / "none.json"])


def test_held_out_losses_are_dashed_and_of_the_same_colour():
    axes = plot_loss({"cbow": [2.0, 1.0], "svd": [3.0, 2.5]}, held_out={"cbow": [2.1, 1.4], "svd": []})
    solid, dashed, other = axes.lines
    assert dashed.get_linestyle() == "--"
    assert dashed.get_color() == solid.get_color() != other.get_color()
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["cbow", "cbow, held out", "svd"]


def test_one_epoch_has_one_tick():
    axes = plot_loss([2.0])
    low, high = axes.get_xlim()
    assert [tick for tick in axes.get_xticks() if low <= tick <= high and tick == round(tick)] == [1.0, 2.0]
