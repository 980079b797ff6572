"""What is found about a file as a whole, apart from its far lines."""

from __future__ import annotations

from dataclasses import dataclass

FINDINGS = ("missing", "burst", "gap", "order", "unfit_baseline", "no_baseline", "nothing_read")
"""The kinds of findings; the set is closed."""


@dataclass(frozen=True)
class Finding:
    """Something about a whole file.

    Attributes:
        kind: one of FINDINGS.
        text: the log line that it is about, secrets masked; of a finding about no line: one sentence for a person.
        line: the number of the line that it points at; None when it points at none.
        expected: what the baselines have, for a person; may be empty.
        seen: what this file has instead, for a person; may be empty.
    """

    kind: str
    text: str
    line: int | None = None
    expected: str = ""
    seen: str = ""
