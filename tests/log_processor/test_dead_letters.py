from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from log_processor.dead_letters import DeadLetters
from log_processor.errors import LogProcessorError, Outcome, Unavailable
from tests.log_processor.workshop import NOON, Clock

ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def spool(tmp_path: Path, clock: Clock) -> DeadLetters:
    return DeadLetters(tmp_path / "deep" / "spool", clock)


def send(
    spool: DeadLetters, payload: bytes, reason: str = "because", outcome: Outcome = Outcome.REFUSED
) -> None:
    with spool.letter(payload) as letter:
        letter.send(outcome, reason)


def files(spool: DeadLetters) -> list[Path]:
    return sorted(spool.root.iterdir()) if spool.root.exists() else []


def test_a_spool_without_letters_needs_no_folder(spool: DeadLetters) -> None:
    assert 0 == len(spool)
    assert [] == list(spool)
    assert not spool.root.exists()


def test_a_letter_is_read_as_it_was_sent(spool: DeadLetters) -> None:
    with spool.letter(b'{"a": 1}') as letter:
        letter.reject({"message": "refused"}, "too deep")
        letter.reject({"message": "refused too"}, "too wide")
        letter.send(Outcome.TOO_LARGE, "a reason")
    (found,) = spool
    assert (b'{"a": 1}', Outcome.TOO_LARGE, "a reason", 2, NOON) == (
        found.payload,
        found.outcome,
        found.reason,
        found.rejected,
        found.at,
    )
    records = [json.loads(line) for line in found.path.read_text("utf-8").splitlines()]
    assert {"line": {"message": "refused too"}, "reason": "too wide"} == records[2]


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(st.binary() | ANY_TEXT.map(str.encode), ANY_TEXT)
def test_any_payload_and_reason_come_back(spool: DeadLetters, payload: bytes, reason: str) -> None:
    send(spool, payload, reason)
    assert [reason] == [letter.reason for letter in spool if letter.payload == payload]
    for letter in spool:
        spool.remove(letter)


def test_letters_come_oldest_first(spool: DeadLetters, clock: Clock) -> None:
    for payload in (b"one", b"two", b"three"):
        send(spool, payload)
        clock.advance(minutes=1)
    assert [b"one", b"two", b"three"] == [letter.payload for letter in spool]
    assert 3 == len(spool)


def test_the_same_job_fails_into_the_same_letter(spool: DeadLetters) -> None:
    send(spool, b"job", "first")
    send(spool, b"job", "second")
    assert ["second"] == [letter.reason for letter in spool]
    assert 1 == len(files(spool))


def test_a_letter_that_is_not_sent_leaves_nothing(spool: DeadLetters) -> None:
    with spool.letter(b"job") as letter:
        letter.reject({}, "reason")
        assert [] == list(spool)
        assert 0 == len(spool)
    assert [] == files(spool)


def test_what_a_letter_held_can_be_thrown_away(spool: DeadLetters) -> None:
    with spool.letter(b"1") as letter:
        letter.reject({"message": "refused"}, "too deep")
        letter.discard()
        assert 0 == letter.rejected
        letter.reject({"message": "refused again"}, "too deep")
        letter.send(Outcome.INDEXED, "because")
    (found,) = spool
    assert 1 == found.rejected
    assert "refused again" in found.path.read_text()
    assert '"refused"' not in found.path.read_text()


def test_a_letter_that_is_not_sent_leaves_nothing_after_an_error_either(spool: DeadLetters) -> None:
    with pytest.raises(RuntimeError), spool.letter(b"job") as letter:  # noqa: PT012 - the error is in the block
        letter.reject({}, "reason")
        raise RuntimeError
    assert [] == files(spool)


def test_an_earlier_letter_stays_until_the_new_one_is_whole(spool: DeadLetters) -> None:
    send(spool, b"job", "first")
    with spool.letter(b"job") as letter:
        letter.reject({}, "reason")
        assert ["first"] == [letter.reason for letter in spool]
    assert ["first"] == [letter.reason for letter in spool]


def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path, clock: Clock) -> None:
    (tmp_path / "file").touch()
    spool = DeadLetters(tmp_path / "file" / "spool", clock)
    with pytest.raises(Unavailable, match="cannot be written"):
        send(spool, b"job")
    with spool.letter(b"job") as letter, pytest.raises(Unavailable, match="cannot be written"):
        letter.reject({}, "reason")


@pytest.mark.parametrize(
    "content",
    ["", "no JSON\n", "[]\n[]\n", '{"payload": "x"}\n', '{"payload": 1}\n{"at": "x"}\n', "{}\n{}\n"],
)
def test_a_file_that_is_no_letter_is_named(spool: DeadLetters, content: str) -> None:
    send(spool, b"job")
    stranger = spool.root / "stranger.jsonl"
    stranger.write_text(content)
    with pytest.raises(
        LogProcessorError, match=r"stranger\.jsonl is no dead letter: .*; move it out of the folder"
    ):
        list(spool)


def test_other_files_are_no_letters(spool: DeadLetters) -> None:
    send(spool, b"job")
    (spool.root / "notes.txt").write_text("mine")
    (spool.root / ".hidden.jsonl").write_text("half written")
    assert 1 == len(spool) == len(list(spool))


def test_a_removed_letter_is_gone(spool: DeadLetters) -> None:
    send(spool, b"job")
    (letter,) = spool
    spool.remove(letter)
    assert [] == files(spool)
    spool.remove(letter)
    assert [] == files(spool)


def test_a_letter_that_was_written_anew_since_it_was_read_is_not_removed(spool: DeadLetters) -> None:
    send(spool, b"job", "first")
    (letter,) = spool
    send(spool, b"job", "second")
    spool.remove(letter)
    assert ["second"] == [letter.reason for letter in spool]
    assert 1 == len(files(spool))
