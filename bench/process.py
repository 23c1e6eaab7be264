"""Child processes of a bench run, and what the kernel says about them."""
import pathlib
import re
import resource
import socket
import subprocess
import sys
import time

PROXY_CORE, LOAD_CORE = "0", "1"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port, child, seconds=10):
    """Until something listens; ends the run when the child dies first."""
    end = time.monotonic() + seconds
    while time.monotonic() < end and child.poll() is None:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"bench: nothing listens on port {port}: {' '.join(map(str, child.args))}")


def tasks(pid):
    """(thread id, name) of each thread, oldest first."""
    folder = pathlib.Path(f"/proc/{pid}/task")
    return [(tid, (folder / str(tid) / "comm").read_text().strip())
            for tid in sorted(int(task.name) for task in folder.iterdir())]


def cpu_ns(pid):
    """Time on a CPU of all threads of a process, user and system, in nanoseconds."""
    return sum(int(pathlib.Path(f"/proc/{pid}/task/{tid}/schedstat").read_text().split()[0]) for tid, _ in tasks(pid))


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def allow_many_files():
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Children:
    """Starts processes on one core each, and ends every one of them by its own id."""

    def __init__(self):
        self.running = []

    def start(self, core, command, **more):
        more.setdefault("stdout", subprocess.DEVNULL)
        child = subprocess.Popen(["taskset", "-c", core, *map(str, command)], **more)
        self.running.append(child)
        return child

    def end(self, child):
        self.running.remove(child)
        child.terminate()
        try:
            child.wait(30)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()

    def end_all(self):
        for child in reversed(self.running[:]):
            self.end(child)
