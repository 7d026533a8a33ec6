# SPDX-License-Identifier: Apache-2.0
"""run.py NETPOLC [--live] [--list] DIRECTORY...: `netpolc test` over the cases below the directories
whose policies are all of an API that netpolc reads. Relative directories are below the conformance
folder; without it the test is skipped (77), or fails if CI=true. --list only prints the cases."""

import argparse
import os
import re
import subprocess
import sys
from pathlib import Path

SKIP = 77
ROOT = Path(__file__).resolve().parents[2]

# API groups of policies that netpolc reads; a case with one of another group is left out.
READ = {"networking.k8s.io"}
POLICY_GROUPS = {"networking.k8s.io", "policy.networking.k8s.io", "cilium.io"}
GROUP = re.compile(r"""^\s*(?:- )?["']?apiVersion["']?:\s*["']?([a-z0-9.]+)/""", re.MULTILINE)


def conformance():
    """The folder of the cases, which may be absent."""
    default = ROOT.parent / "shared" / "conformance"
    return Path(os.environ.get("NETPOLC_CONFORMANCE_DIR") or default)


def is_read(case):
    """Whether all policies of the case's folder are of an API that netpolc reads."""
    groups = set()
    for path in case.rglob("policy.yaml"):
        groups |= set(GROUP.findall(path.read_text(encoding="utf-8", errors="replace")))
    return not (groups & POLICY_GROUPS) - READ


def cases_below(directory):
    """The case folders at or below the directory (a case's own step-N folders are part of it)."""
    found = set()
    for path in directory.rglob("policy.yaml"):
        case = path.parent
        found.add(case.parent if case.name.startswith("step-") else case)
    return sorted(found)


def select(directories):
    """The cases to run, or None if the conformance folder is needed and absent."""
    chosen = []
    for name in directories:
        directory = conformance() / name  # an absolute name stays itself
        if not directory.is_dir():
            return None
        chosen += [case for case in cases_below(directory) if is_read(case)]
    return chosen


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("netpolc")
    parser.add_argument("--live", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("directory", nargs="+")
    options = parser.parse_args()
    cases = select(options.directory)
    if cases is None:
        in_ci = os.environ.get("CI") == "true"
        print(f"{'failed' if in_ci else 'skipped'}: no {' or '.join(options.directory)} in "
              f"{conformance()} (NETPOLC_CONFORMANCE_DIR)")
        return 1 if in_ci else SKIP
    if not cases:
        print(f"failed: no case below {' '.join(options.directory)}")
        return 1
    if options.list:
        print("\n".join(map(str, cases)))
        return 0
    command = [options.netpolc, "test", *(["--live"] if options.live else []), *map(str, cases)]
    print(f"{options.netpolc} test: {len(cases)} cases", flush=True)
    return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
