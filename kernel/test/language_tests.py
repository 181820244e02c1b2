"""Types beside running cells, completion and inspection: one function a claim, run by language.test.ts."""
import json
import pathlib
import tempfile
import time

from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run

WAIT = "await new Promise(resolve => setTimeout(resolve, 3000))"


def warnings(kc, code):
    """What is said about a cell's types while it waits."""
    return printed(run(kc, f"{code}\n{WAIT}")[1], "stderr")


def completion(kc, code, cursor=None):
    return kc.complete(code, cursor_pos=cursor, reply=True, timeout=TIMEOUT)["content"]


def test_a_type_error_is_shown_beside_the_running_cell():
    with kernel() as (_, kc):
        said = warnings(kc, "const n: number = 1;\nconst s: string = n;")
        assert "In [1], line 2: Type 'number' is not assignable to type 'string'. (TS2322)" in said, said


def test_a_type_error_of_a_quick_cell_is_shown_late_between_a_busy_and_an_idle_of_its_own():
    with kernel() as (_, kc):
        msg_id = kc.execute("const s: string = 1;")
        outputs(kc, msg_id)
        late = outputs(kc, msg_id)
        assert [m["msg_type"] for m in late] == ["status", "stream", "status"], late
        assert "In [1], line 1" in printed(late, "stderr")


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


def test_checking_is_switched_off_by_a_comment_and_by_the_environment():
    with kernel() as (_, kc):
        assert warnings(kc, "// @typecheck off\nconst s: string = 1") == ""
    with kernel(env={"SNAPGRID_TYPECHECK": "off"}) as (_, kc):
        assert warnings(kc, "const s: string = 1") == ""


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


def test_inspection_shows_type_and_documentation():
    with kernel() as (_, kc):
        run(kc, "/** Doubles it. */\nfunction twice(n: number) { return 2 * n }")
        time.sleep(3)
        content = kc.inspect("twice(", cursor_pos=5, reply=True, timeout=TIMEOUT)["content"]
        assert content["found"] and "function twice(n: number): number" in content["data"]["text/plain"], content
        assert "Doubles it." in content["data"]["text/markdown"], content
        assert kc.inspect("nothing_at_all", reply=True, timeout=TIMEOUT)["content"]["found"] is False


def test_a_dead_language_server_leaves_running_and_completion_unharmed():
    with kernel() as (km, kc):
        completion(kc, "Math.")
        for child in children(km.provisioner.process.pid):
            if "--lsp" in pathlib.Path(f"/proc/{child}/cmdline").read_text():
                import os, signal

                os.kill(child, signal.SIGKILL)
        time.sleep(0.5)
        assert completion(kc, "Math.")["status"] == "ok"
        reply, found = run(kc, "1 + 1")
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "2", (reply, found)


def children(pid):
    return [int(child) for child in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


if __name__ == "__main__":
    main(dict(globals()))
