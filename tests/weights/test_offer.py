import json
import socket
import time
from pathlib import Path

import pytest
from hub_server import COMMIT, CONFIG, MODEL, Hub, git_sha1, sha256

from relens.errors import RelensError
from relens.weights import can_fetch, card, offer
from relens.weights.connection import UnreachableError


def test_the_hub_is_asked_for_sizes_and_checksums(hub: Hub) -> None:
    made = offer.ask(card("depth-pro"))
    assert made.commit == COMMIT
    assert made.size_bytes == len(CONFIG) + len(MODEL)
    config, model = made.files
    assert (config.name, config.size_bytes, config.checksum) == ("config.json", len(CONFIG), git_sha1(CONFIG))
    assert (model.name, model.size_bytes, model.checksum) == ("model.safetensors", len(MODEL), sha256(MODEL))
    assert model.url == f"{hub.url}/apple/DepthPro-hf/resolve/{COMMIT}/model.safetensors"


def test_can_fetch_says_how_much_and_from_where(hub: Hub) -> None:
    assert can_fetch("depth-pro") == (True, f"512 kB from {hub.url.removeprefix('http://')}/apple/DepthPro-hf")


@pytest.mark.parametrize("variable", ["HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE"])
def test_who_is_offline_by_choice_asks_nobody(hub: Hub, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    monkeypatch.setenv(variable, "1")
    fetchable, why = can_fetch("depth-pro")
    assert not fetchable and variable in why
    assert not hub.asked


def test_a_closed_port_is_no_network(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{closed.getsockname()[1]}"
    monkeypatch.setenv("HF_ENDPOINT", f"http://{address}")
    with pytest.raises(UnreachableError, match=f"{address} cannot be reached .*refused.*check the network"):
        offer.ask(card("depth-pro"))
    assert not can_fetch("depth-pro")[0]


def test_a_name_nobody_knows_is_no_network(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(UnreachableError, match=r"huggingface.co cannot be reached \(Name or service not known\)"):
        offer.ask(card("depth-pro"))


def test_a_look_up_that_hangs_is_not_waited_for(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: time.sleep(5))
    monkeypatch.setattr(offer, "_QUICK_S", 0.1)
    start_s = time.monotonic()
    fetchable, why = can_fetch("depth-pro")
    assert time.monotonic() - start_s < 2
    assert not fetchable and "no answer within 0.1 s" in why


def test_a_server_that_keeps_silent_is_not_waited_for(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{silent.getsockname()[1]}")
        start_s = time.monotonic()
        with pytest.raises(UnreachableError, match="no answer"):
            offer.ask(card("depth-pro"), timeout_s=0.1)
        assert time.monotonic() - start_s < 2


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (401, "401, .* wants to know who asks; accept the terms .*`hf auth login`"),
        (403, "403, .* wants to know who asks"),
        (404, "404, .* does not have it"),
        (429, "answers 429 .*try again later"),
        (503, "answers 503 .*try again later"),
    ],
)
def test_refusals_say_what_to_do(hub: Hub, status: int, words: str) -> None:
    hub.status = status
    with pytest.raises(RelensError, match=words):
        offer.ask(card("depth-pro"))


def test_a_gated_repo_cannot_be_fetched(hub: Hub) -> None:
    hub.gated = True
    fetchable, why = can_fetch("depth-pro")
    assert not fetchable and "accept the terms" in why


def test_a_file_that_the_repo_has_no_more_is_named(hub: Hub) -> None:
    del hub.files["apple/DepthPro-hf"]["model.safetensors"]
    with pytest.raises(RelensError, match=r"apple/DepthPro-hf on .* has no model.safetensors \(any more\)"):
        offer.ask(card("depth-pro"))


def test_an_endpoint_that_is_no_address_is_named(hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "mirror")
    with pytest.raises(RelensError, match=r"mirror/api/.*: is no address"):
        offer.ask(card("depth-pro"))


_FILE = {"rfilename": "depth_pro.pt", "size": 5, "blobId": "ab" * 20}


@pytest.mark.parametrize(
    "said",
    [
        "<html>Welcome to the hotel</html>",
        "[]",
        "{}",
        json.dumps({"sha": "main", "siblings": [_FILE]}),
        json.dumps({"sha": "../" * 13 + "x", "siblings": [_FILE]}),
        json.dumps({"sha": COMMIT, "siblings": [{**_FILE, "blobId": "../../../../home/me"}]}),
        json.dumps({"sha": COMMIT, "siblings": [{**_FILE, "size": None}]}),
        json.dumps({"sha": COMMIT, "siblings": [{**_FILE, "lfs": {"size": 5}}]}),
    ],
)
def test_what_is_not_the_hubs_is_told_from_it(hub_home: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    monkeypatch.setattr(offer, "_read", lambda url, timeout_s: said.encode())
    with pytest.raises(RelensError, match=r"huggingface.co: what it answers is not the hub's"):
        offer.ask(card("depth-pro-apple"))
