"""Comms, both ways: one function a claim, run by comm.test.ts."""
import time
from queue import Empty

from client import TIMEOUT, kernel, main, of_type, outputs, printed, reply_to, run

ECHO = """
import {openComm, registerTarget} from 'snapgrid/comms';
registerTarget('echo', (comm, {data, buffers, metadata}) => {
  console.log('opened with', JSON.stringify(data));
  comm.onMessage = message => comm.send({echo: message.data}, {buffers: message.buffers, metadata: message.metadata});
  comm.onClose = () => console.log('closed by the page');
  comm.send({hello: data, bytes: buffers.length, metadata});
});
"""


def send(kc, kind, content, metadata=None, buffers=None):
    """Sends a comm message; gives its id."""
    message = kc.session.msg(kind, content, metadata=metadata)
    # The client's own channels send no buffers.
    kc.session.send(kc.shell_channel.socket, message, buffers=buffers)
    return message["header"]["msg_id"]


def said(kc, kind, content, metadata=None, buffers=None):
    """What the kernel says about a comm message, between its busy and its idle."""
    found = outputs(kc, send(kc, kind, content, metadata, buffers))
    states = [c["execution_state"] for c in of_type(found, "status")]
    assert states[0] == "busy" and states[-1] == "idle", states
    return [m for m in found if m["msg_type"] != "status"]


def heard(kc, kind, content):
    """All of iopub up to the end of a cell that is sent behind a comm message: a malformed one is dropped once the schemas are loaded, without a word."""
    send(kc, kind, content)
    cell = kc.execute("1")
    found = []
    while True:
        message = kc.get_iopub_msg(timeout=TIMEOUT)
        found.append(message)
        if message["parent_header"].get("msg_id") == cell and message["content"].get("execution_state") == "idle":
            return found


def comms(kc, target=None):
    content = kc.comm_info(target_name=target, reply=True, timeout=TIMEOUT)["content"]
    assert content["status"] == "ok", content
    return {id: comm["target_name"] for id, comm in content["comms"].items()}


def opened(kc, comm_id="c1", target="echo", data=None):
    return said(kc, "comm_open", {"comm_id": comm_id, "target_name": target, "data": data or {}})


def wait_until_busy(kc, msg_id):
    while True:
        message = kc.get_iopub_msg(timeout=TIMEOUT)
        if message["msg_type"] == "status" and message["parent_header"].get("msg_id") == msg_id:
            return time.sleep(0.3)


def test_a_comm_that_the_client_opens_is_heard_answered_and_closed():
    with kernel() as (_, kc):
        assert run(kc, ECHO)[0]["status"] == "ok"
        found = opened(kc, data={"a": [1, None, "é"]})
        assert printed(found) == 'opened with {"a":[1,null,"é"]}\n', found
        assert of_type(found, "comm_msg") == [{"comm_id": "c1", "data": {"hello": {"a": [1, None, "é"]}, "bytes": 0, "metadata": {}}}], found
        assert of_type(said(kc, "comm_msg", {"comm_id": "c1", "data": {"n": 1}}), "comm_msg")[0]["data"] == {"echo": {"n": 1}}
        assert printed(said(kc, "comm_close", {"comm_id": "c1", "data": {}})) == "closed by the page\n"
        assert comms(kc) == {}


def test_buffers_and_metadata_come_through_unchanged_both_ways():
    with kernel() as (_, kc):
        run(kc, ECHO)
        opened(kc)
        sent = [bytes(range(256)) * 4096, b"", b"\x00\xff<IDS|MSG>"]
        found = said(kc, "comm_msg", {"comm_id": "c1", "data": {}}, metadata={"m": {"deep": [1]}}, buffers=sent)
        (echo,) = [m for m in found if m["msg_type"] == "comm_msg"]
        assert [bytes(b) for b in echo["buffers"]] == sent, [len(b) for b in echo["buffers"]]
        assert echo["metadata"] == {"m": {"deep": [1]}}, echo


def test_a_comm_that_a_cell_opens_reaches_the_client_in_order_with_its_other_output():
    with kernel() as (_, kc):
        run(kc, ECHO)
        _, found = run(kc, """
            console.log('before');
            const comm = openComm('page', {v: 1}, {buffers: [Float32Array.of(1.5)], metadata: {version: '2.1.0'}, id: 'mine'});
            console.log('between');
            comm.send({v: 2});
            comm.close({v: 3});
            comm.send({v: 4});
            comm.closed
        """)
        kinds = [m["msg_type"] for m in found if m["msg_type"] != "execute_input"]
        assert kinds == ["stream", "comm_open", "stream", "comm_msg", "comm_close", "execute_result"], kinds
        open_message = next(m for m in found if m["msg_type"] == "comm_open")
        assert open_message["content"] == {"comm_id": "mine", "target_name": "page", "data": {"v": 1}}, open_message
        assert open_message["metadata"] == {"version": "2.1.0"} and bytes(open_message["buffers"][0]) == b"\x00\x00\xc0\x3f", open_message
        assert of_type(found, "execute_result")[0]["data"]["text/plain"] == "true"


def test_comm_info_lists_what_is_open_and_filters_by_target_also_during_a_loop():
    with kernel() as (km, kc):
        run(kc, ECHO + "openComm('page', {}, {id: 'mine'});")
        opened(kc)
        msg_id = kc.execute("for (;;) {}")
        wait_until_busy(kc, msg_id)
        assert comms(kc) == {"c1": "echo", "mine": "page"}
        assert comms(kc, "page") == {"mine": "page"}
        assert comms(kc, "nobody") == {}
        km.interrupt_kernel()
        reply_to(kc.get_shell_msg, msg_id)


def test_a_message_is_handled_where_a_cell_awaits_and_each_output_has_its_own_parent():
    with kernel() as (_, kc):
        run(kc, ECHO)
        opened(kc)
        cell = kc.execute("for (let i = 0; i < 15; i++) { await new Promise(r => setTimeout(r, 100)); console.log('cell', i) }")
        wait_until_busy(kc, cell)
        run_beside = "comm.onMessage = () => console.log('beside')"
        message = send(kc, "comm_open", {"comm_id": "c2", "target_name": "echo", "data": {}})
        found = {cell: [], message: []}
        idle = []
        while len(idle) < 2:
            each = kc.get_iopub_msg(timeout=TIMEOUT)
            parent = each["parent_header"].get("msg_id")
            if parent in found:
                found[parent].append(each)
                if each["msg_type"] == "status" and each["content"]["execution_state"] == "idle":
                    idle.append(parent)
        assert idle == [message, cell], run_beside
        assert printed(found[cell]) == "".join(f"cell {i}\n" for i in range(15)), printed(found[cell])
        assert printed(found[message]) == "opened with {}\n", found[message]


def test_an_error_in_a_handler_is_shown_and_the_comm_goes_on():
    with kernel() as (_, kc):
        run(kc, ECHO + "registerTarget('wrong', comm => { comm.onMessage = async ({data}) => { if (data.now) throw new Error('at once'); await 0; throw new TypeError('later') } })")
        opened(kc, "w", "wrong")
        for data, name, text in (({"now": True}, "Error", "at once"), ({}, "TypeError", "later")):
            found = said(kc, "comm_msg", {"comm_id": "w", "data": data})
            (error,) = of_type(found, "error")
            assert error["ename"] == name and error["evalue"] == text and any("In [" in line for line in error["traceback"]), error
        assert comms(kc) == {"w": "wrong"}


def test_an_endless_handler_is_interrupted_and_the_next_message_is_handled():
    with kernel() as (km, kc):
        run(kc, ECHO + """registerTarget('stuck', comm => { comm.onMessage = ({data}) => {
            if (data.how === 'loop') for (;;) {}
            if (data.how === 'await') return new Promise(() => {});
            console.log('fine');
        } })""")
        opened(kc, "s", "stuck")
        for how in ("loop", "await"):
            msg_id = send(kc, "comm_msg", {"comm_id": "s", "data": {"how": how}})
            wait_until_busy(kc, msg_id)
            km.interrupt_kernel()
            assert of_type(outputs(kc, msg_id), "error")[0]["ename"] == "Interrupted", how
            assert printed(said(kc, "comm_msg", {"comm_id": "s", "data": {}})) == "fine\n"
            assert run(kc, "Array.from({length: 30}, () => new Array(1e5).fill(1)).length")[0]["status"] == "ok"


def test_an_interrupt_ends_a_waiting_cell_and_the_handler_that_blocks_it():
    with kernel() as (km, kc):
        run(kc, ECHO + "registerTarget('stuck', () => { for (;;) {} })")
        cell = kc.execute("await new Promise(() => {})")
        wait_until_busy(kc, cell)
        message = send(kc, "comm_open", {"comm_id": "s", "target_name": "stuck", "data": {}})
        wait_until_busy(kc, message)
        km.interrupt_kernel()
        assert reply_to(kc.get_shell_msg, cell)["content"]["ename"] == "Interrupted"
        assert run(kc, "1 + 1")[0]["status"] == "ok"
        assert printed(opened(kc)) == "opened with {}\n"


def test_an_unknown_target_or_comm_is_closed_at_once():
    with kernel() as (_, kc):
        assert of_type(opened(kc, "u", "nobody"), "comm_close") == [{"comm_id": "u", "data": {}}]
        assert of_type(said(kc, "comm_msg", {"comm_id": "never", "data": {}}), "comm_close") == [{"comm_id": "never", "data": {}}]
        assert said(kc, "comm_close", {"comm_id": "never", "data": {}}) == []
        assert comms(kc) == {}


def test_hostile_comm_messages_change_nothing():
    with kernel() as (_, kc):
        run(kc, ECHO)
        hostile = [
            {},
            {"comm_id": None, "target_name": "echo", "data": {}},
            {"comm_id": {"a": 1}, "target_name": "echo", "data": {}},
            {"comm_id": "", "target_name": "echo", "data": {}},
            {"comm_id": "x" * 5_000_000, "target_name": "echo", "data": {}},
            {"comm_id": "t", "target_name": ["echo"], "data": {}},
            {"comm_id": "t", "target_name": "__proto__", "data": {}},
        ]
        for content in hostile:
            for kind in ("comm_open", "comm_msg", "comm_close"):
                assert of_type(heard(kc, kind, content), "error") == [], (kind, str(content)[:80])
        assert comms(kc) == {}
        for data in ([], "text", 5):
            found = heard(kc, "comm_open", {"comm_id": f"d{data}", "target_name": "echo", "data": data})
            assert printed(found) in ("", "opened with {}\n"), found
        assert printed(opened(kc, "none")) == "opened with {}\n"
        found = opened(kc, "__proto__", data={"__proto__": {"x": 1}, "big": "y" * 3_000_000})
        assert of_type(found, "comm_msg")[0]["data"]["hello"]["big"] == "y" * 3_000_000
        assert kc.comm_info(target_name=5, reply=True, timeout=TIMEOUT)["content"]["status"] in ("ok", "error")
        assert run(kc, "1")[0]["status"] == "ok"


def test_what_a_cell_sends_wrongly_is_its_error_and_the_session_lives():
    with kernel() as (_, kc):
        run(kc, ECHO + "const kept = openComm('page', {}) as any;")
        for code, name in (
            ("kept.send(5)", "TypeError"),
            ("kept.send([1])", "TypeError"),
            ("kept.send(new Date())", "TypeError"),
            ("kept.send({big: 1n})", "TypeError"),
            ("kept.send({}, {buffers: ['text']})", "TypeError"),
            ("kept.send({}, {metadata: null})", "TypeError"),
            ("kept.send({text: 'x'.repeat(17 * 2 ** 20)})", "RangeError"),
            ("kept.send({}, {buffers: [new Uint8Array(257 * 2 ** 20)]})", "RangeError"),
            ("openComm('page', {}, {id: 5} as any)", "TypeError"),
        ):
            reply, _ = run(kc, code)
            assert reply["status"] == "error" and reply["ename"] == name, (code, reply)
        _, found = run(kc, "kept.send({still: 'here'})")
        assert of_type(found, "comm_msg")[0]["data"] == {"still": "here"}, found


def test_a_thousand_quick_messages_are_all_handled_in_order():
    with kernel() as (_, kc):
        run(kc, ECHO)
        opened(kc)
        ids = [send(kc, "comm_msg", {"comm_id": "c1", "data": {"n": n}}) for n in range(1000)]
        found = []
        while True:
            message = kc.get_iopub_msg(timeout=TIMEOUT)
            found.append(message)
            if message["msg_type"] == "status" and message["parent_header"].get("msg_id") == ids[-1] and message["content"]["execution_state"] == "idle":
                break
        assert [c["data"]["echo"]["n"] for c in of_type(found, "comm_msg")] == list(range(1000))


def test_a_session_that_dies_closes_its_comms():
    with kernel() as (_, kc):
        run(kc, ECHO + "openComm('page', {}, {id: 'mine'});")
        opened(kc)
        _, found = run(kc, "process.abort()")
        assert sorted(c["comm_id"] for c in of_type(found, "comm_close")) == ["c1", "mine"], found
        assert comms(kc) == {}
        assert of_type(said(kc, "comm_msg", {"comm_id": "mine", "data": {}}), "comm_close") == [{"comm_id": "mine", "data": {}}]


def test_a_session_killed_by_a_handler_is_replaced_and_its_comms_are_closed():
    with kernel() as (_, kc):
        run(kc, ECHO + "registerTarget('kill', comm => { comm.onMessage = () => process.abort() })")
        opened(kc, "k", "kill")
        msg_id, found = send(kc, "comm_msg", {"comm_id": "k", "data": {}}), []
        while not (of_type(found, "comm_close") and "fresh session" in printed(found, "stderr")):
            found.append(kc.get_iopub_msg(timeout=TIMEOUT))
        assert of_type(found, "comm_close") == [{"comm_id": "k", "data": {}}], found
        assert "NativeFault" in printed(found, "stderr"), (msg_id, found)
        assert run(kc, "1")[0]["status"] == "ok"


def test_a_restart_closes_comms():
    with kernel() as (km, kc):
        run(kc, ECHO + "openComm('page')")
        km.restart_kernel(now=False)
        kc.wait_for_ready(timeout=TIMEOUT)
        assert comms(kc) == {}


def test_comm_messages_get_no_reply_and_nothing_comes_after_their_idle():
    with kernel() as (_, kc):
        run(kc, ECHO)
        opened(kc)
        for n in range(20):
            said(kc, "comm_msg", {"comm_id": "c1", "data": {"n": n}})
        try:
            late = kc.get_iopub_msg(timeout=0.5)
            raise AssertionError(f"after idle: {late}")
        except Empty:
            pass
        assert not kc.shell_channel.msg_ready()


if __name__ == "__main__":
    main(dict(globals()))
