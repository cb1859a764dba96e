from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import webbrowser

import pytest

from wordvec.cli import main


@pytest.fixture
def files(tmp_path, vectors, other_vectors):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    vectors.save(tmp_path / "a" / "model.safetensors")
    other_vectors.save(tmp_path / "b" / "model.safetensors")
    return tmp_path / "a" / "model.safetensors", tmp_path / "b" / "model.safetensors"


@pytest.fixture
def no_browser_opens(monkeypatch):
    opened = []
    monkeypatch.setattr(webbrowser, "open", opened.append)
    return opened


def models_of(path):
    data = re.search(rb'id="data">(.*?)</script>', path.read_bytes()).group(1)
    return json.loads(data)["models"]


def test_plot_writes_a_page(tmp_path, files, capsys, plotly):
    out = tmp_path / "map.html"
    assert main(["plot", str(files[0]), "-o", str(out), "--words", "king,wordbea"]) == 0
    (model,) = models_of(out)
    assert model["name"] == "model"
    assert len(model["words"]) == 177
    said = capsys.readouterr().out
    assert re.search(r"map\.html: \d+\.\d MB; model: 177 words, \d+\.\d% of neighbours exact", said)


def test_plot_colours_lists(tmp_path, files, plotly):
    out, royal = tmp_path / "map.html", tmp_path / "royal.txt"
    royal.write_text("king\nqueen\n", encoding="utf-8")
    assert main(["plot", str(files[0]), "-o", str(out), "--color-by", str(royal)]) == 0
    data = re.search(rb'id="data">(.*?)</script>', out.read_bytes()).group(1)
    assert json.loads(data)["lists"] == [{"name": "royal", "words": ["king", "queen"]}]


def test_plot_takes_the_most_frequent_words(tmp_path, files, capsys, plotly):
    out = tmp_path / "map.html"
    assert main(["plot", str(files[0]), "-o", str(out), "--top", "50"]) == 0
    assert len(models_of(out)[0]["words"]) == 50
    assert "model: 50 of 177 words" in capsys.readouterr().out


def test_plot_puts_two_models_in_a_page(tmp_path, files, plotly):
    out = tmp_path / "map.HTML"
    assert main(["plot", str(files[0]), "--beside", str(files[1]), "-o", str(out)]) == 0
    assert [model["name"] for model in models_of(out)] == [str(file) for file in files]  # one name: the paths tell them


@pytest.mark.parametrize(
    "options, message",
    [
        (["--words", "nosuchword"], "'nosuchword' is not among the 177 words"),
        (["--top", "2"], "at least 3 words"),
    ],
)
def test_plot_says_what_is_wrong(tmp_path, files, capsys, plotly, options, message):
    out = tmp_path / "map.html"
    assert main(["plot", str(files[0]), "-o", str(out), *options]) == 2
    assert message in capsys.readouterr().err
    assert not out.exists()


def test_explore_serves_until_interrupted(files, capsys, monkeypatch, no_browser_opens, plotly):
    from wordvec.explorer.server import ExplorerServer

    asked = []

    def one_question(server, poll_interval):
        connection = http.client.HTTPConnection("127.0.0.1", server.server_address[1], timeout=60)
        connection.connect()  # waits in the queue of the socket that listens
        connection.putrequest("GET", "/similar?word=king&k=1")
        connection.endheaders()
        server.handle_request()
        asked.append(json.loads(connection.getresponse().read()))
        connection.close()
        raise KeyboardInterrupt

    monkeypatch.setattr(ExplorerServer, "serve_forever", one_question)
    assert main(["explore", str(files[0]), "--port", "0"]) == 0
    out, err = capsys.readouterr()
    (url,) = no_browser_opens
    assert out == f"{url}  (Ctrl-C ends it)\n"
    assert err == ""
    assert asked[0]["word"] == "king"


def test_explore_warns_when_others_can_reach_it(files, capsys, monkeypatch, no_browser_opens, plotly):
    from wordvec.explorer.server import ExplorerServer

    monkeypatch.setattr(ExplorerServer, "serve_forever", lambda server, poll_interval: None)
    assert main(["explore", str(files[0]), "--port", "0", "--host", "0.0.0.0", "--no-browser"]) == 0
    assert "can be reached from other machines" in capsys.readouterr().err
    assert no_browser_opens == []


def test_explore_says_what_is_wrong(files, capsys, no_browser_opens, plotly):
    assert main(["explore", str(files[0]), "--port", "99999"]) == 2
    assert "--port must be from 0 to 65535; got 99999" in capsys.readouterr().err
    assert main(["explore", str(files[0].parent)]) == 2
    assert "a folder" in capsys.readouterr().err


@pytest.mark.skipif(os.name == "nt", reason="Ctrl-C is sent as POSIX's SIGINT")
def test_ctrl_c_ends_the_server_cleanly(files, plotly):
    command = [sys.executable, "-m", "wordvec", "explore", str(files[0]), "--port", "0", "--no-browser"]
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a program in the background would ignore it
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    signal.signal(signal.SIGINT, before)
    with process:
        url = process.stdout.readline().split()[0]
        port = int(url.rstrip("/").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("GET", "/")
        response = connection.getresponse()
        assert response.status == 200  # it serves; most of the page is still on its way
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=120) == 0
        assert process.stderr.read() == ""
        connection.close()
