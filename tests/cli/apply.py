#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""apply, status and delete on a kernel: apply.py NETPOLC

Runs in a user and network namespace that it makes.
"""

import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

from kernel import TABLE, enter_namespace, kernel_ruleset, must, run

INVENTORY = """apiVersion: netpolc.io/v1alpha1
kind: Workload
metadata: {name: web, namespace: shop, labels: {app: web}}
spec: {addresses: [10.0.0.1, "fd00::1"]}
"""
POLICY = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: web, namespace: shop}
spec:
  podSelector: {}
  ingress:
    - ports: [{port: %d}]
"""


class Bench:
    """One netpolc, two policies, and the claims that failed so far."""

    def __init__(self, netpolc):
        self.netpolc = netpolc
        self.failed = 0
        self.checked = 0
        pathlib.Path("inventory.yaml").write_text(INVENTORY)
        for port in (80, 443):
            pathlib.Path(f"{port}.yaml").write_text(POLICY % port)

    def command(self, port, *options):
        return [self.netpolc, "apply", "-f", f"{port}.yaml", "-i", "inventory.yaml", *options]

    def claim(self, what, holds, detail=""):
        self.checked += 1
        self.failed += not holds
        print(f"{'ok  ' if holds else 'FAIL'} {what}{'' if holds else ': ' + str(detail)}")

    def status(self, *options):
        return json.loads(must(self.netpolc, "status", "-o", "json", *options))

    def port_in_force(self):
        listed = run("nft", "list", "table", *TABLE).stdout
        return [port for port in (80, 443) if f"tcp dport {port} accept" in listed]


def test_life(bench):
    must("nft", "add table inet other; add chain inet other c; add rule inet other c accept")
    other = must("nft", "-j", "list", "table", "inet", "other")
    done = run(*bench.command(80, "--dry-run"))
    bench.claim("a dry run tells what it would do and changes nothing",
                done.returncode == 0 and "would apply" in done.stdout
                and not bench.status()["present"], done)
    done = run(*bench.command(80))
    bench.claim("a fresh apply is generation 0", done.returncode == 0
                and bench.status()["generation"] == 0 and bench.port_in_force() == [80], done)
    first = kernel_ruleset()
    done = run(*bench.command(80))
    bench.claim("the same again is left alone", "unchanged" in done.stdout
                and kernel_ruleset() == first, done)
    done = run(*bench.command(443))
    bench.claim("a change is the next generation, the old one is gone",
                bench.status()["generation"] == 1 and bench.status()["leftovers"] == []
                and bench.port_in_force() == [443], done)
    must("nft", "flush", "chain", *TABLE, "forward")
    done = run(*bench.command(443))
    bench.claim("what somebody else has damaged is loaded again", "applied" in done.stdout
                and bench.port_in_force() == [443] and bench.status()["generation"] == 2, done)
    bench.claim("other tables are as they were",
                must("nft", "-j", "list", "table", "inet", "other") == other)
    done = run(bench.netpolc, "delete")
    bench.claim("delete removes the table", done.returncode == 0
                and not bench.status()["present"], done)
    done = run(bench.netpolc, "delete")
    bench.claim("delete twice is no error", done.returncode == 0 and "no table" in done.stdout, done)
    bench.claim("other tables are still as they were",
                must("nft", "-j", "list", "table", "inet", "other") == other)


def confirm(bench, port, answer, seconds=30):
    """Applies with --confirm, answers as soon as the new rules are in force; (status, stderr)."""
    process = subprocess.Popen(bench.command(port, "--confirm", str(seconds)), text=True,
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stderr.readline()
    bench.claim(f"port {port} is in force while the confirmation is awaited",
                port in bench.port_in_force())
    if isinstance(answer, str):
        process.stdin.write(answer)
        process.stdin.flush()
    elif answer is not None:
        process.send_signal(answer)
    status = process.wait(timeout=seconds + 30)
    process.stdin.close()
    return status


def test_confirm(bench):
    bench.claim("the end of the input takes a fresh table away again",
                confirm_closed(bench, 80) == 1 and not bench.status()["present"])
    must(*bench.command(80))
    before = kernel_ruleset()
    for name, answer in (("another line", "no\n"), ("a hang-up", signal.SIGHUP),
                         ("an interrupt", signal.SIGINT)):
        bench.claim(f"{name} brings the old ruleset back", confirm(bench, 443, answer) == 1
                    and kernel_ruleset() == before and bench.status()["leftovers"] == [])
    bench.claim("silence brings the old ruleset back", confirm(bench, 443, None, 1) == 1
                and kernel_ruleset() == before)
    bench.claim("`yes` keeps the new ruleset", confirm(bench, 443, "yes\n") == 0
                and bench.port_in_force() == [443] and bench.status()["leftovers"] == [])
    bench.claim("SIGUSR1 keeps the new ruleset", confirm(bench, 80, signal.SIGUSR1) == 0
                and bench.port_in_force() == [80])
    must(bench.netpolc, "delete")


def confirm_closed(bench, port):
    done = subprocess.run(bench.command(port, "--confirm", "30"), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    return done.returncode


def test_other_namespace(bench):
    process = subprocess.Popen(["unshare", "-n", "sleep", "60"])
    try:
        own = os.readlink("/proc/self/ns/net")
        while os.readlink(f"/proc/{process.pid}/ns/net") == own:
            time.sleep(0.01)
        for netns in (str(process.pid), f"/proc/{process.pid}/ns/net"):
            done = run(*bench.command(80, "--netns", netns))
            bench.claim(f"apply --netns {'PID' if netns.isdigit() else 'PATH'} acts there only",
                        done.returncode == 0 and bench.status("--netns", netns)["present"]
                        and not bench.status()["present"], done)
            must(bench.netpolc, "delete", "--netns", netns)
    finally:
        process.kill()
        process.wait()


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    enter_namespace(argv)
    netpolc = str(pathlib.Path(argv[1]).resolve())
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        bench = Bench(netpolc)
        test_life(bench)
        test_confirm(bench)
        test_other_namespace(bench)
        os.chdir("/")
    print(f"{bench.checked - bench.failed} of {bench.checked} hold")
    return 1 if bench.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
