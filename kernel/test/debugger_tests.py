"""The debugger, one function a claim, run by debugger.test.ts."""
import json
import os
import pathlib
import signal
import tempfile
import time

from client import TIMEOUT, kernel, main, reply_to, run
from debugger_client import Debugger, debugged

TWICE = """interface Box { readonly x: number }

function twice(box: Box): number {
  const y: number = 2 * box.x;
  return y;
}
let r = twice({x: 4});
r"""


def test_kernel_info_says_that_there_is_a_debugger():
    with kernel() as (_, kc):
        kc.kernel_info()
        info = kc.get_shell_msg(timeout=TIMEOUT)["content"]
        assert info["debugger"] is True and "debugger" in info["supported_features"], info


def test_debug_info_names_the_cells_paths_before_anything_starts():
    with kernel() as (_, kc):
        debug = Debugger(kc)
        info = debug("debugInfo")
        assert info["isStarted"] is False and info["breakpoints"] == [] and info["stoppedThreads"] == [], info
        assert info["hashMethod"] == "Murmur2" and info["richRendering"] is True and info["exceptionPaths"] == [], info
        code = "const größe = 1; // 測試 😀\n"
        from ipykernel.compiler import murmur2_x86

        path = f"{info['tmpFilePrefix']}{murmur2_x86(code, info['hashSeed'])}{info['tmpFileSuffix']}"
        assert debug("dumpCell", code=code)["sourcePath"] == path


def test_two_kernels_name_the_same_cell_differently():
    with kernel() as (_, one), kernel() as (_, other):
        assert Debugger(one)("debugInfo")["tmpFilePrefix"] != Debugger(other)("debugInfo")["tmpFilePrefix"]


def test_what_cannot_be_answered_is_refused_and_the_kernel_goes_on():
    with kernel() as (_, kc):
        debug = Debugger(kc)
        assert "nonsense" in debug.refused("nonsense")
        for command in ("stackTrace", "next", "continue", "scopes", "setExceptionBreakpoints", "modules", "attach"):
            assert "initialize" in debug.refused(command), command
        debug.start()
        for command in ("next", "stepIn", "stepOut", "continue", "scopes"):
            assert "runs" in debug.refused(command), command
        assert debug.refused("setBreakpoints") and debug.refused("variables", variablesReference=77)
        assert debug.refused("source", source={"path": "/nowhere.ts"})
        assert debug.refused("evaluate", expression="nothing.there") == "ReferenceError: nothing is not defined"
        assert debug.refused("evaluate", expression="1 +")
        assert run(kc, "6 * 7")[0]["status"] == "ok"


def test_initialize_says_what_there_is_and_attach_says_initialized():
    with kernel() as (_, kc):
        debug = Debugger(kc)
        can = debug("initialize", clientID="jupyterlab")
        assert can["supportsConfigurationDoneRequest"] and can["supportsConditionalBreakpoints"], can
        assert [each["filter"] for each in can["exceptionBreakpointFilters"]] == ["uncaught", "all"]
        assert all(each["description"] for each in can["exceptionBreakpointFilters"])
        debug("attach")
        debug.event("initialized")
        debug("configurationDone")
        assert debug.event("thread")["threadId"] == 1
        assert debug("threads")["threads"] == [{"id": 1, "name": "main"}]
        assert debug("debugInfo")["isStarted"] is True


def test_a_breakpoint_set_before_the_cell_runs_stops_it_at_the_typed_line():
    with debugged() as debug:
        path, points = debug.breakpoints(TWICE, 4)
        assert [(p["verified"], p["line"]) for p in points] == [(True, 4)], points
        cell = debug.kc.execute(TWICE)
        body, frames = debug.stop()
        assert body["reason"] == "breakpoint" and body["hitBreakpointIds"] == [points[0]["id"]], body
        assert [(f["name"], f["line"], f["source"]["path"]) for f in frames] == [("twice", 4, path), ("In [1]", 7, path)], frames
        assert debug("debugInfo")["stoppedThreads"] == [1]
        debug("continue", threadId=1)
        assert debug.event("continued")["threadId"] == 1
        assert debug.finish(cell)["status"] == "ok"
        assert debug("debugInfo")["stoppedThreads"] == []


def test_breakpoints_hold_when_the_same_cell_runs_again():
    with debugged() as debug:
        debug.breakpoints(TWICE, 5)
        for _ in range(3):
            cell = debug.kc.execute(TWICE)
            assert debug.line() == 5
            debug("continue", threadId=1)
            debug.finish(cell)


def test_breakpoints_are_set_on_cells_that_ran_before_the_debugger_was_on():
    with kernel() as (_, kc):
        run(kc, "class Counter {\n  n = 0;\n  add(by: number) {\n    this.n += by;\n    return this.n;\n  }\n}")
        code = "const counter = new Counter();\ncounter.add(2)"
        debug = Debugger(kc)
        debug.start()
        path, points = debug.breakpoints("class Counter {\n  n = 0;\n  add(by: number) {\n    this.n += by;\n    return this.n;\n  }\n}", 4)
        assert points[0]["verified"] and points[0]["line"] == 4, points
        cell = kc.execute(code)
        _, frames = debug.stop()
        assert [(f["line"], f["source"]["name"]) for f in frames] == [(4, "In [1]"), (2, "In [2]")], frames
        assert frames[0]["source"]["path"] == path
        assert debug.locals()["by"]["value"] == "2"
        debug("continue", threadId=1)
        debug.finish(cell)


def test_removed_breakpoints_stop_nothing():
    with debugged() as debug:
        path, _ = debug.breakpoints(TWICE, 4, 5, 7)
        assert [b["line"] for b in debug("debugInfo")["breakpoints"][0]["breakpoints"]] == [4, 5, 7]
        debug.breakpoints(TWICE)
        assert debug("debugInfo")["breakpoints"] == []
        assert debug.run(TWICE)["status"] == "ok" and "stopped" not in debug.events()


def test_a_line_without_code_stands_for_the_next_one():
    code = "// a comment\n\ntype N = number;\nlet a: N = 1;\na"
    with debugged() as debug:
        _, points = debug.breakpoints(code, 1, 3)
        assert [(p["verified"], p["line"]) for p in points] == [(True, 4), (True, 4)], points
        cell = debug.kc.execute(code)
        assert debug.line() == 4
        debug("continue", threadId=1)
        debug.finish(cell)


def test_a_cell_edited_after_its_breakpoints_were_set_stops_where_they_are_now():
    edited = "let before = 0;\n" + TWICE
    with debugged() as debug:
        debug.breakpoints(TWICE, 4)
        debug.breakpoints(edited, 5)
        cell = debug.kc.execute(edited)
        assert debug.line() == 5
        debug("continue", threadId=1)
        debug.finish(cell)
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 4
        debug("continue", threadId=1)
        debug.finish(cell)


def test_next_goes_line_by_line_and_over_calls():
    code = "let a = 1;\nlet f = (x: number) => {\n  return x + 1;\n};\nlet b = f(a);\nlet c = b + 1;\nc"
    with debugged() as debug:
        debug.breakpoints(code, 1)
        cell = debug.kc.execute(code)
        lines = [debug.line()]
        while len(lines) < 5:
            debug("next", threadId=1)
            debug.event("continued")
            lines.append(debug.line())
        assert lines == [1, 2, 5, 6, 7], lines
        debug("next", threadId=1)
        assert debug.finish(cell)["status"] == "ok"
        # A step that ran out of its cell must not stop the next one.
        assert debug.run("let later = 1;\nlater")["status"] == "ok" and "stopped" not in debug.events()


def test_step_in_and_out():
    with debugged() as debug:
        debug.breakpoints(TWICE, 7)
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 7
        debug("stepIn", threadId=1)
        body, frames = debug.stop()
        assert body["reason"] == "step" and (frames[0]["name"], frames[0]["line"]) == ("twice", 4), frames
        debug("stepOut", threadId=1)
        _, frames = debug.stop()
        assert frames[0]["name"] == "In [1]" and frames[0]["line"] in (7, 8), frames
        debug("continue", threadId=1)
        debug.finish(cell)


def test_next_goes_over_an_await():
    code = "const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms));\nlet a = 1;\nawait wait(20);\nlet b = a + 1;\nb"
    with debugged() as debug:
        debug.breakpoints(code, 2)
        cell = debug.kc.execute(code)
        lines = [debug.line()]
        for _ in range(2):
            debug("next", threadId=1)
            lines.append(debug.line())
        assert lines == [2, 3, 4], lines
        debug("continue", threadId=1)
        debug.finish(cell)


def test_next_goes_through_a_try_that_awaits_as_it_was_typed():
    code = """let seen = '';
const fails = () => new Promise((_, reject) => setTimeout(reject, 5));
try {
  await fails();
} catch {
  seen += 'caught';
} finally {
  seen += ' finally';
}
for await (const each of [1])
  seen += each;
seen"""
    with debugged() as debug:
        debug.breakpoints(code, 4)
        cell = debug.kc.execute(code)
        lines = [debug.line()]
        names = list(debug.locals())
        assert "seen" in names and not [n for n in names if n.startswith("__")], names
        for _ in range(5):
            debug("next", threadId=1)
            lines.append(debug.line())
        assert lines[:5] == [4, 6, 8, 10, 11], lines
        debug("continue", threadId=1)
        debug.finish(cell)


def test_it_stops_in_timers_after_awaits_and_in_callbacks():
    code = """async function load(n: number) {
  await new Promise(resolve => setTimeout(resolve, 5));
  const got = n + 1;
  return got;
}
const all = [1, 2].map(each => {
  return each * 2;
});
setTimeout(() => {
  const late = 'yes';
  console.log(late);
}, 3000);
await load(1)"""
    with debugged() as debug:
        debug.breakpoints(code, 3, 7, 11)
        cell = debug.kc.execute(code)
        for line, name, value in ((7, "each", "1"), (7, "each", "2"), (3, "n", "1")):
            assert debug.line() == line
            assert debug.locals()[name]["value"] == value, debug.locals()
            debug("continue", threadId=1)
        assert debug.finish(cell)["status"] == "ok"
        assert debug.line() == 11
        assert debug.locals()["late"] | {"variablesReference": 0} == {"name": "late", "value": '"yes"', "type": "str", "evaluateName": "late", "variablesReference": 0}
        debug("continue", threadId=1)
        debug.message(lambda m: m["msg_type"] == "stream" and m["content"]["text"] == "yes\n")


def test_variables_have_typescripts_names_and_open_lazily():
    code = """class Point { #secret = 3; constructor(public x: number, public label: string) {} get sum() { return this.x + 1; } }
function look(point: Point, many: number[], map: Map<string, number>) {
  const {x: renamed} = point;
  { let inner = true; let nothing = null; let big = 10n; let text = 'a"b';
    return inner; }
}
look(new Point(1, 'p'), Array.from({length: 2500}, (_, i) => i), new Map([['a', 1]]))"""
    with debugged() as debug:
        debug.breakpoints(code, 5)
        cell = debug.kc.execute(code)
        assert debug.line() == 5
        found = debug.locals()
        values = {name: each["value"] for name, each in found.items()}
        assert values["renamed"] == "1" and values["inner"] == "true" and values["nothing"] == "null" and values["big"] == "10n", values
        assert values["text"] == '"a\\"b"' and values["map"] == 'Map(1) {"a" => 1}' and values["many"].startswith("[0, 1, 2"), values
        assert values["point"].startswith("Point {"), values
        assert (found["renamed"]["type"], found["inner"]["type"], found["text"]["type"]) == ("int", "bool", "str")
        point = debug.children(found["point"])
        assert point["x"]["value"] == "1" and point["#secret"]["value"] == "3" and point["x"]["evaluateName"] == "point.x", point
        parts = debug.children(found["many"])
        assert list(parts)[0] == "[0 … 99]" and len(parts) == 25, parts
        assert debug.children(parts["[2400 … 2499]"])["2499"]["value"] == "2499"
        debug("continue", threadId=1)
        debug.finish(cell)


def test_a_tensor_reads_as_its_dtype_and_shape():
    code = "import * as tf from '@tensorflow/tfjs';\nconst t = tf.tensor2d([[1, 2, 3], [4, 5, 6]]);\nconst gone = tf.scalar(1, 'int32'); gone.dispose();\nconst w = tf.variable(tf.zeros([2]));\nt"
    with debugged(env={"SNAPGRID_BACKEND": "cpu"}) as debug:
        debug.breakpoints(code, 5)
        cell = debug.kc.execute(code)
        assert debug.line() == 5
        found = debug.locals()
        assert found["t"]["value"] == "Tensor float32 [2, 3]", found["t"]
        assert found["gone"]["value"] == "Tensor int32 [] (disposed)" and found["w"]["value"] == "Variable float32 [2]", found
        inside = debug.children(found["t"])
        assert inside["dtype"]["value"] == '"float32"' and inside["disposed"]["value"] == "false", inside
        assert [v["value"] for v in debug.children(inside["values"]).values()] == ["[1, 2, 3]", "[4, 5, 6]"]
        assert "4" in debug("richInspectVariables", variableName="t")["data"]["text/plain"]
        assert debug("evaluate", expression="t.add(1)")["result"] == "Tensor float32 [2, 3]"
        debug("continue", threadId=1)
        debug.finish(cell)
        assert "text/html" in debug("richInspectVariables", variableName="t")["data"]


def test_the_notebooks_globals_are_seen_without_a_stop_and_without_our_own():
    with kernel() as (_, kc):
        run(kc, "let a = 1; const b = {c: [1, 2]}; function f() {} class K {}\nenum E { A }")
        run(kc, "throw new Error('before it has a value'); let never = 1")
        run(kc, "globalThis.loose = 'yes'; let fetch = 5")
        debug = Debugger(kc)
        before = debug.globals()
        debug.start()
        found = debug.globals()
        assert set(found) == {"a", "b", "f", "K", "E", "loose", "fetch"}, set(found)
        assert before.keys() == found.keys()
        assert found["a"]["value"] == "1" and found["b"]["value"] == "{c: Array(2)}" and found["f"]["value"] == "ƒ f()", found
        assert found["K"]["value"] == "class K", found["K"]
        c = debug.children(found["b"])["c"]
        assert [v["value"] for v in debug.children(c).values()] == ["1", "2"]
        data = debug("richInspectVariables", variableName="b")["data"]
        assert "text/plain" in data, data


def test_globals_are_seen_while_a_cell_is_busy():
    with debugged() as debug:
        cell = debug.kc.execute("let n = 0; for (;;) n++;")
        while "n" not in debug.globals() or debug.globals()["n"]["value"] == "0":
            time.sleep(0.05)
        debug("pause", threadId=1)
        body, frames = debug.stop()
        assert body["reason"] == "pause" and frames[0]["line"] == 1, (body, frames)
        assert debug("evaluate", expression="n = -1e9")["result"] == "-1000000000"
        debug.kc.control_channel.send(debug.kc.session.msg("interrupt_request", {}))
        assert debug.finish(cell)["ename"] == "Interrupted"


def test_a_condition_a_count_of_hits_and_a_log_point():
    code = "let sum = 0;\nfor (let i = 0; i < 10; i++) {\n  sum += i;\n}\nsum"
    with debugged() as debug:
        debug.breakpoints(code, {"line": 3, "condition": "i === 7"})
        cell = debug.kc.execute(code)
        assert debug.line() == 3 and debug.locals()["i"]["value"] == "7"
        debug("continue", threadId=1)
        debug.finish(cell)
        debug.breakpoints(code, {"line": 3, "hitCondition": "% 5"})
        cell = debug.kc.execute(code)
        for value in ("4", "9"):
            assert debug.line() == 3 and debug.locals()["i"]["value"] == value
            debug("continue", threadId=1)
        debug.finish(cell)
        debug.breakpoints(code, {"line": 3, "logMessage": "at {i}: {sum}"})
        debug.seen.clear()
        debug.run(code)
        logged = "".join(m["content"]["text"] for m in debug.seen if m["msg_type"] == "stream")
        assert logged.splitlines()[:3] == ["at 0: 0", "at 1: 0", "at 2: 1"] and len(logged.splitlines()) == 10, logged


def test_expressions_are_typescript_and_a_hover_changes_nothing():
    code = "function f(a: number) {\n  let b: unknown = 'text';\n  return b;\n}\nf(1)"
    with debugged() as debug:
        debug.breakpoints(code, 3)
        cell = debug.kc.execute(code)
        _, frames = debug.stop()
        at = {"frameId": frames[0]["id"]}
        assert debug("evaluate", expression="(b as string).length + a", **at)["result"] == "5"
        assert debug("evaluate", expression="{a, b}", **at)["result"] == '{a: 1, b: "text"}'
        assert debug("evaluate", expression="b", context="hover", **at)["result"] == '"text"'
        assert debug.refused("evaluate", expression="a = 2", context="hover", **at)
        assert debug.locals()["a"]["value"] == "1"
        assert debug("evaluate", expression="a = 2", context="repl", **at)["result"] == "2"
        assert debug.locals()["a"]["value"] == "2"
        debug("continue", threadId=1)
        debug.finish(cell)
        assert debug("evaluate", expression="let made: number = 3; made")["result"] == "3"
        assert printed_of(debug, "console.log(made)") == "3\n"


def printed_of(debug, code):
    debug.seen.clear()
    debug.run(code)
    return "".join(m["content"]["text"] for m in debug.seen if m["msg_type"] == "stream" and m["content"]["name"] == "stdout")


def test_a_local_module_is_stepped_into_and_shown():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / "helper.ts"
        file.write_text("interface A { b: number }\n\nexport function half(a: A): number {\n  const h = a.b / 2;\n  return h;\n}\n")
        code = "import {half} from './helper.ts';\nlet q = half({b: 4});\nq"
        with debugged(cwd=folder) as debug:
            debug.breakpoints(code, 2)
            cell = debug.kc.execute(code)
            assert debug.line() == 2
            debug("stepIn", threadId=1)
            _, frames = debug.stop()
            path = os.path.realpath(file)
            assert (frames[0]["name"], frames[0]["line"], os.path.realpath(frames[0]["source"]["path"])) == ("half", 4, path), frames
            source = debug("source", source=frames[0]["source"], sourceReference=0)
            assert source["content"] == file.read_text() and source["mimeType"] == "text/typescript", source
            modules = debug("modules")["modules"]
            assert [os.path.realpath(m["path"]) for m in modules] == [path], modules
            points = debug("setBreakpoints", source=frames[0]["source"], breakpoints=[{"line": 5}])["breakpoints"]
            assert points[0]["verified"] and points[0]["line"] == 5, points
            debug("continue", threadId=1)
            assert debug.line() == 5
            assert debug.locals()["h"]["value"] == "2"
            debug("continue", threadId=1)
            debug.finish(cell)


def test_breakpoints_in_a_local_file_hold_from_its_first_line_on():
    text = "export let n: number = 1;\nfor (let i = 0; i < 3; i++) {\n  n += i;\n}\n\nexport function g(a: number) {\n  return a + n;\n}\n"
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(os.path.realpath(folder)) / "m.ts"
        file.write_text(text)
        (file.parent / "outer.ts").write_text("import {g} from './m';\nexport const seven = g(3);\n")
        code = "import {seven} from './outer.ts';\nseven"
        with debugged(cwd=folder) as debug:
            source = {"path": str(file)}
            points = debug("setBreakpoints", source=source, breakpoints=[{"line": 1}, {"line": 7}])["breakpoints"]
            assert [p["verified"] for p in points] == [False, False] and points[0]["message"], points
            for shift in (0, 1):
                cell = debug.kc.execute(code)
                lines = [debug.line()]
                debug("continue", threadId=1)
                lines.append(debug.line())
                assert lines == [1 + shift, 7 + shift], lines
                debug("continue", threadId=1)
                assert debug.finish(cell)["status"] == "ok"
                # An edit moves them, as the front end says.
                file.write_text("// one more line\n" + text)
                debug("setBreakpoints", source=source, breakpoints=[{"line": 2}, {"line": 8}])
            debug("disconnect")
            file.write_text(text)
            started = time.time()
            assert debug.run(code)["status"] == "ok" and time.time() - started < 20


def test_packages_nodes_and_our_own_code_are_not_stepped_into():
    code = "import * as tf from '@tensorflow/tfjs';\nlet n = tf.tidy(() => {\n  let inside = 1;\n  return inside;\n});\nlet m = n;\nm"
    with debugged(env={"SNAPGRID_BACKEND": "cpu"}) as debug:
        debug.breakpoints(code, 2)
        cell = debug.kc.execute(code)
        path = debug.stop()[1][0]["source"]["path"]
        lines = []
        for _ in range(4):
            debug("stepIn", threadId=1)
            _, frames = debug.stop()
            assert {f["source"]["path"] for f in frames} == {path}, frames
            lines.append(frames[0]["line"])
        assert 3 in lines and 4 in lines, lines
        debug("continue", threadId=1)
        debug.finish(cell)


def test_all_exceptions_stop_where_they_are_thrown():
    code = "function risky() {\n  throw new TypeError('on purpose');\n}\ntry { risky(); } catch {}\n1"
    with debugged() as debug:
        debug("setExceptionBreakpoints", filters=["all"])
        cell = debug.kc.execute(code)
        body, frames = debug.stop()
        assert body["reason"] == "exception" and body["text"] == "TypeError: on purpose" and frames[0]["line"] == 2, (body, frames)
        assert debug("exceptionInfo", threadId=1)["exceptionId"] == "TypeError: on purpose"
        debug("continue", threadId=1)
        assert debug.finish(cell)["status"] == "ok"
        debug("setExceptionBreakpoints", filters=[])
        assert debug.run(code)["status"] == "ok" and "stopped" not in debug.events()


UNCAUGHT = {
    "thrown in the cell": ("throw new Error('x')", 1),
    "thrown after an await": ("await 1;\nthrow new Error('x')", 2),
    "thrown by a function": ("function h() {\n  throw new Error('x');\n}\nh()", 2),
    "thrown by an awaited function": ("async function f() {\n  await 1;\n  throw new Error('x');\n}\nawait f()", 3),
    "thrown in a then": ("await Promise.resolve().then(() => {\n  throw new Error('x');\n})", 2),
    "thrown through a finally": ("try {\n  throw new Error('x');\n} finally {\n  Math.max(1);\n}", 2),
}
CAUGHT = {
    "try": "try { h() } catch {}\n1",
    "try around an await": "try { await f() } catch {}\n1",
    "catch of a promise": "await f().catch(() => 0)",
    "catch behind a then": "await Promise.resolve().then(() => { throw new Error('x') }).catch(() => 0)",
    "second argument of then": "await f().then(() => 1, () => 2)",
    "allSettled": "await Promise.allSettled([f(), f()])",
    "try of a caller": "function g() { try { h() } catch {} }\ng()",
    "try of an async caller": "async function k() { try { await f() } catch {} }\nawait k()",
}


def test_uncaught_exceptions_stop_and_caught_ones_do_not():
    with debugged() as debug:
        debug("setExceptionBreakpoints", filters=["uncaught"])
        for name, (code, line) in UNCAUGHT.items():
            cell = debug.kc.execute(code)
            body, frames = debug.stop()
            assert body["reason"] == "exception" and body["text"] == "Error: x" and frames[0]["line"] == line, (name, body, frames)
            debug("continue", threadId=1)
            assert debug.finish(cell)["ename"] == "Error"
        for name, code in CAUGHT.items():
            debug.seen.clear()
            assert debug.run(code)["status"] == "ok", name
            assert "stopped" not in debug.events(), name
        # A step goes over exceptions that are caught.
        code = "let a = 1;\ng();\nlet b = 2;\nb"
        debug.breakpoints(code, 1)
        cell = debug.kc.execute(code)
        lines = [debug.line()]
        for _ in range(2):
            debug("next", threadId=1)
            lines.append(debug.line())
        assert lines == [1, 2, 3], lines
        debug("continue", threadId=1)
        debug.finish(cell)


def test_requests_that_arrive_while_paused_wait_and_then_run():
    with debugged() as debug:
        debug.breakpoints(TWICE, 4)
        first = debug.kc.execute(TWICE)
        assert debug.line() == 4
        second = debug.kc.execute("r + 1")
        time.sleep(0.3)
        assert debug("evaluate", expression="box.x")["result"] == "4"
        completion = debug.kc.complete("Math.ma")
        assert reply_to(debug.kc.get_shell_msg, completion)["content"]["status"] == "ok"
        debug("continue", threadId=1)
        assert reply_to(debug.kc.get_shell_msg, first)["content"]["status"] == "ok"
        result = debug.message(lambda m: m["msg_type"] == "execute_result" and m["parent_header"]["msg_id"] == second)
        assert result["content"]["data"]["text/plain"] == "9"


def test_what_was_printed_before_a_stop_is_shown_at_the_stop():
    code = "console.log('before');\nlet x = 1;\nx"
    with debugged() as debug:
        debug.breakpoints(code, 2)
        cell = debug.kc.execute(code)
        assert debug.line() == 2
        debug.message(lambda m: m["msg_type"] == "stream" and m["content"]["text"] == "before\n", timeout=5)
        debug("continue", threadId=1)
        debug.finish(cell)


def interrupt(debug):
    message = debug.kc.session.msg("interrupt_request", {})
    debug.kc.control_channel.send(message)
    assert reply_to(debug.kc.get_control_msg, message["header"]["msg_id"])["content"]["status"] == "ok"


def test_an_interrupt_while_paused_ends_the_cell_and_keeps_state():
    code = "let kept = 5;\nfor (;;) {\n  kept++;\n}"
    with debugged() as debug:
        debug.breakpoints(code, 3)
        for _ in range(3):
            cell = debug.kc.execute(code)
            assert debug.line() == 3
            interrupt(debug)
            reply = debug.finish(cell)
            assert reply["ename"] == "Interrupted", reply
            debug.event("continued")
        debug.breakpoints(code)
        assert debug("debugInfo")["stoppedThreads"] == []
        for i in range(30):
            assert debug.run(f"let made{i} = new Array(100000).fill({i}); kept")["status"] == "ok"


def test_an_interrupt_while_paused_in_a_late_timer_lets_it_run_on():
    code = "setTimeout(() => {\n  console.log('timer');\n}, 1000);\n1"
    with debugged() as debug:
        debug.breakpoints(code, 2)
        debug.run(code)
        assert debug.line() == 2
        interrupt(debug)
        debug.event("continued")
        debug.message(lambda m: m["msg_type"] == "stream" and m["content"]["text"] == "timer\n")
        # The same with a cell that waits behind the timer.
        debug.run(code)
        assert debug.line() == 2
        waiting = debug.kc.execute("let reached = true; for (;;) {}")
        time.sleep(0.3)
        interrupt(debug)
        assert debug.finish(waiting)["ename"] == "Interrupted"
        assert debug.run("6 * 7")["status"] == "ok"


def test_disconnecting_while_paused_lets_the_cell_run_on_without_stops():
    with debugged() as debug:
        debug.breakpoints(TWICE, 4)
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 4
        debug("disconnect", restart=False, terminateDebuggee=False)
        assert debug.event("continued")["threadId"] == 1
        assert debug.finish(cell)["status"] == "ok"
        info = debug("debugInfo")
        assert info["isStarted"] is False and info["breakpoints"] == [] and info["stoppedThreads"] == [], info
        assert debug.run(TWICE)["status"] == "ok" and "stopped" not in debug.events()
        debug.start()
        debug.breakpoints(TWICE, 5)
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 5
        debug("continue", threadId=1)
        debug.finish(cell)


def test_the_death_of_a_paused_session_is_told_and_breakpoints_hold_in_the_next():
    with debugged() as debug:
        debug.breakpoints(TWICE, 4)
        pid = int(printed_of(debug, "console.log(process.pid)"))
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 4
        os.kill(pid, signal.SIGKILL)
        assert debug.finish(cell)["ename"] == "Killed"
        debug.event("continued")
        assert debug("debugInfo")["stoppedThreads"] == []
        cell = debug.kc.execute(TWICE)
        assert debug.line() == 4 and debug.locals()["box"]["value"] == "{x: 4}"
        debug("continue", threadId=1)
        assert debug.finish(cell)["status"] == "ok"


def test_shutdown_and_restart_while_paused():
    with kernel() as (km, kc):
        debug = Debugger(kc)
        debug.start()
        debug.breakpoints(TWICE, 4)
        pid = int(printed_of(debug, "console.log(process.pid)"))
        kc.execute(TWICE)
        assert debug.line() == 4
        km.restart_kernel(now=False)
        kc.wait_for_ready(timeout=TIMEOUT)
        assert not alive(pid)
        assert Debugger(kc)("debugInfo")["isStarted"] is False
        again = Debugger(kc)
        again.start()
        again.breakpoints(TWICE, 4)
        pid = int(printed_of(again, "console.log(process.pid)"))
        kc.execute(TWICE)
        assert again.line() == 4
    deadline = time.time() + 5
    while alive(pid) and time.time() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split(") ")[1][0] != "Z"
    except FileNotFoundError:
        return False


def test_a_cell_of_two_thousand_lines_stops_where_it_should():
    code = "\n".join(f"let v{i}: number = {i};" if i % 7 else f"function f{i}(x: number) {{ return x + {i}; }}" for i in range(2000))
    with debugged() as debug:
        debug.breakpoints(code, 2, 1234, 1999)
        cell = debug.kc.execute(code)
        for line in (2, 1234, 1999):
            assert debug.line() == line
            debug("continue", threadId=1)
        assert debug.finish(cell)["status"] == "ok"


def test_a_display_that_stops_while_it_is_made_can_be_continued_and_interrupted():
    code = """import {display} from 'snapgrid/display';
const value = {toJSON() {
  const here = 1;
  return {here};
}};
display({'application/json': value});
'after'"""
    with debugged() as debug:
        debug.breakpoints(code, 4)
        cell = debug.kc.execute(code)
        assert debug.line() == 4
        debug("continue", threadId=1)
        for _ in range(3):
            if debug.finish_or_stop(cell):
                break
            debug("continue", threadId=1)
        cell = debug.kc.execute(code)
        assert debug.line() == 4
        interrupt(debug)
        debug.finish(cell)
        debug.breakpoints(code)
        if debug("debugInfo")["stoppedThreads"]:
            debug("continue", threadId=1)
        assert debug.run("6 * 7")["status"] == "ok"


def test_inspecting_for_every_message_of_a_cell_does_not_answer_itself_for_ever():
    """JupyterLab asks for the variables after each message that a cell causes."""
    with debugged() as debug:
        cell = debug.kc.execute("for (let i = 0; i < 10; i++) { console.log(i); await new Promise(r => setTimeout(r, 50)); }")
        asked = 0
        while True:
            message = debug.kc.get_iopub_msg(timeout=TIMEOUT)
            parent = message["parent_header"]
            if parent.get("msg_type") != "execute_request":
                continue
            if message["content"].get("execution_state") == "idle":
                break
            asked += 1
            debug.globals()
        assert asked <= 30, asked
        assert reply_to(debug.kc.get_shell_msg, cell)["content"]["status"] == "ok"


if __name__ == "__main__":
    main(dict(globals()))
