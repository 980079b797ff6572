"""Which files of a build's logs are read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from log_classify.trees.noise import NOISE, Noise
from log_classify.trees.selection import Selection
from log_processor.errors import ConfigError

# What logreduce 0.6.1 and LogJuicer 0.15.2 leave out, as paths that their patterns fit.
THEIRS = """
zuul-info/inventory _zuul_ansible/x ara/index ara-report/data ara_database/data etc/hostname etc/nodepool/provider
ze/executor1/trusted/project etc/selinux/targeted/x etc/sysconfig/x etc/systemd/x etc/polkit-1/x etc/pki/x
etc/swift/a.builder group_vars/all.yaml keystone/credential-keys/0 keystone/fernet-keys/0 extra/logstash.txt
migration/identity.gz swift/backups/x apache/conf.modules.d/x var/lib/heat-config/heat-config-script/x src/.git/HEAD
src/.svn/x node/proc/net/dev plugin-suse_x.txt
btmp.txt cpuinfo.txt devstack-gate-setup-host.txt df.txt dstat.txt free.txt heat-deploy-times.log.txt host_info.txt
hosts.txt id_rsa index.html iostat.txt iotop.txt lastlog last authkey lsmod.txt lsof.txt lsof_network.txt meminfo.txt
nose_results.html passwords.yml postci.txt pstree.txt ps.txt rdo-trunk-deps-end.txt repolist.txt
service_configs.json.txt sysctl.txt sysstat.txt tempest.log.txt tempest_output.log.txt uname.txt worlddump-1.txt
wtmp.txt README.md unbound.log dns_cache.txt password.gz moduli screen-dstat.txt atop.bin log-size.txt
a.conf a.conf.txt a.crt a.csr a.css a.db a.ico a.journal a.js a.json a.json.txt a_key a.key a.pcap.log a.pem a.png
a.pyc a.pyo object.ring.gz a.raw a.rpm a.so a.sqlite a.subunit a.svg a.ttf a.woff a.xml a.yaml a.yaml.txt a.yml
a.clf a.bin a.pcap.log.txt a.pkl a.jar a.py a.sh a.eot a.otf a.woff2 a.ini job-output.json zuul-manifest.json
x/cacerts x/local/creds mysql/tc.log.txt log/.tmp account.builder crio/pods/crictl_inspectp_1
crio/containers/crictl_inspect_1 x/sys/class x/var/lib/selinux/x x/venv/bin/x x/usr/lib/x sos_commands/process/ps_aux
sos_commands/process/lsof_-b sos_commands/filesys/ls_-lanR
""".split()  # noqa: SIM905 - as lists they would fill two pages

LOGS = """
job-output.txt job-output.txt.gz console.log.1.xz controller/logs/screen-n-cpu.txt.gz syslog messages build-log.txt
pods/etcd-0.log kubelet.log audit/audit.log last-run.log keystone/keystone.log.txt etc-backup.log events.jsonl
dfs.txt tempest_shared.txt sarah/x.log venvs.log psql.txt hosts-check.txt stdout stderr.txt 0_build.txt README/x.log
""".split()  # noqa: SIM905 - the same


@pytest.mark.parametrize("path", THEIRS)
def test_what_others_leave_out_is_noise(path: str) -> None:
    assert Selection().reason(path)
    assert Selection().reason(f"controller/{path}.gz")
    assert Selection(noise=()).reason(path) is None


@pytest.mark.parametrize("path", LOGS)
def test_logs_are_no_noise(path: str) -> None:
    assert Selection().reason(path) is None


@pytest.mark.parametrize("row", NOISE, ids=lambda row: row.example)
def test_each_row_fits_its_example_captures_nothing_and_stands_in_the_docs(row: Noise) -> None:
    assert row.why == Selection(noise=(row,)).reason(row.example)
    assert 0 == re.compile(row.pattern).groups
    page = (Path(__file__).parents[3] / "docs/inputs.md").read_text()
    assert f"| {row.why} | `{row.example}` | `{row.pattern.replace('|', chr(92) + '|')}` |" in page


def test_names_are_excluded_by_their_beginning() -> None:
    selection = Selection(exclude_names=("sys", r".*\.tmp"))
    assert "its name is excluded: sys" == selection.reason("var/log/syslog")
    assert r"its name is excluded: .*\.tmp" == selection.reason("a.tmp")
    assert selection.reason("sys.d/messages") is None
    assert selection.reason("my-syslog") is None


def test_paths_are_excluded_by_any_part_of_them() -> None:
    selection = Selection(exclude_paths=("old/", "[0-9]$"))
    assert "its path is excluded: old/" == selection.reason("logs/old/syslog")
    assert "its path is excluded: [0-9]$" == selection.reason("syslog.1")
    assert selection.reason("logs/older") is None


def test_where_paths_are_included_nothing_else_is_read() -> None:
    selection = Selection(include_paths=("^logs/", "console"))
    assert selection.reason("logs/a.log") is None
    assert selection.reason("x/console.log") is None
    assert "its path is not included" == selection.reason("x/a.log")
    assert "a picture" == selection.reason("logs/a.png")  # what is included is not for that reason wanted


@pytest.mark.parametrize("path", ["x/", "x.tar.gz", "a/x.zip"])
def test_what_may_hold_included_files_is_looked_into(path: str) -> None:
    assert Selection(include_paths=("^x.tar.gz/logs/",)).reason(path) is None


def test_a_folder_is_left_out_by_its_path_not_by_the_names_of_files() -> None:
    assert "its path is excluded: old" == Selection(exclude_paths=("old",)).reason("old/")
    assert Selection(exclude_names=("old",)).reason("old/") is None
    assert Selection().reason("a/etc/")


def test_groups_and_references_in_an_expression_stay_its_own() -> None:
    selection = Selection(exclude_paths=(r"(a)\1", r"(b)\1"))
    assert selection.reason("xbb")
    assert selection.reason("xab") is None


@pytest.mark.parametrize("field", ["exclude_names", "exclude_paths", "include_paths"])
def test_what_is_no_expression_is_named(field: str) -> None:
    with pytest.raises(ConfigError, match=re.escape("'(' is no regular expression: missing ), unterminated")):
        Selection(**{field: ("(",)})  # type: ignore[arg-type] # the name of one of them
