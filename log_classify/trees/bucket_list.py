"""Lists of buckets, as programs read them: of S3, of Google in both its languages, of Swift."""

from __future__ import annotations

from collections import defaultdict
from urllib.parse import parse_qsl, quote, urlencode
from xml.parsers import expat

from log_classify.trees.listing import Entry, Listing
from log_classify.trees.member import safe_path
from log_processor.fetch.allow import parse
from log_processor.fetch.answers import Answer, objects

_PLACES = ("marker", "continuation-token", "pageToken")
_DEEPEST = 8
"""Elements in one another."""

_PAGE_OF_SWIFT = 10_000
"""Names on a full page; nothing on it tells whether it is the last one."""


def s3_list(url: str, data: bytes) -> Listing | None:
    """Return what a bucket of S3 lists in XML; None where the data are something else.

    Args:
        url: where the list was found; its query says of which part of the bucket it is.
        data: the list.
    """
    texts = _texts(data)
    if texts is None:
        return None
    bucket = _Bucket(url)
    keys = texts["ListBucketResult/Contents/Key"]
    for key in keys:
        bucket.file(key, f"{bucket.root}/{quote(key)}")
    for prefix in texts["ListBucketResult/CommonPrefixes/Prefix"]:
        bucket.folder(prefix)
    if texts["ListBucketResult/IsTruncated"] != ["true"]:
        return bucket.listing()
    if token := texts["ListBucketResult/NextContinuationToken"]:
        return bucket.listing("continuation-token", token[0])
    marker = texts["ListBucketResult/NextMarker"] or keys[-1:]
    return bucket.listing("marker", "".join(marker))


def google_list(url: str, answer: Answer) -> Listing:
    """Return what a bucket of Google lists in JSON."""
    bucket = _Bucket(url)
    for item in answer.list("items"):
        name = item.text("name")
        bucket.file(name, f"{bucket.root}/{quote(name, safe='')}?alt=media")
    for prefix in answer.texts("prefixes"):
        bucket.folder(prefix)
    return bucket.listing("pageToken", answer.text("nextPageToken"))


def swift_list(url: str, document: object) -> Listing:
    """Return what a container of Swift lists in JSON."""
    bucket = _Bucket(url)
    names = []
    for item in objects(document):
        if folder := item.text("subdir"):
            bucket.folder(folder)
        else:
            bucket.file(item.text("name"), f"{bucket.root}/{quote(item.text('name'))}")
        names.append(folder or item.text("name"))
    return bucket.listing("marker", names[-1] if len(names) >= _PAGE_OF_SWIFT else "")


class _Bucket:
    """Names in a bucket as paths below the part of it that was asked for.

    Attributes:
        root: where the bucket is.
    """

    def __init__(self, url: str) -> None:
        page = parse(url)
        self.root = str(page).rstrip("/")
        self._query = {name: value for name, value in parse_qsl(page.query) if name not in _PLACES}
        prefix = self._query.get("prefix", "")
        self._above = prefix[: prefix.rfind("/") + 1]
        self._entries: dict[str, Entry] = {}

    def file(self, name: str, url: str) -> None:
        """Add a file; a name that ends in a slash is the mark of an empty folder."""
        path = safe_path(name.removeprefix(self._above))
        if path and not name.endswith("/"):
            self._entries.setdefault(path, Entry(path, url))

    def folder(self, prefix: str) -> None:
        """Add a folder, which is another part of the bucket."""
        path = safe_path(prefix.removeprefix(self._above)) + "/"
        if prefix.startswith(self._above) and prefix != self._query.get("prefix"):
            self._entries.setdefault(path, Entry(path, self._asked({**self._query, "prefix": prefix})))

    def listing(self, place: str = "", at: str = "") -> Listing:
        """Return all that was added; `at` tells where the list goes on, and is empty at its end."""
        return Listing(tuple(self._entries.values()), self._asked({**self._query, place: at}) if at else None)

    def _asked(self, query: dict[str, str]) -> str:
        return f"{self.root}?{urlencode(query)}"


def _texts(data: bytes) -> defaultdict[str, list[str]] | None:
    """Return the texts of the elements, by their path; None for data that are no list of a bucket."""
    texts: defaultdict[str, list[str]] = defaultdict(list)
    path: list[str] = []
    text: list[str] = []

    def start(name: str, _: object) -> None:
        if len(path) == _DEEPEST:
            raise ValueError("no list of a bucket has so many elements in one another")
        path.append(name.rpartition(" ")[2])
        text.clear()

    def end(_: str) -> None:
        texts["/".join(path)].append("".join(text))
        path.pop()
        text.clear()

    def declared(*_: object) -> None:
        raise ValueError("declares entities, which may be bombs")

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat takes it by its place
    except (expat.ExpatError, ValueError):
        return None
    return texts if "ListBucketResult" in texts else None
