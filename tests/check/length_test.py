# SPDX-License-Identifier: Apache-2.0
import unittest

import length
from tree_fixture import TreeTest


class LengthTest(TreeTest):
    def test_limits(self):
        body = "  x();\n"
        self.write("a.cc", "namespace n {\nvoid f(int a,\n       int b) {\n" + body * 77 + "}\n}\n")
        self.assert_clean(length.check)
        self.write("a.cc", "namespace n {\nvoid f(int a,\n       int b) {\n" + body * 78 + "}\n}\n")
        self.assert_problem(length.check, "a.cc:2: a function of 81 lines")
        self.write("a.cc", "\n" * 600)
        self.assert_clean(length.check)
        self.write("a.cc", "\n" * 601)
        self.assert_problem(length.check, "601 lines")

    def test_sees_members_and_tests(self):
        long = "if (x) {\n}\n" * 50
        self.write("a.h", "class A {\n public:\n  int f() const {\n" + long + "}\n};\n")
        self.assert_problem(length.check, "a.h:3")
        self.write("b.cc", "TEST(A, B) {\n" + long + "}\n")
        self.assert_problem(length.check, "b.cc:1")

    def test_is_not_confused_by_text(self):
        self.write("a.cc", 'void f() {\n  g("}{", \'{\', 1\'000, R"(\n}}}{\n)");  // }\n}\n'
                           "#define X {\n" + "int a;\n" * 100 +
                           "const Row rows[] = {\n" + "{1, f(2)},\n" * 100 + "};\n")
        self.assertEqual(length.functions(length.tree.text(self.root, "a.cc")), [(1, 5)])
        self.assert_clean(length.check)


if __name__ == "__main__":
    unittest.main()
