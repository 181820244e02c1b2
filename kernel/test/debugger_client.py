"""A debugger's front end, as JupyterLab is one: Debug Adapter Protocol on the control channel, events on iopub."""
import contextlib
import time

from client import TIMEOUT, kernel, reply_to


class Debugger:
    def __init__(self, kc):
        self.kc = kc
        self.seq = 0
        self.seen = []

    def ask(self, command, **arguments):
        """The whole content of the reply."""
        self.seq += 1
        content = {"type": "request", "seq": self.seq, "command": command, "arguments": arguments}
        message = self.kc.session.msg("debug_request", content)
        self.kc.control_channel.send(message)
        reply = reply_to(self.kc.get_control_msg, message["header"]["msg_id"])
        assert reply["msg_type"] == "debug_reply", reply
        content = reply["content"]
        assert content["type"] == "response" and content["request_seq"] == self.seq and content["command"] == command, content
        return content

    def __call__(self, command, **arguments):
        """The body of a reply that has to be a success."""
        reply = self.ask(command, **arguments)
        assert reply["success"] is True, (command, arguments, reply)
        return reply["body"]

    def refused(self, command, **arguments):
        reply = self.ask(command, **arguments)
        assert reply["success"] is False and reply["message"], reply
        return reply["message"]

    def start(self, **attach):
        self("initialize", clientID="jupyterlab", clientName="JupyterLab", adapterID="snapgrid", linesStartAt1=True)
        self("attach", **attach)
        self.event("initialized")
        self.event("continued")

    def breakpoints(self, code, *lines):
        """Sets breakpoints on a cell as JupyterLab does: line numbers, or whole breakpoints."""
        path = self("dumpCell", code=code)["sourcePath"]
        asked = [line if isinstance(line, dict) else {"line": line} for line in lines]
        return path, self("setBreakpoints", source={"path": path}, breakpoints=asked, sourceModified=False)["breakpoints"]

    def message(self, wanted, timeout=TIMEOUT):
        """The next message on iopub that fits, also among those that were passed over before."""
        deadline = time.time() + timeout
        for i, message in enumerate(self.seen):
            if wanted(message):
                return self.seen.pop(i)
        while time.time() < deadline:
            message = self.kc.get_iopub_msg(timeout=max(0.01, deadline - time.time()))
            if wanted(message):
                return message
            self.seen.append(message)
        raise AssertionError("no such message")

    def event(self, name, timeout=TIMEOUT):
        found = self.message(lambda m: m["msg_type"] == "debug_event" and m["content"]["event"] == name, timeout)
        return found["content"]["body"]

    def events(self):
        """Names of the events that have come and were not asked for."""
        return [m["content"]["event"] for m in self.seen if m["msg_type"] == "debug_event"]

    def stop(self):
        """Waits for a stop: its event's body and the frames."""
        body = self.event("stopped")
        assert body["threadId"] == 1 and body["allThreadsStopped"] is True, body
        return body, self("stackTrace", threadId=1)["stackFrames"]

    def line(self):
        """Waits for a stop: its line."""
        return self.stop()[1][0]["line"]

    def locals(self, frame=None):
        frame = frame or self("stackTrace", threadId=1)["stackFrames"][0]
        scopes = self("scopes", frameId=frame["id"])["scopes"]
        return shown(self("variables", variablesReference=scopes[0]["variablesReference"])["variables"])

    def children(self, variable):
        return shown(self("variables", variablesReference=variable["variablesReference"])["variables"])

    def globals(self):
        return shown(self("inspectVariables")["variables"])

    def finish(self, msg_id):
        """The reply to a cell, once it is idle."""
        idle = {"execution_state": "idle"}
        self.message(lambda m: m["parent_header"].get("msg_id") == msg_id and m["msg_type"] == "status" and m["content"] == idle)
        return reply_to(self.kc.get_shell_msg, msg_id)["content"]

    def finish_or_stop(self, msg_id):
        """True when the cell is idle, False when it has stopped again."""
        idle = {"execution_state": "idle"}
        found = self.message(
            lambda m: (m["msg_type"] == "debug_event" and m["content"]["event"] == "stopped")
            or (m["parent_header"].get("msg_id") == msg_id and m["msg_type"] == "status" and m["content"] == idle)
        )
        return found["msg_type"] == "status"

    def run(self, code):
        return self.finish(self.kc.execute(code))


def shown(variables):
    return {each["name"]: each for each in variables}


@contextlib.contextmanager
def debugged(**options):
    with kernel(**options) as (_, kc):
        debug = Debugger(kc)
        debug.start()
        yield debug
