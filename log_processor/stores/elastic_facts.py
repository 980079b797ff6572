"""What a cluster is asked about builds and fingerprints, and how its answers are read.

Only aggregations that every Elasticsearch and OpenSearch has. Line documents have ids of their own, so that what was
written twice is counted once, in whatever order it came.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from log_processor.stores.contract import Occurrence, Sighting, Wanted
from log_processor.timestamps import iso_text

NO_SEARCH = "does not answer searches as a cluster does: check store.url, and what a proxy before the cluster makes of answers"
"""What is wrong with a server whose answer is none."""

Search = dict[str, Any]
"""The body of a search with one aggregation."""

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_TIMES = {"first": {"min": {"field": "@timestamp"}}, "last": {"max": {"field": "@timestamp"}}}
_SHARD_BUILDS = 10_000
"""Builds that each shard names when sums order them: the list of the worst is exact for a file index of one shard, as
our template makes it, and for any other with up to so many builds."""


def conditions(wanted: Wanted) -> list[dict[str, Any]]:
    """Return the filters that leave the documents of builds that count."""
    terms = {"build_name": wanted.job, "project": wanted.project, "build_status": wanted.status}
    found: list[dict[str, Any]] = [
        {"term": {name: value}} for name, value in terms.items() if value is not None
    ]
    if wanted.since is not None:
        found.append({"range": {"@timestamp": {"gte": iso_text(wanted.since)}}})
    if wanted.besides is not None:
        found.append({"bool": {"must_not": [{"term": {"build_uuid": wanted.besides}}]}})
    return found


def fingerprinted(fingerprints: Collection[str]) -> list[dict[str, Any]]:
    """Return the filter that leaves lines with one of these fingerprints."""
    return [{"terms": {"anomaly.fingerprint": sorted(fingerprints)}}]


def newest_builds(limit: int, wanted: Wanted) -> Search:
    """Ask which builds were worked on last."""
    order = [{"started": "desc"}, {"_key": "asc"}]
    return _grouped(
        conditions(wanted),
        {"field": "build_uuid", "size": limit, "order": order},
        {"started": {"max": {"field": "started_at"}}},
    )


def worst_builds(limit: int, wanted: Wanted) -> Search:
    """Ask which builds have the most lines shown in files that have a baseline."""
    order = [{"shown": "desc"}, {"farthest": "desc"}, {"_key": "asc"}]
    distance = {"field": "anomaly.max_distance"}
    return _grouped(
        [{"exists": distance}, *conditions(wanted)],
        {"field": "build_uuid", "size": limit, "shard_size": max(limit, _SHARD_BUILDS), "order": order},
        {"shown": {"sum": {"field": "lines_shown"}}, "farthest": {"max": distance}},
    )


def by_fingerprint(fingerprints: Sequence[str], wanted: Wanted) -> Search:
    """Ask how often each fingerprint was stored, and where."""
    fields = {"builds": "build_uuid", "jobs": "build_name", "projects": "project"}
    distinct = {name: {"cardinality": {"field": field}} for name, field in fields.items()}
    return _grouped(
        [*fingerprinted(fingerprints), *conditions(wanted)],
        {"field": "anomaly.fingerprint", "size": len(fingerprints)},
        {**distinct, **_TIMES},
    )


def sighting(bucket: Mapping[str, Any]) -> Sighting:
    """Read a bucket of `by_fingerprint`."""
    return Sighting(
        bucket["doc_count"],
        bucket["builds"]["value"],
        bucket["jobs"]["value"],
        bucket["projects"]["value"],
        _moment(bucket["first"]),
        _moment(bucket["last"]),
    )


def builds_with(far: list[dict[str, Any]], limit: int) -> Search:
    """Ask which builds had such lines last."""
    return _grouped(far, _latest(limit), {"last": _TIMES["last"]})


def latest_of_builds(far: list[dict[str, Any]], builds: Sequence[str]) -> Search:
    """Ask what each of these builds has of such lines."""
    latest = {
        "size": 1,
        "sort": [{"@timestamp": "desc"}, {"filename": "asc"}, {"log.line": "asc"}],
        "_source": [
            "build_name",
            "project",
            "build_status",
            "filename",
            "message",
            "log.line",
            "log.line_url",
        ],
    }
    return _grouped(
        [*far, {"terms": {"build_uuid": [*builds]}}],
        _latest(len(builds)),
        {**_TIMES, "latest": {"top_hits": latest}},
    )


def occurrence(bucket: Mapping[str, Any]) -> Occurrence:
    """Read a bucket of `latest_of_builds`."""
    line = bucket["latest"]["hits"]["hits"][0]["_source"]
    return Occurrence(
        build_uuid=bucket["key"],
        job=line.get("build_name", ""),
        project=line.get("project", ""),
        status=line.get("build_status", ""),
        lines=bucket["doc_count"],
        first=_moment(bucket["first"]),
        last=_moment(bucket["last"]),
        filename=line["filename"],
        number=line["log"]["line"],
        message=line["message"],
        url=line["log"].get("line_url"),
    )


def _latest(limit: int) -> dict[str, Any]:
    return {"field": "build_uuid", "size": limit, "order": [{"last": "desc"}, {"_key": "asc"}]}


def _grouped(filters: list[dict[str, Any]], terms: dict[str, Any], aggregations: dict[str, Any]) -> Search:
    return {
        "query": {"bool": {"filter": filters}},
        "aggs": {"groups": {"terms": terms, "aggs": aggregations}},
    }


def _moment(aggregation: Mapping[str, Any]) -> datetime:
    return _EPOCH + timedelta(milliseconds=aggregation["value"])
