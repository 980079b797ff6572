"""Index pages, as web servers make them of folders."""

from __future__ import annotations

from html.parser import HTMLParser
from itertools import islice
from urllib.parse import unquote, urljoin

from anomaly_filter.patterns import lazy_pattern
from log_classify.trees.listing import Entry, Listing
from log_classify.trees.member import safe_path
from log_processor.fetch.allow import Address, parse

_TITLE = lazy_pattern(r"(?i)<(?:title|h1)\b[^>]*>\s*(?:index of|directory listing for|gcs browser)\b")
_TITLE_WITHIN = 16 * 1024
_MOST_LINKS = 250_000
"""Links that are looked at: more than a tree may have files."""

_INDEX = "index.html"
_MORE = "marker="
_GCSWEB = "/gcs/"
"""Where gcsweb shows buckets; it links to their files at Google, under the same path without this."""

_GOOGLE = "https://storage.googleapis.com"


def index_page(url: str, text: str) -> Listing | None:
    """Return what is below the folder of an index page, as its links say; None for any other page.

    It is taken for one by its title, as Apache, nginx, gcsweb, Python and Zuul write it, or because it stands for a
    folder and leads to something below it.

    Args:
        url: where the page was found.
        text: the page.
    """
    page = parse(url)
    folder = page.path[: page.path.rindex("/") + 1]
    found: dict[str, Entry] = {}
    more = None
    for address in _links(url, text):
        path = _below(address, page.origin, folder)
        if path is None:
            continue
        if not path and address.query.startswith(_MORE):
            more = address.url
        elif path and not address.query:  # with one, it is the page in another order
            found.setdefault(path, Entry(path, address.url))
    titled = _TITLE.search(text[:_TITLE_WITHIN])
    of_folder = page.path.endswith(("/", f"/{_INDEX}"))
    return Listing(tuple(found.values()), more) if titled or (of_folder and found) else None


def _links(url: str, text: str) -> list[Address]:
    parser = _Links()
    parser.feed(text)
    addresses = []
    for href in islice(dict.fromkeys(parser.hrefs), _MOST_LINKS):
        try:
            addresses.append(parse(urljoin(url, href.strip())))
        except ValueError:  # noqa: PERF203 - mail addresses, scripts, anything
            continue
    return addresses


def _below(address: Address, origin: str, folder: str) -> str | None:
    """Return where an address leads to from a folder on: nowhere is the folder itself; None: out of it."""
    path = address.path
    if folder.startswith(_GCSWEB) and address.origin in {origin, _GOOGLE} and not path.startswith(_GCSWEB):
        path = _GCSWEB + path[1:]
    elif address.origin != origin:
        return None
    if not path.startswith(folder):
        return None
    rest = unquote(path[len(folder) :], errors="surrogateescape")
    if rest == _INDEX:
        return ""
    inner = rest.removesuffix(_INDEX) if rest.endswith(f"/{_INDEX}") else rest  # so Zuul links to folders
    return safe_path(inner) + "/" * inner.endswith("/")


class _Links(HTMLParser):
    """Collects where links lead to."""

    def __init__(self) -> None:
        super().__init__()
        self.hrefs: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take a link."""
        if tag == "a":
            self.hrefs += (value for name, value in attrs if name == "href" and value)
