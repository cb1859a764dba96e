from __future__ import annotations

import http.client
import json
import socket
import threading
from urllib.parse import urlencode

import pytest

from wordvec.errors import OptionError
from wordvec.explorer.server import is_loopback, make_server, serve


@pytest.fixture(scope="module")
def server(vectors, other_vectors, plotly):
    server = make_server([("one", vectors), ("two", other_vectors)], top=40)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def ask(server, target, method="GET", headers=None):
    connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
    try:
        connection.request(method, target, headers=headers or {})
        response = connection.getresponse()
        return response.status, dict(response.getheaders()), response.read()
    finally:
        connection.close()


def answer(server, question, **parameters):
    status, headers, body = ask(server, f"/{question}?{urlencode(parameters)}")
    assert headers["Content-Type"] == "application/json"
    return status, json.loads(body)


def test_the_page_is_served_to_this_machine(server):
    assert server.url == f"http://127.0.0.1:{server.server_address[1]}/"
    status, headers, body = ask(server, "/")
    assert status == 200
    assert body == server.page
    assert headers["Content-Type"] == "text/html; charset=utf-8"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cache-Control"] == "no-store"
    assert "Access-Control-Allow-Origin" not in headers


def test_neighbours_over_all_words(server, vectors):
    status, found = answer(server, "similar", word="wordbej", k=3)  # not on the map, which has 40 words
    assert status == 200
    assert [each["word"] for each in found["neighbours"]] == [word for word, _ in vectors.most_similar("wordbej", k=3)]


def test_analogies_and_search(server):
    assert answer(server, "analogy", a="man", b="king", c="woman", k=1)[1]["neighbours"][0]["word"] == "queen"
    assert answer(server, "search", text="only", model=1)[1]["words"][0]["word"] == "only-here"


def test_words_of_any_script_and_shape(server, hostile):
    for word in ["왕", "naïve", *hostile]:
        status, found = answer(server, "similar", word=word)
        assert (status, found.get("word")) == (200, word)


@pytest.mark.parametrize(
    "question, parameters, status, message",
    [
        ("similar", {"word": "quen"}, 404, "did you mean 'queen'"),
        ("similar", {}, 400, "'word' is missing"),
        ("similar", {"word": "king", "k": "x"}, 400, "'k' must be a whole number"),
        ("analogy", {"a": "man", "b": "king"}, 400, "'c' is missing"),
        ("similar", {f"p{i}": "1" for i in range(30)}, 400, "Max number of fields exceeded"),
        ("nothing", {}, 404, "nothing here"),
        ("../../etc/passwd", {}, 404, "nothing here"),
        ("favicon.ico", {}, 404, "nothing here"),
    ],
)
def test_errors_are_json(server, question, parameters, status, message):
    found = answer(server, question, **parameters)
    assert found[0] == status
    assert message in found[1]["error"]


def test_a_parameter_that_is_there_twice_is_refused(server):
    status, _, body = ask(server, "/similar?word=king&word=queen")
    assert (status, json.loads(body)["error"]) == (400, "the parameter 'word' is there twice")


def test_head_is_answered_like_get_without_a_body(server):
    status, headers, body = ask(server, "/similar?word=king", method="HEAD")
    assert (status, body) == (200, b"")
    assert headers["Content-Length"] == ask(server, "/similar?word=king")[1]["Content-Length"]


def test_bytes_that_are_no_text(server):
    status, _, body = ask(server, "/similar?word=%ff%fe")
    assert status == 400
    assert "error" in json.loads(body)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_other_methods_are_refused(server, method):
    status, _, body = ask(server, "/similar?word=king", method=method)
    assert status == 501
    assert "error" in json.loads(body)


def test_a_long_request_is_refused(server):
    status, _, body = ask(server, "/search?text=" + "x" * 5_000)
    assert status == 414
    assert "4,096 bytes" in json.loads(body)["error"]
    assert ask(server, "/search?text=" + "x" * 70_000)[0] == 414


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "127.0.0.1:1", "", "[", "a b"]
)
def test_another_host_name_is_refused(server, host):
    """A page of another name that was made to point here (DNS rebinding) reads nothing."""
    for target in ("/", "/similar?word=king"):
        status, _, body = ask(server, target, headers={"Host": host.replace(":80", f":{server.server_address[1]}")})
        assert status == 403
        assert "open that address" in json.loads(body)["error"]


def test_names_of_this_machine_are_known(server):
    port = server.server_address[1]
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert ask(server, "/", headers={"Host": host})[0] == 200


def test_a_request_without_host_is_refused(server):
    with socket.create_connection(server.server_address[:2], timeout=60) as connection:
        connection.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert b" 403 " in connection.recv(200)


def test_noise_does_not_stop_the_server(server):
    for noise in (b"\x16\x03\x01\x02\x00", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b""):
        with socket.create_connection(server.server_address[:2], timeout=60) as connection:
            connection.sendall(noise)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(4096):
                pass
    assert ask(server, "/")[0] == 200


@pytest.mark.parametrize(
    "error, said",
    [
        (ConnectionResetError(104, "reset"), ""),
        (BrokenPipeError(32, "pipe"), ""),
        (TimeoutError("slow"), ""),
        (RuntimeError("odd"), "wordvec: a request was not answered: RuntimeError: odd\n"),
    ],
)
def test_readers_who_leave_make_no_noise(server, capsys, error, said):
    try:
        raise error
    except Exception:
        server.handle_error(None, ("127.0.0.1", 1))
    assert capsys.readouterr().err == said


def test_a_reader_who_leaves_in_the_middle_does_not_stop_the_server(server):
    with socket.create_connection(server.server_address[:2], timeout=60) as connection:
        connection.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.server_address[1]}\r\n\r\n".encode())
        assert connection.recv(100).startswith(b"HTTP/1.0 200")
    assert ask(server, "/")[0] == 200


def test_many_questions_at_once(server, vectors):
    expected = {word: [w for w, _ in vectors.most_similar(word)] for word in vectors.words[:20]}
    found = {}

    def one(word):
        found[word] = [each["word"] for each in answer(server, "similar", word=word)[1]["neighbours"]]

    threads = [threading.Thread(target=one, args=(word,)) for word in expected]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == expected


def test_a_port_in_use(server, vectors):
    port = server.server_address[1]
    with pytest.raises(OptionError, match=rf"port {port} of 127.0.0.1 is in use.*--port 0"):
        make_server([("m", vectors)], port=port)


@pytest.mark.parametrize(
    "host, port", [("127.0.0.1", 70_000), ("127.0.0.1", -1), ("203.0.113.1", 0), ("no such host", 0)]
)
def test_an_address_that_cannot_be_had(vectors, plotly, host, port):
    with pytest.raises(OptionError, match=r"--port must be|cannot listen on"):
        make_server([("m", vectors)], host=host, port=port)


def test_a_failure_frees_the_port(vectors, plotly):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with pytest.raises(OptionError, match="method must be"):
        make_server([("m", vectors)], port=port, method="nothing")
    make_server([("m", vectors)], port=port).server_close()


def test_open_to_other_machines_addresses_are_known_but_names_are_not(vectors, plotly):
    server = make_server([("m", vectors)], host="0.0.0.0")
    port = server.server_address[1]
    try:
        assert server.url == f"http://127.0.0.1:{port}/"
        assert server.knows_host(f"192.0.2.7:{port}")
        assert server.knows_host(f"{socket.gethostname()}:{port}")
        assert not server.knows_host(f"evil.example:{port}")
        assert not server.knows_host("192.0.2.7:1")
    finally:
        server.server_close()


def test_serving_ends_at_an_interrupt_and_closes(vectors, plotly, monkeypatch):
    server = make_server([("m", vectors)])

    def interrupted(poll_interval):
        raise KeyboardInterrupt

    monkeypatch.setattr(server, "serve_forever", interrupted)
    serve(server)
    assert server.socket.fileno() == -1


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost", "LocalHost"])
def test_loopback(host):
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.2", "example.org", ""])
def test_not_loopback(host):
    assert not is_loopback(host)


@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n",
        "GET / HTTP/1.1\r\nHost: {host}\r\nHost: {host}\r\n",
        "GET http://evil.example/ HTTP/1.1\r\nHost: {host}\r\n",
        "GET http://{host}/ HTTP/1.1\r\nHost: {host}\r\n",
        "GET * HTTP/1.1\r\nHost: {host}\r\n",
        "GET evil.example:80 HTTP/1.1\r\nHost: {host}\r\n",
    ],
)
def test_a_request_for_a_proxy_or_with_two_hosts_is_refused(server, head):
    port = server.server_address[1]
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{head.format(host=f'127.0.0.1:{port}')}Connection: close\r\n\r\n".encode())
        assert connection.recv(64).startswith(b"HTTP/1.0 400")


def test_many_readers_may_wait_to_be_accepted(server):
    assert server.request_queue_size >= 128


def test_a_page_over_time_asks_each_of_its_models(vectors, plotly):
    named = [("1850s", vectors), ("1900s", vectors), ("1950s", vectors)]
    server = make_server(named, periods=True, top=40)
    try:
        assert b'"periods":true' in server.page
        for model in ("0", "2"):
            assert server.questions["similar"]({"word": "queen", "k": "3", "model": model})["neighbours"]
    finally:
        server.server_close()
