"""The interactive page: CBOW on the example sentence, step by step, in one self-contained HTML file."""

from __future__ import annotations

import base64
import hashlib
import html
import os
import re
from importlib import resources
from typing import Any

import numpy as np

from wordvec.corpus import contexts_and_targets, number_words
from wordvec.errors import OptionError, describe
from wordvec.explorer.html import embedded_json
from wordvec.files import replace_file
from wordvec.learn.messages import LANGUAGES

DIM = 2  # so that the vectors can be drawn directly
RATE = 1.0  # learning rate of gradient descent on the mean loss of six examples


def page_data(language: str | None = None) -> dict[str, Any]:
    """The page's initial data: the sentence of each language, contexts and targets, and the initial weights.

    The three sentences have the same pattern of repeated words, so they share contexts and targets.

    >>> page_data()["contexts"][0], page_data()["targets"][0]
    ([0, 2], 1)
    """
    if language is not None and language not in LANGUAGES:
        raise OptionError(f"language must be one of {', '.join(LANGUAGES)}; got {describe(language)}")
    numbered = {name: number_words(sentence.split()) for name, sentence in SENTENCES.items()}
    contexts, targets = contexts_and_targets(numbered["en"][0], window=1)
    rng = np.random.default_rng(seed=3)
    V = len(numbered["en"][1])
    weights = {"W_in": rng.normal(scale=0.5, size=(V, DIM)), "W_out": rng.normal(scale=0.5, size=(DIM, V))}
    return {
        "language": language,
        "rate": RATE,
        "sentences": SENTENCES,
        "words": {name: words for name, (_, words) in numbered.items()},
        "contexts": contexts.tolist(),
        "targets": targets.tolist(),
        "weights": {name: W.round(3).tolist() for name, W in weights.items()},
        "texts": TEXTS,
    }


def write_network_page(path: str | os.PathLike[str], language: str | None = None) -> None:
    """Write the page. By default it opens in the browser's language, if that is English, Korean or Japanese.

    Raises OptionError for another language, InputError if the folder does not exist.

    >>> import tempfile
    >>> from pathlib import Path
    >>> page = Path(tempfile.mkdtemp()) / "learn.html"
    >>> write_network_page(page)
    >>> page.read_text(encoding="utf-8")[:15]
    '<!doctype html>'
    """
    script = f'"use strict";\n(() => {{\n{_read("model.js")}\n{_read("page.js")}}})();'
    style = _read("page.css")
    policy = f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; base-uri 'none'"
    parts = {
        "policy": html.escape(policy),
        "style": style,
        "data": embedded_json(page_data(language)),
        "script": script,
    }
    page = re.sub(r"\{\{(\w+)\}\}", lambda match: parts[match.group(1)], _read("page.html"))
    with replace_file(path) as file:
        file.write(page.encode("utf-8", "backslashreplace"))


def _read(name: str) -> str:
    return resources.files("wordvec.learn").joinpath("page", name).read_text(encoding="utf-8")


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


# The page's texts, in the languages of the course.


# ruff: noqa: E501, since each wide character counts as two


# All three have the same pattern of repeated words: 0 1 2 3 4 1 5 6.
SENTENCES = {
    "en": "you say goodbye and i say hello .",
    "ko": "너는 말해 안녕 그리고 나는 말해 반가워 .",
    "ja": "君 は さよなら と 僕 は こんにちは 。",
}

TEXTS: dict[str, dict[str, Any]] = {
    "en": {
        "title": "A small CBOW network, step by step",
        "dark": "dark",
        "back": "back",
        "step": "step",
        "once": "one whole step",
        "hundred": "100 steps",
        "reset": "start again",
        "rate": "learning rate",
        "vectors": "The rows of W_in",
        "loss": "Loss",
        "steps": "steps of gradient descent",
        "hint": "You may change any number in W_in and W_out: loss and vectors follow. Blue is positive, orange negative.",
        "examples": "contexts and target",
        "left": "left",
        "right": "right",
        "target": "target",
        "stages": [
            "Each example is two contexts and the word between them, the target. W_in holds a vector for each word.",
            "Forward: h is the mean of the two contexts' rows of W_in, one row for each example.",
            "Forward: h times W_out gives each example a score for every word.",
            "Forward: softmax turns scores into probabilities. The loss is the mean of -log(probability of the target).",
            "Backward: the gradient of the scores is (probability - 1 for the target, - 0 for others) / number of examples.",
            "Backward through MatMul: W_out gets the transpose of h times dL/dscores, h gets dL/dscores times the "
            "transpose of W_out.",
            "Backward through the mean: each context's row of W_in gets half of its example's gradient; repeated words "
            "add up.",
            "Gradient descent: both matrices move by - learning rate x gradient at the next step.",
        ],
    },
    "ko": {
        "title": "작은 CBOW 신경망, 한 단계씩",
        "dark": "어둡게",
        "back": "뒤로",
        "step": "다음",
        "once": "한 걸음 전체",
        "hundred": "100걸음",
        "reset": "처음부터",
        "rate": "학습률",
        "vectors": "W_in의 행",
        "loss": "손실",
        "steps": "경사 하강법 걸음 수",
        "hint": "W_in과 W_out의 수를 마음대로 바꿔 보세요. 손실과 벡터가 따라 움직입니다. 파랑은 양수, 주황은 음수입니다.",
        "examples": "맥락과 타깃",
        "left": "왼쪽",
        "right": "오른쪽",
        "target": "타깃",
        "stages": [
            "예제마다 맥락이 둘이고, 그 사이의 단어가 타깃입니다. W_in에는 단어마다 벡터가 하나씩 있습니다.",
            "순전파: h는 두 맥락에 해당하는 W_in의 행을 평균한 것입니다. 예제마다 한 행입니다.",
            "순전파: h에 W_out을 곱하면 예제마다 모든 단어의 점수가 나옵니다.",
            "순전파: 소프트맥스가 점수를 확률로 바꿉니다. 손실은 -log(타깃의 확률)의 평균입니다.",
            "역전파: 점수에 대한 기울기는 (확률 - 타깃이면 1, 아니면 0) / 예제 수입니다.",
            "행렬곱의 역전파: W_out은 h의 전치와 dL/dscores의 곱을, h는 dL/dscores와 W_out의 전치의 곱을 받습니다.",
            "평균의 역전파: 각 맥락의 W_in 행은 그 예제의 기울기를 절반씩 받고, 되풀이되는 단어는 더합니다.",
            "경사 하강법: 다음을 누르면 두 행렬이 - 학습률 × 기울기만큼 움직입니다.",
        ],
    },
    "ja": {
        "title": "小さな CBOW ネットワークを一段階ずつ",
        "dark": "暗く",
        "back": "戻る",
        "step": "次へ",
        "once": "一歩全体",
        "hundred": "100 歩",
        "reset": "最初から",
        "rate": "学習率",
        "vectors": "W_in の行",
        "loss": "損失",
        "steps": "勾配降下法の歩数",
        "hint": "W_in と W_out の数は自由に変えられます。損失とベクトルが動きます。青は正、橙は負です。",
        "examples": "コンテキストとターゲット",
        "left": "左",
        "right": "右",
        "target": "ターゲット",
        "stages": [
            "各例は二つのコンテキストと、その間の単語、ターゲットからなります。W_in には単語ごとにベクトルがあります。",
            "順伝播: h は、二つのコンテキストに当たる W_in の行の平均で、例ごとに 1 行です。",
            "順伝播: h に W_out を掛けると、例ごとにすべての単語のスコアが出ます。",
            "順伝播: ソフトマックスがスコアを確率に変えます。損失は -log(ターゲットの確率) の平均です。",
            "逆伝播: スコアによる勾配は（確率 - ターゲットなら 1、ほかは 0）/ 例の数です。",
            "行列積の逆伝播: W_out は h の転置と dL/dscores の積を、h は dL/dscores と W_out の転置の積を受け取ります。",
            "平均の逆伝播: 各コンテキストの W_in の行は、その例の勾配を半分ずつ受け取り、繰り返す単語では足し合わせます。",
            "勾配降下法: 次へ進むと、二つの行列が - 学習率 × 勾配だけ動きます。",
        ],
    },
}
