"""A report as a page: one HTML file that needs no other, and no network."""

from __future__ import annotations

import base64
import hashlib
import re
from importlib.resources import files as resources
from pathlib import Path
from string import Template

from anomaly_filter import Tokenizer
from log_classify.report import summary
from log_classify.report.files import write_text
from log_classify.report.markup import linked, text
from log_classify.report.model import Report
from log_classify.report.page_data import data
from log_classify.report.ranking import worst_first

_MODULES = ("address", "elements", "theme", "keyboard", "model", "rows", "listing", "timeline", "page")
"""The script, each module behind those that it imports from: they become one."""
_IMPORT_EXPORT = re.compile(r"^import .*?;\n|^export ", re.MULTILINE | re.DOTALL)


def write_html(report: Report, path: Path) -> None:
    """Write a report as a page that needs nothing else: no other file, no network.

    Raises:
        ConfigError: the file cannot be written; one that was there is as it was.
    """
    tokenizer = Tokenizer()
    ranked = worst_first(report)
    found = document(
        "report.html",
        script="".join(_IMPORT_EXPORT.sub("", _asset(f"{name}.js")) for name in _MODULES),
        title=f"{text(report.target)} · log-classify",
        target=linked(report.target, report.url),
        verdict=summary.verdict(report),
        facts=summary.facts(report),
        summary=summary.foremost_lines(report, tokenizer),
        plain=summary.plain_lines(ranked),
        appendix=summary.appendix(report),
        program=text(report.program),
        created=text(report.created),
        data=data([file for file in ranked if file.entries or file.findings], tokenizer),
    )
    write_text(found, path)


def document(template: str, *, script: str = "", **parts: str) -> str:
    """Return a page made of a template, with a policy that allows it its own style and script, and nothing else.

    Args:
        template: name of its file.
        script: what it runs.
        **parts: of the page, as markup, by their names in the template.
    """
    style = _asset("report.css")
    allowed = f"script-src {_source(script)}; " if script else ""
    policy = f"default-src 'none'; {allowed}style-src {_source(style)}; base-uri 'none'; form-action 'none'"
    return Template(_asset(template)).substitute(parts, policy=policy, style=style, script=script)


def _source(content: str) -> str:
    """Return what a policy calls an element by: the hash of its content."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _asset(name: str) -> str:
    return (resources(__package__) / "page_files" / name).read_text("utf-8")
