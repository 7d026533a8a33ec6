#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Text and netlink say the same: same_ruleset.py NETPOLC DIRECTORY...

Relative directories are below the conformance folder; without it the test is skipped (77), or
fails if CI=true.

For every step of every case with policies of an API that netpolc reads: what `netpolc compile` writes passes `nft -c -f`; loaded
by `nft -f` it gives the same kernel ruleset, by `nft -j list table`, as `netpolc apply` does.
Runs in a user and network namespace that it makes.
"""

import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "conformance"))

# pylint: disable=wrong-import-position
from kernel import TABLE, enter_namespace, kernel_ruleset, must, run
from run import SKIP, conformance, is_read

def steps(root):
    for policy in sorted(pathlib.Path(root).rglob("policy.yaml")):
        inventory = policy.with_name("cluster.yaml")
        if not inventory.exists():
            inventory = policy.with_name("inventory.yaml")
        if (policy.with_name("expect.yaml")).exists() or not inventory.exists():
            continue
        if not is_read(policy.parent):
            continue
        yield policy, inventory


def compare(netpolc, policy, inventory, text):
    """What differs; empty if nothing."""
    inputs = ["-f", str(policy), "-i", str(inventory)]
    must(netpolc, "compile", *inputs, "-o", text)
    must("nft", "-c", "-f", text)
    must("nft", "-f", text)
    from_text = kernel_ruleset()
    must("nft", "delete", "table", *TABLE)
    must(netpolc, "apply", *inputs)
    from_netlink = kernel_ruleset()
    must(netpolc, "delete")
    differences = [f"  text    {json.dumps(a)}\n  netlink {json.dumps(b)}"
                   for a, b in zip(from_text, from_netlink) if a != b]
    if len(from_text) != len(from_netlink):
        differences.append(f"  {len(from_text)} objects by text, {len(from_netlink)} by netlink")
    return "\n".join(differences[:5])


def main(argv):
    if len(argv) < 3:
        sys.exit(__doc__)
    enter_namespace(argv)
    roots = [conformance() / name for name in argv[2:]]
    if not all(root.is_dir() for root in roots):
        in_ci = os.environ.get("CI") == "true"
        print(f"{'failed' if in_ci else 'skipped'}: no {' or '.join(argv[2:])} in {conformance()} "
              "(NETPOLC_CONFORMANCE_DIR)")
        return 1 if in_ci else SKIP
    same = 0
    failures = []
    with tempfile.TemporaryDirectory() as directory:
        text = os.path.join(directory, "ruleset.nft")
        for root in roots:
            for policy, inventory in steps(root):
                try:
                    difference = compare(argv[1], policy, inventory, text)
                except RuntimeError as error:
                    difference = str(error)
                if difference:
                    failures.append(f"{policy.parent}:\n{difference}")
                    run("nft", "delete", "table", *TABLE)
                else:
                    same += 1
    for failure in failures:
        print(failure)
    print(f"{same} rulesets are the same by text and by netlink, {len(failures)} differ")
    return 1 if failures or not same else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
