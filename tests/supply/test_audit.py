import importlib.util
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", Path(__file__).with_name("audit.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


SOUND = {"name": "numpy", "version": "2.4.6", "vulns": []}
WEAK = {"name": "h11", "version": "0.1", "vulns": [{"id": "CVE-1", "fix_versions": ["0.16"]}]}
UNASKED = {"name": "tyro", "skip_reason": "not found"}


def _ends(audit: ModuleType, monkeypatch: pytest.MonkeyPatch, python: object, npm: object) -> int:
    monkeypatch.setattr(audit, "_answer", lambda command, _folder: npm if command[0] == "npm" else python)
    return audit.audit()


def test_all_asked_and_nothing_known_is_a_pass(audit, monkeypatch, capsys) -> None:
    assert _ends(audit, monkeypatch, {"dependencies": [SOUND]}, {"vulnerabilities": {}}) == 0
    assert capsys.readouterr().err == ""


def test_a_known_vulnerability_is_named_with_what_mends_it(audit, monkeypatch, capsys) -> None:
    assert _ends(audit, monkeypatch, {"dependencies": [SOUND, WEAK]}, {"vulnerabilities": {}}) == 1
    assert "requirements.lock: h11 0.1: CVE-1, mended in 0.16" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("python", "npm"),
    [
        ({"dependencies": [SOUND, UNASKED]}, {"vulnerabilities": {}}),
        ({"dependencies": [SOUND]}, {"message": "405 Method Not Allowed"}),
    ],
)
def test_a_service_that_does_not_answer_is_no_pass(audit, monkeypatch, capsys, python, npm) -> None:
    assert _ends(audit, monkeypatch, python, npm) == 2
    assert "NOT AUDITED" in capsys.readouterr().err


def test_a_program_that_answers_without_json_is_no_pass(audit, tmp_path: Path) -> None:
    import sys

    with pytest.raises(ValueError, match="no network"):
        audit._answer([sys.executable, "-c", "import sys; sys.exit('no network')"], tmp_path)
