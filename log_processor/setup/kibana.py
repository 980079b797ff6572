"""Kibana and OpenSearch Dashboards: saved objects in and out."""

from __future__ import annotations

import base64
import json
import ssl
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import urllib3
from urllib3.exceptions import HTTPError, SSLError

from log_processor.config import KibanaSettings
from log_processor.dashboards.exports import Product
from log_processor.dashboards.saved import Json, ndjson
from log_processor.errors import ConfigError, StoreUnavailable
from log_processor.stores.settings import StoreSettings
from log_processor.stores.tls import tls_mend

_MENDS: Mapping[int, str] = {
    401: "check kibana.api_key, or the store's user and password, which are used without it",
    403: "give the user the privilege to manage saved objects in that space",
    404: "check kibana.url, with the path that a proxy may put before it, and kibana.space",
    503: "wait until it is up",
}


@dataclass(frozen=True)
class Imported:
    """How an import ended, by `type/id` of the objects.

    Attributes:
        put: those that were put.
        kept: those that were there already, and stay as they are.
    """

    put: tuple[str, ...]
    kept: tuple[str, ...]


class Kibana:
    """One of the two products; methods raise `StoreUnavailable` where it is away or refuses."""

    def __init__(self, settings: KibanaSettings, store: StoreSettings) -> None:
        """Set up the connection; nothing is sent yet.

        Args:
            settings: where it is.
            store: its credentials and certificates are used for Kibana too, but where Kibana has a key of its own.

        Raises:
            ConfigError: there is no URL, or the certificates are unusable.
        """
        if settings.url is None:
            raise ConfigError("no address of Kibana: give --kibana URL, KIBANA_URL or kibana.url")
        space = f"/s/{settings.space}" if settings.space else ""
        self._url = f"{settings.url.rstrip('/')}{space}"
        # Which product it is, its answers say; either ignores the other's header.
        self._headers = {"kbn-xsrf": "true", "osd-xsrf": "true", **_credentials(settings, store)}
        try:
            self._pool = urllib3.PoolManager(
                timeout=store.timeout_seconds, retries=False, **_tls(settings.url, store)
            )
        except OSError as error:
            raise ConfigError(f"store.ca_certs ({store.ca_certs}) cannot be used: {error}") from error

    def product(self) -> Product:
        """Return which of the two it is.

        Raises:
            StoreUnavailable: neither.
        """
        headers = self._send("GET", "/api/status", refusals=(503,)).headers
        if "osd-name" in headers:
            return Product.OPENSEARCH_DASHBOARDS
        if "kbn-name" in headers:
            return Product.KIBANA
        raise StoreUnavailable(
            f"{self._url} does not answer like Kibana or OpenSearch Dashboards: check kibana.url"
        )

    def put(self, objects: Sequence[Json], *, force: bool) -> Imported:
        """Import saved objects; those that are there already stay as they are, but by force.

        Raises:
            StoreUnavailable: it refused some; the message names each and why.
        """
        there = self._import(objects, overwrite=force)
        if not there:
            return Imported(tuple(map(name_of, objects)), ())
        # One that is there keeps the others out. The others may be overwritten: they were not there just now.
        missing = [each for each in objects if name_of(each) not in there]
        if missing and self._import(missing, overwrite=True):
            raise StoreUnavailable(f"{self._url}: somebody else imports at the same time: run it again")
        return Imported(
            tuple(map(name_of, missing)), tuple(each for each in map(name_of, objects) if each in there)
        )

    def export(self, objects: Iterable[Json]) -> dict[str, Json]:
        """Return what it has of these objects, by `type/id`."""
        wanted = [{"type": each["type"], "id": each["id"]} for each in objects]
        body = json.dumps({"objects": wanted, "excludeExportDetails": True}).encode()
        answer = self._send("POST", "/api/saved_objects/_export", body, {"content-type": "application/json"})
        try:
            found = [json.loads(line) for line in answer.data.decode().splitlines() if line]
            return {name_of(each): each for each in found}
        except (ValueError, KeyError, TypeError) as error:
            raise self._malformed() from error

    def _import(self, objects: Sequence[Json], *, overwrite: bool) -> set[str]:
        """Import; return by `type/id` those that are there already, for which nothing was imported."""
        body, kind = urllib3.encode_multipart_formdata(
            {"file": ("log-classify.ndjson", ndjson(objects), "application/ndjson")}
        )
        path = f"/api/saved_objects/_import?overwrite={str(overwrite).lower()}"
        answer = self._send("POST", path, body, {"content-type": kind})
        try:
            read = answer.json()
            if read["success"]:
                return set()
            conflicts = {name_of(each) for each in read["errors"] if each["error"]["type"] == "conflict"}
            others = [each for each in read["errors"] if name_of(each) not in conflicts]
            if conflicts and not others:
                return conflicts
            reasons = "; ".join(f"{name_of(each)}: {json.dumps(each['error'])}" for each in others)
        except (ValueError, KeyError, TypeError) as error:
            raise self._malformed() from error
        raise StoreUnavailable(
            f"{self._url} did not import {len(others)} objects: {reasons[:1000]}: "
            "Kibana has to be 8.9 or newer, OpenSearch Dashboards 2 or newer"
        )

    def _send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        refusals: Sequence[int] = (),
    ) -> urllib3.BaseHTTPResponse:
        try:
            answer = self._pool.request(
                method,
                self._url + path,
                body=body,
                headers={**self._headers, **(headers or {})},
                redirect=False,
            )
        except SSLError as error:
            raise StoreUnavailable(f"{self._url}: {error}: {tls_mend(str(error))}") from error
        except HTTPError as error:
            raise StoreUnavailable(
                f"{self._url} cannot be reached: {error}: check kibana.url and that it is up"
            ) from error
        if answer.status >= 300 and answer.status not in refusals:
            page = " ".join(answer.data.decode(errors="replace").split())[:300]
            mend = _MENDS.get(answer.status, "check kibana.url, or see its log")
            raise StoreUnavailable(f"{self._url} refused {method} {path}: {answer.status}: {page}: {mend}")
        return answer

    def _malformed(self) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._url} does not answer as Kibana does: check kibana.url, and what a proxy before it makes of answers"
        )


def name_of(each: Mapping[str, Any]) -> str:
    """Return the name of a saved object: `type/id`."""
    return f"{each['type']}/{each['id']}"


def differences(ours: Json, theirs: Json) -> list[str]:
    """Return what of an object is not as we wrote it, as paths; what the product has added is no difference."""
    kept = ("attributes", "references")
    return list(_differences({key: ours[key] for key in kept}, theirs, ""))


def _differences(ours: object, theirs: object, path: str) -> Iterable[str]:
    ours, theirs = _unpacked(ours), _unpacked(theirs)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        for key, value in ours.items():
            yield from _differences(value, theirs.get(key), f"{path}.{key}" if path else key)
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for number, (one, other) in enumerate(zip(ours, theirs, strict=True)):
            yield from _differences(one, other, f"{path}[{number}]")
    elif ours != theirs and (ours or theirs):  # what is empty may be left out
        yield path


def _unpacked(value: object) -> object:
    """Return the JSON inside a text, where it is an object or a list."""
    if isinstance(value, str) and value[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def _credentials(settings: KibanaSettings, store: StoreSettings) -> dict[str, str]:
    key = settings.api_key or store.api_key
    if key:
        return {"authorization": f"ApiKey {key}"}
    if store.username:
        pair = f"{store.username}:{store.password or ''}".encode()
        return {"authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _tls(url: str, store: StoreSettings) -> dict[str, Any]:
    if not url.startswith("https:"):
        return {}
    context = ssl.create_default_context(cafile=store.ca_certs)
    if not store.verify_certs:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return {"ssl_context": context}
