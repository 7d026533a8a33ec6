# SPDX-License-Identifier: Apache-2.0
"""Commands and the kernel's ruleset, for tests of the program from outside."""

import json
import os
import subprocess
import sys

TABLE = ["inet", "netpolc"]


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, check=False)


def must(*command):
    done = run(*command)
    if done.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit status {done.returncode}\n{done.stderr}")
    return done.stdout


def without_handles(node):
    if isinstance(node, dict):
        return {key: without_handles(value) for key, value in node.items()
                if key not in ("handle", "metainfo")}
    if isinstance(node, list):
        return [without_handles(value) for value in node]
    return node


def kernel_ruleset():
    """The table as JSON, objects and elements in a fixed order: hashes list in any order."""
    ruleset = without_handles(json.loads(must("nft", "-j", "list", "table", *TABLE)))["nftables"]
    for entry in ruleset:
        for body in entry.values():
            if isinstance(body, dict) and "elem" in body:
                body["elem"] = sorted(body["elem"], key=json.dumps)
    rules = [entry for entry in ruleset if "rule" in entry]
    others = [entry for entry in ruleset if entry and "rule" not in entry]
    by_chain = sorted(rules, key=lambda entry: entry["rule"]["chain"])  # stable: order of rules stays
    return sorted(others, key=json.dumps) + by_chain


def enter_namespace(argv):
    """Starts the script again inside a user and network namespace of its own."""
    if os.environ.get("NETPOLC_IN_NAMESPACE") != "1":
        os.environ["NETPOLC_IN_NAMESPACE"] = "1"
        os.execvp("unshare", ["unshare", "-Urn", sys.executable, *argv])
