"""The interactive page: its numbers are the library's, whatever the reader does, in a real browser."""

from __future__ import annotations

import numpy as np
import pytest

from wordvec.cli import main
from wordvec.errors import InputError, OptionError
from wordvec.layers import MatMul, Mean, SoftmaxWithLoss, one_hot, softmax
from wordvec.learn.network_page import SENTENCES, TEXTS, page_data, write_network_page
from wordvec.networks import SGD, Sequential


def library(weights):
    """The same network of the library's layers, with these weights, and all its matrices by the page's names."""
    data = page_data()
    contexts, targets = np.array(data["contexts"]), np.array(data["targets"])
    network = Sequential(
        MatMul(np.array(weights["W_in"])), Mean(), MatMul(np.array(weights["W_out"])), loss=SoftmaxWithLoss()
    )
    x = one_hot(contexts, 7)
    loss = network.forward(x, targets)
    network.backward()
    h = Mean().forward(network.params[0][contexts])
    scores = h @ network.params[1]
    dscores = (softmax(scores) - one_hot(targets, 7)) / 6
    return network, {
        "h": h, "scores": scores, "probabilities": softmax(scores), "loss": loss, "dscores": dscores,
        "dh": dscores @ network.params[1].T, "dW_in": network.grads[0], "dW_out": network.grads[1],
    }  # fmt: skip


def assert_library(shown, weights):
    for name, expected in library(weights)[1].items():
        np.testing.assert_allclose(np.array(shown[name]), expected, rtol=1e-9, atol=1e-12, err_msg=name)


def test_the_three_languages_say_the_same_things():
    patterns = {tuple(words.index(word) for word in words) for words in map(str.split, SENTENCES.values())}
    assert patterns == {(0, 1, 2, 3, 4, 1, 6, 7)}
    keys = [sorted(texts) for texts in TEXTS.values()]
    assert keys[0] == keys[1] == keys[2]
    assert {len(texts["stages"]) for texts in TEXTS.values()} == {8}
    assert TEXTS.keys() == SENTENCES.keys()


def test_the_command_writes_one_file_that_asks_for_nothing(tmp_path, capsys):
    target = tmp_path / "page.html"
    assert main(["learn", "-o", str(target), "--language", "ja"]) == 0
    page = target.read_text(encoding="utf-8")
    assert "{{" not in page
    assert "default-src &#x27;none&#x27;" in page
    assert not [
        mark
        for mark in ("http://", "https://", "src=", "@import")
        if mark in page.replace("http://www.w3.org/2000/svg", "")
    ]
    assert "page.html" in capsys.readouterr().out


def test_what_cannot_be_written(tmp_path, capsys):
    assert main(["learn", "-o", str(tmp_path / "page.txt")]) == 2
    assert "must end in .html" in capsys.readouterr().err
    with pytest.raises(InputError):
        write_network_page(tmp_path / "nowhere" / "page.html")
    with pytest.raises(OptionError, match="one of en, ko, ja; got 'de'"):
        page_data("de")


@pytest.fixture(scope="module")
def _opened(browser, tmp_path_factory):
    path = tmp_path_factory.mktemp("learn") / "learn.html"
    write_network_page(path)
    context = browser.new_context(offline=True, locale="en-GB", color_scheme="light")
    page = context.new_page()
    page.complaints, page.requests = [], []
    page.set_default_timeout(60_000)
    page.on("console", lambda message: page.complaints.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.on("request", lambda request: page.requests.append(request.url))
    page.goto(path.as_uri())
    page.wait_for_function("window.learn")
    yield page
    context.close()


@pytest.fixture
def page(_opened):
    """The page as it was first opened; it must not complain nor ask for anything."""
    _opened.evaluate("() => { document.activeElement.blur(); learn.state.rate = 1; learn.speak('en'); learn.reset(); }")
    yield _opened
    assert _opened.complaints == []
    assert len(_opened.requests) == 1


def weights(page):
    return page.evaluate("learn.state.weights")


def test_first_numbers(page):
    assert weights(page) == page_data()["weights"]
    assert_library(page.evaluate("learn.matrices()"), weights(page))
    assert page.locator("#loss").text_content() == f"{library(weights(page))[1]['loss']:.4f}"


def test_matrices_appear_as_the_steps_reach_them(page):
    hidden = lambda: page.locator("section.unknown").evaluate_all("all => all.map((one) => one.id)")
    assert hidden() == ["h", "scores", "probabilities", "dscores", "dW_out", "dh", "dW_in"]
    page.keyboard.press("ArrowRight")
    assert hidden() == ["scores", "probabilities", "dscores", "dW_out", "dh", "dW_in"]
    assert page.locator("section.current").get_attribute("id") == "h"
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    assert hidden() == []
    page.keyboard.press("ArrowLeft")
    assert hidden() == ["dW_in"]


def test_what_is_written_in_a_matrix(page):
    page.keyboard.press("ArrowRight")
    rows = page.locator("#h tbody tr").all_text_contents()
    h = library(weights(page))[1]["h"]
    targets = ["say", "goodbye", "and", "i", "say", "hello"]
    assert rows == [word + "".join(f"{value:.3f}" for value in row) for word, row in zip(targets, h)]


def test_a_whole_step_is_the_optimizers(page):
    network, _ = library(weights(page))
    SGD(learning_rate=1.0).update(network.params, network.grads)
    for _ in range(8):
        page.locator("#step").click()
    after = weights(page)
    np.testing.assert_allclose(after["W_in"], network.params[0], rtol=1e-12)
    np.testing.assert_allclose(after["W_out"], network.params[1], rtol=1e-12)
    assert page.evaluate("learn.state.stage") == 0
    assert_library(page.evaluate("learn.matrices()"), after)
    page.keyboard.press("ArrowLeft")
    assert weights(page) == page_data()["weights"]


def test_a_hundred_steps_learn_the_sentence(page):
    page.keyboard.press("h")
    page.keyboard.press("h")
    page.keyboard.press(" ")
    assert page.evaluate("learn.state.losses.length") == 201
    network, _ = library(page_data()["weights"])
    sgd = SGD(learning_rate=1.0)
    data = page_data()
    for _ in range(201):
        network.forward(one_hot(np.array(data["contexts"]), 7), np.array(data["targets"]))
        network.backward()
        sgd.update(network.params, network.grads)
    np.testing.assert_allclose(weights(page)["W_in"], network.params[0], rtol=1e-6)
    assert_library(page.evaluate("learn.matrices()"), weights(page))


def test_a_changed_weight_moves_loss_and_vectors(page):
    before = page.locator("#loss").text_content(), page.locator("#vectors circle").first.get_attribute("cx")
    cell = page.locator("input[aria-label='W_in you 1'], #W_in input").first
    cell.fill("2.5")
    cell.press("Enter")
    assert weights(page)["W_in"][0][0] == 2.5
    after = page.locator("#loss").text_content(), page.locator("#vectors circle").first.get_attribute("cx")
    assert before[0] != after[0]
    assert before[1] != after[1]
    assert after[0] == f"{library(weights(page))[1]['loss']:.4f}"
    cell.fill("")
    cell.press("Enter")
    assert weights(page)["W_in"][0][0] == 2.5  # no number: nothing changes


def test_languages_and_dark_mode(page):
    assert page.title() == TEXTS["en"]["title"]
    for language, word in (("ko", "너는"), ("ja", "君"), ("en", "you")):
        page.locator(f"[data-language={language}]").click()
        assert page.title() == TEXTS[language]["title"]
        assert page.locator("#vectors text").first.text_content() == word
        assert page.evaluate("document.documentElement.lang") == language
        assert TEXTS[language]["stages"][0] in page.locator("#said").text_content()
    paper = lambda: page.evaluate("getComputedStyle(document.body).backgroundColor")
    light = paper()
    page.locator("#dark").click()
    assert paper() != light
    page.locator("#dark").click()
    assert paper() == light


def test_a_learning_rate_out_of_range_is_not_taken(page):
    for value in ("0", "-1", "1000"):
        page.locator("#rate").fill(value)
        page.locator("#rate").press("Enter")
        assert page.evaluate("learn.state.rate") == 1
        assert page.locator("#rate").input_value() == "1"


def test_a_narrow_window_does_not_scroll_sideways(page):
    page.set_viewport_size({"width": 420, "height": 800})
    for _ in range(7):
        page.keyboard.press("ArrowRight")
    assert page.evaluate("document.documentElement.scrollWidth") <= 420
    page.set_viewport_size({"width": 1280, "height": 800})
