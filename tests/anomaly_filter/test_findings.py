from __future__ import annotations

from anomaly_filter import FINDINGS, Finding


def test_the_set_of_findings_is_closed() -> None:
    assert ("missing", "burst", "gap", "order", "unfit_baseline", "no_baseline", "nothing_read") == FINDINGS


def test_a_finding_may_be_about_no_line() -> None:
    finding = Finding("no_baseline", "nothing to compare with")
    assert (None, "", "") == (finding.line, finding.expected, finding.seen)
