"""Blind spots of one word, in a line or as a line, and words that are only names."""

from __future__ import annotations

from benchmarks.evaluation.editing import Edit
from benchmarks.evaluation.wording import Line, harmless, in_place, inserted, untouched

_ONE_WORD = ("Killed", "Segfault", "OOMKilled", "ERR!", "FAILED")
_LINES = (
    Line("word of a job", "Job complete, result: SUCCESS", ("Job complete, result: FAILURE",)),
    Line(
        "word of a node",
        "node state changed from joining to active",
        ("node state changed from joining to degraded",),
    ),
    Line(
        "word of a test",
        "test_cli.TestApp.test_config_validate ... ok",
        ("test_cli.TestApp.test_config_validate ... FAILED",),
    ),
    Line("word of a mount", "mount of /srv/data is read-write", ("mount of /srv/data is read-only",)),
    Line("word of a cluster", "cluster quorum: yes", ("cluster quorum: no",)),
    Line(
        "word of a volume",
        "replication is enabled for volume data",
        ("replication is disabled for volume data",),
    ),
)
_VARYING = {
    "one word, commit": "<hex 40>",
    "one word, pod": "<pod 5>-<pod 5>",
    "one word, number": "<1000-99999>",
    "one word, path": "/tmp/tmp<name 8>",
    "id of a pod": "pod/web-<hex 9>-<pod 5> is running",
    "id of a volume": "created volume <uuid> on host compute-<1-9>",
    "id of a request": "request req-<uuid> done in 0.<100-999>s",
    "id of a folder": "workdir /tmp/build.<letters 8> created",
    "id of a token": "token <base64 40>== accepted",
    "id of a commit": "checked out <hex 40> into workspace",
    "id of a port": "mac fa:16:3e:<hex 2>:<hex 2>:<hex 2> bound to port tap<hex 8>-<hex 2>",
    "id of a digest": "digest sha256:<hex 64> pulled",
    "id of an object": "object at 0x7f<hex 10> freed",
    "id of a mirror": "  * base: mirror<1-9>"
    ".<kernel|vexxhost|rackspace|leaseweb|hetzner|mtu|umd|yandex>.<org|net|com|de|edu>",
}


EDITS: tuple[Edit, ...] = (
    *(Edit("word", f"one word, {word}", untouched, inserted(word), ()) for word in _ONE_WORD),
    *in_place("word", _LINES),
    *harmless("word", _VARYING),
)
