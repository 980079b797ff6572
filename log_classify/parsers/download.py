"""`log-classify download-logs`."""

from __future__ import annotations

import argparse

from log_classify.parsers.common import add_selection
from log_processor.arguments import AddParser

_EXAMPLES = """\
examples:
  log-classify download-logs https://logs.example.com/71/3c6c85f/
  log-classify download-logs https://logs.example.com/71/3c6c85f/ failed/ -X '^docs/' -v

URL is a page that lists a folder (Apache, nginx, Python's http.server, gcsweb), Zuul's logs or their zuul-manifest.json,
or what a bucket lists (S3, Google, Swift). Files that are there are not fetched again; one that breaks off is not kept.

exit status: 0 all files are there · 2 usage · 3 some files could not be had, or the server is away · 5 there are no
files · 130 interrupted
"""


def add(add_parser: AddParser) -> None:
    """Add it."""
    parser = add_parser(
        "download-logs",
        help="download the logs of a build",
        description="Download the logs of a build from a web server, without what is no log.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("url", metavar="URL", help="of the list of its files")
    parser.add_argument(
        "folder", nargs="?", metavar="DIR", help="where to write; default: the last part of URL, here"
    )
    parser.add_argument("-v", "--verbose", action="store_true", help="name files that are left out, and why")
    add_selection(parser, lines=False)
    parser.set_defaults(module="log_classify.download")
