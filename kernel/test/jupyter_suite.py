"""jupyter_kernel_test against our kernel, everything that we implement switched on."""
import atexit
import os
import tempfile
import unittest

import jupyter_kernel_test

from client import violations, write_kernelspec

folder = tempfile.TemporaryDirectory()
atexit.register(folder.cleanup)
write_kernelspec(folder.name)
os.environ["JUPYTER_PATH"] = folder.name


class SnapgridTests(jupyter_kernel_test.KernelTests):
    kernel_name = "snapgrid"
    language_name = "typescript"
    file_extension = ".ts"
    code_hello_world = "console.log('hello, world')"
    code_stderr = "console.error('oops')"
    code_generate_error = "throw new Error('on purpose')"
    code_execute_result = [
        {"code": "6 * 7", "result": "42"},
        {"code": "const twice = (x: number) => 2 * x; twice(4)", "result": "8"},
        {"code": "await Promise.resolve(43)", "result": "43"},
    ]
    code_display_data = [{"code": "import {display, html} from 'snapgrid/display';\ndisplay(html('<b>bold</b>'))", "mime": "text/html"}]
    completion_samples = [
        {"text": "Number.isI", "matches": {"Number.isInteger"[7:]}},
        {"text": "consol", "matches": {"console"}},
    ]
    complete_code_samples = ["1", "const a: number = 1", "function f() {\n  return 1;\n}", "await Promise.resolve(1)", "// a comment", ""]
    incomplete_code_samples = ["function f() {", "f(1,", "const text = `abc", "if (true) {\n  1", "/* open", "1 +"]
    invalid_code_samples = ["const const", "1 +* 2", "}", "let 1x"]
    supported_history_operations = ("tail", "range", "search")
    code_history_pattern = "6 ? 7*"
    code_page_something = "Math.max?"
    code_inspect_sample = "Math.max"
    code_clear_output = "import {clear} from 'snapgrid/display';\nclear()"


class SnapgridWelcomeTests(jupyter_kernel_test.IopubWelcomeTests):
    kernel_name = "snapgrid"
    support_iopub_welcome = True


def tearDownModule():
    assert not (wrong := violations()), wrong


if __name__ == "__main__":
    unittest.main(verbosity=2)
