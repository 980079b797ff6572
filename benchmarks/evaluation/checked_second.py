"""A check set of edits, written without knowledge of the detector's rules.

Who wrote it had read the contract of `editing` and raw passing logs, not the detector, its documents or its
other sets of cases. It says what the rules are worth on wording they have not met, and keeps that worth only
while nothing is tuned on it: a case that goes wrong here is no reason to change a rule, nor a rule a reason to
change a case.

Templates hold fields that are filled anew in each build: `<d:1-9>` an integer, `<f:0.10-9.99>` a number with as
many decimals as its lower bound, `<h:8>` hexadecimal digits, `<w:5>` an id of letters and digits, `<ip>`, `<uuid>`.
Where a template has several lines, those in question start with `>>`. What differs from a usual template is
written `old => new && old => new`; the lines that hold an old text are then those in question.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from random import Random
from uuid import UUID

from benchmarks.evaluation.editing import Change, Edit, Edited

MARK = ">>"
"""What the lines in question start with, in a template of several lines."""

_FIELD = re.compile(r"<(d|f|h|w|ip|uuid)(?::([^<>]+))?>")
_ALPHABETS = {"h": "0123456789abcdef", "w": "bcdfghjklmnpqrstvwxz2456789"}


def fill(template: str, rng: Random) -> str:
    """Returns the template with a fresh value in each of its fields."""

    def value(match: re.Match[str]) -> str:
        kind, spec = str(match.group(1)), str(match.group(2))
        low, _, high = spec.partition("-")
        if kind == "ip":
            return f"10.{rng.randint(0, 255)}.{rng.randint(0, 255)}.{rng.randint(2, 254)}"
        if kind == "uuid":
            return str(UUID(int=rng.getrandbits(128), version=4))
        if kind in _ALPHABETS:
            return "".join(rng.choice(_ALPHABETS[kind]) for _ in range(int(spec)))
        if kind == "f":
            return f"{rng.uniform(float(low), float(high)):.{len(low.partition('.')[2])}f}"
        return str(rng.randint(int(low), int(high)))

    return _FIELD.sub(value, template)


def split(template: str, rng: Random) -> tuple[list[str], list[str]]:
    """Returns the filled lines of a template, and those of them that are in question (all, where none is marked)."""
    filled = [fill(line, rng) for line in template.split("\n")]
    marked = [line.removeprefix(MARK) for line in filled if line.startswith(MARK)]
    block = [line.removeprefix(MARK) for line in filled]
    return block, marked or block


def scatter(lines: list[str], at: int, new: Sequence[str], step: int) -> list[str]:
    """Returns the log with new lines from a place on, `step` lines of its own between each two of them."""
    result = lines[:at]
    for number, line in enumerate(new):
        result.append(line)
        result.extend(lines[at + number * step : at + (number + 1) * step])
    return result + lines[at + len(new) * step :]


def put(template: str) -> Change:
    """Returns the change that inserts a template."""

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        block, texts = split(template, rng)
        return Edited([*lines[:at], *block, *lines[at:]], tuple(texts))

    return change


def drop(template: str) -> Change:
    """Returns the change that inserts a template without its marked lines."""

    def change(lines: list[str], at: int, rng: Random) -> Edited:
        block, texts = split(template, rng)
        return Edited(
            [*lines[:at], *(line for line in block if line not in texts), *lines[at:]], tuple(texts)
        )

    return change


def differ(usual: str, difference: str) -> str:
    """Returns a template with a difference put in, and the lines that have it marked.

    Raises:
        ValueError: where the template lacks an old text.
    """
    lines = usual
    touched: set[int] = set()
    for part in difference.split(" && "):
        old, _, new = part.partition(" => ")
        if old not in lines:
            raise ValueError(f"{old!r} is not in {usual!r}")
        # a text that starts with a line break stands for the whole line below it
        touched |= {number for number, text in enumerate(lines.split("\n")) if old.strip("\n") in text}
        lines = lines.replace(old, new)
    return "\n".join(MARK * (number in touched) + text for number, text in enumerate(lines.split("\n")))


def line(kind: str, name: str, usual: str, fault: str, *controls: str) -> Edit:
    """Returns an edit in which a line differs from what it usually is."""
    harmless = tuple(put(differ(usual, control)) for control in controls)
    return Edit(kind, name, put(usual), put(differ(usual, fault)), harmless)


def number(name: str, usual: str, fault: str, *controls: str) -> Edit:
    """Returns an edit of a number that means something."""
    return line("number", name, usual, fault, *controls)


def word(name: str, usual: str, fault: str, *controls: str) -> Edit:
    """Returns an edit of one word."""
    return line("word", name, usual, fault, *controls)


def shape(name: str, usual: str, fault: str, *controls: str) -> Edit:
    """Returns an edit of a line of unusual shape."""
    return line("shape", name, usual, fault, *controls)


def missing(name: str, template: str) -> Edit:
    """Returns an edit without the marked line that every passing build has."""
    return Edit("missing", name, put(template), drop(template), ())


def sometimes(name: str, template: str) -> Edit:
    """Returns a control without the marked line that every second passing build has not."""
    return Edit("missing", name, put(template), None, (drop(template),), drop(template), baselines=2)


def missing_beside(name: str, before: str, always: str, some: str) -> Edit:
    """Returns an edit of two lines: one that every passing build has, and one that some have."""
    all_of_it = f"{before}\n{always}\n{some}"
    without_some = drop(f"{before}\n{always}\n{MARK}{some}")
    without_always = drop(f"{before}\n{MARK}{always}\n{some}")
    return Edit("missing", name, put(all_of_it), without_always, (without_some,), without_some, baselines=2)


def burst(name: str, template: str, step: int = 0) -> Edit:
    """Returns an edit of a line that stands three or four times in a passing build."""

    def times(low: int, high: int) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            new = [fill(template, rng) for _ in range(rng.randint(low, high))]
            return Edited(scatter(lines, at, new, step), tuple(new))

        return change

    return Edit("burst", name, times(3, 4), times(340, 380), (times(6, 8),))


def gap(name: str, before: str, after: str, usual: tuple[float, float], fault: float) -> Edit:
    """Returns an edit of the seconds between two lines; a harmless build takes a fifth more than usual."""

    def wait(low: float, high: float) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            new = (fill(before, rng), fill(after, rng))
            return Edited([*lines[:at], *new, *lines[at:]], new, {at + 1: rng.uniform(low, high)})

        return change

    low, high = usual
    return Edit("gap", name, wait(low, high), wait(fault, fault * 1.1), (wait(high * 1.1, high * 1.2),))


def value(name: str, template: str, seen: Sequence[str], new: str, *controls: str) -> Edit:
    """Returns an edit of one of many lines, which differ in a value (`VALUE` in the template) and in ids.

    Args:
        name: of the case.
        template: of a line.
        seen: the values in the passing builds, each about equally often.
        new: the value that no passing build has.
        controls: what stands in place of one of the lines in a harmless build, a case each.
    """

    def among(odd: str | None) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            block = [fill(template.replace("VALUE", seen[place % len(seen)]), rng) for place in range(36)]
            rng.shuffle(block)
            if odd is None:
                return Edited(scatter(lines, at, block, 1))
            place = rng.randint(12, 24)
            block[place] = fill(odd, rng)
            return Edited(scatter(lines, at, block, 1), (block[place],))

        return change

    one_more = template.replace("VALUE", seen[-1])
    harmless = tuple(among(control) for control in (one_more, *controls))
    return Edit("value", name, among(None), among(template.replace("VALUE", new)), harmless)


def order(
    name: str, steps: Sequence[str], swap: tuple[int, int], lanes: Sequence[str], baselines: int = 1
) -> Edit:
    """Returns an edit of steps of which two swap, below output of parallel lanes that mixes anew in each build.

    Args:
        name: of the case.
        steps: one after the other, in all passing builds.
        swap: the places of the two that swap.
        lanes: templates of several lines; within each the order stays.
        baselines: the least number of passing builds.
    """

    def run(*, swapped: bool, mixed: bool) -> Change:
        def change(lines: list[str], at: int, rng: Random) -> Edited:
            rest = [[fill(text, rng) for text in lane.split("\n")] for lane in lanes]
            turns = [lane for lane in rest for _ in lane]
            rng.shuffle(turns)
            parallel = [lane.pop(0) for lane in turns]
            done = [fill(step, rng) for step in steps]
            one, other = swap
            if swapped:
                done[one], done[other] = done[other], done[one]
            texts = parallel if mixed else [done[one], done[other]]
            return Edited([*lines[:at], *parallel, *scatter(lines[at:], 0, done, 1)], tuple(texts))

        return change

    passing = run(swapped=False, mixed=False)
    return Edit(
        "order",
        name,
        passing,
        run(swapped=True, mixed=False),
        (run(swapped=False, mixed=True),),
        baselines=baselines,
    )


def pods() -> str:
    """Returns a template of one line of 120 pods."""
    items = (
        f'{{"name":"worker-{place}-<w:5>","phase":"Running","namespace":"ci","uid":"<uuid>","podIP":"<ip>"}}'
        for place in range(120)
    )
    return f'{{"apiVersion":"v1","kind":"PodList","items":[{",".join(items)}]}}'


# a table reads better than one argument a line
# fmt: off
NUMBERS = (
    number("msbuild-errors", "Build finished.\n    0 Warning(s)\n    0 Error(s)\nTime Elapsed 00:00:<d:10-39>.<d:10-99>",
        "0 Error => 3 Error", "00:<d:10-39> => 00:4<d:0-9>"),
    number("ansible-unreachable",
        "node-<d:100-999> : ok=<d:40-44>   changed=<d:15-19>   unreachable=0    failed=0    skipped=9    rescued=0    ignored=0",
        "unreachable=0 => unreachable=1", "ok=<d:40-44> => ok=45"),
    number("nginx-status",
        '<ip> - - "GET /api/v2/orders?limit=50 HTTP/1.1" 200 <d:4100-4900> "-" "python-requests/2.31.0" rt=0.0<d:10-99>',
        "200 <d:4100-4900> => 503 <d:190-199>", "<d:4100-4900> => <d:5000-5099>", "rt=0.0 => rt=0.1"),
    number("surefire-none-run",
        "[INFO] Tests run: 214, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: <f:1.100-2.900> s - in io.relay.core.AllSpecs",
        "run: 214 => run: 0 && <f:1.100-2.900> => <f:0.001-0.009>", "<f:1.100-2.900> => <f:3.100-3.900>"),
    number("go-coverage", "ok  \tgithub.com/acme/relay/pkg/queue\t0.<d:100-499>s\tcoverage: 83.4% of statements",
        "83.4% => 0.0%", "\t0. => \t1."),
    number("ping-loss", "5 packets transmitted, 5 received, 0% packet loss, time 40<d:10-49>ms",
        "5 received, 0% => 0 received, 100%", "40<d:10-49> => 41<d:10-49>"),
    number("firmware-empty", "-rw-r--r-- 1 builder builder 482<d:10000-49999> build/out/firmware-stm32f4.bin",
        "482<d:10000-49999> => 0", "<d:10000-49999> => <d:50000-59999>"),
    number("kubectl-ready", "deployment.apps/checkout   3/3     3            3           <d:31-59>s",
        "3/3     3            3 => 0/3     3            0", "<d:31-59> => <d:61-79>"),
    number("pip-major-jump",
        "Looking in links: /tmp/wheels-<d:1000-5999>\nSuccessfully installed certifi-2024.2.2 idna-3.6 requests-2.31.0 urllib3-1.26.18",
        "urllib3-1.26.18 => urllib3-2.2.1", "<d:1000-5999> => <d:6000-6999>"),
    number("npm-few-packages", "added 1423 packages, and audited 1424 packages in <d:21-39>s",
        "1423 => 3 && 1424 => 4 && <d:21-39> => <d:1-2>", "<d:21-39> => <d:41-49>"),
    number("psql-copy-nothing", "SET\nCOPY <d:18200-18299>\nALTER TABLE",
        "<d:18200-18299> => 0", "<d:18200-18299> => <d:18300-18349>"),
    number("curl-gateway", "smoke test https://staging.example.net/login: HTTP 200 in 0.<d:100-299>s, <d:5100-5300> bytes",
        "HTTP 200 => HTTP 502 && <d:5100-5300> => <d:150-160>", "0.<d:100-299> => 0.<d:300-399>", "<d:5100-5300> => <d:5301-5400>"),
    number("docker-wait-killed", "$ docker wait migrate-<h:6>\n0",
        "\n0 => \n137", "migrate-<h:6> => migrate-<h:6>"),
    number("ctest-all-failed", "100% tests passed, 0 tests failed out of 212\nTotal Test time (real) =  <f:11.00-14.99> sec",
        "100% tests passed, 0 tests => 0% tests passed, 212 tests", "<f:11.00-14.99> => <f:15.00-17.99>"),
    number("terraform-destroyed",
        "aws_instance.web: Creation complete after <d:22-38>s [id=i-0<h:16>]\nApply complete! Resources: 14 added, 0 changed, 0 destroyed.",
        "0 destroyed => 9 destroyed", "<d:22-38> => <d:41-45>"),
    number("aws-failed-entries", '{"FailedEntryCount": 0, "Entries": [{"EventId": "<uuid>"}, {"EventId": "<uuid>"}]}',
        'Count": 0 => Count": 2', "<uuid> => <uuid>"),
    number("rsync-nothing", "Number of regular files transferred: 318\nsent 14,<d:100-499>,118 bytes  received 6,112 bytes",
        "transferred: 318 => transferred: 0", "<d:100-499> => <d:500-599>"),
    number("redis-replicas", "role:master\nconnected_slaves:2\nmaster_repl_offset:<d:10000-49999>",
        "slaves:2 => slaves:0", "<d:10000-49999> => <d:50000-59999>"),
    number("rabbitmq-consumers", "name=orders.inbound messages=<d:10-40> consumers=3 state=running",
        "consumers=3 => consumers=0", "<d:10-40> => <d:41-46>"),
    number("mysql-rows", "Query OK, 412 rows affected (0.0<d:1-9> sec)",
        "412 => 0", "0.0<d:1-9> => 0.1<d:1-9>"),
    number("mdadm-degraded",
        "      8380416 blocks super 1.2 [2/2] [UU]\n      [==>..................]  check = <f:11.0-19.9>% speed=<d:101000-109000>K/sec",
        "[2/2] [UU] => [2/1] [U_]", "<f:11.0-19.9> => <f:10.0-10.9> && <d:101000-109000> => <d:98000-99000>"),
    number("avrdude-verified",
        "Writing | ################################################## | 100% <f:1.80-2.10>s\navrdude: 14204 bytes of flash verified",
        "14204 => 0", "<f:1.80-2.10> => <f:2.20-2.40>"),
    number("android-no-tests", "Starting 56 tests on emulator-<d:5554-5570>(AVD) - 11",
        "56 => 0", "<d:5554-5570> => <d:5572-5584>"),
    number("keras-accuracy",
        "Epoch 3/3 - <d:38-44>s - loss: 0.21<d:10-99> - val_loss: 0.23<d:10-99> - val_accuracy: 0.93<d:10-99>",
        "0.93<d:10-99> => 0.0000", "<d:38-44>s => <d:45-48>s"),
    number("rspec-none",
        "Finished in <f:10.10-14.90> seconds (files took 1.<d:10-99> seconds to load)\n312 examples, 0 failures, 2 pending",
        "312 => 0 && 2 pending => 0 pending", "<f:10.10-14.90> => <f:15.10-17.90> && took 1 => took 2"),
    number("eslint-errors", "\u2716 14 problems (0 errors, 14 warnings)\nDone in <f:9.10-12.90>s.",
        "0 errors, 14 => 2 errors, 12", "<f:9.10-12.90> => <f:13.10-15.90>"),
    number("cargo-filtered-out",
        "test result: ok. 148 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.<d:31-59>s",
        "148 passed => 0 passed && 0 filtered => 148 filtered && <d:31-59> => 00", "<d:31-59> => <d:61-79>"),
    number("elasticsearch-shards",
        '{"took":<d:4-19>,"timed_out":false,"_shards":{"total":10,"successful":10,"skipped":0,"failed":0},"hits":{"total":25}}',
        '"failed":0 => "failed":4 && "successful":10 => "successful":6', "<d:4-19> => <d:21-32>"),
    number("git-lfs-nothing", "Downloading LFS objects: 100% (12/12), 148 MB | <d:18-29> MB/s",
        "100% (12/12), 148 MB | <d:18-29> MB/s =>   0% (0/12), 0 B | 0 B/s", "<d:18-29> => <d:31-36>"),
    number("trivy-findings",
        "<f:41.10-43.90> MiB / 43.91 MiB [------->] <f:9.10-14.90> MiB p/s\nTotal: 0 (HIGH: 0, CRITICAL: 0)",
        "Total: 0 (HIGH: 0, CRITICAL: 0) => Total: 3 (HIGH: 2, CRITICAL: 1)", "<f:9.10-14.90> => <f:7.10-8.90>"),
    number("ceph-osds-down", "    osd: 3 osds: 3 up (since <d:31-58>s), 3 in (since <d:61-79>s)",
        "3 up => 1 up", "<d:31-58> => <d:21-29> && <d:61-79> => <d:81-89>"),
    number("nvm-version", "Shell started as pid <d:2000-2999>\nNow using node v18.19.0 (npm v10.2.3)",
        "v18.19.0 (npm v10.2.3) => v6.17.1 (npm v3.10.10)", "<d:2000-2999> => <d:3000-3999>"),
    number("iperf-no-traffic", "[SUM]   0.00-10.00  sec  10.9 GBytes  9.3<d:1-5> Gbits/sec  <d:10-39>             sender",
        "10.9 GBytes  9.3<d:1-5> Gbits => 0.00 Bytes  0.00 bits", "9.3<d:1-5> => 9.3<d:6-9>"),
    number("ffmpeg-no-frames", "frame=  250 fps=<d:55-69> q=-1.0 Lsize=    1204kB time=00:00:10.00 speed=2.<d:1-5>x",
        "  250 =>     0 &&     1204kB =>        0kB && 00:10.00 => 00:00.00", "<d:55-69> => <d:70-75> && <d:1-5> => <d:6-9>"),
    number("robocopy-failed",
        "   Files :       412       412         0         0         0         0\n   Speed :        <d:12400000-12900000> Bytes/sec.",
        "412         0         0         0 => 409         0         0         3", "<d:12400000-12900000> => <d:13000000-13200000>"),
    number("dig-no-answer",
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: <d:10000-39999>\n;; flags: qr rd ra; QUERY: 1, ANSWER: 2, AUTHORITY: 0, ADDITIONAL: 1",
        "ANSWER: 2 => ANSWER: 0", "<d:10000-39999> => <d:40000-59999>"),
    number("qemu-return-code",
        "qemu-system-aarch64[<d:1000-1999>] (monitor port <d:40000-49999>) terminated with return code 0",
        "code 0 => code -11", "<d:40000-49999> => <d:50000-59999>"),
)

WORDS = (
    word("nova-service", "| <uuid> | nova-compute   | compute-<d:10-99>.ci | nova     | enabled  | up    | 0 min ago |",
        "enabled  => disabled", "compute-<d:10-99> => compute-<d:100-199>"),
    word("getenforce", "$ hostname\nci-runner-<w:6>\n$ getenforce\nEnforcing",
        "Enforcing => Disabled", "<w:6> => <w:6>"),
    word("docker-health", "<h:64>\n$ docker inspect -f '{{.State.Health.Status}}' web\nhealthy",
        "healthy => unhealthy", "<h:64> => <h:64>"),
    word("kernel-sata",
        "kernel: ata2: SATA max UDMA/133 abar m4096@0xfeb<h:5> port 0xfeb<h:5> irq <d:30-60>\nkernel: ata2: SATA link up 6.0 Gbps (SStatus 133 SControl 300)",
        "up 6.0 Gbps (SStatus 133 => down (SStatus 0", "<d:30-60> => <d:61-66>"),
    word("cmake-probe", "-- Build tree /tmp/build-<w:8>\n-- Performing Test HAVE_STD_ATOMIC_64BIT_WITHOUT_LIB - Success",
        "Success => Failed", "<w:8> => <w:8>"),
    word("lightning-gpu", "GPU available: True (cuda), used: True\nLogging to lightning_logs/run-<w:8>",
        "used: True => used: False", "<w:8> => <w:8>"),
    word("iptables-policy", "Chain FORWARD (policy ACCEPT <d:400-900> packets, <d:30-60>K bytes)",
        "ACCEPT => DROP", "<d:400-900> => <d:901-990>"),
    word("vault-sealed", "Initialized     true\nSealed          false\nCluster ID      <uuid>",
        "false => true", "<uuid> => <uuid>"),
    word("patroni-member",
        "| pg-<w:5> | <ip>:5432 | Replica | streaming | timeline 1 | lag in MB 0 | tags {nofailover: false} |",
        "streaming => stopped", "<w:5> => <w:5>"),
    word("artifact-log",
        "Artifact relay-cli_linux_amd64.tar.gz from builder <w:6> signed with key release-2024 and accepted by the transparency log",
        "accepted => rejected", "<w:6> => <w:7>"),
)
# fmt: on

MISSING = (
    missing(
        "gpg-signature",
        "gpg:                using RSA key 9F1C22E0A4B77D10\n"
        '>>gpg: Good signature from "Relay Release Team (CI)" [full]\n'
        "relay-3.2.tar.gz extracted in <f:1.10-2.90>s",
    ),
    missing(
        "nginx-test",
        "nginx: the configuration file /etc/nginx/nginx.conf syntax is ok\n"
        ">>nginx: configuration file /etc/nginx/nginx.conf test is successful\n"
        "Reloading nginx (pid <d:700-999>)",
    ),
    missing(
        "postgres-ready",
        'LOG:  listening on IPv4 address "0.0.0.0", port 5432\n'
        'LOG:  listening on Unix socket "/var/run/postgresql/.s.PGSQL.5432"\n'
        ">>LOG:  database system is ready to accept connections",
    ),
    missing_beside(
        "kubectl-policy",
        "namespace/shop-<w:5> created",
        "networkpolicy.networking.k8s.io/default-deny-ingress created",
        "Warning: resource configmaps/kube-root-ca.crt is missing the last-applied-configuration annotation",
    ),
    missing_beside(
        "junit-class",
        "    [junit] Running org.acme.billing.InvoiceRoundingTest",
        "    [junit] Running org.acme.billing.RefundPolicyTest",
        "    [junit] Picked up JAVA_TOOL_OPTIONS: -Dfile.encoding=UTF-8",
    ),
    sometimes(
        "npm-notice",
        "npm run build\n>>npm notice New minor version of npm available! Run npm install -g npm to update",
    ),
    sometimes(
        "ccache-restored",
        ">>Cache restored from key: linux-ccache-main\nccache max size 2.0 GB, directory /tmp/ccache-<w:6>",
    ),
    sometimes(
        "apt-delaying",
        "Fetched <d:1100-1900> kB in <d:1-3>s\n>>debconf: delaying package configuration, since apt-utils is not installed",
    ),
)

BURSTS = (
    burst(
        "kafka-node",
        "WARN [Producer clientId=producer-1] Connection to node 1 (kafka-1/<ip>:9092) could not be established."
        " Broker may not be available. (org.apache.kafka.clients.NetworkClient)",
    ),
    burst(
        "usb-reset", "kernel: usb 1-1.2: reset high-speed USB device number <d:4-90> using xhci_hcd", step=1
    ),
    burst("wait-for-database", "Waiting for database to accept connections..."),
    burst(
        "etcd-slow",
        '{"level":"warn","caller":"etcdserver/util.go:170","msg":"apply request took too long",'
        '"took":"<d:101-190>.<d:100000-999999>ms","expected-duration":"100ms"}',
        step=2,
    ),
    burst("sqlite-locked", "sqlite3.OperationalError: database is locked, retrying transaction <h:8>"),
)

SHAPES = (
    shape(
        "japanese",
        "モジュール「決済」のビルドに成功しました (<f:2.1-4.9> 秒)",
        "成功 => 失敗",
        "<f:2.1-4.9> => <f:5.1-5.9>",
    ),
    shape(
        "french-gcc",
        "compilé en <d:210-390> ms, dépôt d'objets réutilisé",
        "compilé en <d:210-390> ms, dépôt d'objets réutilisé => src/lecteur.c:91:5: erreur: « tampon » non déclaré (première utilisation dans cette fonction)",
        "<d:210-390> => <d:400-440>",
    ),
    shape(
        "mocha-marks",
        "  \u2714 stellt die Bestellung für den Käufer wieder her (<d:31-59>ms)",
        "\u2714 => \u2716",
        "<d:31-59> => <d:61-74>",
    ),
    shape(
        "long-pod-list",
        pods(),
        'name":"worker-70-<w:5>","phase":"Running => name":"worker-70-<w:5>","phase":"Failed","reason":"Evicted',
        "worker-70-<w:5> => worker-70-<w:5>",
    ),
    shape(
        "ansible-one-liner",
        'changed: [ctl-<d:10-99>] => {"changed": true, "cmd": ["openstack", "overcloud", "node", "provide", "--all-manageable"],'
        ' "delta": "0:00:0<f:1.100000-8.900000>", "failed_when_result": false, "msg": "", "rc": 0, "stderr": "", "stdout": "node'
        ' <uuid> moved from manageable to available by the conductor after cleaning its disks and checking power state",'
        ' "warnings": []}',
        "moved from manageable to available by the conductor after cleaning its disks and checking power state"
        " => stuck in clean wait after the agent did not heartbeat in time and the conductor gave up cleaning its disks",
        "<f:1.100000-8.900000> => <f:9.000000-9.900000>",
    ),
    shape(
        "json-controller",
        '{"level":"info","ts":17<d:10000000-19999999>.<d:100-999>,"logger":"controller.certificate","caller":"sync.go:148",'
        '"msg":"reconciled","namespace":"ci","name":"tls-<w:5>","reconcileID":"<uuid>","attempt":1,"error":""}',
        '"error":" => "error":"acme: order is in invalid state: CAA record forbids issuance',
        "<d:10000000-19999999> => <d:20000000-29999999>",
    ),
    shape(
        "cargo-colours",
        "\x1b[0m\x1b[0m\x1b[1m\x1b[32m   Compiling\x1b[0m relay-core v0.9.2 (/builds/<w:8>/core)",
        "\x1b[32m   Compiling\x1b[0m relay-core v0.9.2 (/builds/<w:8>/core) => \x1b[38;5;9merror[E0502]\x1b[0m\x1b[1m: cannot borrow `self.queue` as mutable\x1b[0m",
        "<w:8> => <w:9>",
    ),
    shape(
        "git-carriage-returns",
        "Receiving objects:  12% (626/5213)\rReceiving objects:  47% (2451/5213), 1.<d:10-99> MiB | <f:2.10-8.90> MiB/s\r"
        "Receiving objects: 100% (5213/5213), 3.1<d:1-9> MiB | <f:2.10-8.90> MiB/s, done.",
        "Receiving objects: 100% (5213/5213), 3.1<d:1-9> MiB | <f:2.10-8.90> MiB/s, done."
        " => error: RPC failed; curl 92 HTTP/2 stream 5 was not closed cleanly: CANCEL (err 8)\rfatal: early EOF",
        "12% (626/ => 14% (730/ && 47% (2451/ => 51% (2659/ && <f:2.10-8.90> => <f:9.10-9.90>",
    ),
    shape(
        "esptool-carriage-returns",
        "Writing at 0x0001<h:4>... (25 %)\rWriting at 0x0002<h:4>... (75 %)\rWriting at 0x0003<h:4>... (100 %)",
        "Writing at 0x0002<h:4>... (75 %)\rWriting at 0x0003<h:4>... (100 %)"
        " => A fatal error \roccurred: Serial data \rstream stopped: Possible serial noise or corruption.",
        "25 => 20 && 75 => 70",
    ),
)

# a table reads better than one argument a line
# fmt: off
GAPS = (
    gap("helm-wait", "helm upgrade --install shop ./chart --wait --namespace ci-<w:5>",
        'Release "shop" has been upgraded. Happy Helming!', (18, 26), 420),
    gap("xcode-simulator", "xcrun simctl boot <uuid>",
        "Monitoring boot status for iPhone 15 (<uuid>).", (30, 42), 600),
    gap("gradle-daemon", "Starting a Gradle Daemon (subsequent builds will be faster)",
        "> Task :buildSrc:compileKotlin", (8, 14), 240),
    gap("cassandra-join", "JOINING: waiting for schema information to complete",
        "Node /<ip> state jump to NORMAL", (45, 60), 900),
)
# fmt: on

VALUES = (
    value(
        "apt-mirror",
        "Get:<d:1-400> http://VALUE/ubuntu jammy/main amd64 lib<w:5> amd64 1.<d:1-9>.<d:1-30> [<d:10-900> kB]",
        ("azure.archive.ubuntu.com", "security.ubuntu.com"),
        "old-releases.ubuntu.com",
        "Get:<d:401-440> http://security.ubuntu.com/ubuntu jammy/main amd64 lib<w:6> amd64 1.<d:1-9>.<d:31-40> [<d:901-990> kB]",
    ),
    value(
        "nodepool-flavour",
        "Launching node <d:100000-199999> for request <uuid> with flavor VALUE",
        ("m1.large", "m1.medium", "m1.xlarge"),
        "m1.tiny",
    ),
    value(
        "kernel-backend",
        "autotune: kernel fused_attention_<h:8> compiled by backend VALUE in <d:11-89> ms",
        ("cutlass", "triton"),
        "reference-cpu",
        "autotune: kernel fused_attention_<h:8> compiled by backend triton in <d:91-120> ms",
    ),
    value(
        "bazel-strategy",
        "SUBCOMMAND: # //core/net:obj_<h:6> [action 'Compiling', strategy VALUE, <f:0.10-3.90>s]",
        ("remote", "linux-sandbox"),
        "standalone",
        "SUBCOMMAND: # //core/net:obj_<h:6> [action 'Compiling', strategy remote, <f:4.10-4.90>s]",
    ),
    value(
        "storage-class",
        "Normal  ProvisioningSucceeded  persistentvolumeclaim/data-<w:5>  storageClass=VALUE volume pvc-<uuid>",
        ("premium-ssd",),
        "local-path",
    ),
    value(
        "dns-resolver",
        "resolver=VALUE query=<w:8>.svc.ci.example.net type=A answer=<ip> ttl=30 rtt=<d:1-9>ms",
        ("coredns-a", "coredns-b", "coredns-c"),
        "fallback-public",
        "resolver=coredns-b query=<w:9>.svc.ci.example.net type=A answer=<ip> ttl=30 rtt=<d:10-13>ms",
    ),
)

ORDERS = (
    order(
        "compose-health",
        (
            " Network shop_default  Created",
            " Container shop-db-1  Started",
            " Container shop-db-1  Healthy",
            " Container shop-app-1  Starting",
            " Container shop-app-1  Started",
        ),
        (2, 3),
        (
            "db 7264a8db6415 Pulling fs layer\ndb 7264a8db6415 Download complete\ndb 7264a8db6415 Pull complete",
            "app 9398808236ff Pulling fs layer\napp 9398808236ff Download complete\napp 9398808236ff Pull complete",
        ),
    ),
    order(
        "django-fixtures",
        (
            "Creating test database for alias 'default'...",
            "  Applying orders.0001_initial... OK",
            "Installed 42 object(s) from 1 fixture(s)",
            "System check identified no issues (0 silenced).",
        ),
        (1, 2),
        (
            "[gw0] PASSED tests/test_cart.py::test_add\n[gw0] PASSED tests/test_cart.py::test_remove",
            "[gw1] PASSED tests/test_tax.py::test_rate\n[gw1] PASSED tests/test_tax.py::test_rounding",
            "[gw2] PASSED tests/test_mail.py::test_send",
        ),
    ),
    order(
        "terraform-subnet",
        (
            "aws_vpc.main: Creating...",
            "aws_vpc.main: Creation complete after <d:2-4>s [id=vpc-0<h:16>]",
            "aws_subnet.private: Creating...",
            "aws_subnet.private: Creation complete after <d:1-2>s [id=subnet-0<h:16>]",
        ),
        (1, 2),
        (
            "aws_s3_bucket.logs: Creating...\naws_s3_bucket.logs: Creation complete after <d:1-3>s [id=logs-<w:6>]",
            "aws_iam_role.ci: Creating...\naws_iam_role.ci: Creation complete after <d:1-3>s [id=ci-<w:6>]",
        ),
        baselines=2,
    ),
    order(
        "emulator-install",
        (
            "INFO    | Starting hidden Gpu context on emulator-5554",
            "INFO    | Boot completed in <d:21000-39000> ms",
            "Performing Streamed Install of app-debug.apk",
            "INSTRUMENTATION_STATUS_CODE: 1",
        ),
        (1, 2),
        (
            "> Task :login:mergeDebugResources\n> Task :login:compileDebugKotlin\n> Task :login:assembleDebug",
            "> Task :cart:mergeDebugResources\n> Task :cart:compileDebugKotlin\n> Task :cart:assembleDebug",
        ),
        baselines=2,
    ),
    order(
        "rpm-sign-publish",
        (
            "Wrote: /builddir/RPMS/x86_64/relay-3.2-1.x86_64.rpm",
            "Signing relay-3.2-1.x86_64.rpm with key 0x9F1C22E0",
            "Pushing relay-3.2-1.x86_64.rpm to repository stable",
            "Regenerating repository metadata",
        ),
        (1, 2),
        (
            "  CC      drivers/net/relay_main.o\n  CC      drivers/net/relay_ring.o\n  LD      drivers/net/relay.o",
            "  CC      fs/relayfs/inode.o\n  CC      fs/relayfs/super.o\n  LD      fs/relayfs/relayfs.o",
        ),
        baselines=2,
    ),
)

EDITS: tuple[Edit, ...] = (*NUMBERS, *WORDS, *MISSING, *BURSTS, *SHAPES, *GAPS, *VALUES, *ORDERS)
"""All edits of the set."""
