"""The service under real servers: what they cut off, and that they start, answer and end."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, contextmanager, suppress
from threading import Event
from unittest.mock import Mock

import numpy as np
import pytest
import uvicorn
from serving import run, send_raw
from uvicorn.server import ServerState

from wordvec.cli import main
from wordvec.errors import InputError, MissingExtraError, OptionError
from wordvec.serve import PACKAGES, create_app
from wordvec.serve.protocol import GuardedProtocol
from wordvec.serve.run import METRICS_FOLDER, app_of_worker, listen, make_server, serve_with_workers, url_of
from wordvec.serve.settings import Settings

HEAD = b"GET /vectors?word=king HTTP/1.1\r\nHost: localhost\r\n"


@contextmanager
def running(settings, vectors):
    """The port of a server that runs on a thread."""
    bound = listen("127.0.0.1", 0)
    bound.listen(128)  # clients wait until the server is there
    server = make_server(create_app(settings, vectors), settings.seconds)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        yield bound.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def port(vectors):
    with running(Settings(seconds=60), vectors) as port:
        yield port


@pytest.fixture(scope="module")
def impatient(vectors):
    with running(Settings(seconds=0.2), vectors) as port:
        yield port


def get(port, target):
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        return get_over(connection, target)


def get_over(connection, target):
    connection.request("GET", target)
    answer = connection.getresponse()
    return answer.status, answer.read()


def test_several_requests_on_a_connection(port, vectors):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for word in ("king", "queen"):
        status, body = get_over(connection, f"/vectors?word={word}")
        assert status == 200
        assert np.array_equal(np.array(json.loads(body)["vectors"], np.float32), vectors[[word]])
    connection.close()


def test_requests_sent_at_once_are_answered_in_order(port):
    received = send_raw(port, HEAD + b"\r\n" + HEAD.replace(b"king", b"man") + b"Connection: close\r\n\r\n")
    assert re.findall(rb'"words":\["(\w+)"', received) == [b"king", b"man"]


@pytest.mark.parametrize("noise", [b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n"])
def test_what_is_no_http_gets_a_problem_document(port, noise):
    head, _, body = send_raw(port, noise).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert b"application/problem+json" in head
    assert json.loads(body)["status"] == 400
    assert get(port, "/health")[0] == 200


def test_a_head_without_end_is_cut_off(port):
    received = send_raw(port, HEAD, *[b"X-Header: " + b"x" * 4_000 + b"\r\n"] * 100)
    assert b" 200 " not in received  # a reset may take the answer away with it
    assert get(port, "/health")[0] == 200


def test_a_body_without_end_is_cut_off(port):
    head = (
        b"POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999\r\n\r\n"
    )
    assert b" 413 " in send_raw(port, head, b" " * 1_000).partition(b"\r\n")[0]


@pytest.mark.parametrize("sent", [b"", b"GET /vec", HEAD])
def test_a_slow_head_is_cut_off(impatient, sent):
    assert send_raw(impatient, sent).startswith(b"HTTP/1.1 408 ")


def test_a_slow_body_is_cut_off(impatient):
    head = b"POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"
    assert send_raw(impatient, head).startswith(b"HTTP/1.1 408 ")


def test_a_client_that_does_not_read_is_cut_off(vectors):
    async def aborted():
        aborted = asyncio.Event()
        transport = Mock(abort=aborted.set, is_closing=lambda: False)
        app = create_app(Settings(seconds=0.05), vectors)
        config = uvicorn.Config(app, log_config=None, ws="none", proxy_headers=False)  # as `serve` has it
        config.load()
        protocol = GuardedProtocol(config, ServerState(), {})
        assert protocol.seconds == 0.05
        protocol.connection_made(transport)
        protocol.pause_writing()
        protocol.resume_writing()
        assert protocol._reader_timer is None
        protocol.pause_writing()
        await asyncio.wait_for(aborted.wait(), 60)
        protocol.connection_lost(None)

    run(aborted())


def test_a_client_that_leaves_in_the_middle_does_no_harm(port):
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.sendall(b"POST /embed HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n")
    assert get(port, "/health")[0] == 200


def test_many_connections_at_once(port, vectors):
    connections = [http.client.HTTPConnection("127.0.0.1", port, timeout=60) for _ in range(100)]
    for number, connection in enumerate(connections):
        connection.request("GET", f"/similar?word=word{number}&k=1")
    for number, connection in enumerate(connections):
        found = json.loads(connection.getresponse().read())["neighbours"][0]["word"]
        assert found == vectors.most_similar(f"word{number}", k=1)[0][0]
        connection.close()


@contextmanager
def program(vectors, tmp_path, stream, *command, **environment):
    """A program that serves, and the port in its first line with an address on `stream`; told to end, it ends well."""
    file = str(tmp_path / "v.safetensors")
    vectors.save(file)
    pipes = {stream: subprocess.PIPE}
    process = subprocess.Popen(
        [sys.executable, "-m", *(each.replace("FILE", file) for each in command)],
        text=True, env={**os.environ, **{name: value.replace("FILE", file) for name, value in environment.items()}},
        **pipes,
    )  # fmt: skip
    lines = getattr(process, stream)
    try:
        found = next(match for line in lines if (match := re.search(r"http://127\.0\.0\.1:(\d+)", line)))
        yield int(found[1])
        process.send_signal(signal.SIGTERM if stream == "stderr" else signal.SIGINT)
        lines.read()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.wait()
        lines.close()


def test_the_command_serves_until_it_is_interrupted(vectors, tmp_path):
    with program(vectors, tmp_path, "stdout", "wordvec", "serve", "FILE", "--port", "0") as port:
        assert get(port, "/analogy?a=man&b=king&c=woman&k=1")[1].count(b"queen") == 1


def test_several_workers_count_together(vectors, tmp_path):
    with program(vectors, tmp_path, "stdout", "wordvec", "serve", "FILE", "--port", "0", "--workers", "2") as port:
        for _ in range(20):
            while True:  # the workers may not listen yet
                try:
                    assert get(port, "/vectors?word=king")[0] == 200
                    break
                except ConnectionRefusedError:
                    continue
        counted = re.findall(
            r'wordvec_requests_total{question="vectors",status="200"} (\S+)', get(port, "/metrics")[1].decode()
        )
        assert list(map(float, counted)) == [20.0]


def test_a_worker_that_cannot_start_ends_the_service_with_the_reason(tmp_path, monkeypatch):
    settings = Settings(file=str(tmp_path / "gone.safetensors"))
    for name in (*settings.as_environment(), METRICS_FOLDER):
        monkeypatch.setenv(name, "")  # restored after the test
    kill = Mock()
    monkeypatch.setattr("wordvec.serve.run.multiprocessing.parent_process", lambda: Mock(pid=1, join=Event().wait))
    monkeypatch.setattr("wordvec.serve.run.os.kill", kill)

    def start_a_worker(*_, **__):
        with pytest.raises(SystemExit):
            app_of_worker()

    monkeypatch.setattr("wordvec.serve.run.uvicorn.run", start_a_worker)
    with pytest.raises(InputError, match=r"could not start: .*gone.safetensors: no such file"):
        serve_with_workers(settings, "127.0.0.1", 0, 2)
    kill.assert_called_once_with(1, signal.SIGTERM)


@pytest.mark.skipif(os.name == "nt", reason="a group of processes is ended, which Windows does not have")
def test_workers_end_with_a_process_that_is_killed(vectors, tmp_path):
    vectors.save(tmp_path / "v.safetensors")
    command = [sys.executable, "-m", "wordvec", "serve", tmp_path / "v.safetensors", "--port", "0", "--workers", "2"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        port = int(re.search(r":(\d+)/", process.stdout.readline())[1])
        while not answers(port):  # the workers may not listen yet
            pass
        process.kill()
        process.communicate(timeout=60)  # its output ends when no worker is left to write to it
    finally:
        with suppress(ProcessLookupError):  # they have ended, as they should
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()


def answers(port):
    try:
        return get(port, "/health")[0] == 200
    except ConnectionError:
        return False


def test_gunicorn(vectors, tmp_path):
    pytest.importorskip("gunicorn", reason="needs gunicorn")
    pytest.importorskip("uvicorn_worker", reason="needs uvicorn-worker")
    command = ("gunicorn", "--preload", "-w", "2", "-b", "127.0.0.1:0", "-k", "wordvec.serve.worker.Worker")
    app = "wordvec.serve:from_environment()"
    with program(vectors, tmp_path, "stderr", *command, app, WORDVEC_SERVE_FILE="FILE") as port:
        assert json.loads(get(port, "/similar?word=king&k=3")[1])["word"] == "king"
        assert send_raw(port, b"GET\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_bad_options_are_told_in_one_line(vectors, tmp_path, capsys):
    file = str(tmp_path / "v.safetensors")
    vectors.save(file)
    (tmp_path / "two").write_text("one\ntwo\n")
    (tmp_path / "short").write_text("short\n")
    for options, message in [
        ((str(tmp_path / "none"),), "none"),
        ((file, "--port", "70000"), "--port must be from 0 to 65535"),
        ((file, "--workers", "0"), "--workers must be at least 1"),
        ((file, "--token-file", str(tmp_path / "two")), "one line expected, the token; got 2 lines"),
        ((file, "--token-file", str(tmp_path / "short")), "at least 16"),
        ((file, "--seconds", "0"), "seconds must be above 0"),
    ]:
        assert main(["serve", *options]) == 2
        said = capsys.readouterr().err
        assert message in said
        assert said.count("\n") == 1


def test_a_port_in_use(port):
    with pytest.raises(OptionError, match=rf"port {port} of 127.0.0.1 is in use.*--port 0"):
        listen("127.0.0.1", port)


def test_addresses_as_printed():
    with listen("127.0.0.1", 0) as bound:
        assert url_of("0.0.0.0", bound) == f"http://127.0.0.1:{bound.getsockname()[1]}/"
        assert url_of("::1", bound).startswith("http://[::1]:")


def test_without_the_extra(vectors, monkeypatch):
    monkeypatch.setattr("wordvec.serve.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"starlette.*pip install 'wordvec\[serve\]'"):
        create_app(Settings(), vectors)


@pytest.mark.parametrize("package", PACKAGES)
def test_the_verb_without_a_package_of_the_extra(package):
    code = f"import sys; sys.modules[{package!r}] = None; from wordvec.cli import main; sys.exit(main(['serve', 'x']))"
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert ended.returncode == 2
    assert f"wordvec serve: the service needs {package}, which is not installed" in ended.stderr
    assert ended.stderr.count("\n") == 1
