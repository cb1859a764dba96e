"""The application without a server: what is asked, answered and refused."""

from __future__ import annotations

import asyncio
import json
from urllib.parse import quote

import numpy as np
import pytest
from serving import WORDS, ask, post, request, run, small_vectors

from wordvec.errors import InputError, OptionError, VectorsFileError
from wordvec.serve import create_app
from wordvec.serve.settings import Settings

TOKEN = "a-token-of-some-length"


def words_of(answer):
    return [each["word"] for each in answer.json["neighbours"]]


@pytest.mark.parametrize("word", WORDS)
def test_similar_words_are_those_of_most_similar(app, vectors, word):
    answer = ask(app, f"/similar?word={quote(word, safe='')}&k=3")
    assert answer.status == 200
    assert answer.json["word"] == word
    found = [(each["word"], each["score"]) for each in answer.json["neighbours"]]
    assert found == [(near, pytest.approx(score, abs=1e-6)) for near, score in vectors.most_similar(word, k=3)]


def test_sums_weights_and_vectors(app, vectors):
    asked = {"positive": ["king", ["woman", 0.5]], "negative": ["man"], "k": 2, "top": 20}
    assert words_of(post(app, "/similar", asked)) == [
        word for word, _ in vectors.most_similar(["king", ("woman", 0.5)], ["man"], k=2, top=20)
    ]
    row = [float(number) for number in vectors["queen"]]
    assert words_of(post(app, "/similar", {"vector": row, "k": 1})) == ["queen"]


def test_an_analogy(app, vectors):
    assert words_of(ask(app, "/analogy?a=man&b=king&c=woman&k=1")) == ["queen"]
    expected = vectors.analogy("man", "king", "woman", k=3, method="3cosmul")
    assert words_of(ask(app, "/analogy?a=man&b=king&c=woman&k=3&method=3cosmul")) == [word for word, _ in expected]


def test_vectors_come_back_as_they_are(app, vectors):
    answer = ask(app, "/vectors?word=king&word=queen")
    assert answer.json["words"] == ["king", "queen"]
    assert np.array_equal(np.array(answer.json["vectors"], np.float32), vectors[["king", "queen"]])  # to the last bit
    assert ask(app, "/vectors?word=king").json == post(app, "/vectors", {"word": "king"}).json


def test_means_of_texts_and_of_tokens(app, vectors):
    of_text = post(app, "/embed", {"texts": ["King, queen!", ""]}).json
    assert of_text["found"], of_text["missing"] == ([2, 0], [0, 0])
    assert np.allclose(of_text["vectors"][0], (vectors["king"] + vectors["queen"]) / 2, atol=1e-6)
    assert of_text["vectors"][1] == [0.0] * 8
    of_tokens = post(app, "/embed", {"tokens": [["king", "queen", "nobody"], []]}).json
    assert of_tokens["vectors"] == of_text["vectors"]
    assert of_tokens["missing"] == [1, 0]


def test_texts_need_a_tokenizer():
    answer = post(create_app(Settings(), small_vectors()), "/embed", {"texts": ["King"]})
    assert answer.status == 400
    assert "--tokenizer NAME" in answer.json["detail"]
    named = create_app(Settings(tokenizer="words"), small_vectors())
    assert post(named, "/embed", {"texts": ["King"]}).json["found"] == [1]


def test_words_by_their_beginning(app, vectors):
    assert [each["word"] for each in ask(app, "/search?text=KING").json["words"]] == ["king", "Kingdom"]
    without = create_app(Settings(search=False), vectors)
    assert ask(without, "/search?text=k").status == 404
    assert "/search" not in ask(without, "/openapi.json").json["paths"]


def test_a_batch_answers_what_it_can(app):
    asked = [
        {"ask": "similar", "word": "king", "k": 2},
        {"ask": "similar", "word": "kinh"},
        {"ask": "similar", "word": "man", "k": 4, "top": 30},
        {"ask": "vectors", "word": ["man"]},
        {"ask": "batch", "questions": []},
    ]
    answers = post(app, "/batch", {"questions": asked}).json["answers"]
    assert answers[0] == ask(app, "/similar?word=king&k=2").json
    assert (answers[1]["status"], answers[1]["suggestions"]) == (404, ["king"])
    assert answers[2] == ask(app, "/similar?word=man&k=4&top=30").json
    assert answers[3] == ask(app, "/vectors?word=man").json | {"words": ["man"]}
    assert "'ask' must be one of" in answers[4]["detail"]


def test_one_question_without_direction_leaves_the_others_answered(app):
    asked = [{"ask": "similar", "positive": ["king"], "negative": ["king"]}, {"ask": "similar", "word": "king"}]
    first, second = post(app, "/batch", {"questions": asked}).json["answers"]
    assert "points nowhere" in first["detail"]
    assert len(second["neighbours"]) == 10


def test_many_questions_at_once_get_each_its_own_answer(app, vectors):
    async def all_at_once():
        return await asyncio.gather(*(request(app, f"/similar?word=word{n}&k={n % 7 + 1}") for n in range(100)))

    for number, answer in enumerate(run(all_at_once())):
        expected = vectors.most_similar(f"word{number}", k=number % 7 + 1)
        assert words_of(answer) == [word for word, _ in expected]


@pytest.mark.parametrize(
    "target, status, detail",
    [
        ("/similar?word=kinh", 404, "did you mean 'king'"),
        ("/vectors?word=kinh", 404, "did you mean 'king'"),
        ("/similar", 400, "'word' is missing"),
        ("/similar?word=", 400, "'word' is missing"),
        ("/similar?word=king&k=0", 400, "'k' must be a whole number from 1 to 1,000; got '0'"),
        ("/similar?word=king&k=1e3", 400, "'k' must be"),
        ("/similar?word=king&wrod=x", 400, "'wrod' is no parameter of this question: it takes 'k'"),
        ("/similar?word=king&positive=man", 400, "not several of these"),
        ("/similar?word=king&word=man", 400, "'word' takes one value; got 2: ask a question for each, or /batch"),
        ("/similar?word=king&k=1&k=2", 400, "'k' takes one value; got 2"),
        ("/analogy?a=man&b=king&c=woman&method=3cosadd&method=3cosmul", 400, "'method' takes one value; got 2"),
        ("/similar?word=%ff", 400, "must be UTF-8"),
        ("/similar?word=" + "x" * 1_001, 400, "a word may have 1,000 characters"),
        ("/similar?word=" + "x" * 9_000, 414, "8,192 bytes"),
        ("/similar?" + "&".join(f"p{i}=1" for i in range(1_001)), 400, "at most 1,000"),
        ("/vectors?" + "&".join(f"word=word{i}" for i in range(51)), 400, "a request may have 50 word"),
        ("/analogy?a=man&b=king&c=woman&method=4cos", 400, "analogy method must be one of"),
        ("/nothing", 404, "nothing here"),
        ("/../etc/passwd", 404, "nothing here"),
    ],
)
def test_errors_are_problem_documents(app, target, status, detail):
    answer = ask(app, target)
    assert (answer.status, answer.json["status"]) == (status, status)
    assert detail in answer.json["detail"]
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json["title"]
    assert answer.json["type"]


@pytest.mark.parametrize(
    "target, body, detail",
    [
        ("/similar", b"", "the body is not JSON"),
        ("/similar", b"[1]", "must be a JSON object; got a list"),
        ("/similar", b"[" * 5_000, "the body is not JSON"),
        ("/similar", b'{"word": "\xff"}', "the body is not JSON"),
        ("/similar", b'{"word": "\\ud800"}', "the body is not JSON"),
        ("/similar", b'{"word": NaN}', "the body is not JSON"),
        ("/similar", b'{"word": "king", "k": 1, "k": 2}', "the key 'k' is there twice"),
        ("/batch", b'{"questions": [{"word": "king", "word": "queen"}]}', "the key 'word' is there twice"),
        ("/similar", {"word": 3}, "'word' must be words"),
        ("/similar", {"word": "king", "k": True}, "'k' must be"),
        ("/similar", {"word": "king", "k": 3.0}, "'k' must be"),
        ("/similar", {"positive": [["king", "much"]]}, "pairs [word, weight]"),
        ("/similar", {"positive": [["king", 1e300]]}, "pairs [word, weight]"),
        ("/similar", {"positive": [["king", 1, 2]]}, "pairs [word, weight]"),
        ("/similar", {"positive": []}, "at least one"),
        ("/similar", {"vector": [1, 2]}, "a list of 8 numbers"),
        ("/similar", {"vector": ["1"] * 8}, "a list of 8 numbers"),
        ("/similar", {"vector": [0] * 8}, "points nowhere"),
        ("/similar", {"vector": [1e300] * 8}, "'vector' must hold numbers below 3e38; got 1e+300"),
        ("/similar", {"vector": [10**30] * 8, "k": 0}, "'k' must be"),
        ("/vectors", {"word": [["king"]]}, "'word' must be words"),
        ("/embed", {}, "give either 'texts'"),
        ("/embed", {"texts": ["a"], "tokens": [["a"]]}, "give either 'texts'"),
        ("/embed", {"texts": ["a " * 51]}, "50 words; got 51"),
        ("/embed", {"texts": [1]}, "a list of texts"),
        ("/embed", {"tokens": [["a"] * 26, ["a"] * 25]}, "50 words; got 51"),
        ("/embed", {"tokens": ["king"]}, "a list of lists of words"),
        ("/batch", {"questions": "all"}, "a list of objects"),
        ("/batch", {"questions": [{}] * 6}, "5 questions; got 6"),
    ],
)
def test_bad_bodies(app, target, body, detail):
    answer = post(app, target, body)
    assert answer.status == 400
    assert detail in answer.json["detail"]


def test_long_bodies_are_refused_by_what_they_say_and_by_what_they_are(app):
    said = post(app, "/embed", b"", headers=[("content-type", "application/json"), ("content-length", "9" * 30)])
    sent = post(app, "/embed", b"", parts=[b" " * 9_000] * 3)
    assert [said.status, sent.status] == [413, 413]
    assert "20,000 bytes" in sent.json["detail"]


@pytest.mark.parametrize(
    "headers",
    [[], [("content-type", "text/plain")], [("content-type", "application/json"), ("content-encoding", "gzip")]],
)
def test_only_plain_json_is_read(app, headers):
    """A page of another site can send text/plain without asking, and JSON it cannot."""
    assert post(app, "/similar", {"word": "king"}, headers=headers).status == 415


@pytest.mark.parametrize("method, target", [("DELETE", "/similar"), ("GET", "/batch"), ("POST", "/health")])
def test_other_methods_are_refused(app, method, target):
    answer = ask(app, target, method=method)
    assert answer.status == 405
    assert answer.headers["allow"]
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "[", "a b", "a@localhost", "x" * 400])
def test_another_host_name_is_refused(app, host):
    assert ask(app, "/similar?word=king", host=host).status == 403
    assert ask(app, "/health", host=host).status == 403


def test_a_request_names_one_host(app):
    assert ask(app, "/health", host=None).status == 400
    assert ask(app, "/health", headers=[("host", "localhost")]).status == 400


def test_names_that_are_allowed(app, vectors):
    for host in ("localhost:80", "LOCALHOST", "127.0.0.1:9", "[::1]:80"):
        assert ask(app, "/health", host=host).status == 200
    named = create_app(Settings(hosts="api.example, other.example"), vectors)
    assert ask(named, "/health", host="API.example:443").status == 200
    assert ask(named, "/health", host="evil.example").status == 403
    assert ask(create_app(Settings(hosts="*"), vectors), "/health", host="anything").status == 200


def test_a_token(vectors):
    app = create_app(Settings(token=TOKEN), vectors)
    for headers in (
        [],
        [("authorization", f"Bearer {TOKEN}x")],
        [("authorization", TOKEN)],
        [("authorization", "\xff")],
    ):
        answer = ask(app, "/similar?word=king", headers=headers)
        assert (answer.status, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert TOKEN not in answer.body.decode()
    assert ask(app, "/similar?word=king", headers=[("authorization", f"bearer {TOKEN}")]).status == 200
    for target in ("/", "/metrics", "/openapi.json", "/nothing"):
        assert ask(app, target).status == 401
    assert ask(app, "/health").status == 200


def test_a_slow_body_is_cut_off(vectors):
    app = create_app(Settings(seconds=0.05), vectors)
    answer = post(app, "/embed", b"", parts=[b"{", None])
    assert (answer.status, answer.headers["connection"]) == (408, "close")
    assert "did not arrive within 0.05 seconds" in answer.json["detail"]


def test_too_many_that_wait_are_turned_away(vectors):
    app = create_app(Settings(waiting=1), vectors)

    async def at_once():
        return await asyncio.gather(*(request(app, "/similar?word=king") for _ in range(3)))

    statuses = sorted(answer.status for answer in run(at_once()))
    assert statuses == [200, 503, 503]


def test_a_fault_of_the_program_is_a_problem_too_and_says_nothing(app, monkeypatch):
    from wordvec.vectors import WordVectors

    monkeypatch.setattr(WordVectors, "analogy", lambda *args, **options: 1 / 0)
    sent = []

    async def once():
        scope = {
            "type": "http", "method": "GET", "path": "/analogy", "raw_path": b"/analogy", "root_path": "",
            "query_string": b"a=man&b=king&c=woman", "headers": [(b"host", b"localhost")],
        }  # fmt: skip

        async def send(message):
            sent.append(message)

        await app(scope, None, send)

    with pytest.raises(ZeroDivisionError):  # which the server logs
        run(once())
    assert sent[0]["status"] == 500
    assert "division" not in sent[1]["body"].decode()


def test_metrics_count_by_question_and_status(vectors):
    app = create_app(Settings(), vectors)
    ask(app, "/vectors?word=king")
    ask(app, "/vectors?word=nobody")
    ask(app, "/no/such/address")
    text = ask(app, "/metrics").body.decode()
    assert 'wordvec_requests_total{question="vectors",status="200"} 1.0' in text
    assert 'wordvec_requests_total{question="vectors",status="404"} 1.0' in text
    assert 'wordvec_requests_total{question="other",status="404"} 1.0' in text
    assert 'wordvec_request_seconds_count{question="vectors"} 2.0' in text
    assert f"wordvec_words {float(len(vectors))}" in text


def test_who_has_an_answer_finds_it_counted(vectors):
    app, counted = create_app(Settings(), vectors), []
    app.count = lambda question, status, seconds: counted.append((question, status))
    at_the_end = []

    async def send(message):
        if message["type"] == "http.response.body":
            at_the_end.append(list(counted))

    async def once():
        scope = {
            "type": "http", "method": "GET", "path": "/vectors", "raw_path": b"/vectors", "root_path": "",
            "query_string": b"word=king", "headers": [(b"host", b"localhost")],
        }  # fmt: skip
        await app(scope, None, send)

    run(once())
    assert at_the_end == [[("vectors", 200)]]  # before its last part went out
    assert counted == [("vectors", 200)]  # and once


def test_a_request_cut_off_is_counted_once(vectors):
    app, counted = create_app(Settings(seconds=0.05), vectors), []
    app.count = lambda question, status, seconds: counted.append((question, status))
    post(app, "/embed", b"", parts=[b"{", None])
    assert counted == [("embed", 408)]


def test_answers_carry_headers_that_keep_them_from_other_pages(app):
    for target in ("/vectors?word=king", "/nothing", "/"):
        headers = ask(app, target).headers
        assert headers["cache-control"] == "no-store"
        assert headers["x-content-type-options"] == "nosniff"
        assert "access-control-allow-origin" not in headers


def test_the_examples_of_the_description_can_be_asked(app):
    description = ask(app, "/openapi.json").json
    assert description["openapi"].startswith("3.1")
    asked = 0
    for path, methods in description["paths"].items():
        if "get" in methods:
            given = methods["get"].get("parameters", [])
            query = "&".join(f"{each['name']}={quote(str(each['example']))}" for each in given if "example" in each)
            assert ask(app, f"{path}?{query}").status == 200
            asked += 1
        if "post" in methods:
            content = methods["post"]["requestBody"]["content"]["application/json"]
            answer = post(app, path, content["example"])
            schema = methods["post"]["responses"]["200"]["content"]["application/json"]["schema"]
            assert answer.status == 200
            assert set(answer.json) <= set(schema["properties"])
            asked += 1
    assert asked == 13


def test_the_page_loads_nothing_and_shows_words_as_text():
    app = create_app(Settings(), small_vectors())
    page = ask(app, "/")
    text = page.body.decode()
    assert page.headers["content-security-policy"].startswith("default-src 'none'")
    assert "<script" not in text
    assert "src=" not in text
    assert "http://" not in text
    assert "https://" not in text


def test_settings_go_through_the_environment():
    settings = Settings("v.safetensors", hosts="a,b", token=TOKEN, search=False, seconds=2.5, threads=3)
    assert Settings.from_environment(settings.as_environment()) == settings
    assert Settings.from_environment({"WORDVEC_SERVE_FILE": "v", "OTHER": "1"}) == Settings("v")


@pytest.mark.parametrize(
    "environment, message",
    [
        ({}, "WORDVEC_SERVE_FILE must name"),
        ({"WORDVEC_SERVE_FLIE": "v"}, "WORDVEC_SERVE_FLIE is no setting"),
        ({"WORDVEC_SERVE_FILE": "v", "WORDVEC_SERVE_MAX_BODY": "many"}, "must be a number; got 'many'"),
        ({"WORDVEC_SERVE_FILE": "v", "WORDVEC_SERVE_SEARCH": "perhaps"}, "must be yes or no"),
        ({"WORDVEC_SERVE_FILE": "v", "WORDVEC_SERVE_SECONDS": "nan"}, "seconds must be above 0"),
        ({"WORDVEC_SERVE_FILE": "v", "WORDVEC_SERVE_MAX_WORDS": "0"}, "max_words must be at least 1"),
        ({"WORDVEC_SERVE_FILE": "v", "WORDVEC_SERVE_TOKEN": "short"}, "at least 16"),
    ],
)
def test_bad_settings(environment, message):
    with pytest.raises(OptionError, match=message):
        Settings.from_environment(environment)


def test_vectors_that_cannot_be_served(tmp_path):
    (tmp_path / "v.safetensors").write_bytes(json.dumps({"no": "vectors"}).encode())
    with pytest.raises(VectorsFileError):
        create_app(Settings(str(tmp_path / "v.safetensors")))
    vectors = small_vectors()
    matrix = np.array(vectors.matrix)
    matrix[4, 0] = np.nan
    with pytest.raises(InputError, match="'queen'"):
        create_app(Settings(), type(vectors)(vectors.words, matrix))
