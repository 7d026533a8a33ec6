#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Bad input and refusals: bad_input.py NETPOLC

Each is told clearly, with the documented exit status, and leaves the kernel as it was.
Runs in a user and network namespace that it makes.
"""

import os
import pathlib
import sys
import tempfile

from kernel import enter_namespace, kernel_ruleset, must, run

NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop}\n"
POD = """---
apiVersion: v1
kind: Pod
metadata: {name: %s, namespace: shop, labels: {app: web}}
spec: {containers: [{name: main}]}
status: {phase: Running%s}
"""
WEB = POD % ("web", ", podIPs: [{ip: 10.0.0.1}]")
POLICY = """apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: {name: deny, namespace: %s}
spec:
  podSelector: {}
%s"""
DENY = POLICY % ("shop", "")

# name: (files, arguments behind `apply`, exit status, words of the message)
GOOD = ["-f", "policy.yaml", "-i", "inventory.yaml"]
CASES = {
    "a missing file": ({}, ["-f", "absent.yaml"], 3, ["absent.yaml", "no such file"]),
    "a directory without manifests":
        ({"empty/readme.txt": "x"}, ["-f", "empty"], 3, ["empty", "no manifest"]),
    "an unknown field":
        ({"bad.yaml": POLICY % ("shop", "  ingres: []\n")}, ["-f", "bad.yaml", *GOOD[2:]], 3,
         ["bad.yaml:6:3", "`ingres`", "NP1101", "ingress"]),
    "a string that YAML reads as a boolean":
        ({"bad.yaml": POLICY % ("shop", "  policyTypes: [y]\n")}, ["-f", "bad.yaml", *GOOD[2:]], 3,
         ["bad.yaml:6", "NP1102"]),
    "two pods with one address":
        ({"two.yaml": NAMESPACE + WEB + POD % ("api", ", podIPs: [{ip: 10.0.0.1}]")},
         ["-f", "policy.yaml", "-i", "two.yaml"], 3, ["10.0.0.1", "shop/web", "NP1302"]),
    "a policy kind that is not enforced":
        ({"cnp.yaml": "apiVersion: cilium.io/v2\nkind: CiliumNetworkPolicy\n"
                      "metadata: {name: x}\nspec: {}\n"}, ["-f", "cnp.yaml", *GOOD[2:]], 3,
         ["CiliumNetworkPolicy", "NP1110"]),
    "an endpoint that is not there":
        ({}, [*GOOD, "--self", "shop/absent"], 3, ["shop/absent", "NP1601"]),
    "an absent network namespace": ({}, [*GOOD, "--netns", "absent"], 4, ["absent"]),
    "a namespace path that is none": ({}, [*GOOD, "--netns", "/etc/passwd"], 4, ["/etc/passwd"]),
    "an absent process": ({}, [*GOOD, "--netns", "999999999"], 4, ["999999999"]),
    "no policies": ({}, ["-i", "inventory.yaml"], 2, ["-f"]),
    "an unknown option": ({}, [*GOOD, "--frobnicate"], 2, ["frobnicate", "--help"]),
    "a bad placement": ({}, [*GOOD, "--at", "moon"], 2, ["router", "endpoint"]),
    "a bad time": ({}, [*GOOD, "--confirm", "0"], 2, ["86400"]),
    "an unknown pass": ({}, [*GOOD, "--disable-pass", "magic"], 2, ["magic", "share-profiles"]),
}
# These are accepted with a warning.
WARNINGS = {
    "a policy for an unknown namespace":
        ({"other.yaml": POLICY % ("nowhere", "")}, ["-f", "other.yaml", *GOOD[2:]],
         ["nowhere", "NP1401", "warning"]),
    "a file without manifests":
        ({"comment.yaml": "# nothing\n"}, ["-f", "comment.yaml", *GOOD[2:]],
         ["comment.yaml", "NP1011", "warning", "everything is allowed"]),
    "a running pod without an address":
        ({"inv.yaml": NAMESPACE + WEB + POD % ("bare", "")},
         ["-f", "policy.yaml", "-i", "inv.yaml"], ["shop/bare", "NP1304", "warning"]),
}


def write(files):
    for name, text in files.items():
        path = pathlib.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def problem_of(done, status, words):
    if done.returncode != status:
        return f"exit status {done.returncode} instead of {status}"
    missing = [word for word in words if word not in done.stderr]
    return f"the message lacks {missing}" if missing else ""


def main(argv):
    if len(argv) != 2:
        sys.exit(__doc__)
    enter_namespace(argv)
    netpolc = str(pathlib.Path(argv[1]).resolve())
    os.environ["NO_COLOR"] = "1"
    failed = checked = 0
    with tempfile.TemporaryDirectory() as directory:
        os.chdir(directory)
        write({"policy.yaml": DENY, "inventory.yaml": NAMESPACE + WEB})

        def report(name, problem, done):
            nonlocal failed, checked
            checked += 1
            failed += bool(problem)
            print(f"{'FAIL' if problem else 'ok  '} {name}{': ' + problem if problem else ''}")
            if problem:
                print(done.stdout + done.stderr)

        for name, (files, arguments, words) in WARNINGS.items():
            write(files)
            done = run(netpolc, "apply", *arguments)
            report(name, problem_of(done, 0, words), done)
        must(netpolc, "apply", *GOOD)
        before = kernel_ruleset()
        for name, (files, arguments, status, words) in CASES.items():
            write(files)
            done = run(netpolc, "apply", *arguments)
            problem = problem_of(done, status, words)
            if not problem and kernel_ruleset() != before:
                problem = "the kernel's ruleset has changed"
            report(name, problem, done)
        # Without the right to change the namespace's rules; 65534 is nobody in here as well.
        done = run("setpriv", "--bounding-set=-all", "--inh-caps=-all", "--no-new-privs", netpolc,
                   "apply", *GOOD)
        problem = problem_of(done, 4, ["CAP_NET_ADMIN"])
        if not problem and kernel_ruleset() != before:
            problem = "the kernel's ruleset has changed"
        report("no permission for netlink", problem, done)
    print(f"{checked - failed} of {checked} as documented")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
