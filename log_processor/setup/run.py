"""`anomaly-setup`: the work."""

from __future__ import annotations

import argparse
import json
import os
import sys
from contextlib import closing
from datetime import timedelta

from log_processor.config import Config, load
from log_processor.dashboards.exports import objects
from log_processor.dashboards.saved import Indices, Json
from log_processor.errors import ConfigError
from log_processor.exits import Exit
from log_processor.setup import putting
from log_processor.setup.checks import check_cluster, check_kibana
from log_processor.setup.exported import exported
from log_processor.setup.kibana import Kibana
from log_processor.setup.prune import delete_files, delete_index, old_files, old_indices
from log_processor.setup.report import Report
from log_processor.setup.server import server_of
from log_processor.stores.elastic_cluster import Cluster, Request
from log_processor.stores.opening import ELASTIC_SCHEMES
from log_processor.timestamps import now


def run(args: argparse.Namespace) -> Exit:
    """Do the step."""
    if args.step in ("check", "export") and (args.dry_run or args.force):
        raise ConfigError(f"--dry-run and --force do not go with {args.step}")
    if args.step == "prune" and args.force:
        raise ConfigError("--force does not go with prune")
    config = _config(args)
    if args.step == "export":
        store = config.store
        sys.stdout.write(
            json.dumps(exported(store.index_prefix, store.files_index, args.keep), indent=2) + "\n"
        )
        return Exit.DONE
    report = Report(as_json=args.format == "json", rehearsal=args.dry_run)
    if args.step == "dashboards":
        _dashboards(args, config, report)
        return Exit.DONE
    with closing(_cluster(args, config, report)) as cluster:
        report.note(f"{config.store.url}: {server_of(cluster)}")
        if args.step == "check":
            return _check(args, config, cluster, report)
        if args.step == "prune":
            _prune(args, cluster, report)
            return Exit.DONE
        _put(args, cluster, report)
    if args.step == "all" and config.kibana.url:
        _dashboards(args, config, report)
    return Exit.DONE


def _config(args: argparse.Namespace) -> Config:
    given = {"store.url": args.store, "kibana.url": args.kibana}
    overrides = [f"{key}={json.dumps(value)}" for key, value in given.items() if value]
    return load(args.config, environ=os.environ, overrides=overrides)


def _cluster(args: argparse.Namespace, config: Config, report: Report) -> Cluster:
    scheme = config.store.url.partition("://")[0]
    if scheme not in ELASTIC_SCHEMES:
        raise ConfigError(
            f"store.url is of {scheme}, and this is for Elasticsearch and OpenSearch: give --store URL or ES_URL; "
            "SQLite needs no setup, and Logstash's cluster has an address of its own"
        )
    return Cluster(config.store, tell=report.request, rehearsal=args.dry_run)


def _put(args: argparse.Namespace, cluster: Cluster, report: Report) -> None:
    with_policy = args.step != "templates" and putting.lifecycle(
        cluster, report, keep_days=args.keep, force=args.force
    )
    # A cluster with policies gets its templates with them.
    if args.step != "lifecycle" and not with_policy:
        putting.templates(cluster, report, force=args.force)


def _dashboards(args: argparse.Namespace, config: Config, report: Report) -> None:
    kibana = Kibana(config.kibana, config.store)
    putting.dashboards(
        kibana, _objects(kibana, config, report), report, force=args.force, rehearsal=args.dry_run
    )


def _objects(kibana: Kibana, config: Config, report: Report) -> list[Json]:
    report.request(Request("GET", "/api/status", None, sent=True))
    product = kibana.product()
    report.note(f"{config.kibana.url}: {product.name.replace('_', ' ').title()}")
    return objects(product, Indices(f"{config.store.index_prefix}*", config.store.files_index))


def _check(args: argparse.Namespace, config: Config, cluster: Cluster, report: Report) -> Exit:
    good = check_cluster(cluster, report, now().date(), args.keep)
    if config.kibana.url:
        kibana = Kibana(config.kibana, config.store)
        good &= check_kibana(kibana, _objects(kibana, config, report), report)
    return Exit.DONE if good else Exit.USAGE


def _prune(args: argparse.Namespace, cluster: Cluster, report: Report) -> None:
    oldest = now().date() - timedelta(days=args.keep)
    for index in old_indices(cluster, oldest):
        delete_index(cluster, index)
        size = f"{index.documents} documents, {index.size}" if index.documents else "closed"
        report.thing(index.name, "deleted", size)
    documents = 0
    for ids in old_files(cluster, oldest):
        delete_files(cluster, ids)
        documents += len(ids)
    report.note(f"{documents} file documents of builds before {oldest}")
