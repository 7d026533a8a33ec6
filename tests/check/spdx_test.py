# SPDX-License-Identifier: Apache-2.0
import unittest

import spdx
from tree_fixture import TreeTest


class SpdxTest(TreeTest):
    def test_accepts(self):
        self.write("a.cc", f"// {spdx.IDENTIFIER}\n")
        self.write("CMakeLists.txt", f"# {spdx.IDENTIFIER}\n")
        self.write("testenv/check", f"#!/bin/sh\n# {spdx.IDENTIFIER}\n")
        self.write("README.md", "# netpolc\n")
        self.assert_clean(spdx.check)

    def test_refuses(self):
        for name, content in [("a.h", "#pragma once\n"), ("x/b.py", '"""doc"""\n'),
                              ("testenv/check", "#!/bin/sh\nset -e\n"), ("c.cc", ""),
                              ("d.cc", f"\n// {spdx.IDENTIFIER}\n"),
                              ("examples/a/policy.yaml", "kind: NetworkPolicy\n")]:
            with self.subTest(name=name):
                self.write(name, content)
                self.assert_problem(spdx.check, name)
                (self.root / name).unlink()


if __name__ == "__main__":
    unittest.main()
