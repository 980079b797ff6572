"""Lists of files as servers write them.

Apache 2.4, nginx 1.24, lighttpd 1.4, gcsweb (kubernetes/test-infra), zuul-jobs' upload-logs roles; S3, Google, Swift.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

Page = Callable[[str, Iterable[str]], bytes]
"""Makes the page of a folder from the names of what is in it."""


def apache(folder: str, names: Iterable[str]) -> bytes:
    rows = "".join(
        f'<tr><td valign="top"><img src="/icons/text.gif" alt="[TXT]"></td><td><a href="{name}">{name}</a></td>'
        '<td align="right">2026-03-09 12:00  </td><td align="right">1.1K</td><td>&nbsp;</td></tr>\n'
        for name in names
    )
    return (
        '<!DOCTYPE HTML PUBLIC "-//W3C//DTD HTML 3.2 Final//EN">\n'
        f"<html>\n <head>\n  <title>Index of {folder}</title>\n </head>\n <body>\n<h1>Index of {folder}</h1>\n"
        '  <table>\n   <tr><th valign="top"><img src="/icons/blank.gif" alt="[ICO]"></th>'
        '<th><a href="?C=N;O=D">Name</a></th><th><a href="?C=M;O=A">Last modified</a></th>'
        '<th><a href="?C=S;O=A">Size</a></th><th><a href="?C=D;O=A">Description</a></th></tr>\n'
        '<tr><td valign="top"><img src="/icons/back.gif" alt="[PARENTDIR]"></td>'
        f'<td><a href="{folder.rstrip("/").rpartition("/")[0]}/">Parent Directory</a></td></tr>\n{rows}</table>\n'
        "<address>Apache/2.4 Server at logs.example.com Port 80</address>\n</body></html>\n"
    ).encode()


def nginx(folder: str, names: Iterable[str]) -> bytes:
    rows = "".join(
        f'<a href="{name}">{name}</a>                 09-Mar-2026 12:00        1131\r\n' for name in names
    )
    return (
        f"<html>\r\n<head><title>Index of {folder}</title></head>\r\n<body>\r\n<h1>Index of {folder}</h1><hr><pre>"
        f'<a href="../">../</a>\r\n{rows}</pre><hr></body>\r\n</html>\r\n'
    ).encode()


def zuul(folder: str, names: Iterable[str]) -> bytes:
    """A page that zuul-jobs uploads: folders are linked to by their page."""
    rows = "".join(
        '<tr><td><img alt="[ ]" title="text/plain" src="data:image/png;base64,iVBO"></img></td>'
        f'<td><a href="{name + "index.html" if name.endswith("/") else name}">{name}</a></td>'
        '<td>Mon Mar  9 12:00:00 2026</td><td style="text-align: right">1.1K</td></tr>\n'
        for name in names
    )
    return (
        f"<html><head><title>{folder}</title></head><body>\n<h1>{folder}</h1>\n<table><tr><th></th><th>Name</th>"
        f'<th>Last Modified</th><th>Size</th></tr><tr><td></td><td><a href="../index.html">../</a></td></tr>{rows}'
        "</table></body></html>\n"
    ).encode()


def gcsweb(bucket: str, folder: str, folders: Iterable[str], files: dict[str, str], more: str = "") -> bytes:
    """A page of Prow's browser; `files` are URLs by name."""
    button = f'<a href="/gcs/{bucket}/{folder}?marker={more}" class="pure-button next-button">Next page</a>'
    links = {".. ": f"/gcs/{bucket}/", **{name: f"/gcs/{bucket}/{folder}{name}" for name in folders}, **files}
    rows = "".join(
        f'<li class="pure-g grid-row"><div class="pure-u-2-5"><a href="{url}"><img src="/icons/file.png"> {name}</a>'
        '</div><div class="pure-u-1-5">1131</div><div class="pure-u-2-5">09 Mar 2026 12:00:00</div></li>'
        for name, url in links.items()
    )
    return (
        f"\n<!doctype html>\n<html>\n<head>\n<title>GCS browser: {bucket}</title>\n</head>\n<body><header>"
        f'<h1>{bucket}</h1><h3>/{bucket}/{folder}</h3></header><ul class="resource-grid">'
        f"{button if more else ''}{rows}</ul></body></html>"
    ).encode()


def s3(
    keys: Iterable[str],
    *,
    prefixes: Iterable[str] = (),
    token: str = "",
    marker: str = "",
    truncated: bool = False,
) -> bytes:
    """A page of a bucket, as S3 and Google write it."""
    contents = "".join(f"<Contents><Key>{key}</Key><Size>9</Size></Contents>" for key in keys)
    common = "".join(f"<CommonPrefixes><Prefix>{prefix}</Prefix></CommonPrefixes>" for prefix in prefixes)
    more = f"<NextContinuationToken>{token}</NextContinuationToken>" if token else ""
    more += f"<NextMarker>{marker}</NextMarker>" if marker else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">'
        f"<Name>bucket</Name><Prefix>p/</Prefix><IsTruncated>{'true' if more or truncated else 'false'}</IsTruncated>"
        f"{more}{contents}{common}</ListBucketResult>"
    ).encode()


def manifest(tree: dict[str, object]) -> bytes:
    """Zuul's list of all logs of a build; a folder is a dict of what is in it."""

    def children(folder: dict[str, object]) -> list[dict[str, object]]:
        return [
            {"name": name, "mimetype": "application/directory", "encoding": None, "children": children(inner)}
            if isinstance(inner, dict)
            else {
                "name": name,
                "mimetype": "text/plain",
                "encoding": None,
                "last_modified": 1773057600,
                "size": 1131,
            }
            for name, inner in folder.items()
        ]

    return json.dumps({"tree": children(tree)}).encode()
