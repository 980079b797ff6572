"""Reports as tests need them: a small one of every part, a large one, and one of hostile text."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from hashlib import sha256
from typing import Any

from log_classify.report.model import (
    BaselineBuild,
    ContextLine,
    Entry,
    FileReport,
    FoundInFile,
    LeftOut,
    Report,
    Work,
)

START = datetime(2026, 3, 10, 8, 30, tzinfo=timezone.utc)

HOSTILE = {
    "script": "</script><script>document.title = 'run'</script>",
    "comment": "<!--<script> --> <![CDATA[ ]]>",
    "separators": "a\u2028b\u2029c\x85d",
    "nul": "a\x00b\x08c",
    "direction": "user\u202egnp.exe \u2066isolated\u2069 \u061c\u200f",
    "ansi": "\x1b[31mred\x1b[0m \x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
    "surrogates": "\ud800 \udc80 \udfff",
    "attribute": "\" onmouseover='document.title=1' x=' ` ${1} $title",
    "entity": "&lt;img src=x onerror=alert(1)&gt; &amp;",
    "image": "<img src=x onerror=\"document.title='run'\">",
    "astral": "\U0001f469\u200d\U0001f680 \ufeff \ufffe \U0010ffff",
    "long": "x" * 1_000_000,
}
"""Text that tries to be more than text; none of it may be more than seen."""


def entry(line: int, text: str, **more: Any) -> Entry:
    """Return a line of which nothing like it is known, unless more is said of it."""
    fields: dict[str, Any] = {
        "truncated": False,
        "distance": 1.0,
        "score": 1.0,
        "reasons": ("novel",),
        "nearest": None,
        "seen_in": 0,
        "fingerprint": sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
    }
    return Entry(line, text, **{**fields, **more})


def file(path: str, entries: Iterable[Entry] = (), **more: Any) -> FileReport:
    """Return what is worth knowing of a file: these lines."""
    entries = tuple(entries)
    fields: dict[str, Any] = {
        "source": f"/logs/{path}",
        "model": "unknown/unknown/unknown/" + path,
        "model_version": "0123456789ab",
        "baselines": 3,
        "fallback": None,
        "lines": 2000,
        "bytes": 200_000,
        "far": sum(each.count for each in entries),
        "findings": (),
    }
    return FileReport(path, entries=entries, **{**fields, **more})


def report(files: Iterable[FileReport], **more: Any) -> Report:
    """Return the report of these files."""
    files = tuple(sorted(files, key=lambda each: each.path))
    fields: dict[str, Any] = {
        "target": "build-17/logs",
        "url": None,
        "created": "2026-03-10T09:00:00Z",
        "program": "log-classify 0.1.0",
        "threshold": 0.25,
        "baselines": (BaselineBuild("build-14"), BaselineBuild("build-15"), BaselineBuild("build-16")),
        "training": Work(6000, 600_000, 0.1),
        "testing": Work(sum(each.lines for each in files), sum(each.bytes for each in files), 0.1),
    }
    return Report(files=files, **{**fields, **more})


def time(seconds: float) -> str:
    """Return a time as a report has it."""
    return (START + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def around(line: int, before: int, after: int, text: str = "step {} is done") -> dict[str, Any]:
    """Return the context of a line."""
    return {
        "before": tuple(ContextLine(at, text.format(at)) for at in range(line - before, line)),
        "after": tuple(ContextLine(at, text.format(at)) for at in range(line + 1, line + 1 + after)),
    }


def small() -> Report:
    """Return one of every part."""
    return report(
        [
            file(
                "api/server.log",
                [
                    entry(
                        40,
                        "retrying the request to node-4 after 30 s",
                        distance=0.4,
                        score=0.4,
                        nearest="sending the request to node-4",
                        seen_in=2,
                        time=time(60),
                        count=14,
                        runs=((40, 40), (44, 56)),
                        **around(40, 12, 12),
                    ),
                    entry(
                        70,
                        "ERROR connection to the database was refused",
                        reasons=("novel", "error"),
                        time=time(40),
                        **around(70, 12, 12),
                    ),
                ],
                remarks=("two bytes at its end could not be unpacked",),
            ),
            file(
                "job-output.txt",
                [
                    entry(
                        900,
                        "task failed with exit code 2",
                        distance=0.1,
                        score=0.5,
                        reasons=("number",),
                        time=time(90),
                        nearest="task failed with exit code 0",
                        seen_in=3,
                        **around(900, 3, 1),
                    ),
                    entry(
                        1200,
                        "ERROR connection to the database was refused",
                        reasons=("novel", "error"),
                        time=time(95),
                    ),
                ],
                findings=(
                    FoundInFile(
                        "missing", "every test passed", None, "in every one of 3 passing builds", "not there"
                    ),
                    FoundInFile("gap", "waiting for the server", 1100, "at most 3 s", "64 s"),
                ),
            ),
            file(
                "tests.log",
                [entry(5, "FAIL: test_orders", distance=None, score=None, seen_in=None, reasons=("error",))],
                model=None,
                model_version=None,
                baselines=0,
                findings=(
                    FoundInFile("no_baseline", "there is not one line of a passing build to compare with"),
                ),
            ),
            file("quiet.log"),
        ],
        left_out=(LeftOut("photo.png", "a picture"),),
        remarks=("build-13 was not read: its logs are gone",),
    )


def many(lines: int, files: int = 20) -> Report:
    """Return so many lines in so many files, all of them different, and with context."""
    each = lines // files
    return report(
        file(
            f"node-{at % 4}/service-{at}.log",
            [
                entry(
                    10 * number + 20,
                    f"{time(number + at)} worker-{at} request {at}-{number * 7919} "
                    f"took {number} ms longer than the limit of the queue that it was put into by node {number % 7}",
                    distance=(number % 75 + 25) / 100,
                    score=(number % 75 + 25) / 100,
                    nearest=f"{time(number + at)} worker-{at} request was put into the queue by node {number % 7}",
                    seen_in=1 + number % 3,
                    time=time(number + at),
                    **around(
                        10 * number + 20,
                        4,
                        4,
                        "nothing happens at step {} of the long way that a request goes",
                    ),
                )
                for number in range(each)
            ],
            lines=20 * each + 40,
        )
        for at in range(files)
    )


def hostile() -> Report:
    """Return hostile text in every place that takes text."""
    everything = " ".join(text for name, text in HOSTILE.items() if name != "long")
    lines = [
        entry(
            at + 10,
            text,
            distance=0.5,
            score=0.5,
            nearest=f"{text} before",
            reasons=("novel", everything),
            time=everything,
            before=(ContextLine(at + 9, text),),
            after=(ContextLine(at + 11, text),),
        )
        for at, text in enumerate(HOSTILE.values())
    ]
    bad = file(
        f"logs/{everything}.log",
        lines,
        source=f"javascript:{everything}",
        fallback=everything,
        findings=(FoundInFile(everything, everything, 1, everything, everything),),
        remarks=(everything,),
    )
    return replace(
        report([bad]),
        target=everything,
        url=f"javascript:document.title='run'//{everything}",
        created=everything,
        program=everything,
        baselines=(BaselineBuild(everything, f"javascript:{everything}", everything),),
        left_out=(LeftOut(everything, everything),),
        remarks=(everything,),
    )
