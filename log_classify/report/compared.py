"""What may be said of the lines of a report: that no passing build printed them, or only that they speak of errors."""

from __future__ import annotations

from log_classify.report.model import Report
from log_classify.style import counted


def is_compared(report: Report) -> bool:
    """Whether any file of a report was compared with a passing build, or there was none to compare."""
    return any(file.model is not None for file in report.files) or not report.files


def speaking_of_errors(lines: int) -> str:
    """Return what is true of lines that were compared with nothing."""
    return f"{counted(lines, 'line')} that speak{'s' if lines == 1 else ''} of errors"
