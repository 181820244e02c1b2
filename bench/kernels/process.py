"""A kernel that runs, and a client that never waits for ever."""

import contextlib
import subprocess
import tempfile
import time
from queue import Empty

import psutil
from jupyter_client import KernelManager
from jupyter_client.kernelspec import KernelSpec

PATIENCE_S = 5.0
STARTS_WITHIN_S = 60.0


def manager_of(options: dict) -> KernelManager:
    # Under the name that is its default, nbclient would take every kernel for Python's.
    manager = KernelManager(kernel_name="bench")
    manager._kernel_spec = KernelSpec(
        argv=options["argv"], display_name="bench", language=options["language"], interrupt_mode=options["interrupt_mode"]
    )
    return manager


# What a kernel prints itself goes nowhere: whoever holds the driver's pipes keeps it from ending.
QUIET = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


@contextlib.contextmanager
def running(options: dict, heard: bool = True):
    """A kernel in a folder of its own, and its client; `heard`: its first cell has run and iopub is connected."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        manager = manager_of(options)
        manager.start_kernel(cwd=folder, **QUIET)
        client = manager.client()
        client.start_channels()
        cells = Cells(manager, client, folder)
        if heard:
            cells.connect()
        yield cells


class Cells:
    """Sends cells and waits for their end; ours are told from others' messages by the parent's id."""

    def __init__(self, manager: KernelManager, client, folder: str) -> None:
        self.manager = manager
        self.client = client
        self.folder = folder
        self.pid = manager.provisioner.process.pid

    def connect(self) -> None:
        """Until an idle arrives: kernels without iopub_welcome lose what they publish before the client has subscribed."""
        deadline = time.monotonic() + STARTS_WITHIN_S
        while time.monotonic() < deadline:
            message = self.client.execute("1 + 1")
            self.reply_to(message, STARTS_WITHIN_S)
            with contextlib.suppress(TimeoutError):
                self.until_idle(message, 1)
                return
        raise TimeoutError(f"no idle within {STARTS_WITHIN_S} s")

    def run(self, code: str, timeout: float = PATIENCE_S, **how) -> tuple[dict, list[dict]]:
        """The content of its reply, and what iopub says of it but its statuses."""
        message = self.client.execute(code, **how)
        found = self.until_idle(message, timeout)
        return self.reply_to(message, timeout)["content"], [m for m in found if m["msg_type"] != "status"]

    def until_idle(self, message: str, timeout: float = PATIENCE_S) -> list[dict]:
        found = []
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(Empty):
                got = self.client.get_iopub_msg(timeout=left)
                if got["parent_header"].get("msg_id") != message:
                    continue
                found.append(got)
                if got["msg_type"] == "status" and got["content"]["execution_state"] == "idle":
                    return found
        raise TimeoutError(f"no idle within {timeout} s")

    def reply_to(self, message: str, timeout: float = PATIENCE_S, channel: str = "shell") -> dict:
        get = getattr(self.client, f"get_{channel}_msg")
        deadline = time.monotonic() + timeout
        while (left := deadline - time.monotonic()) > 0:
            with contextlib.suppress(Empty):
                got = get(timeout=left)
                if got["parent_header"].get("msg_id") == message:
                    return got
        raise TimeoutError(f"no reply on {channel} within {timeout} s")

    def control(self, kind: str, content: dict | None = None) -> dict:
        message = self.client.session.msg(kind, content or {})
        self.client.control_channel.send(message)
        return self.reply_to(message["header"]["msg_id"], channel="control")

    def begin(self, code: str, **how) -> str:
        """A cell that does not end by itself: its id, when it runs."""
        message = self.client.execute(code, **how)
        time.sleep(0.5)
        return message

    def heard(self, code: str, until, seconds: float = 2) -> list[dict]:
        """What is published for a cell within some seconds, what comes after its idle too, or until that is enough. The question itself is left out."""
        message = self.client.execute(code, stop_on_error=False)
        found = []
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0 and not until(found):
            with contextlib.suppress(Empty):
                got = self.client.get_iopub_msg(timeout=left)
                if got["msg_type"] != "execute_input" and got["parent_header"].get("msg_id") == message:
                    found.append(got)
        return found

    def tree(self) -> list[psutil.Process]:
        kernel = psutil.Process(self.pid)
        return [kernel, *kernel.children(recursive=True)]

    def memory_mb(self) -> float:
        """Of the kernel and all that it started; what they share is counted once where the system tells (PSS)."""
        total = 0
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                total += getattr(process.memory_full_info(), "pss", 0) or process.memory_info().rss
        return total / 1e6

    def cpu_seconds(self) -> float:
        total = 0.0
        for process in self.tree():
            with contextlib.suppress(psutil.NoSuchProcess):
                times = process.cpu_times()
                total += times.user + times.system
        return total


def of_type(messages: list[dict], kind: str) -> list[dict]:
    return [message["content"] for message in messages if message["msg_type"] == kind]


def has_error(messages: list[dict]) -> bool:
    return bool(of_type(messages, "error"))


def is_idle(messages: list[dict]) -> bool:
    return any(content["execution_state"] == "idle" for content in of_type(messages, "status"))


def printed(messages: list[dict]) -> str:
    return "".join(content["text"] for content in of_type(messages, "stream"))


def result(messages: list[dict]) -> str:
    return "".join(content["data"].get("text/plain", "") for content in of_type(messages, "execute_result"))
