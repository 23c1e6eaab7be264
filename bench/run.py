"""CPU per request of Weir against nginx proxy_pass: one worker each, the proxy on core 0, load and upstream
on core 1, slices interleaved Weir-nginx-Weir, every ratio to the mean of the two nginx slices around it.
Called by script/bench; Python standard library only."""
import argparse
import json
import os
import pathlib
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
CASES = {
    "300 B": dict(bytes=300, mode="plain", path="/v1/chat/completions", connections=32),
    "8 KB": dict(bytes=8192, mode="plain", path="/v1/chat/completions", connections=32),
    "200 KB": dict(bytes=204800, mode="plain", path="/v1/chat/completions", connections=32),
    "SSE chunk, paced": dict(bytes=300, mode="stream", path="/v1/chat/completions", connections=256,
                             paced=True, per=100),
}
NGINX = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log {folder}/access.log; client_max_body_size 32m; client_body_buffer_size 1m;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; keepalive_requests 1000000;
  upstream up {{ server 127.0.0.1:{upstream}; keepalive 512; keepalive_requests 1000000; }}
  server {{ listen 127.0.0.1:{port} reuseport;
    location / {{ proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffering off; }}
    location /v1/paced/ {{ proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
                  proxy_buffering off; }} }}
}}
"""
WEIR = """
listen: 127.0.0.1:{port}
admin: {{listen: "127.0.0.1:{admin}"}}
data_dir: {folder}/data
workers: 1
providers:
  up: {{api: openai, base_url: "http://127.0.0.1:{upstream}/v1", keys: ["${{BENCH_KEY}}"]}}
  paced: {{api: openai, base_url: "http://127.0.0.1:{upstream}/v1/paced", keys: ["${{BENCH_KEY}}"]}}
models:
  cheap: {{provider: up, upstream: bench-1, price: {{input: 0.1, output: 0.2}}}}
  strong: {{provider: up, upstream: bench-2, price: {{input: 1, output: 2}}}}
  slow: {{provider: paced, upstream: bench-3, price: {{input: 1, output: 2}}}}
fallbacks: {{cheap: [strong]}}
routes:
  auto: {{tiers: {{simple: {tier}, medium: {tier}, complex: {tier}}}, baseline: strong}}
"""


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(port):
    for _ in range(200):
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.02)
    sys.exit(f"nothing listens on port {port}")


def cpu_ns(pid):
    """Time on a CPU of all threads of a process, in nanoseconds."""
    total = 0
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        total += int((task / "schedstat").read_text().split()[0])
    return total


class World:
    def __init__(self, weir, tools, folder):
        self.folder, self.tools, self.weir_binary = folder, tools, weir
        self.children = []
        self.upstream = free_port()
        self.start(["taskset", "-c", "1", str(tools / "bench_upstream"), str(self.upstream)])
        wait_for(self.upstream)
        self.nginx_port = free_port()
        (folder / "nginx.conf").write_text(NGINX.format(folder=folder, upstream=self.upstream, port=self.nginx_port))
        master = self.start(["taskset", "-c", "0", shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf")])
        wait_for(self.nginx_port)
        children = pathlib.Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()
        self.nginx_pid = int(children[0])
        self.weirs = {}

    def start(self, command, **more):
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, **more)
        self.children.append(child)
        return child

    def weir(self, tier):
        if tier not in self.weirs:
            port, folder = free_port(), self.folder / tier
            folder.mkdir()
            (folder / "weir.yaml").write_text(WEIR.format(
                port=port, admin=free_port(), folder=folder, upstream=self.upstream, tier=tier))
            child = self.start(["taskset", "-c", "0", str(self.weir_binary), "serve", "--config", str(folder / "weir.yaml")],
                               env={**os.environ, "BENCH_KEY": "sk-bench-key"}, stderr=subprocess.DEVNULL)
            wait_for(port)
            self.weirs[tier] = (port, child.pid)
        return self.weirs[tier]

    def load(self, port, pid, case, seconds):
        """CPU nanoseconds a unit (request or chunk), and what the load generator printed."""
        before = cpu_ns(pid)
        out = subprocess.run(["taskset", "-c", "1", str(self.tools / "bench_load"), str(port), case["path"],
                              str(case["connections"]), str(seconds), str(case["bytes"]), case["mode"]],
                             check=True, capture_output=True, text=True).stdout
        used = cpu_ns(pid) - before
        result = json.loads(out)
        if result["failed"] or not result["requests"]:
            sys.exit(f"the measured proxy failed requests: {result}")
        return used / (result["requests"] * case.get("per", 1)), result

    def stop(self):
        for child in self.children:
            child.terminate()
        for child in self.children:
            child.wait()


def measure(world, case, pairs, seconds):
    weir_port, weir_pid = world.weir("slow" if case.get("paced") else "cheap")
    nginx_case = dict(case)
    if case.get("paced"):
        nginx_case["path"] = "/v1/paced/chat/completions"
        seconds = max(seconds, 2.5)
    world.load(weir_port, weir_pid, case, 1 if not case.get("paced") else 2.5)
    world.load(world.nginx_port, world.nginx_pid, nginx_case, 1 if not case.get("paced") else 2.5)
    ratios, weir_ns, nginx_ns = [], [], []
    left, _ = world.load(world.nginx_port, world.nginx_pid, nginx_case, seconds)
    for _ in range(pairs):
        mine, _ = world.load(weir_port, weir_pid, case, seconds)
        right, _ = world.load(world.nginx_port, world.nginx_pid, nginx_case, seconds)
        ratios.append(mine / ((left + right) / 2))
        weir_ns.append(mine)
        nginx_ns.append(right)
        left = right
    low, middle, high = statistics.quantiles(ratios, n=4)
    return dict(ratio=middle, low=low, high=high, weir_us=statistics.median(weir_ns) / 1e3,
                nginx_us=statistics.median(nginx_ns) / 1e3)


def rss_kib(pid):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{pid}/status").read_text())[1])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path)
    parser.add_argument("--tools", required=True, type=pathlib.Path)
    parser.add_argument("--pairs", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=0.5)
    parser.add_argument("--case", action="append", choices=sorted(CASES))
    options = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-bench-"))
    folder.chmod(0o755)
    world = World(options.weir, options.tools, folder)
    try:
        _, pid = world.weir("cheap")
        print(f"idle RSS of weir: {rss_kib(pid) / 1024:.1f} MiB")
        print(f"{'CPU per':18} {'ratio':>6} {'quartiles':>13} {'weir':>9} {'nginx':>9}")
        for name in options.case or CASES:
            r = measure(world, CASES[name], options.pairs, options.seconds)
            print(f"{name:18} {r['ratio']:6.2f} {r['low']:6.2f}-{r['high']:5.2f} {r['weir_us']:6.1f} us {r['nginx_us']:6.1f} us",
                  flush=True)
    finally:
        world.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
