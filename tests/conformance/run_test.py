# SPDX-License-Identifier: Apache-2.0
import os
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

RUN = Path(__file__).with_name("run.py")
POLICY = "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n"
OTHER = "apiVersion: policy.networking.k8s.io/v1alpha2\nkind: ClusterNetworkPolicy\n"


class RunTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name).resolve()
        for name, text in [("g/plain", POLICY), ("g/other", OTHER), ("g/steps/step-1", POLICY),
                           ("g/steps/step-2", POLICY), ("g/mixed/step-1", POLICY),
                           ("g/mixed/step-2", OTHER)]:
            (self.root / name).mkdir(parents=True)
            (self.root / name / "policy.yaml").write_text(text, encoding="utf-8")

    def run_it(self, *args, program="true", ci="", folder=None):
        environment = {**os.environ, "CI": ci,
                       "NETPOLC_CONFORMANCE_DIR": str(folder or self.root)}
        return subprocess.run([sys.executable, "-B", str(RUN), program, *args], check=False,
                              env=environment, capture_output=True, text=True)

    def test_chooses_whole_cases_that_are_read(self):
        listed = self.run_it("--list", "g").stdout.split()
        self.assertEqual(listed, [str(self.root / "g/plain"), str(self.root / "g/steps")])

    def test_passes_the_exit_status_on(self):
        self.assertEqual(self.run_it("g").returncode, 0)
        self.assertEqual(self.run_it("g", program="false").returncode, 1)

    def test_absent_cases(self):
        self.assertEqual(self.run_it("g", folder=self.root / "none").returncode, 77)
        self.assertEqual(self.run_it("g", folder=self.root / "none", ci="true").returncode, 1)

    def test_no_case_is_a_failure(self):
        (self.root / "empty").mkdir()
        self.assertEqual(self.run_it("empty").returncode, 1)


if __name__ == "__main__":
    unittest.main()
