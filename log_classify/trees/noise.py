"""What folders of logs hold beside logs: rows of files that are left out unless somebody wants them.

logreduce and LogJuicer leave out what these rows leave out, but for archives, which are read here.
"""

from __future__ import annotations

from typing import NamedTuple


class Noise(NamedTuple):
    """Files that tell nothing about how a build went.

    Attributes:
        pattern: regular expression, searched in the path behind a slash and without `.gz` and the like at its end:
            in `/etc/hosts` for `etc/hosts.gz`. It captures nothing.
        why: what these files are.
        example: a path that it fits.
    """

    pattern: str
    why: str
    example: str


NOISE = (
    # What is no text.
    Noise(r"(?i:\.(?:png|jpe?g|gif|svg|ico|bmp|webp|mp4|webm|pdf))\Z", "a picture", "screens/login.png"),
    Noise(r"(?i:\.(?:ttf|otf|eot|woff2?))\Z", "a font", "report/fonts/icons.woff2"),
    Noise(r"(?i:\.(?:css|js|map))\Z", "part of a web page", "htmlcov/style.css"),
    Noise(r"(?i:\.(?:html?|xhtml))\Z", "a web page", "testr_results.html.gz"),
    Noise(r"\.(?:pyc|pyo|class|o|so|a|dll|exe|wasm)\Z", "compiled code", "lib/engine.so"),
    Noise(r"\.(?:rpm|deb|apk|jar|war|whl|egg|gem|crate)\Z", "a package", "repo/nova-1.0.rpm"),
    Noise(
        r"\.(?:7z|rar|cpio|iso|img|qcow2?|vmdk|raw|bin)\Z",
        "a binary image or an archive that is not unpacked",
        "disk.qcow2",
    ),
    Noise(r"\.(?:db|sqlite3?|pkl|clf|subunit|journal)\Z", "data for programs", "ara-report/ansible.sqlite"),
    Noise(r"\.pcap(?:ng)?(?:\.log)?(?:\.txt)?\Z", "network packets", "bridge.pcap.log.txt"),
    Noise(
        r"/(?:[bw]tmp|lastlog|last|atop\.bin)(?:\.txt)?\Z", "a record of logins or of load", "var/log/wtmp"
    ),
    Noise(r"/mysql/tc\.log(?:\.txt)?\Z", "a transaction log that is no text", "mysql/tc.log.txt"),
    # What was written for the build, not by it.
    Noise(r"/etc/", "configuration of a machine", "controller/etc/nova/policy.txt"),
    Noise(
        r"\.(?:conf|cfg|ini|toml|ya?ml|json|xml|properties)(?:\.txt)?\Z",
        "configuration or data",
        "local.conf.txt.gz",
    ),
    Noise(r"/conf\.modules\.d/", "configuration of a web server", "apache/conf.modules.d/00-base"),
    Noise(r"\.(?:py|sh)\Z", "a program", "run/workspace/devstack.sh"),
    Noise(r"/(?:venv|\.?virtualenv)/|/usr/lib/", "an installation", "venv/lib/pip/LICENSE"),
    Noise(r"/\.[A-Za-z0-9]", "a hidden file", "src/.git/HEAD"),
    Noise(r"/(?:README|LICENSE)[^/]*\Z", "documentation", "logs/README.txt"),
    Noise(
        r"/lib/heat-config/heat-config-script/",
        "scripts of a deployment",
        "lib/heat-config/heat-config-script/a1",
    ),
    # Secrets.
    Noise(r"\.(?:pem|crt|csr|key|p12)\Z|_key\Z", "a key or a certificate", "tls/server.pem"),
    Noise(
        r"/(?:id_(?:rsa|dsa|ecdsa|ed25519)|authkey|cacerts|password|moduli)[^/]*\Z",
        "a key or a password",
        "root/id_rsa.pub",
    ),
    Noise(r"/keystone/(?:credential|fernet)-keys|/local/creds\Z", "keys", "keystone/fernet-keys/0"),
    # The state of a machine at one moment.
    Noise(r"/(?:proc|sys)/|/var/lib/selinux/", "state of a kernel", "node/proc/meminfo"),
    Noise(
        r"/(?:cpuinfo|df|dns_cache|dstat|free|host_info|hosts|iostat|iotop|log-size|lsmod|lsof|lsof_network|meminfo|ps"
        r"|pstree|rdo-trunk-deps-end|repolist|sysctl|sysstat|uname)\.txt\Z",
        "state of a machine",
        "logs/ps.txt",
    ),
    Noise(r"/screen-dstat[^/]*\Z", "load of a machine", "controller/logs/screen-dstat.txt"),
    Noise(r"/worlddump-[^/]*\Z", "state of a machine", "logs/worlddump-2026-03-09.txt"),
    Noise(r"/sos_commands/.*/(?:ls|lsof|ps)_[^/]*\Z", "state of a machine", "sos_commands/process/ps_auxwww"),
    Noise(r"/plugin-suse_[^/]*\.txt\Z", "state of a machine", "supportconfig/plugin-suse_cloud.txt"),
    Noise(r"/crictl_inspectp?_[^/]*\Z", "state of a container", "crio/pods/crictl_inspectp_a1"),
    Noise(r"\.(?:builder|ring)\Z|/swift/backups/", "rings of an object store", "swift/object.builder"),
    # What says again what another file says.
    Noise(
        r"/zuul-info/|/_zuul_ansible/|/executor[^/]*/trusted/",
        "how Zuul runs the job",
        "zuul-info/host-info.txt",
    ),
    Noise(r"/ara(?:[-_][^/]*)?/", "a report of Ansible's run", "ara-report/index.txt"),
    Noise(r"/log-classify\.[^/]*\Z", "a report of this program", "log-classify.txt"),
    Noise(r"/extra/logstash\.txt\Z", "a copy of another log", "extra/logstash.txt"),
    Noise(
        r"/(?:tempest|tempest_output)\.log\.txt\Z",
        "a copy of what the tests print",
        "logs/tempest.log.txt.gz",
    ),
    Noise(
        r"/(?:devstack-gate-setup-host|postci|heat-deploy-times\.log)\.txt\Z",
        "what came before or after the build",
        "logs/postci.txt.gz",
    ),
    Noise(r"/unbound\.log[^/]*\Z", "every name that was looked up", "unbound.log"),
    Noise(r"/migration/identity\Z", "data of a migration", "migration/identity.gz"),
)
"""The default list."""
