import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hub_server import MODEL, Hub, sha256

from relens.weights import WEIGHTS, local_files
from relens.weights.local import part_path, store_of
from relens.weights.registry import card


def _spoil() -> Path:
    folder = local_files("depth-pro")
    assert folder
    file = folder / "model.safetensors"
    file.write_bytes(b"?" + MODEL[1:])
    return file


@pytest.mark.parametrize("action", ["list", "fetch", "verify", "remove"])
def test_every_action_explains_itself(relens, action: str) -> None:
    outcome = relens("models", action, "--help")
    assert outcome.status == 0
    assert f"usage: relens models {action}" in outcome.out
    assert "None" not in outcome.out
    assert action in relens("models", "--help").out


def test_the_list_names_each_model_with_state_size_licence_and_folder(relens, hub: Hub) -> None:
    outcome = relens("models", "list")
    for name, weights in WEIGHTS.items():
        assert f"{name:<16} not here, {weights.about}\n" in outcome.out
        assert weights.licence in outcome.out and weights.terms in outcome.out
        assert str(store_of(weights)) in outcome.out
    relens("models", "fetch", "depth-pro")
    hub.asked.clear()
    outcome = relens("models", "list")
    assert "depth-pro        here, 512 kB\n" in outcome.out
    assert str(local_files("depth-pro")) in outcome.out
    assert not hub.asked


def test_fetch_announces_and_says_where_it_is(relens, hub: Hub) -> None:
    outcome = relens("models", "fetch", "depth-pro")
    assert outcome.status == 0
    assert outcome.out == f"depth-pro: here, in {local_files('depth-pro')}\n"
    fetching, licence = outcome.err.splitlines()
    assert fetching.startswith("fetching depth-pro (512 kB) from 127.0.0.1")
    assert licence.startswith("licence: Apple Machine Learning Research Model License (apple-amlr): research only")
    again = relens("models", "fetch", "depth-pro")
    assert (again.status, again.out, again.err) == (0, outcome.out, "")


def test_ctrl_c_keeps_the_part_and_says_so(hub: Hub) -> None:
    hub.pause_s = 0.1
    part = part_path(store_of(card("depth-pro")), sha256(MODEL), len(MODEL))
    # What is started in the background of a shell ignores Ctrl-C, and so do its children.
    heed = "import signal, sys; signal.signal(signal.SIGINT, signal.default_int_handler)"
    code = f"{heed}; from relens.cli.main import main; sys.exit(main())"
    words = [sys.executable, "-c", code, "models", "fetch", "depth-pro"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        while not (part.exists() and part.stat().st_size > 0):
            assert process.poll() is None
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    percent = int(100 * part.stat().st_size / len(MODEL))
    assert err.splitlines()[2:] == [
        f"depth-pro: incomplete: resumes at {percent} % when fetched again",
        "relens: interrupted",
    ]


def test_an_incomplete_model_is_listed_as_such_and_goes_on(relens, hub: Hub) -> None:
    hub.cuts_bytes = [len(MODEL) // 2] + [0] * 10
    outcome = relens("models", "fetch", "depth-pro")
    assert (outcome.status, outcome.out) == (2, "")
    *_, error = outcome.err.splitlines()
    assert error.startswith("relens: error: ") and "the connection broke" in error
    assert "what has arrived is kept, and fetching again goes on from there" in error
    assert "depth-pro        incomplete: resumes at 50 %" in relens("models", "list").out
    hub.cuts_bytes = []
    outcome = relens("models", "fetch", "depth-pro")
    assert "(512 kB, of which 256 kB are here)" in outcome.err
    assert outcome.status == 0


def test_no_network_is_one_line(relens, hub_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:1")
    relens("models", "fetch", "depth-pro").assert_refused("127.0.0.1:1 cannot be reached", "check the network")


def test_verify_says_what_it_compared(relens, hub: Hub) -> None:
    assert relens("models", "verify").out == "no model is here\n"
    relens("models", "fetch", "depth-pro")
    expected = (
        "depth-pro: config.json: sound; git's sha1, as the hub's cache names it\n"
        "depth-pro: model.safetensors: sound; sha256, as the hub's cache names it\n"
    )
    assert relens("models", "verify").out == expected
    assert relens("models", "verify", "depth-pro").out == expected
    relens("models", "verify", "depth-pro-apple").assert_refused("depth-pro-apple: not here")


def test_verify_names_a_corrupt_file(relens, hub: Hub) -> None:
    relens("models", "fetch", "depth-pro")
    file = _spoil()
    outcome = relens("models", "verify", "depth-pro")
    assert outcome.status == 2
    assert outcome.err.startswith(f"relens: error: {file}: is corrupt: sha256 is ")
    assert outcome.err.count("\n") == 1 and sha256(MODEL) in outcome.err


def test_remove_says_how_much_was_freed(relens, hub: Hub) -> None:
    relens("models", "fetch", "depth-pro")
    assert relens("models", "remove", "depth-pro").out == "depth-pro: removed, 512 kB freed\n"
    assert local_files("depth-pro") is None
    relens("models", "remove", "depth-pro").assert_refused("depth-pro: nothing of it is here")


@pytest.mark.parametrize("action", ["fetch", "verify", "remove"])
def test_another_name_is_answered_with_those_there_are(relens, hub_home: Path, action: str) -> None:
    relens("models", action, "depth-amateur").assert_refused("depth-amateur", "depth-pro, depth-pro-apple")
