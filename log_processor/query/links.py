"""Addresses in Kibana, or OpenSearch Dashboards: the dashboard of one build, over the time of that build."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from urllib.parse import quote

from log_processor.config.sections import KibanaSettings
from log_processor.query.builds import Build
from log_processor.timestamps import instant, iso_text

BUILD_DASHBOARD = "log-classify-build"
"""The id of the dashboard that shows a build."""

_LEAST = timedelta(minutes=1)


def linked(settings: KibanaSettings, build: Build) -> Build:
    """Return the build with the address of its dashboard, where a Kibana is configured."""
    return replace(build, dashboard=dashboard(settings, build))


def dashboard(settings: KibanaSettings, build: Build) -> str | None:
    """Return the address of the build's dashboard; None where no Kibana is configured.

    It carries the build's time, for without one a dashboard shows the last minutes, in which the build is not.
    """
    if settings.url is None:
        return None
    space = f"/s/{settings.space}" if settings.space else ""
    first, last = time_range(build)
    time = f"(time:(from:{_rison(iso_text(first))},to:{_rison(iso_text(last))}))"
    escaped = build.uuid.replace("\\", "\\\\").replace('"', '\\"')
    query = _rison(f'build_uuid:"{escaped}"')
    state = f"(query:(language:kuery,query:{query}))"
    view = f"{settings.url.rstrip('/')}{space}/app/dashboards#/view/{BUILD_DASHBOARD}"
    return f"{view}?_g={_quoted(time)}&_a={_quoted(state)}"


def time_range(build: Build) -> tuple[datetime, datetime]:
    """Return times between which the build's lines were written: from its begin to the end of the work on it."""
    begins = [instant(document.file.fields.get("build_start")) for document in build.files]
    day = datetime(build.day.year, build.day.month, build.day.day, tzinfo=timezone.utc)
    first = min((begin for begin in begins if begin is not None), default=day)
    last = max(document.started_at + timedelta(seconds=document.seconds) for document in build.files)
    return first, max(last, first + _LEAST)


def _rison(text: str) -> str:
    """Quote a text as Kibana's addresses do."""
    return "'" + text.replace("!", "!!").replace("'", "!'") + "'"


def _quoted(rison: str) -> str:
    return quote(rison, safe="(),:!*", errors="backslashreplace")
