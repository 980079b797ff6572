from __future__ import annotations

import tracemalloc

import pytest

from log_classify.journal.entry import TIME, Entry, entry


def of(**fields: bytes) -> Entry:
    found = entry({TIME: b"1790000000000001", **fields})
    assert found
    return found


def test_a_line_tells_when_who_and_what() -> None:
    found = of(MESSAGE=b"all is well\n", SYSLOG_IDENTIFIER=b"sshd", SYSLOG_PID=b"17", _PID=b"18")
    assert Entry(1790000000000001, "sshd", b"2026-09-21T14:13:20.000001Z sshd[17]: all is well") == found


@pytest.mark.parametrize(
    ("unit", "fields"),
    [
        ("nginx.service", {"_SYSTEMD_UNIT": b"nginx.service", "SYSLOG_IDENTIFIER": b"nginx"}),
        ("getty@.service", {"_SYSTEMD_UNIT": b"getty@tty1.service"}),
        ("getty@.service", {"_SYSTEMD_UNIT": b"getty@tty2.service"}),
        ("run.service", {"_SYSTEMD_UNIT": b"run-rf3c1d0a.service"}),
        ("run.service", {"_SYSTEMD_UNIT": b"run-u17.service"}),
        ("runner.service", {"_SYSTEMD_UNIT": b"runner.service"}),
        (
            "pipewire.service",
            {"_SYSTEMD_UNIT": b"user@1000.service", "_SYSTEMD_USER_UNIT": b"pipewire.service"},
        ),
        ("sudo", {"_SYSTEMD_UNIT": b"session-3.scope", "SYSLOG_IDENTIFIER": b"sudo"}),
        ("kernel", {"SYSLOG_IDENTIFIER": b"kernel"}),
        ("bash", {"_COMM": b"bash"}),
        ("unknown", {}),
        ("etc-passwd", {"SYSLOG_IDENTIFIER": b"../../etc/passwd"}),
        ("a?b", {"SYSLOG_IDENTIFIER": b"a\x1bb"}),
        ("unknown", {"SYSLOG_IDENTIFIER": b"../.."}),
        ("x" * 200, {"SYSLOG_IDENTIFIER": b"x" * 5000}),
    ],
)
def test_a_log_is_that_of_a_service_or_of_a_program(unit: str, fields: dict[str, bytes]) -> None:
    assert unit == of(MESSAGE=b"text", **fields).unit


def test_a_message_of_many_lines_stays_as_it_is() -> None:
    assert of(MESSAGE=b"one\ntwo\n\n", _COMM=b"sh").text.endswith(b" sh: one\ntwo")


@pytest.mark.parametrize("stamp", [b"", b"-1", b"soon", b"\xb2", b"9" * 18, b"1e9"])
def test_an_entry_without_a_time_is_none(stamp: bytes) -> None:
    assert entry({TIME: stamp, "MESSAGE": b"text"}) is None
    assert entry({"MESSAGE": b"text"}) is None


def test_of_long_names_little_is_remembered() -> None:
    tracemalloc.start()
    try:
        for number in range(64):
            of(SYSLOG_IDENTIFIER=b"%064d" % number * 16384)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert kept < 4 * 1024**2
