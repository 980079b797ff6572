from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.environments import NotInstalled, python_with
from benchmarks.evaluation import peers
from benchmarks.evaluation.peers import Peer


@pytest.fixture
def case(tmp_path: Path) -> Path:
    folder = tmp_path / "cases" / "set" / "first"
    folder.mkdir(parents=True)
    (folder / "good-1.log").write_text("fine\n")
    (folder / "good-2.log").write_text("fine, too\n")
    (folder / "fail.log").write_text("fine\nbroken\nmore\n")
    (folder / "expected.yaml").write_text("anomalies: [{text: broken}, {missing: too}]\n")
    return tmp_path / "cases"


@pytest.fixture
def peer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Peer:
    """A peer that is installed; a test writes its program."""
    monkeypatch.setattr(peers, "python_with", lambda requirement: Path(sys.executable))
    return Peer("grep==1", tmp_path / "ask.py")


def test_an_answer_is_held_to_the_same_measures(peer: Peer, case: Path) -> None:
    peer.program.write_text(
        "import json\n"
        "question = json.loads(input())\n"
        "assert 2 == len(question['good'])\n"
        "bad = [n for n, line in enumerate(open(question['fail']), 1) if 'fine' not in line]\n"
        "print(json.dumps({'shown': bad, 'scores': {2: 0.9, 3: 0.8}, 'findings': [['missing', 'fine, too']]}))\n"
    )
    verdict = peers.judged_by(peer, case)
    figures = verdict.report.sets["set"]
    assert (2, 2, 2, 1, 1) == (
        figures.found,
        figures.anomalies,
        figures.shown,
        figures.wrong,
        figures.findings,
    )
    assert (1.0, 1) == (figures.auc, figures.first_rank)
    assert {} == verdict.unread


def test_a_case_that_a_peer_cannot_read_is_named_and_counts_as_nothing_shown(peer: Peer, case: Path) -> None:
    peer.program.write_text('print(\'{"error": "not text"}\')\n')
    verdict = peers.judged_by(peer, case)
    assert {"set/first": "not text"} == verdict.unread
    assert (0, 0) == (verdict.report.overall.found, verdict.report.overall.shown)


def test_a_peer_that_breaks_is_left_out_with_the_reason(peer: Peer, case: Path) -> None:
    peer.program.write_text("raise SystemExit('no such option')\n")
    with pytest.raises(NotInstalled, match="grep 1 does not run: no such option"):
        peers.judged_by(peer, case)


def test_every_peer_has_a_program_and_a_fixed_version() -> None:
    assert all(peer.program.is_file() for peer in peers.PEERS)
    assert ["logreduce 0.6.1", "logfold 0.5.0"] == [peer.name for peer in peers.PEERS]


def test_an_environment_that_is_ready_is_used(tmp_path: Path) -> None:
    (tmp_path / "thing-1.0").mkdir()
    (tmp_path / "thing-1.0" / "ready").touch()
    assert tmp_path / "thing-1.0" / "bin" / "python" == python_with("thing==1.0", tmp_path)


def test_what_does_not_install_is_named_and_tried_again_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def make(folder: Path, **options: bool) -> None:
        """Make an environment whose Python runs nothing and fails, as pip does without an index."""
        (folder / "bin").mkdir(parents=True)
        (folder / "bin" / "python").symlink_to("/bin/false")

    monkeypatch.setattr("venv.create", make)
    with pytest.raises(NotInstalled, match=r"thing==1\.0 does not install: pip gave no reason"):
        python_with("thing==1.0", tmp_path)
    assert not (tmp_path / "thing-1.0" / "ready").exists()
    assert "Installing thing==1.0" in capsys.readouterr().err
