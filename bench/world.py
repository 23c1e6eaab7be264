"""What a run starts: the upstream, the proxies on the core beside it, and the load against them."""
import dataclasses
import functools
import http.client
import json
import os
import pathlib
import shutil
import subprocess
import sys

import configs
import process
from process import LOAD_CORE, PROXY_CORE

ENVIRONMENT = {**os.environ, "BENCH_KEY": "sk-bench-key"}


class Skip(Exception):
    """Why a case cannot run here."""


@dataclasses.dataclass(frozen=True)
class Target:
    """Where load goes, whose CPU is counted, and how the request says what it wants."""
    name: str
    port: int
    pid: int
    words: tuple = ()  # of bench_load: path=…, model=…, header=…

    def saying(self, *words):
        return dataclasses.replace(self, words=self.words + words)


@dataclasses.dataclass(frozen=True)
class Shape:
    """One kind of load; `per` counted units come with each answer."""
    bytes: int = 300
    connections: int = 32
    stream: bool = False
    per: int = 1
    seconds: float = 0.5
    warm: float = 1
    more: tuple = ()

    def words(self):
        return (f"bytes={self.bytes}", f"connections={self.connections}", f"stream={int(self.stream)}", *self.more)


class World:
    def __init__(self, weir, tools, folder):
        self.folder, self.tools, self.weir_binary = folder, tools, weir
        self.children = process.Children()
        self.upstream = process.free_port()
        self.upstream_child = self.children.start(LOAD_CORE, [tools / "bench_upstream", self.upstream])
        process.wait_for(self.upstream, self.upstream_child)

    @functools.cached_property
    def nginx(self):
        port, master = self.start_nginx(configs.NGINX, "nginx", PROXY_CORE, fixed=self.fixed_answer())
        worker = pathlib.Path(f"/proc/{master.pid}/task/{master.pid}/children").read_text().split()[0]
        return Target("nginx", port, int(worker))

    def start_nginx(self, template, name, core, **places):
        port, config = process.free_port(), self.folder / f"{name}.conf"
        config.write_text(template.substitute(places, folder=self.folder, name=name, port=port, upstream=self.upstream))
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        master = self.children.start(core, [binary, "-c", config, "-e", self.folder / f"{name}-error.log"])
        process.wait_for(port, master)
        return port, master

    def direct(self):
        """The upstream itself, without a proxy."""
        return Target("direct", self.upstream, self.upstream_child.pid)

    @functools.cached_property
    def haproxy(self):
        binary = shutil.which("haproxy") or "/usr/sbin/haproxy"
        if not os.path.exists(binary):
            raise Skip("haproxy is not installed")
        port, config = process.free_port(), self.folder / "haproxy.cfg"
        config.write_text(configs.HAPROXY.substitute(port=port, upstream=self.upstream))
        child = self.children.start(PROXY_CORE, [binary, "-db", "-q", "-f", config])
        process.wait_for(port, child)
        return Target("haproxy", port, child.pid)

    @functools.cached_property
    def front(self):
        """(plain port, TLS port, certificate) of an nginx before the upstream, on the upstream's core."""
        certificate, key, tls_port = self.folder / "front.pem", self.folder / "front.key", process.free_port()
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=bench",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        port, _ = self.start_nginx(configs.FRONT, "front", LOAD_CORE, tls_port=tls_port)
        return port, tls_port, certificate

    @functools.cache
    def weir(self, kind="plain"):
        """The Weir of that kind of config; one for the whole run."""
        return self.start_weir(kind)[0]

    def weir_command(self, kind):
        """(port, command) of a Weir with a data folder of its own."""
        port, folder = process.free_port(), self.folder / f"weir-{kind}-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        front, front_tls, certificate = self.front if kind == "fronted" else ("", "", "")
        (folder / "weir.yaml").write_text(configs.weir(
            kind, port=port, admin=process.free_port(), folder=folder, upstream=self.upstream, front=front,
            front_tls=front_tls, certificate=certificate))
        return port, [self.weir_binary, "serve", "--config", folder / "weir.yaml"]

    def start_weir(self, kind="plain", under=(), patience=10):
        """(target, child); `under` is put before the command."""
        port, command = self.weir_command(kind)
        child = self.children.start(PROXY_CORE, [*under, *command], env=ENVIRONMENT, stderr=subprocess.DEVNULL)
        process.wait_for(port, child, patience)
        return Target("weir", port, child.pid), child

    def refusal(self, kind):
        """What `weir check` says against that kind of config, or None."""
        _, (binary, _, *config) = self.weir_command(kind)
        checked = subprocess.run([binary, "check", *config], env=ENVIRONMENT, capture_output=True, text=True)
        said = (checked.stderr + checked.stdout).strip().partition("weir.yaml:")[2]
        return said.splitlines()[0] if checked.returncode else None

    def fixed_answer(self):
        client = http.client.HTTPConnection("127.0.0.1", self.upstream)
        client.request("POST", "/v1/chat/completions", body="{}")
        return client.getresponse().read().decode()

    def load_command(self, target, shape, *words):
        return ["taskset", "-c", LOAD_CORE, str(self.tools / "bench_load"), f"port={target.port}", *shape.words(),
                *target.words, *words]

    def load(self, target, shape, *words):
        """CPU nanoseconds a unit, and what bench_load printed."""
        before = process.cpu_ns(target.pid)
        done = subprocess.run(self.load_command(target, shape, *words), capture_output=True, text=True)
        used = process.cpu_ns(target.pid) - before
        result = json.loads(done.stdout) if done.returncode == 0 else {"failed": done.stderr.strip()}
        if result["failed"] or not result["requests"]:
            sys.exit(f"bench: {target.name} failed requests: {result}")
        return used / (result["requests"] * shape.per), result

    def stop(self):
        self.children.end_all()
