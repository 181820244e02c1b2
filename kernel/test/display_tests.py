"""What the kernel shows, as a client hears it: one function a claim, run by display.test.ts."""

import nbformat

from client import kernel, main, of_type, printed, run
from notebooks import executed


def displays(messages):
    """(message type, display id, text/plain) of each display."""
    kinds = ("display_data", "update_display_data")
    return [(m["msg_type"], m["content"]["transient"].get("display_id"), m["content"]["data"].get("text/plain")) for m in messages if m["msg_type"] in kinds]


def test_a_display_is_updated_under_its_id_also_from_a_later_cell():
    with kernel() as (_, kc):
        _, found = run(kc, "const shown = display('one'); shown.update('two')")
        (first, name, _), (second, same, text) = displays(found)
        assert (first, second) == ("display_data", "update_display_data") and name == same and text == "'two'", found
        assert not of_type(found, "execute_result"), found
        _, found = run(kc, "shown.update(3)")
        assert displays(found) == [("update_display_data", name, "3")], found


def test_clear_output_says_whether_it_waits():
    with kernel() as (_, kc):
        run(kc, "import {clear} from 'snapgrid/display'")
        _, found = run(kc, "console.log('gone'); clear(); clear({wait: true}); console.log('kept')")
        assert [m["msg_type"] for m in found if m["msg_type"] != "execute_input"] == ["stream", "clear_output", "clear_output", "stream"], found
        assert [c["wait"] for c in of_type(found, "clear_output")] == [False, True], found


def test_a_progress_bar_arrives_while_its_loop_runs_and_never_awaits():
    with kernel() as (_, kc):
        run(kc, "import {progress} from 'snapgrid/display'")
        msg_id = kc.execute("for (const i of progress(10)) { const end = Date.now() + 200; while (Date.now() < end); }")
        seen = []
        while len(seen) < 3:
            message = kc.get_iopub_msg(timeout=30)
            if message["parent_header"].get("msg_id") == msg_id:
                seen += displays([message])
        status = kc.get_shell_msg
        try:
            status(timeout=0.01)
            raise AssertionError("the cell is done before its bar moved")
        except Exception as error:  # noqa: BLE001
            assert type(error).__name__ == "Empty", error


def test_the_saved_notebook_keeps_the_last_state_of_bars_and_curves():
    code = """import * as tf from '@tensorflow/tfjs-node-gpu';
import {progress} from 'snapgrid/display';
const model = tf.sequential({layers: [tf.layers.dense({units: 1, inputShape: [2]})]});
model.compile({optimizer: 'sgd', loss: 'meanSquaredError'});
const xs = tf.ones([8, 2]), ys = tf.ones([8, 1]);
for (const i of progress(30)) await new Promise(done => setTimeout(done, 10));
await model.fit(xs, ys, {epochs: 30}); 0"""
    notebook = executed(code)
    bar, curves, result = notebook.cells[0].outputs
    assert "100% 30 of 30" in bar["data"]["text/plain"] and "progressbar" in bar["data"]["text/html"], bar
    assert "epoch 30 of 30" in curves["data"]["text/plain"] and "<svg" in curves["data"]["text/html"], curves
    assert result["output_type"] == "execute_result", result
    nbformat.validate(notebook)


def test_cells_written_for_tslab_display_unchanged():
    with kernel() as (_, kc):
        code = "import * as tslab from 'tslab'; tslab.display.html('<b>1</b>'); tslab.display.markdown('# 2'); tslab.display.latex('$3$'); tslab.display.svg('<svg/>'); tslab.display.png(new Uint8Array([1])); tslab.display.jpeg(new Uint8Array([2])); tslab.display.gif(new Uint8Array([3])); tslab.display.pdf(new Uint8Array([4])); tslab.display.text('5'); tslab.display.javascript('6'); tslab.display.raw('text/x', '7')"
        _, found = run(kc, code)
        data = [c["data"] for c in of_type(found, "display_data")]
        assert data == [
            {"text/html": "<b>1</b>"},
            {"text/markdown": "# 2"},
            {"text/latex": "$3$"},
            {"image/svg+xml": "<svg/>"},
            {"image/png": "AQ=="},
            {"image/jpeg": "Ag=="},
            {"image/gif": "Aw=="},
            {"application/pdf": "BA=="},
            {"text/plain": "5"},
            {"text/javascript": "6"},
            {"text/x": "7"},
        ], data
        _, found = run(kc, "const d = tslab.newDisplay(); d.text('a'); d.html('<i>b</i>'); const e = tslab.newDisplay(); e.text('c')")
        a, b, c = [m for m in found if m["msg_type"] in ("display_data", "update_display_data")]
        assert [m["msg_type"] for m in (a, b, c)] == ["display_data", "update_display_data", "display_data"], found
        ids = [m["content"]["transient"]["display_id"] for m in (a, b, c)]
        assert ids[0] == ids[1] != ids[2], ids
        reply, found = run(kc, "tslab.display.html('x'.repeat(2 ** 24)); tslab.display.raw('text/plain', 5 as any)")
        assert reply["status"] == "ok", reply
        assert "text/html is not shown" in of_type(found, "display_data")[0]["data"]["text/plain"], found


def test_a_leak_is_said_once_below_its_cell_on_stderr():
    with kernel() as (_, kc):
        run(kc, "import * as tf from '@tensorflow/tfjs-node-gpu'; const x = tf.ones([256])")
        _, found = run(kc, "const y = x.mul(2).add(1)")
        assert printed(found, "stderr").startswith("1 tensor (1 KB) made at In [2]:1 is held by no variable"), found
        _, found = run(kc, "const z = x.neg()")
        assert printed(found, "stderr") == "", found
        _, found = run(kc, "tensors()")
        assert "(1 lost)" in of_type(found, "execute_result")[0]["data"]["text/plain"], found


def test_a_value_that_shows_itself_does_so_as_in_deno():
    with kernel() as (_, kc):
        _, found = run(kc, "class Chart { [Symbol.for('Jupyter.display')]() { return {'text/html': '<hr>', 'text/plain': 'a line'} } } new Chart()")
        assert of_type(found, "execute_result")[0]["data"] == {"text/html": "<hr>", "text/plain": "a line"}, found


if __name__ == "__main__":
    main(dict(globals()))
