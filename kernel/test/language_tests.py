"""Types beside running cells, completion and inspection: one function a claim, run by language.test.ts."""
import json
import os
import pathlib
import signal
import tempfile
import time


from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run
from notebooks import executed

def warnings(kc, code):
    """What is said about a cell's types, to a client that cannot be told once the cell is over: it waits for the verdict."""
    return printed(run(kc, code, allow_stdin=False)[1], "stderr")


def completion(kc, code, cursor=None):
    return kc.complete(code, cursor_pos=cursor, reply=True, timeout=TIMEOUT)["content"]


def test_a_type_error_is_shown_beside_the_running_cell():
    with kernel() as (_, kc):
        waiting = "await new Promise(resolve => setTimeout(resolve, 3000))"
        said = printed(run(kc, f"const n: number = 1;\nconst s: string = n;\n{waiting}")[1], "stderr")
        assert "In [1], line 2: Type 'number' is not assignable to type 'string'. (TS2322)" in said, said


def test_a_type_error_of_a_quick_cell_is_shown_late_between_a_busy_and_an_idle_of_its_own():
    with kernel() as (_, kc):
        msg_id = kc.execute("const s: string = 1;")
        outputs(kc, msg_id)
        late = outputs(kc, msg_id)
        assert [m["msg_type"] for m in late] == ["status", "stream", "status"], late
        assert "In [1], line 1" in printed(late, "stderr")


def test_every_warning_of_forty_quick_cells_comes_before_the_idle_under_nbclient():
    cells = [f"const s{i}: string = {i}; {i}" for i in range(40)]
    for i, cell in enumerate(executed(*cells).cells):
        said = "".join(o["text"] for o in cell.outputs if o["output_type"] == "stream" and o["name"] == "stderr")
        assert said.count("(TS2322)") == 1 and f"In [{i + 1}], line 1" in said, (i, cell.outputs)
        assert [o for o in cell.outputs if o["output_type"] == "execute_result"], (i, cell.outputs)


def test_a_cell_that_runs_alone_says_its_warning_before_its_idle_once_the_server_is_warm():
    with kernel() as (_, kc):
        warnings(kc, "const first: string = 1")
        for i in range(3):
            time.sleep(0.5)
            _, found = run(kc, f"const s{i}: string = {i}")
            assert "(TS2322)" in printed(found, "stderr"), found


def test_what_notebooks_do_is_no_type_error():
    with kernel() as (_, kc):
        run(kc, "let a = 1; let list = []; const c = 1; function f(x: number) { return x } class K { v = 1 } enum E { A } namespace N { export const n = 1 }")
        run(kc, "declare global { interface Array<T> { last(): T } }\nArray.prototype.last = function () { return this[this.length - 1] }")
        for code in (
            "a++; a += 2; list.push(1); list = []; [1].last()",
            "function f(x: string): string; function f(x: number): number; function f(x: any) { return x }\nf('x').length + f(1)",
            "let a = 'text'; const c = 'text'; class K { w = 2 }; enum E { B }; new K().w + c + a; E.B",
            "let a = 'text'; const c = 'text'; class K { w = 2 }; enum E { B }; new K().w + c + a; E.B",
            "namespace f { export const more = 1 }\nf(1) + f.more",
            "namespace N { export const m = n + 1 }\nN.m + N.n",
            "function g() { return g.count }\nnamespace g { export const count = 3 }\ng()",
            "interface Both { x: number } interface Both { y: number } const both: Both = {x: 1, y: 2}",
            "declare global { interface Array<T> { last(): T } }",
            "import fs = require('node:fs'); fs.existsSync('x'); export const exported = 1; export default exported",
            "{ var inBlock = 5 } for (var i = 0; i < 2; i++);",
            "inBlock + i",
            "using held = {[Symbol.dispose]() {}, n: 1}; held.n",
            "held.n",
            "for await (const x of [Promise.resolve(1)]) x; label: for (;;) break label; 1",
            "function logged(f: any, c: ClassMethodDecoratorContext) { return f } class Deco { @logged m() { return 1 } } new Deco().m()",
            "[1, 2].map((x): number => x).last().toFixed()",
        ):
            said = warnings(kc, code)
            assert said == "", (code, said)


def test_names_of_earlier_cells_are_typed_and_may_be_assigned_and_declared_again():
    with kernel() as (_, kc):
        run(kc, "let a = 1; const b = 'x'; interface Point { x: number }; class Box<T> { value?: T }; enum Way { Up }; function twice(n: number) { return 2 * n }")
        said = warnings(kc, "a = 2; const b: Point = {x: a}; const box = new Box<Point>(); box.value = b; const w: Way = Way.Up; twice(a)")
        assert said == "", said
        assert "'string' is not assignable to type 'number'" in warnings(kc, "a = 'text'")
        assert "'x' is missing" in warnings(kc, "const p: Point = {}")
        assert warnings(kc, "let a = 'text'; a.length; type Point = string; const q: Point = a") == ""


def test_globals_of_notebooks_are_known_and_may_be_declared_again():
    with kernel() as (_, kc):
        said = warnings(kc, "const shown = display('one'); shown.update(2); const cells: string[] = tensors().map(row => row.cell); display(cells, {id: 'a'})")
        assert said == "", said
        assert "'number' is not assignable to type 'string'" in warnings(kc, "display(1, {id: 2})")
        assert warnings(kc, "const display = (n: number) => n; display(1)") == ""
        asking = "const later = async () => { const name: string = await input('Who? ') + await password(); page(name); setNextInput('1', {replace: true}); }"
        assert warnings(kc, asking) == ""
        assert all(inspection(kc, name)["found"] for name in ("input", "password", "page", "setNextInput"))
        hover = kc.inspect("tensors", cursor_pos=3, reply=True, timeout=TIMEOUT)["content"]
        assert hover["found"] and "by cell and by name" in hover["data"]["text/plain"], hover
        assert "update" in completion(kc, "shown.upd")["matches"], completion(kc, "shown.upd")


def test_imports_and_top_level_await_are_known():
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "local.ts").write_text("export const local: number = 3;\n")
        with kernel(cwd=folder) as (_, kc):
            said = warnings(kc, "import * as tf from '@tensorflow/tfjs-node-gpu';\nimport {readFile} from 'node:fs/promises';\nimport {local} from './local.ts';\nconst t = tf.tensor([local]); await readFile('local.ts', 'utf8'); console.log(process.version)")
            assert "TS" not in said, said
            said = warnings(kc, "const wrong: string = t.shape; local.nothing; const d: tf.Tensor = t")
            assert said.count("(TS") == 2, said


def test_the_folders_own_tsconfig_is_respected():
    with tempfile.TemporaryDirectory() as folder:
        config = '{"compilerOptions": {/* own */ "strict": false, "noUncheckedIndexedAccess": true, "strictNullChecks": true}}'
        (pathlib.Path(folder) / "tsconfig.json").write_text(config)
        with kernel(cwd=folder) as (_, kc):
            assert "TS" in warnings(kc, "const list = [1]; const first: number = list[0]")
        assert (pathlib.Path(folder) / "tsconfig.json").read_text() == config
        assert [p.name for p in pathlib.Path(folder).iterdir()] == ["tsconfig.json"]


def test_paths_base_url_and_strictness_of_an_extended_tsconfig_hold_for_checking_and_for_running():
    with tempfile.TemporaryDirectory() as folder:
        put = lambda name, text: ((pathlib.Path(folder) / name).parent.mkdir(exist_ok=True), (pathlib.Path(folder) / name).write_text(text))
        put("tsconfig.json", '{"extends": "./conf/base", // more\n "compilerOptions": {"paths": {"@/*": ["./lib/*"],},}}')
        put("conf/base.json", '{"compilerOptions": {"baseUrl": "..", "strict": false, "strictNullChecks": false}}')
        put("lib/one.ts", "export const one: number = 1")
        put("deep/two.ts", "export const two: number = 2")
        with kernel(cwd=folder) as (_, kc):
            code = "import {one} from '@/one'; import {two} from 'deep/two'; const sum: number = one + two; process.version; let n: number = null; sum"
            assert warnings(kc, code) == ""
            _, found = run(kc, "sum")
            assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "3", found
            assert warnings(kc, "const wrong: string = one + two").count("(TS") == 1


def test_a_cell_with_tags_is_checked_and_its_names_are_known_to_later_cells():
    with kernel() as (_, kc):
        run(kc, "const h = (type: string, props: object | null, ...children: unknown[]) => ({type, children});")
        good = "/** @jsx h */\nconst label: string = 'x'; const el = <b>{label}</b>; const count = 3;"
        assert warnings(kc, good) == ""
        assert warnings(kc, "const twice: number = count * 2; el") == ""
        said = warnings(kc, "/** @jsx h */\nconst wrong: number = 'text'; <b>{wrong}</b>")
        assert "In [4], line 2: Type 'string' is not assignable to type 'number'. (TS2322)" in said, said
        asked = kc.is_complete("<b>{1}</b>")
        assert reply_to(kc.get_shell_msg, asked)["content"]["status"] == "complete"


def test_checking_is_switched_off_by_a_comment_and_by_the_environment():
    with kernel() as (_, kc):
        assert warnings(kc, "// @typecheck off\nconst s: string = 1") == ""
    with kernel(env={"SNAPGRID_TYPECHECK": "off"}) as (_, kc):
        assert warnings(kc, "const s: string = 1") == ""


def test_a_directive_for_the_notebook_holds_for_later_cells():
    with kernel() as (_, kc):
        assert warnings(kc, "// notebook typecheck: off\nconst s: string = 1") == ""
        assert warnings(kc, "const t: string = 1") == ""
        assert "(TS2322)" in warnings(kc, "// typecheck: warn\nconst u: string = 1")
        reply, _ = run(kc, "// notebook typecheck: error\nconst v: string = 1")
        assert reply["status"] == "error" and "Type error, In [4], line 2" in "\n".join(reply["traceback"]), reply
        assert run(kc, "const w: string = 1")[0]["status"] == "error"
        said = warnings(kc, "// typecheck: strict\n1")
        assert said == "" or 'got "strict"' in said, said


def test_switched_off_by_the_environment_no_server_starts_until_completion_is_asked_for():
    with kernel(env={"SNAPGRID_TYPECHECK": "off"}) as (km, kc):
        servers = lambda: [c for c in children(km.provisioner.process.pid) if "--lsp" in pathlib.Path(f"/proc/{c}/cmdline").read_text()]
        assert warnings(kc, "const alpha = {beta: 1}; const s: string = 1") == "" and not servers()
        assert completion(kc, "alpha.")["matches"] == ["beta"] and len(servers()) == 1


def test_typecheck_error_keeps_a_wrong_cell_from_running():
    with kernel(env={"SNAPGRID_TYPECHECK": "error"}) as (_, kc):
        reply, found = run(kc, "console.log('ran'); const s: string = 1")
        assert reply["status"] == "error" and printed(found) == "", (reply, found)
        assert "In [1], line 1" in reply["traceback"][0], reply
        assert run(kc, "const s: string = 'right'; s")[0]["status"] == "ok"


def test_completion_knows_earlier_cells_members_and_code_points():
    with kernel() as (_, kc):
        run(kc, "const alpha = {beta: 1, gamma: 'x'}")
        time.sleep(3)
        assert completion(kc, "alp")["matches"] == ["alpha"]
        assert completion(kc, "alpha.")["matches"] == ["beta", "gamma"]
        reply = completion(kc, '"\U0001d465"; alpha.be')
        assert (reply["matches"], reply["cursor_start"], reply["cursor_end"]) == (["beta"], 11, 13), reply
        typed = reply["metadata"]["_jupyter_types_experimental"][0]
        assert (typed["text"], typed["type"], typed["start"], typed["end"]) == ("beta", "property", 11, 13), typed


def test_a_word_that_was_completed_before_sees_what_was_declared_since():
    with kernel() as (_, kc):
        run(kc, "const alphabet = {a: 1}")
        time.sleep(3)
        assert completion(kc, "al")["matches"][0] == "alphabet"
        assert completion(kc, "alphabe")["matches"] == ["alphabet"]
        run(kc, "const alphabets = [alphabet]; alphabet.a = 2")
        assert completion(kc, "alphabe")["matches"] == ["alphabet", "alphabets"]
        assert completion(kc, "alphabets")["matches"] == ["alphabets"]
        signatures = [each["signature"] for each in completion(kc, "alphabet")["metadata"]["_jupyter_types_experimental"]]
        assert [each.endswith("[]") for each in signatures] == [False, True], signatures


def test_lists_that_are_kept_follow_what_cells_declare():
    with kernel() as (_, kc):
        run(kc, "const tuba = {alpha: 1}")
        time.sleep(3)
        for code in ("x = tuba.al", "const y = tuba.al", "console.log(tuba.al"):
            assert completion(kc, code)["matches"] == ["alpha"], code
        assert completion(kc, "const tubas = 1; z = tub")["matches"] == ["tuba", "tubas"]
        for code in ("z = tub", "let other = tub"):
            reply = completion(kc, code)
            assert (reply["matches"], reply["cursor_start"], reply["cursor_end"]) == (["tuba"], len(code) - 3, len(code)), reply
            assert "alpha" in reply["metadata"]["_jupyter_types_experimental"][0]["signature"], reply
        run(kc, "const tuba = {alto: 'x'}; const tubist = 1")
        reply = completion(kc, "x = tuba.al")
        assert reply["matches"] == ["alto"] and reply["metadata"]["_jupyter_types_experimental"][0]["signature"] == "string", reply
        assert completion(kc, "z = tub")["matches"] == ["tuba", "tubist"]


def test_inspection_shows_type_and_documentation():
    with kernel() as (_, kc):
        run(kc, "/** Doubles it. */\nfunction twice(n: number) { return 2 * n }")
        time.sleep(3)
        content = kc.inspect("twice(", cursor_pos=5, reply=True, timeout=TIMEOUT)["content"]
        assert content["found"] and "function twice(n: number): number" in content["data"]["text/plain"], content
        assert "Doubles it." in content["data"]["text/markdown"], content
        assert kc.inspect("nothing_at_all", reply=True, timeout=TIMEOUT)["content"]["found"] is False


def inspection(kc, code, cursor=None, level=0):
    return kc.inspect(code, cursor_pos=cursor, detail_level=level, reply=True, timeout=TIMEOUT)["content"]


def test_inspection_between_parentheses_shows_the_signature():
    with kernel() as (_, kc):
        run(kc, "/** Mixes. */\nfunction mix(a: number, b: string): boolean { return !!a && !!b }")
        text = inspection(kc, "mix(1, ")["data"]["text/plain"]
        assert "mix(a: number, b: string): boolean" in text and "b: string" in text.split("\n", 1)[1] and "Mixes." in text, text
        assert "existsSync(path: PathLike): boolean" in inspection(kc, "import {existsSync} from 'node:fs'\nexistsSync(")["data"]["text/plain"]


def test_inspection_at_level_one_adds_the_declaration_and_its_cell():
    with kernel() as (_, kc):
        run(kc, "// a comment\n/** How many. */\nconst count: number = 3; interface Shape { sides: number }")
        text = inspection(kc, "count")["data"]["text/plain"]
        assert "const count: number" in text and "How many." in text and "Declared" not in text, text
        text = inspection(kc, "count", level=1)["data"]["text/plain"]
        assert "Declared in In [1], line 3:" in text and "count: number = 3" in text, text
        assert "interface Shape { sides: number }" in inspection(kc, "let s: Shape", level=1)["data"]["text/plain"]
        assert "lib.es5.d.ts, line" in inspection(kc, "parseInt", level=1)["data"]["text/plain"]


def test_inspection_of_a_tensor_shows_rank_type_and_what_it_holds_now():
    with kernel(env={"SNAPGRID_BACKEND": "cpu"}) as (_, kc):
        run(kc, "import * as tf from '@tensorflow/tfjs-node-gpu';\nlet t = tf.tensor2d([[1, 2, 3]], undefined, 'int32'); const gone = tf.scalar(1); gone.dispose();")
        text = inspection(kc, "t")["data"]["text/plain"]
        assert "let t: tf.Tensor2D" in text and "int32 [1, 3]" in text, text
        assert "disposed" in inspection(kc, "gone")["data"]["text/plain"]
        msg_id = kc.execute("await new Promise(resolve => setTimeout(resolve, 4000))")
        assert "int32" not in inspection(kc, "t")["data"]["text/plain"]  # a busy session is not waited for
        outputs(kc, msg_id)


def test_inspection_of_a_tfjs_function_shows_its_documentation():
    with kernel() as (_, kc):
        run(kc, "import * as tf from '@tensorflow/tfjs-node-gpu'")
        text = inspection(kc, "tf.matMul")["data"]["text/plain"]
        assert "transposeA" in text and "Computes the dot product" in text, text


def test_completions_have_kinds_signatures_and_documentation():
    with kernel() as (_, kc):
        run(kc, "class Box {\n  /** Fills it. */\n  fill(x: number): void {} content = 1 } const box = new Box()")
        typed = {t["text"]: t for t in completion(kc, "box.")["metadata"]["_jupyter_types_experimental"]}
        assert (typed["fill"]["type"], typed["fill"]["signature"], typed["fill"]["documentation"]) == ("method", "(x: number): void", "Fills it."), typed
        assert (typed["content"]["type"], typed["content"]["signature"]) == ("property", "number"), typed
        typed = completion(kc, "parseIn")["metadata"]["_jupyter_types_experimental"]
        assert typed[0]["text"] == "parseInt" and "Converts a string to an integer" in typed[0]["documentation"], typed


def test_a_dead_language_server_leaves_running_and_completion_unharmed():
    with kernel() as (km, kc):
        run(kc, "const alphabet = [1]")
        completion(kc, "Math.")
        os.kill(language_server(km), signal.SIGKILL)
        time.sleep(0.5)
        assert "max" in completion(kc, "Math.")["matches"]
        assert completion(kc, "z = alphab")["matches"] == ["alphabet"]
        reply, found = run(kc, "1 + 1")
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "2", (reply, found)


def test_a_language_server_that_does_not_answer_leaves_no_completion_empty():
    with kernel() as (km, kc):
        completion(kc, "Math.")
        os.kill(language_server(km), signal.SIGSTOP)
        run(kc, "const alphabet = [1], Number = {isNaN: 1}")
        assert completion(kc, "consol")["matches"] == ["console"]
        assert completion(kc, "z = alphab")["matches"] == ["alphabet"]
        assert completion(kc, "Object.entri")["matches"] == ["entries"]
        assert completion(kc, "Number.isI")["matches"] == []
        os.kill(language_server(km), signal.SIGCONT)
        assert "number" in completion(kc, "alphabet.conc")["metadata"]["_jupyter_types_experimental"][0]["signature"]


def language_server(km):
    (found,) = [child for child in children(km.provisioner.process.pid) if "--lsp" in pathlib.Path(f"/proc/{child}/cmdline").read_text()]
    return found


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main(dict(globals()))
