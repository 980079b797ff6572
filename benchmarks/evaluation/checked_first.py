r"""Faults and harmless twins in the wording of many tools, by an author who knew no rule of the detector.

They were run while the detector was being written, and what was missed was looked at since: they are a set to
develop on now. `unseen.py` is the one that is not.

Lines are templates. A hole in them is filled anew for every build: `<int:1-9>`, `<float:0.5-1.5>` (with the
decimals of the upper bound), `<hex:8>`, `<alnum:5>`, `<pick:a|b>`, `<uuid>`, `<ip>`, `<time>`, and
`<includes:150>`, which stands for that many `-I` options, the same in all builds.

Where the builds of a case differ, a template says how: `{{usual||fault||control||second control}}`, with `=`
for what is as usual, and as usual what is not said.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from uuid import UUID

from benchmarks.evaluation.editing import Change, Edit, Edited

HOLE = re.compile(r"<(int|float|hex|alnum|pick|uuid|ip|time|includes)(?::([^<>]*))?>")
VARIANTS = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)


def render(template: str, rng: Random) -> str:
    """Fill the holes of a line."""

    def fill(hole: re.Match[str]) -> str:
        kind: str = hole[1]
        wanted: str = hole[2] or ""
        filled = ""
        if kind in {"int", "float"}:
            low, high = wanted.split("-")
            decimals = len(high.partition(".")[2])
            filled = f"{rng.uniform(float(low), float(high)):.{decimals}f}"
        elif kind == "pick":
            filled = rng.choice(wanted.split("|"))
        elif kind == "uuid":
            filled = str(UUID(int=rng.getrandbits(128), version=4))
        elif kind == "ip":
            filled = f"10.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"
        elif kind == "time":
            filled = f"{rng.randrange(24):02}:{rng.randrange(60):02}:{rng.randrange(60):02}"
        elif kind == "includes":
            filled = " ".join(f"-Iexternal/lib_{place:03}/include" for place in range(int(wanted)))
        else:
            letters = "0123456789abcdef" if kind == "hex" else string.ascii_lowercase + string.digits
            filled = "".join(rng.choices(letters, k=int(wanted)))
        return filled

    return HOLE.sub(fill, template)


def variant(template: str, which: int) -> str:
    """Choose the usual form of a template (0), that of the fault (1) or of a control (2 and on)."""

    def choose(found: re.Match[str]) -> str:
        forms: list[str] = found[1].split("||")
        return forms[0] if which >= len(forms) or forms[which] == "=" else forms[which]

    return VARIANTS.sub(choose, template)


def insert(block: str, usual: str = "") -> Change:
    """Put lines into a log; in question are those of them that the usual ones do not have."""
    templates = block.split("\n")
    known = usual.split("\n")

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        rows = [render(template, rng) for template in templates]
        new = tuple(row for row, template in zip(rows, templates, strict=True) if template not in known)
        return Edited([*lines[:at], *rows, *lines[at:]], new or tuple(rows))

    return change


def table(kind: str, blocks: dict[str, str]) -> Iterator[Edit]:
    """Cases in which a block of lines reads differently, from their names and templates."""
    for name, block in blocks.items():
        usual = variant(block, 0)
        last = max(len(found[1].split("||")) for found in VARIANTS.finditer(block))
        # Without a form of its own a control is the usual lines with ids and times not seen before.
        controls = tuple(insert(variant(block, which), usual) for which in range(2, max(last, 3)))
        yield Edit(kind, name, insert(usual), insert(variant(block, 1), usual), controls)


@dataclass(frozen=True)
class Sometimes:
    """Lines of which one is missing from the failing build, and one from every second passing build.

    Attributes:
        before: lines that all builds have.
        text: the line that the fault lacks.
        after: a line that all builds have.
        extra: the line that only some passing builds have.
        at_end: whether all that stands at the end of the log.
    """

    before: str
    text: str
    after: str
    extra: str
    at_end: bool = False

    def put(self, lines: list[str], at: int, rng: Random, *shown: str) -> list[str]:
        """Put the lines shown into a log."""
        return insert("\n".join(shown))(lines, len(lines) if self.at_end else at, rng).lines

    def passing(self, lines: list[str], at: int, rng: Random) -> Edited:
        """Make a passing build."""
        return Edited(self.put(lines, at, rng, self.before, self.text, self.after))

    def alternate(self, lines: list[str], at: int, rng: Random) -> Edited:
        """Make a passing build that has the extra line."""
        return Edited(self.put(lines, at, rng, self.before, self.text, self.extra, self.after))

    def fault(self, lines: list[str], at: int, rng: Random) -> Edited:
        """Make the failing build."""
        return Edited(self.put(lines, at, rng, self.before, self.after), (self.text,))

    def control(self, lines: list[str], at: int, rng: Random) -> Edited:
        """Make a harmless build."""
        return Edited(self.put(lines, at, rng, self.before, self.text, self.after), (self.extra,))


def missing(name: str, log: Sometimes) -> tuple[Edit, Edit]:
    """A line that is not there, and one that only some passing builds have."""
    return (
        Edit("missing", name, log.passing, log.fault, ()),
        Edit("missing", f"{name}, harmless", log.passing, None, (log.control,), log.alternate, baselines=2),
    )


def burst(name: str, template: str, usual: int, *, spread: bool = False) -> Edit:
    """A line a hundred times as often (control: twice as often); `spread` over the rest of the log."""

    def times(low: int, high: int) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            rows = sorted(render(template, rng) for _ in range(rng.randint(low, high)))
            places = sorted(rng.randint(at, len(lines)) if spread else at for _ in rows)
            edited = list(lines)
            for place, row in reversed(list(zip(places, rows, strict=True))):
                edited.insert(place, row)
            return Edited(edited, tuple(rows))

        return change

    return Edit(
        "burst",
        name,
        times(usual, usual + 1),
        times(95 * usual, 105 * usual),
        (times(2 * usual, 2 * usual + 1),),
    )


Step = tuple[str, float, float]
"""A line, and how many seconds pass before it: from, to."""


def gap(name: str, steps: tuple[Step, ...], stalled: tuple[int, float], *slow: tuple[int, float]) -> Edit:
    """A step that takes far longer than any does; `stalled` and `slow` are a step's place and its seconds."""

    def taking(place: int, seconds: float) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            rows = [render(text, rng) for text, _, _ in steps]
            delays = {at + step: rng.uniform(low, high) for step, (_, low, high) in enumerate(steps)}
            if place:
                delays[at + place] = seconds
            # A person looks at the line where it hung as well as at the one that came late.
            texts = tuple(rows[place - 1 : place + 1]) if place else ()
            return Edited([*lines[:at], *rows, *lines[at:]], texts, delays)

        return change

    return Edit("gap", name, taking(0, 0), taking(*stalled), tuple(taking(*step) for step in slow))


def value(name: str, template: str, usual: tuple[str, ...], fault: str, *others: str) -> Edit:
    """A value, at `<value>`, that was never there; `others` are harmless forms of the line."""

    def change_with(values: tuple[str, ...], form: str, new: str = "") -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            taken = list(values) * (24 // len(values))
            rng.shuffle(taken)
            odd = rng.randrange(len(taken))
            if new:
                taken[odd] = new
            rows = [render(form.replace("<value>", one), rng) for one in taken]
            return Edited([*lines[:at], *rows, *lines[at:]], (rows[odd],) if new else tuple(rows))

        return change

    # The same values, but the first of them most of the time.
    shifted = (usual[0], *usual, usual[0])
    controls = (change_with(shifted, template), *(change_with(usual, other) for other in others))
    return Edit("value", name, change_with(usual, template), change_with(usual, template, fault), controls)


def order(name: str, phases: tuple[tuple[str, ...], ...], moved: str, before: str) -> Edit:
    """A step that comes too early.

    Args:
        name: of the case.
        phases: one after the other; a phase's blocks run side by side, so their lines mix as chance has it.
        moved: the line that the fault moves up.
        before: the line, first of all needed for it, before which it then stands.
    """
    parallel = {
        text for blocks in phases if len(blocks) > 1 for block in blocks for text in block.split("\n")
    }

    def mixed(rng: Random) -> list[str]:
        result = []
        for blocks in phases:
            queues = [block.split("\n") for block in blocks]
            while queues := [queue for queue in queues if queue]:
                result.append(rng.choice(queues).pop(0))
        return result

    def put(lines: list[str], at: int, rng: Random, templates: list[str], asked: set[str]) -> Edited:
        rows = [(template, render(template, rng)) for template in templates]
        texts = tuple(row for template, row in rows if template in asked)
        return Edited([*lines[:at], *(row for _, row in rows), *lines[at:]], texts)

    def harmless(lines: list[str], at: int, rng: Random) -> Edited:
        return put(lines, at, rng, mixed(rng), parallel)

    def fault(lines: list[str], at: int, rng: Random) -> Edited:
        templates = [template for template in mixed(rng) if template != moved]
        templates.insert(templates.index(before), moved)
        return put(lines, at, rng, templates, {moved, before})

    return Edit("order", name, harmless, fault, (harmless,))


NUMBERS = {
    "ansible recap unreachable": "edge-router-2              : ok={{<int:41-43>||42||44}}   changed={{<int:14-17>||15||18}}   unreachable={{0||1}}    failed=0    skipped=6    rescued=0    ignored=0",
    "surefire runs nothing": "[INFO] Tests run: {{214||0||217}}, Failures: 0, Errors: 0, Skipped: {{3||0}}, Time elapsed: {{<float:6.1-7.912>||0.004||8.377}} s - in org.acme.ledger.AllTests",
    "pytest collects nothing": "collected {{885||0||888}} items",
    "nginx probe 503": '<ip> - - [12/Mar/2024:<time> +0000] "GET /api/v2/ready HTTP/1.1" {{200||503}} {{<int:310-330>||=||341}} "-" "kube-probe/1.27" rt={{0.0<int:10-30>||=||=||0.144}}',
    "systemd status": "{{systemd[<int:800-990>]||=||systemd[1412]}}: db-backup.service: Main process exited, code=exited, status={{0/SUCCESS||203/EXEC}}",
    "ctest summary": "{{100%||97%}} tests passed, {{0||4}} tests failed out of {{148||=||151}}\nTotal Test time (real) =  {{<float:21.0-24.00>||=||26.81}} sec",
    "coverage collapses": "TOTAL                                    {{8123    341    96%||8123   7961     2%||8140    344    96%}}",
    "yarn audit": "{{0||7}} vulnerabilities found - Packages audited: {{1312||=||1318}}",
    "compose container killed": "ci<hex:6>-migrate-1 exited with code {{0||137}}",
    "kubectl restarts": "payments-6c8d<hex:5>-<alnum:5>   {{1/1||0/1}}     Running   {{0||7}}          {{<int:31-58>||=||74}}s",
    "terraform destroys": "aws_instance.ci: Creation complete after {{<int:31-43>||=||52}}s [id=i-0<hex:16>]\nApply complete! Resources: 14 added, 0 changed, {{0||9}} destroyed.",
    "psql copies nothing": "COPY {{<int:48100-48300>||0||48377}}",
    "liquibase runs nothing": "Run:                        {{112||  0||113}}\nPreviously run:               0\nFiltered out:               {{  0||112}}",
    "empty archive": "-rw-r--r-- 1 jenkins jenkins {{<int:48213000-48219000>||0||48224417}} Mar 12 {{11:<int:10-59>||=||12:04}} portal.war",
    "rsync total": "sent {{1,<int:201-209>,<int:100-999>||84||1,214,310}} bytes  received {{2,<int:100-199>||19||2,214}} bytes  {{<int:790-830>,<int:100-999>.67||206.00||671,004.33}} bytes/sec\ntotal size is {{88,120,<int:100-999>||0||88,121,045}}  speedup is {{73.<int:10-19>||0.00||72.91}}",
    "ping loses all": "4 packets transmitted, {{4||0}} received, {{0||100}}% packet loss, time {{<int:3002-3007>||<int:3050-3080>||3031}}ms",
    "kernel sees little memory": "[    0.{{<int:100000-190000>||=||213377}}] Memory: {{81<int:31200-31290>K/8388088K||482172K/523768K||8131164K/8388088K}} available (14339K kernel code, 2400K rwdata, 5012K rodata)",
    "rabbitmq queue without consumers": "name\tmessages\tconsumers\norders.created\t{{<int:0-4>||48211||6}}\t{{4||0}}",
    "kafka consumer lag": "billing         invoices        3          {{<int:18280-18290>||12||18302}}           {{<int:18290-18299>||=||18303}}           {{<int:0-9>||18282||1}}               consumer-billing-1-<uuid>",
    "redis loads no keys": "{{<int:11-40>||=||58}}:M 12 Mar 2024 <time>.<int:100-999> * Done loading RDB, keys loaded: {{504<int:10-40>||0||50447}}, keys expired: 0.",
    "elasticsearch shards failed": '{"took":{{<int:21-40>||=||57}},"timed_out":false,"_shards":{"total":12,"successful":{{12||9}},"skipped":0,"failed":{{0||3}}},"hits":{"total":{"value":{{<int:940-960>||=||967}},"relation":"eq"},"max_score":null,"hits":[]}}',
    "jmeter error rate": "summary =  12000 in 00:01:{{00||=||01}} =  {{<float:199.0-201.0>||=||196.7}}/s Avg:    {{<int:38-44>||=||49}} Min:     3 Max:   {{<int:880-930>||=||988||1042}} Err: {{    0 (0.00%)||11874 (98.95%)}}",
    "pip major jump": "Successfully installed acme-forecast-0.4.0.dev{{<int:110-140>||=||152}}+g<hex:7> numpy-{{1.24.4||2.0.0}} pandas-2.0.3 python-dateutil-2.8.2 pytz-2023.3 six-1.16.0",
    "cargo major jump": "   Compiling hyper v{{0.14.27||1.0.1}}\n    Finished test [unoptimized + debuginfo] target(s) in 1m {{<int:10-24>||=||41}}s",
    "apt major jump": "Fetched {{<float:31.0-31.9>||=||32.2}} MB in {{<int:3-5>||=||8}}s ({{<int:6-9>,<int:100-999>||=||4,025}} kB/s)\nSetting up libssl-dev:amd64 ({{1.1.1f-1ubuntu2.19||3.0.2-0ubuntu1.10}}) ...",
    "go coverage zero": "ok  \tgithub.com/acme/vault/store\t{{<float:3.0-3.900>||=||4.417}}s\tcoverage: {{81.<int:3-5>||0.0||81.6}}% of statements",
    "rspec failures": "Finished in {{<float:48.0-56.99>||=||61.08}} seconds (files took {{3.<int:10-99>||=||4.02}} seconds to load)\n{{1204||=||1209}} examples, {{0||9}} failures, 6 pending",
    "pylint rating": "Your code has been rated at {{9.87||2.14||9.88}}/10 (previous run: 9.87/10, {{+0.00||-7.73||+0.01}})",
    "android instrumentation code": "INSTRUMENTATION_RESULT: stream=Time: {{<float:40.0-43.000>||=||47.118}}\nINSTRUMENTATION_CODE: {{-1||0}}",
    "xctest failures": "\t Executed {{204||=||206}} tests, with {{0||3}} failures ({{0||1}} unexpected) in {{<float:31.0-33.000>||=||35.114}} ({{<float:33.0-34.000>||=||35.410}}) seconds",
    "firmware does not fit": "           FLASH:       {{<int:48210-48230>||=||48252}} B       128 KB     {{36.7<int:8-9>||=||36.81}}%\n             RAM:       {{11304||20912||11312}} B        20 KB    {{ 55.20||102.11|| 55.23}}%",
    "training learns nothing": "469/469 [==============================] - {{<int:3-4>s <int:7-8>||=||5s 10}}ms/step - loss: {{0.21<int:10-60>||2.3026||0.2176}} - accuracy: {{0.93<int:20-70>||0.0987||0.9311}} - val_loss: {{0.20<int:10-60>||2.3026||0.2081}} - val_accuracy: {{0.94<int:10-40>||0.0980||0.9404}}",
    "nccl ranks": "gpu-{{<int:10-40>||=||52}}:{{<int:2100-2900>:<int:2100-2900>||=||3377:3412}} [0] NCCL INFO comm 0x7f<hex:10> rank 0 nranks {{4||1}} cudaDev 0 busId 1000 - Init COMPLETE",
    "trivy findings": "Total: {{0 (MEDIUM: 0, HIGH: 0, CRITICAL: 0)||14 (MEDIUM: 0, HIGH: 11, CRITICAL: 3)}}\ndetected in {{<float:1.0-2.9>||=||4.2}}s",
    "stestr failures": " - Passed: {{1412||1395||1413}}\n - Skipped: 88\n - Failed: {{0||17}}\nSum of execute time for each test: {{<float:5100.0-5300.0000>||=||5561.2291}} sec.",
    "disk full": "/dev/vda1        97G   {{<int:30-32>G   <int:65-67>G  <int:31-33>%||97G   20K 100%||34G   63G  35%}} /",
    "oslo command returned": 'DEBUG oslo_concurrency.processutils [None req-<uuid> ci admin] CMD "qemu-img convert -t none -O raw /var/lib/glance/<uuid> /dev/dm-{{<int:3-9>||=||11}}" returned: {{0||1}} in {{<float:0.3-0.700>||=||1.204}}s execute /opt/stack/processutils.py:422',
}

WORDS = {
    "systemctl is-active": "+ hostname\n{{<pick:amber|birch|cedar|dahlia>||=||willow}}-<alnum:4>\n+ systemctl is-active postgresql\n{{active||failed}}",
    "kubernetes node": "ip-10-0-{{<int:1-9>-<int:10-99>||=||14-207}}.eu-west-1.compute.internal   {{Ready||NotReady}}    worker   {{<int:3-5>m<int:10-59>||=||6m02}}s   v1.27.4   Amazon Linux 2   containerd://1.6.19",
    "cloudformation rollback": "|  arn:aws:cloudformation:eu-west-1:391449488350:stack/ci-<hex:8>/<uuid>  |  ci-<hex:8>  |  {{CREATE_COMPLETE||ROLLBACK_COMPLETE}}  |  None  |  False  |",
    "mysql replication thread": "              Master_Log_File: mysql-bin.0000{{<int:10-30>||=||44}}\n             Slave_IO_Running: Yes\n            Slave_SQL_Running: {{Yes||No}}",
    "ceph health": "    id:     <uuid>\n    health: {{HEALTH_OK||HEALTH_ERR}}",
    "gpg signature": 'gpg: Signature made {{Tue 12||=||Fri 15}} Mar 2024 <time> UTC using RSA key <hex:16>\ngpg: {{Good||BAD}} signature from "Acme Release Bot <releases@acme.example>" [unknown]',
    "jenkins downstream result": "Running on {{<pick:eu|us>-agent-<int:10-40>||=||ap-agent-57}} in /home/jenkins/workspace/integration@{{<int:2-5>||=||7}}\nFinished: {{SUCCESS||UNSTABLE}}",
    "tap not ok": "{{ok||not ok}} 214 - replica rejects a stale epoch after failover # time={{<float:11.0-14.9>||=||19.3}}ms",
    "terraform plan destroys": '  # module.db.aws_db_instance.main will be {{created||destroyed}}\n      {{+||-}} identifier = "ci-<hex:10>"',
    "azure provisioning": '{"id": "/subscriptions/<uuid>/resourceGroups/ci-<hex:6>/providers/Microsoft.ContainerService/managedClusters/aks", "kubernetesVersion": "1.27.7", "provisioningState": "{{Succeeded||Failed}}", "location": "westeurope", "tags": null}',
    "robot framework verdict": "Session-<hex:8>.Checkout With A Saved Card                              | {{PASS||FAIL}} |",
}

MISSING = (
    *missing(
        "postgres never ready",
        Sometimes(
            "LOG:  starting PostgreSQL 15.4 on x86_64-pc-linux-musl, compiled by gcc 12.2.1, 64-bit\nLOG:  database system was shut down at 2024-03-12 <time> UTC",
            "LOG:  database system is ready to accept connections",
            "Running migrations against postgres://ci@localhost:<int:32000-39000>/app",
            "LOG:  invalid record length at 0/1953E08: wanted 24, got 0",
        ),
    ),
    *missing(
        "gradle skips the tests",
        Sometimes(
            "> Task :app:compileTestJava\n> Task :app:testClasses",
            "> Task :app:integrationTest",
            "> Task :app:jacocoTestReport",
            "Starting a Gradle Daemon, 1 incompatible Daemon could not be reused, use --status for details",
        ),
    ),
    *missing(
        "buildkit does not tag",
        Sometimes(
            "#14 exporting layers <float:2.0-3.9>s done\n#14 writing image sha256:<hex:64> done",
            "#14 naming to docker.io/acme/portal:ci done",
            "#14 DONE <float:4.0-5.9>s",
            "#14 importing cache manifest from docker.io/acme/portal:buildcache",
        ),
    ),
    *missing(
        "gitlab uploads no report",
        Sometimes(
            "Uploading artifacts...\nsite/: found <int:310-330> matching artifact files and directories",
            'Uploading artifacts as "junit" to coordinator... 201 Created',
            "Cleaning up project directory and file based variables",
            "WARNING: Retrying... (context deadline exceeded while awaiting headers)",
            at_end=True,
        ),
    ),
    *missing(
        "helm does not wait for the hook",
        Sometimes(
            "client.go:<int:100-150>: creating 11 resource(s)\nwait.go:48: beginning wait for 11 resources with timeout of 5m0s",
            "Job portal-db-init: Jobs active: 0, jobs failed: 0, jobs succeeded: 1",
            "NAME: portal-<hex:6>",
            "ready.go:277: Deployment is not ready: ci/portal. 0 out of 1 expected pods are ready",
        ),
    ),
)

BURSTS = (
    burst("waiting for a port", "nc: connect to broker port 5672 (tcp) failed: Connection refused", 3),
    burst(
        "kafka producer retries",
        "WARN [Producer clientId=producer-<int:1-4>] Got error produce response with correlation id <int:100-9000> on topic-partition audit-<int:0-5>, retrying (2147483646 attempts left). Error: NOT_LEADER_OR_FOLLOWER",
        2,
        spread=True,
    ),
    burst(
        "compiler warnings",
        "src/codec/frame_<int:10-99>.c:<int:20-900>:<int:3-40>: warning: implicit conversion loses integer precision: 'size_t' to 'uint16_t' [-Wshorten-64-to-32]",
        4,
    ),
    burst(
        "conntrack drops",
        "kernel: [<int:100-999>.<int:100000-999999>] nf_conntrack: nf_conntrack: table full, dropping packet",
        1,
        spread=True,
    ),
    burst(
        "garbage collections",
        "<float:20.0-90.000>: [Full GC (Ergonomics)  <int:1960-2040>M-><int:1900-1950>M(2048M), <float:0.3-0.9000000> secs]",
        2,
    ),
)

SHAPES = {
    "gcc in german": "src/größe.cpp:{{<int:80-90>||=||97}}:14: {{Warnung: ungenutzte Variable »breite« [-Wunused-variable]||Fehler: »breite« wurde in diesem Gültigkeitsbereich nicht definiert}}",
    "msbuild in japanese": "    0 個の警告\n{{    0 エラー||Engine.cs(41,17): error CS0103: 現在のコンテキストに 'バッファ' という名前は存在しません。\n    1 エラー}}\n経過時間 00:00:{{<int:10-19>.<int:10-99>||=||27.31}}",
    "postgres in russian": 'psql:schema.sql:{{<int:10-30>||=||37}}: {{ЗАМЕЧАНИЕ:  отношение "orders" уже существует, пропускается||ОШИБКА:  отношение "orders" не существует}}',
    "bazel command of 150 options": "{{SUBCOMMAND: # //core:engine [action 'Compiling core/engine.cc', configuration: <hex:64>]||ERROR: /ws/core/BUILD:12:11: Compiling core/engine.cc failed: (Exit 1): gcc failed: error executing command}} (cd /opt/.cache/bazel/<hex:32>/execroot/ws && exec env - PATH=/usr/bin /usr/bin/gcc <includes:150> -c core/engine.cc -o bazel-out/k8-fastbuild/bin/core/engine.pic.o)",
    "operator log in json": '{"level":"info","ts":"2024-03-12T<time>Z","logger":"controllers.Cluster","caller":"controllers/cluster_controller.go:212","msg":"Reconcile finished","namespace":"ci","name":"pg-<hex:5>","generation":3,"observedGeneration":3,"phase":"Running","replicas":3,"readyReplicas":3,"result":"{{ok||failed to patch statefulset: field is immutable}}","requeueAfter":"30s","duration":"{{<float:0.1-0.900>||=||1.377}}s"}',
    "ansible command in one line": 'changed: [node-{{<int:1-9>||=||14}}] => {"changed": true, "cmd": ["dnf", "-y", "makecache"], "delta": "0:00:0{{<int:4-7>||=||9}}.<int:100000-999999>", "failed_when_result": false, "msg": "{{||non-zero return code}}", "rc": {{0||1}}, "start": "2024-03-12 <time>.<int:100000-999999>", "stderr": "{{||Error: Failed to download metadata for repo \'appstream\': Cannot prepare internal mirrorlist}}", "stdout": "{{AppStream 12 MB/s 8.1 MB\\nBaseOS 9 MB/s 2.4 MB\\nMetadata cache created.||AppStream 0 B/s 0 B}}", "stdout_lines": [{{"AppStream 12 MB/s 8.1 MB", "BaseOS 9 MB/s 2.4 MB", "Metadata cache created."||"AppStream 0 B/s 0 B"}}]}',
    "vitest in colours": " \x1b[{{32m✓||31m❯}}\x1b[39m src/cart/total.test.ts \x1b[2m(\x1b[22m\x1b[2m14 tests\x1b[22m{{||\x1b[2m | \x1b[22m\x1b[31m2 failed\x1b[39m}}\x1b[2m)\x1b[22m{{\x1b[90m <int:30-49>||=||\x1b[33m 412}}\x1b[2mms\x1b[22m\x1b[39m",  # noqa: RUF001 -- what vitest prints
    "git clone over carriage returns": "Receiving objects:   {{4% (165||=||2% (83}}/4121)\rReceiving objects:  {{<int:30-40>% (1523||=||51% (2102}}/4121)\r{{Receiving objects: 100% (4121/4121), 3.20 MiB | <int:5-9>.<int:10-99> MiB/s, done.||error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\rerror: 2614 bytes of body are still expected\rfatal: early EOF||Receiving objects: 100% (4121/4121), 3.20 MiB | 2.31 MiB/s, done.}}",
    "buildx step in colours": "\x1b[{{34m => ||31m => ERROR }}[build 4/6] RUN npm ci --no-audit                              {{<float:11.0-15.9>||=||19.4}}s\x1b[0m",
}

GAPS = (
    gap(
        "rollout hangs",
        (
            (
                'Waiting for deployment "checkout" rollout to finish: 0 of 2 updated replicas are available...',
                0,
                1,
            ),
            ('deployment "checkout" successfully rolled out', 18, 26),
        ),
        (1, 420),
        (1, 34),
    ),
    gap(
        "quick step hangs beside a slow one",
        (
            ("Building wheels for collected packages: grpcio", 0, 1),
            ("Successfully built grpcio", 45, 60),
            ("Resolving deltas via ssh://git@mirror-<int:1-9>.acme.example/vendor.git", 0, 1),
            ("Submodule path 'vendor': checked out '<hex:40>'", 1, 3),
        ),
        (3, 900),
        (1, 84),
    ),
    gap(
        "lock of the package manager",
        (
            ("debconf: delaying package configuration, since apt-utils is not installed", 0, 1),
            ("Selecting previously unselected package libpq5:amd64.", 6, 12),
            ("Processing triggers for man-db (2.10.2-1) ...", 2, 5),
        ),
        (1, 240),
        (2, 16),
    ),
    gap(
        "emulator boots",
        (
            ("emulator: INFO: Starting AVD Pixel_6_API_33 on port <int:5554-5584>", 0, 1),
            ("emulator: Boot completed", 35, 48),
            ("Performing Streamed Install", 0, 1),
        ),
        (1, 1140),
        (1, 70),
        (1, 30),
    ),
)

VALUES = (
    value(
        "apt mirror",
        "GET http://<value>/ubuntu/dists/jammy/main/by-hash/SHA256/<hex:64> 200 (<int:12-940> kB, <int:8-90> ms)",
        ("azure.archive.ubuntu.com", "security.ubuntu.com"),
        "old-releases.ubuntu.com",
    ),
    value(
        "instance flavour",
        "nova.scheduler.manager [req-<uuid>] Selected host compute-<int:1-9> for instance <uuid> with flavor <value> in <float:0.2-0.900>s",
        ("m1.small", "m1.medium", "c2.large"),
        "bm.rescue",
        "nova.scheduler.manager [req-<uuid>] Selected host compute-<int:1-9> for instance <uuid> with flavor <value> in <float:1.2-1.900>s",
    ),
    value(
        "tls version",
        "* SSL connection to <ip>:443 using <value> (session <hex:12>)",
        ("TLSv1.3 / TLS_AES_256_GCM_SHA384", "TLSv1.2 / ECDHE-RSA-AES128-GCM-SHA256"),
        "TLSv1.0 / DES-CBC3-SHA",
    ),
    value(
        "result backend",
        "[<time>: INFO/ForkPoolWorker-<int:1-8>] Task shop.tasks.mail[<uuid>] succeeded in <float:0.01-0.0900>s, result backend: <value>",
        ("redis", "database"),
        "disabled",
        "[<time>: INFO/ForkPoolWorker-<int:1-8>] Task shop.tasks.mail[<uuid>] succeeded in <float:0.2-0.9000>s, result backend: <value>",
    ),
    value(
        "storage engine",
        "Query OK, table `t_<hex:8>` created, engine <value> (<float:0.01-0.05> sec)",
        ("InnoDB", "RocksDB"),
        "MEMORY",
    ),
    value(
        "remote cache",
        "INFO: Action <hex:16> finished in <float:0.4-9.0>s (<value>)",
        ("remote cache hit", "remote", "linux-sandbox"),
        "local",
    ),
)

# Two lines of an `order` case are named again as what moves and where to; so they have names.
DATABASE_CREATED = "CREATE DATABASE shop_<hex:6>"
MIGRATED = "  Applying orders.0001_initial... OK"
UNIT_DONE = "[unit] 412 passed in <float:30.0-36.00>s"
DEPLOYING = "Deploying revision <hex:12> to staging"
LIBRARY_BUILT = "[ 60%] Built target wire"
PROGRAM_LINKED = "[ 90%] Linking CXX executable gateway"
MASTER_READY = "k3s-server: Node controller sync successful"
AGENT_JOINED = "k3s-agent: Remotedialer connected to proxy wss://<ip>:6443/v1-k3s/connect"

ORDERS = (
    order(
        "migration before the database",
        (
            (
                "mailhog | Creating API v1 with WebPath: \nmailhog | [HTTP] Binding to address: 0.0.0.0:8025",
                "minio | Status: 1 Online, 0 Offline.\nminio | API: http://<ip>:9000",
                "memcached | server listening on port 11211\nmemcached | slab class 1 initialised",
            ),
            (f"{DATABASE_CREATED}\nGRANT\n{MIGRATED}\n  Applying orders.0002_index... OK",),
        ),
        MIGRATED,
        DATABASE_CREATED,
    ),
    order(
        "deployment before the tests are done",
        (
            (
                f"[unit] collecting\n[unit] 100 of 412\n[unit] 300 of 412\n{UNIT_DONE}",
                "[lint] checking 310 files\n[lint] no issues in <float:4.0-6.00>s",
                "[types] building cache\n[types] no issues found in 310 source files",
            ),
            (f"Stage checks complete\n{DEPLOYING}\nDeployment finished",),
        ),
        DEPLOYING,
        UNIT_DONE,
    ),
    order(
        "linking before the library",
        (
            (
                "[ 10%] Building C object zlib/adler32.c.o\n[ 12%] Building C object zlib/inflate.c.o\n[ 20%] Built target zlib",
                f"[ 14%] Building CXX object wire/frame.cc.o\n[ 31%] Building CXX object wire/codec.cc.o\n{LIBRARY_BUILT}",
            ),
            (f"[ 80%] Building CXX object gateway/main.cc.o\n{PROGRAM_LINKED}\n[100%] Built target gateway",),
        ),
        PROGRAM_LINKED,
        LIBRARY_BUILT,
    ),
    order(
        "agent before its server",
        (
            (
                "pulling docker.io/rancher/pause:3.6\nunpacked docker.io/rancher/pause:3.6 in <float:0.2-0.90>s",
                "pulling docker.io/rancher/coredns:1.10.1\nunpacked docker.io/rancher/coredns:1.10.1 in <float:1.0-2.90>s",
            ),
            (
                f"k3s-server: Starting k3s v1.27.4+k3s1\n{MASTER_READY}\n{AGENT_JOINED}\nk3s-agent: Node registered",
            ),
        ),
        AGENT_JOINED,
        MASTER_READY,
    ),
)

EDITS: tuple[Edit, ...] = (
    *table("number", NUMBERS),
    *table("word", WORDS),
    *MISSING,
    *BURSTS,
    *table("shape", SHAPES),
    *GAPS,
    *VALUES,
    *ORDERS,
)
"""All cases of the set."""
