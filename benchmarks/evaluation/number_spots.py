"""Blind spots of a number that means something, and numbers that mean nothing."""

from __future__ import annotations

from benchmarks.evaluation.editing import Edit
from benchmarks.evaluation.wording import Line, harmless, in_place

_LINES = (
    Line(
        "exit of a process",
        "pid <300-9000> exited with code 0",
        ("pid 4312 exited with code 137", "pid 812 exited with code 1"),
        ("pid <10000-90000> exited with code 0",),
    ),
    Line("exit of a build", "Done. Your build exited with 0.", ("Done. Your build exited with 1.",)),
    Line(
        "exit of a container",
        "container <hex 12> finished, exit status: 0 after <10-40>s",
        ("container 9f3e1c77aa01 finished, exit status: 2 after 21s",),
        ("container <hex 12> finished, exit status: 0 after <41-60>s",),
    ),
    Line(
        "rc of a command",
        'ok: [node-<1-9>] => {"changed": true, "cmd": "make check", "delta": "0:00:0<1-9>.<100000-999999>", "rc": 0}',
        ('ok: [node-3] => {"changed": true, "cmd": "make check", "delta": "0:00:04.120031", "rc": 2}',),
        (
            'ok: [node-<10-99>] => {"changed": true, "cmd": "make check", "delta": "0:01:1<1-9>.<100000-999999>", "rc": 0}',
        ),
    ),
    Line(
        "rc of a hook",
        "run hook post-build rc=0 time=<1-9>",
        ("run hook post-build rc=1 time=3",),
        ("run hook post-build rc=0 time=31",),
    ),
    Line(
        "recap",
        "controller : ok=<50-60> changed=<10-20> unreachable=0 failed=0 skipped=<3-9>",
        (
            "controller : ok=48 changed=12 unreachable=0 failed=1 skipped=5",
            "controller : ok=3 changed=1 unreachable=1 failed=0 skipped=0",
        ),
        (
            "controller : ok=66 changed=24 unreachable=0 failed=0 skipped=11",
            "controller : ok=54 changed=0 unreachable=0 failed=0 skipped=0",
        ),
    ),
    Line(
        "http access log",
        '10.0.0.<2-250> - - "GET /v2.1/servers/<uuid> HTTP/1.1" 200 <400-9000> 0.<10-99>',
        (
            '10.0.0.7 - - "GET /v2.1/servers/2f7c1b1e-92bd-4a5c-8e07-9a1d7b10f2aa HTTP/1.1" 500 1210 0.31',
            '10.0.0.7 - - "GET /v2.1/servers/2f7c1b1e-92bd-4a5c-8e07-9a1d7b10f2ab HTTP/1.1" 404 91 0.02',
        ),
        (
            '10.0.0.<2-250> - - "GET /v2.1/servers/<uuid> HTTP/1.1" 200 <10000-90000> 1.<10-99>',
            '10.0.0.3 - - "GET /v2.1/servers/<uuid> HTTP/1.1" 204 0 0.<10-99>',
        ),
    ),
    Line(
        "http health check",
        "healthcheck of api answered, status: 200, len: <200-400>, time: 0.<100-999>",
        ("healthcheck of api answered, status: 503, len: 190, time: 0.031",),
        ("healthcheck of api answered, status: 200, len: <500-599>, time: 1.<100-999>",),
    ),
    Line(
        "http upload",
        "PUT https://registry.example.org/v2/app/blobs/<hex 32> -> 201",
        ("PUT https://registry.example.org/v2/app/blobs/7f00e11c0d6f45a5b90df2c1e1b3a9aa -> 403",),
        ("PUT https://registry.example.org/v2/app/blobs/<hex 32> -> 202",),
    ),
    Line(
        "totals of unittest",
        "Ran <118-122> tests in <20-30>.<100-999>s",
        ("Ran 0 tests in 0.000s", "Ran 31 tests in 4.071s"),
        ("Ran <123-126> tests in <31-44>.214s",),
    ),
    Line(
        "totals of surefire",
        "Tests run: <44-46>, Failures: 0, Errors: 0, Skipped: <1-2>",
        (
            "Tests run: 45, Failures: 2, Errors: 0, Skipped: 1",
            "Tests run: 45, Failures: 0, Errors: 1, Skipped: 1",
        ),
        (
            "Tests run: 48, Failures: 0, Errors: 0, Skipped: 3",
            "Tests run: 46, Failures: 0, Errors: 0, Skipped: 0",
        ),
    ),
    Line(
        "totals collected",
        "collected <310-316> items / <1-3> deselected",
        ("collected 0 items / 2 deselected",),
        ("collected 321 items / 4 deselected",),
    ),
    Line(
        "totals of a summary",
        "summary: <80-84> passed, 0 failed, <1-4> skipped",
        ("summary: 79 passed, 3 failed, 2 skipped",),
        ("summary: 87 passed, 0 failed, 5 skipped",),
    ),
    Line(
        "failed checks",
        "<200-220> checks, 0 errors, <10-15> warnings",
        ("214 checks, 4 errors, 12 warnings",),
        ("226 checks, 0 errors, 17 warnings",),
    ),
    Line(
        "failed audit",
        "audited <1200-1220> packages, found 0 vulnerabilities",
        ("audited 1213 packages, found 7 vulnerabilities",),
        ("audited 1231 packages, found 0 vulnerabilities",),
    ),
    Line(
        "failed as JSON",
        '{"ok": <20-25>, "changed": <1-4>, "failures": 0}',
        ('{"ok": 19, "changed": 2, "failures": 1}',),
        ('{"ok": 29, "changed": 0, "failures": 0}',),
    ),
    Line(
        "size of an artifact",
        "uploaded artifact dist/app.tar.gz (<50000-60000> bytes)",
        ("uploaded artifact dist/app.tar.gz (0 bytes)",),
        ("uploaded artifact dist/app.tar.gz (61877 bytes)",),
    ),
    Line(
        "size of an import",
        "import finished: <5000-5400> rows in <3-5> s",
        ("import finished: 0 rows in 0 s",),
        ("import finished: 5511 rows in 7 s",),
    ),
    Line(
        "size of an image",
        "image size: <210-230> MB, layers: <11-13>",
        ("image size: 0 MB, layers: 12",),
        ("image size: 241 MB, layers: 14",),
    ),
    Line(
        "percent covered",
        "coverage: <84-87>% of statements",
        ("coverage: 12% of statements", "coverage: 0% of statements"),
        ("coverage: 83% of statements",),
    ),
    Line(
        "percent lost",
        "5 packets transmitted, 5 received, 0% packet loss, time <4000-4100>ms",
        ("5 packets transmitted, 0 received, 100% packet loss, time 4093ms",),
        ("5 packets transmitted, 5 received, 0% packet loss, time 5122ms",),
    ),
    Line(
        "percent full",
        "filesystem /dev/vda1 is <38-47>% full",
        ("filesystem /dev/vda1 is 100% full",),
        ("filesystem /dev/vda1 is 49% full",),
    ),
    Line(
        "version of gcc",
        "using gcc version 12.2.<0-2>",
        ("using gcc version 4.8.5",),
        ("using gcc version 12.2.7", "using gcc version 12.3.0"),
    ),
    Line(
        "version of Python",
        "Python 3.11.<2-6> on linux",
        ("Python 2.7.18 on linux",),
        ("Python 3.11.9 on linux",),
    ),
    Line(
        "signal of a worker",
        "worker <1-8> returned 0",
        ("worker 3 returned -11",),
        ("worker <9-16> returned 0",),
    ),
)
_VARYING = {
    "address of a server": "server listening on 10.<0-255>.<0-255>.<0-255>:<1024-65000>",
    "date": "started at <Mon|Tue|Wed|Thu|Fri> <Jan|Feb|Jun|Aug|Oct> <1-28> <10-23>:<10-59>:<10-59> UTC 202<3-6>",
    "time elapsed": "Elapsed: <0-3>h <0-59>m <0-59>s (<0-9999> ms in gc)",
    "counter of steps": "[<1-400>/412] Building CXX object main.o",
    "counter of progress": "Progress: <0-99>% <10-900> kB/s eta 0:0<0-9>:<10-59>",
    "counter of garbage": "GC freed <100-99999> objects, heap <20-900> MB, <0-9> regions",
    "counter of load": "load average: <0-8>.<10-99>, <0-8>.<10-99>, <0-8>.<10-99>",
    "counter of a queue": "queue length <0|0|3|7|12>, <0|1|2> waiting",
    "counter of retries": "retry <0-1> of 5 succeeded after <1-9> s",
}

EDITS: tuple[Edit, ...] = (
    # What a passing build prints is harmless, too.
    *in_place("number", (line._replace(controls=(*line.controls, line.usual)) for line in _LINES)),
    *harmless("number", _VARYING),
)
