"""Widgets, as the page's side of them is told and tells: one function a claim, run by widget.test.ts."""
import base64
import json
import re
import time
from xml.dom import minidom

import nbconvert
import nbformat

from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run
from notebooks import executed

IMPORT = "import {button, checkbox, number, select, slider, text, view} from 'snapgrid/widgets'; import {svg} from 'snapgrid/display';\n"
SVG = "svg(`<svg width=\"${w * 10}\" height=\"20\"><title>${w}&nbsp;wide</title></svg>`)"
VIEW_MIME = "application/vnd.jupyter.widget-view+json"


class Page:
    """What a page knows of a kernel's widgets: their state, kept up to date by what iopub says."""

    def __init__(self, kc):
        self.kc, self.models, self.displays, self.order = kc, {}, {}, []

    def hear(self, messages):
        for message in messages:
            content, kind = message["content"], message["msg_type"]
            if kind == "comm_open":
                assert message["metadata"] == {"version": "2.1.0"} and content["target_name"] == "jupyter.widget", message
                self.models[content["comm_id"]] = dict(content["data"]["state"])
                self.order.append(content["comm_id"])
            elif kind == "comm_msg" and content["data"].get("method") == "update":
                self.models[content["comm_id"]].update(content["data"]["state"])
            elif kind == "comm_close":
                self.models.pop(content["comm_id"], None)
            elif kind in ("display_data", "update_display_data") and "display_id" in content["transient"]:
                self.displays[content["transient"]["display_id"]] = content["data"]
        return messages

    def run(self, code, cell=None):
        message = self.kc.session.msg("execute_request", {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False, "stop_on_error": True}, metadata={"cellId": cell} if cell else {})
        self.kc.shell_channel.send(message)
        found = self.hear(outputs(self.kc, message["header"]["msg_id"]))
        reply = reply_to(self.kc.get_shell_msg, message["header"]["msg_id"])["content"]
        assert reply["status"] == "ok", reply
        return found

    def post(self, model, **state):
        message = self.kc.session.msg("comm_msg", {"comm_id": model, "data": {"method": "update", "state": state, "buffer_paths": []}})
        self.kc.shell_channel.send(message)
        return message["header"]["msg_id"]

    def set(self, model, **state):
        """Sets values as the page does; gives what came until idle."""
        return self.hear(outputs(self.kc, self.post(model, **state)))

    def until_idle(self, ids):
        left, found = set(ids), []
        while left:
            message = self.kc.get_iopub_msg(timeout=TIMEOUT)
            found.append(message)
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                left.discard(message["parent_header"].get("msg_id"))
        return self.hear(found)

    @property
    def newest(self):
        return self.order[-1]

    def picture(self, model):
        return self.models[model]["picture"]["content"]


def test_a_view_is_a_picture_of_the_notebooks_own_and_right_after_it_a_live_widget():
    with kernel() as (_, kc):
        page = Page(kc)
        found = page.run(IMPORT + f"const bits = slider({{min: 2, max: 32, value: 8, label: 'bits'}}); view(bits, w => {SVG})")
        kinds = [m["msg_type"] for m in found if m["msg_type"] not in ("status", "execute_input")]
        assert kinds == ["display_data", "display_data", "comm_open", "display_data"], kinds
        words, picture, live = of_type(found, "display_data")
        assert words["data"] == {"text/plain": "bits = 8"} and words["transient"]["display_id"] and picture["transient"]["display_id"], words
        drawn = picture["data"]["image/svg+xml"]
        assert minidom.parseString(drawn).documentElement.getAttribute("width") == "80", drawn
        assert live["data"][VIEW_MIME] == {"version_major": 2, "version_minor": 1, "model_id": page.newest}, live
        state = page.models[page.newest]
        assert state["_model_module"] == "anywidget" and state["_model_name"] == "AnyModel" and "export default" in state["_esm"], state
        assert state["value0"] == 8 and state["field0"] == {"kind": "slider", "label": "bits", "min": 2, "max": 32, "step": 1}, state
        assert len(json.dumps(state)) < 10_000, len(json.dumps(state))


def test_a_drag_moves_the_picture_in_both_places_before_its_idle():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + f"const bits = slider({{min: 2, max: 32, value: 8}}); view(bits, w => {SVG})")
        for value in (9, 32):
            found = page.set(page.newest, value0=value)
            assert f'width="{value * 10}"' in page.picture(page.newest)
            words, picture = of_type(found, "update_display_data")
            assert words["data"] == {"text/plain": f"bits = {value}"} and f'width="{value * 10}"' in picture["data"]["image/svg+xml"], picture
            assert len(page.displays) == 2, page.displays.keys()
            # The hand is ahead of the kernel: what it set is echoed, never set again.
            told = [c["data"] for c in of_type(found, "comm_msg")]
            assert [(t["method"], list(t["state"])) for t in told] == [("echo_update", ["value0"]), ("update", ["picture"])], told
        assert of_type(run(kc, "bits.value")[1], "execute_result")[0]["data"]["text/plain"] == "32"


def test_of_a_thousand_quick_values_the_last_one_wins_and_most_are_skipped():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + "let runs = 0; const n = slider({min: 0, max: 1000}); view(n, v => { runs++; const end = Date.now() + 5; while (Date.now() < end); return v })")
        page.until_idle([page.post(page.newest, value0=value) for value in range(1, 1001)])
        assert page.picture(page.newest) == "1000", page.models[page.newest]["picture"]
        assert [d["text/plain"] for d in page.displays.values()] == ["n = 1000", "1000"], page.displays
        runs = int(of_type(run(kc, "runs")[1], "execute_result")[0]["data"]["text/plain"])
        assert runs < 500, runs


def test_an_async_function_never_runs_twice_at_once_and_sees_the_last_value():
    with kernel() as (_, kc):
        page = Page(kc)
        found = page.run(IMPORT + """
            let going = 0, most = 0; const seen: number[] = [];
            const n = slider({min: 0, max: 100, value: 1});
            view(n, async v => {
                most = Math.max(most, ++going); seen.push(v);
                await new Promise(resolve => setTimeout(resolve, 60));
                going--;
                return `saw ${v}`;
            });""")
        assert page.picture(page.newest) == "saw 1", found
        page.until_idle([page.post(page.newest, value0=value) for value in range(2, 51)])
        assert page.picture(page.newest) == "saw 50"
        reply = of_type(run(kc, "[most, going, seen.length, seen.at(-1)].join()")[1], "execute_result")[0]["data"]["text/plain"]
        most, going, runs, last = map(int, reply.strip("'").split(","))
        assert (most, going, last) == (1, 0, 50) and runs < 40, reply


def test_an_error_is_shown_in_place_and_the_view_goes_on():
    with kernel() as (_, kc):
        page = Page(kc)
        for n, name in (("a", "v"), ("b", "async v")):
            page.run(IMPORT + f"const {n} = slider({{min: 0, max: 3}});\nview({n}, {name} => {{ if (v < 2) throw new RangeError('too small: ' + v); return v }})")
            shown = page.models[page.newest]["picture"]
            assert shown["kind"] == "error" and "RangeError: too small: 0" in shown["content"] and "In [" in shown["content"], shown
            found = page.set(page.newest, value0=1)
            assert "too small: 1" in page.picture(page.newest) and of_type(found, "error") == [], found
            assert "too small: 1" in list(page.displays.values())[-1]["text/plain"]
            page.set(page.newest, value0=2)
            assert page.models[page.newest]["picture"] == {"kind": "text", "content": "2"}, page.models[page.newest]["picture"]


def test_a_function_that_never_ends_is_interrupted_and_the_view_goes_on():
    with kernel() as (km, kc):
        page = Page(kc)
        page.run(IMPORT + "const n = slider({min: 0, max: 9}); view(n, v => { if (v === 1) for (;;) {} return v === 2 ? new Promise(() => {}) : v })")
        for stuck in (1, 2):
            msg_id = page.post(page.newest, value0=stuck)
            while True:
                message = kc.get_iopub_msg(timeout=TIMEOUT)
                page.hear([message])
                if message["msg_type"] == "comm_msg" and message["content"]["data"]["method"] == "echo_update":
                    break
            time.sleep(0.3)  # now the function itself is running
            km.interrupt_kernel()
            page.until_idle([msg_id])
            assert "Interrupted" in page.picture(page.newest), page.models[page.newest]["picture"]
            page.set(page.newest, value0=7)
            assert page.picture(page.newest) == "7"
            assert run(kc, "Array.from({length: 30}, () => new Array(1e5).fill(1)).length")[0]["status"] == "ok"


def test_a_cell_that_runs_again_finds_its_inputs_where_they_were_and_closes_its_old_view():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT)
        cell = "const bits: any = slider({min: 2, max: %d, value: %d}), way = select({options: ['a', 'b', %s]});\nview([bits, way], (b, w) => b + w)"
        page.run(cell % (32, 8, "'c'"), cell="A")
        first = page.newest
        page.set(first, value0=20, value1=2)
        assert page.picture(first) == "20c"
        page.run(cell % (32, 8, "'x', 'c'"), cell="A")
        assert first not in page.models and len(page.models) == 1, page.models.keys()
        assert page.picture(page.newest) == "20c" and page.models[page.newest]["value1"] == 3, page.models[page.newest]
        for again, value in (((16, 8, "'x'"), "8a"), ((32, 9, "'c'"), "9a")):
            page.set(page.newest, value0=8)
            page.set(page.newest, value0=20 if again[0] == 32 else 8)
            page.run(cell % again, cell="A")
            assert page.picture(page.newest) == value, (again, page.picture(page.newest))
        page.run(cell % (32, 8, "'c'"), cell="B")
        assert page.picture(page.newest) == "8a" and len(page.models) == 2


def test_a_value_out_of_the_new_range_is_given_up():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT)
        page.run("const bits = slider({min: 2, max: 32, value: 8}); view(bits, b => b)", cell="A")
        page.set(page.newest, value0=20)
        page.run("const bits = slider({min: 2, max: 16, value: 8}); view(bits, b => b)", cell="A")
        assert page.picture(page.newest) == "8"


def test_views_elsewhere_follow_an_input_whose_cell_ran_again():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT)
        page.run("const n = slider({min: 0, max: 20, value: 1}); view(n, v => v)", cell="A")
        page.run("view(n, v => v * 10)", cell="B")
        other = page.newest
        page.set(other, value0=15)
        page.run("const n = slider({min: 0, max: 10, value: 1}); view(n, v => v)", cell="A")
        assert (page.picture(page.newest), page.picture(other)) == ("1", "10"), page.models
        assert page.models[other]["field0"]["max"] == 10 and page.models[other]["value0"] == 1, page.models[other]
        page.set(page.newest, value0=4)
        assert page.picture(other) == "40"


def test_views_of_one_input_move_together():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + "const a = slider({min: 0, max: 9}), b = checkbox(); view(a, x => x + 1)", cell="A")
        one = page.newest
        page.run("view([a, b], (x, y) => `${x} ${y}`)", cell="B")
        two = page.newest
        page.set(two, value0=5)
        assert (page.picture(one), page.picture(two)) == ("6", "5 false"), page.models
        assert page.models[one]["value0"] == 5
        page.set(two, value1=True)
        assert page.picture(two) == "5 true"
        page.run("a.value = 3")
        assert (page.picture(one), page.picture(two), page.models[two]["value0"]) == ("4", "3 true", 3), page.models


def test_every_kind_of_input_takes_its_values_and_refuses_others():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + """view([
            slider({min: 0, max: 1, value: 0.5, label: 's'}), number({value: 3, min: 1, max: 10, label: 'n'}), select({options: {one: 1, two: 2}, label: 'o'}),
            checkbox({label: 'c'}), text({value: 'hi', label: 't'}), button({label: 'Again'})], (...all) => JSON.stringify(all))""")
        model = page.newest
        values = lambda: json.loads(page.picture(model))
        assert values() == [0.5, 3, 1, False, "hi", 0], values()
        page.set(model, value0=0.1234, value1=99, value2=1, value3=True, value4="é'\"", value5=1)
        assert values()[:4] == [0.12, 10, 2, True] and values()[5] == 1, page.picture(model)
        assert page.models[model]["value0"] == 0.12 and page.models[model]["value1"] == 10
        before = page.picture(model)
        for wrong in (None, "5", [], {}, -1e9, True):
            page.set(model, value0=wrong, value2=wrong if wrong is not True else 7, value4=5, value5=-1, value9=1)
        page.kc.shell_channel.send(page.kc.session.msg("comm_msg", {"comm_id": model, "data": {"method": "update", "state": "x"}}))
        page.kc.shell_channel.send(page.kc.session.msg("comm_msg", {"comm_id": model, "data": {"method": "custom", "content": {}}}))
        page.set(model, value3=True)
        assert page.picture(model) == before, (before, page.picture(model))
        for code, name in (("slider({min: 5, max: 5})", "RangeError"), ("slider({min: 0, max: 9, value: 10})", "RangeError"), ("select({options: []})", "RangeError"), ("const q = slider({min: 0, max: 9}); q.value = 10", "RangeError")):
            assert run(kc, code)[0]["ename"] == name, code


def test_tensors_that_are_given_to_be_shown_do_not_pile_up():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + "import * as tf from '@tensorflow/tfjs'; const mine = tf.ones([3]), more = tf.zeros([3]);")
        alive = lambda: int(of_type(run(kc, "tf.memory().numTensors")[1], "execute_result")[0]["data"]["text/plain"])
        before = alive()
        for give in ("tf.tidy(() => tf.linspace(0, 1, v).square())", "Promise.resolve([tf.scalar(v), tf.scalar(v)])"):
            cell = f"const n = slider({{min: 2, max: 50}}); view(n, v => {give})"
            found = page.run(cell, cell="A")
            assert printed(found, "stderr") == "", found
            for value in range(3, 13):
                page.set(page.newest, value0=value)
            assert before < alive() <= before + 2, (before, alive())
        page.run("const k = slider({min: 0, max: 9}); view(k, v => v % 2 ? mine : more)", cell="A")
        for value in (1, 2, 3):
            page.set(page.newest, value0=value)
        assert alive() == before and of_type(run(kc, "mine.isDisposed || more.isDisposed")[1], "execute_result")[0]["data"]["text/plain"] == "false"


def test_a_page_that_opens_later_is_told_every_state():
    with kernel() as (_, kc):
        page = Page(kc)
        page.run(IMPORT + "const n = slider({min: 0, max: 9}); view(n, v => v * 2)")
        page.set(page.newest, value0=4)
        kc.shell_channel.send(kc.session.msg("comm_open", {"comm_id": "control", "target_name": "jupyter.widget.control", "data": {}}))
        ask = kc.session.msg("comm_msg", {"comm_id": "control", "data": {"method": "request_states"}})
        kc.shell_channel.send(ask)
        (answer,) = [c for c in of_type(outputs(kc, ask["header"]["msg_id"]), "comm_msg")]
        states = answer["data"]["states"]
        assert list(states) == [page.newest] and states[page.newest]["model_module"] == "anywidget", states
        assert states[page.newest]["state"]["value0"] == 4 and states[page.newest]["state"]["picture"]["content"] == "8", states
        ask = kc.session.msg("comm_msg", {"comm_id": page.newest, "data": {"method": "request_state"}})
        kc.shell_channel.send(ask)
        (answer,) = of_type(outputs(kc, ask["header"]["msg_id"]), "comm_msg")
        assert answer["data"]["method"] == "update" and answer["data"]["state"]["value0"] == 4


def test_an_input_at_a_cells_end_shows_itself():
    with kernel() as (_, kc):
        page = Page(kc)
        found = page.run(IMPORT + "const n = slider({min: 0, max: 9, value: 2}); n")
        (result,) = of_type(found, "execute_result")
        assert result["data"][VIEW_MIME]["model_id"] == page.newest and result["data"]["text/plain"] == "n = 2", result
        page.set(page.newest, value0=3)
        assert [d["text/plain"] for d in page.displays.values()] == ["n = 3"], page.displays


def test_what_the_function_prints_is_shown_below_its_picture_and_saved():
    with kernel() as (_, kc):
        page = Page(kc)
        found = page.run(IMPORT + "const n = slider({min: 0, max: 99, value: 2});\nconsole.log('cell');\nview(n, async b => { console.log('first', b); await null; if (b > 2) console.log('then', b); return b })")
        assert printed(found) == "cell\n", found
        assert page.models[page.newest]["picture"] == {"kind": "text", "content": "2", "printed": "first 2\n"}, page.models
        assert [d["text/plain"] for d in page.displays.values()] == ["n = 2\nfirst 2", "2"], page.displays
        found = page.set(page.newest, value0=3)
        assert printed(found) == "" and page.models[page.newest]["picture"]["printed"] == "first 3\nthen 3\n", (found, page.models)
        assert [d["text/plain"] for d in page.displays.values()] == ["n = 3\nfirst 3\nthen 3", "3"], page.displays
        assert printed(page.run("console.log('later')")) == "later\n"


def test_two_thousand_moves_leave_the_sessions_memory_as_it_was():
    heap = "gc(); gc(); process.memoryUsage().heapUsed"
    with kernel() as (_, kc):
        page = Page(kc)
        page.run("import v8 from 'node:v8'; import vm from 'node:vm'; v8.setFlagsFromString('--expose-gc'); const gc = vm.runInNewContext('gc')")
        page.run(IMPORT + "const n = slider({min: 0, max: 9999, value: 2}); view(n, w => { console.log(w); return " + SVG + " })")

        def heap_after(moves):
            for i in range(moves):
                page.set(page.newest, value0=i + 3)
            return int(of_type(page.run(heap), "execute_result")[0]["data"]["text/plain"])

        heap_after(300)  # what is compiled, is
        before = heap_after(1)
        after = heap_after(2000)
        assert after - before < 1_500_000, (before, after)


def test_a_saved_notebook_shows_picture_and_values_in_html():
    code = IMPORT + """
        import * as Plot from '@observablehq/plot';
        const bits = slider({min: 2, max: 32, value: 8, label: 'bits'});
        const scheme = select({options: ['absmax', 'percentile'], label: 'scheme'});
        view([bits, scheme], b => Plot.dot(Array.from({length: b}, (_, i) => [i, i * i])).plot());
        view(bits, b => [{bits: b, levels: 2 ** b}]);
        view(bits, b => `${2 ** b} levels`);"""
    notebook = executed(code)
    nbformat.validate(notebook)
    html, _ = nbconvert.HTMLExporter().from_notebook_node(notebook)
    shown = re.sub(r"<script.*?</script>", "", html[html.index("<body"):], flags=re.S)
    pictures = [base64.b64decode(data).decode() for data in re.findall(r'<img [^>]*src="data:image/svg\+xml;base64,([^"]+)"', shown)]
    assert len(pictures) == 1, len(pictures)
    assert len(minidom.parseString(pictures[0]).getElementsByTagName("circle")) == 8, pictures
    for words in ("bits = 8 · scheme = absmax", ">256</td>", "256 levels"):
        assert words in shown, words


if __name__ == "__main__":
    main(dict(globals()))
