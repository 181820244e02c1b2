"""jupyter_kernel_test: what each kernel is asked to do is put in its own words; what it has no words for is left out, and so skipped."""

import io
import unittest

import jupyter_kernel_test

from process import PATIENCE_S, QUIET, manager_of

TYPESCRIPT = {
    "language_name": "typescript",
    "code_hello_world": "console.log('hello, world')",
    "code_stderr": "console.error('oops')",
    "code_generate_error": "throw new Error('on purpose')",
    "code_execute_result": [{"code": "6 * 7", "result": "42"}, {"code": "await Promise.resolve(43)", "result": "43"}],
    "completion_samples": [{"text": "Number.isI", "matches": {"isInteger"}}, {"text": "consol", "matches": {"console"}}],
    "complete_code_samples": ["1", "const a: number = 1", "function f() {\n  return 1;\n}", "await Promise.resolve(1)"],
    "incomplete_code_samples": ["function f() {", "f(1,", "if (true) {\n  1"],
    "invalid_code_samples": ["const const", "1 +* 2"],
    "code_page_something": "Math.max?",
    "code_inspect_sample": "Math.max",
}
WORDS = {
    "snapgrid": {
        **TYPESCRIPT,
        "code_display_data": [{"code": "import {html} from 'snapgrid/display';\ndisplay(html('<b>bold</b>'))", "mime": "text/html"}],
        "code_clear_output": "import {clear} from 'snapgrid/display';\nclear()",
    },
    "tslab": {**TYPESCRIPT, "code_display_data": [{"code": "import {display} from 'tslab';\ndisplay.html('<b>bold</b>')", "mime": "text/html"}]},
    "deno": {
        **TYPESCRIPT,
        "code_display_data": [{"code": "await Deno.jupyter.display({'text/html': '<b>bold</b>'}, {raw: true})", "mime": "text/html"}],
        "code_clear_output": "await Deno.jupyter.broadcast('clear_output', {wait: false})",
    },
    "ipykernel": {
        "language_name": "python",
        "code_hello_world": "print('hello, world')",
        "code_stderr": "import sys; print('oops', file=sys.stderr)",
        "code_generate_error": "raise ValueError('on purpose')",
        "code_execute_result": [{"code": "6 * 7", "result": "42"}],
        "completion_samples": [{"text": "prin", "matches": {"print"}}],
        "complete_code_samples": ["1", "def f():\n  return 1\n\n"],
        "incomplete_code_samples": ["def f():", "f(1,"],
        "invalid_code_samples": ["import = 1", "1 +* 2"],
        "code_page_something": "print?",
        "code_inspect_sample": "print",
        "code_display_data": [{"code": "from IPython.display import HTML, display\ndisplay(HTML('<b>bold</b>'))", "mime": "text/html"}],
        "code_clear_output": "from IPython.display import clear_output\nclear_output()",
    },
}
HISTORY = {"supported_history_operations": ("tail", "range", "search"), "code_history_pattern": "6 ? 7*"}


def counts(options: dict) -> dict:
    """How many tests pass, fail and are skipped, and which did what."""

    def start(case: type) -> None:
        case.km = manager_of(options)
        case.km.start_kernel(**QUIET)
        case.kc = case.km.client()

    def start_and_wait(case: type) -> None:
        start(case)
        case.kc.start_channels()
        case.kc.wait_for_ready(timeout=30)

    def start_impatient(case: type) -> None:
        start(case)
        # The test itself would wait for ever for the welcome.
        get = case.kc.get_iopub_msg
        case.kc.get_iopub_msg = lambda: get(timeout=PATIENCE_S)

    def end(case: type) -> None:
        case.kc.stop_channels()

    ends = {"tearDownClass": classmethod(end)}
    asked = {**ends, **HISTORY, **WORDS[options["name"]], "setUpClass": classmethod(start_and_wait)}
    tests = type("Tests", (jupyter_kernel_test.KernelTests,), asked)
    welcome = type("Welcome", (jupyter_kernel_test.IopubWelcomeTests,), {**ends, "support_iopub_welcome": True, "setUpClass": classmethod(start_impatient)})
    loader = unittest.defaultTestLoader
    outcome = unittest.TextTestRunner(stream=io.StringIO(), resultclass=Remembering).run(
        unittest.TestSuite([loader.loadTestsFromTestCase(tests), loader.loadTestsFromTestCase(welcome)])
    )
    failed = {name(test): message.strip().splitlines()[-1][:200] for test, message in [*outcome.failures, *outcome.errors]}
    skipped = {name(test): reason for test, reason in outcome.skipped if name(test) not in failed}
    return {"passed": [each for each in outcome.passed if each not in skipped], "failed": failed, "skipped": skipped}


class Remembering(unittest.TextTestResult):
    def __init__(self, *args, **more) -> None:
        super().__init__(*args, **more)
        self.passed: list[str] = []

    def addSuccess(self, test) -> None:  # noqa: N802
        super().addSuccess(test)
        self.passed.append(name(test))


def name(test) -> str:
    """Of a subtest, the test that it is part of."""
    return getattr(test, "test_case", test).id().rsplit(".", 1)[-1]


QUESTIONS = {"suite": counts}
