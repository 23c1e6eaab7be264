"""What Weir costs without load: memory when idle and per open stream, and the time from exec to the first answer."""
import http.client
import json
import statistics
import subprocess
import sys
import time

import process
from process import PROXY_CORE
from world import ENVIRONMENT, Shape

STREAMS = 1000
STARTS = 10
BODY = json.dumps({"model": "auto", "messages": [{"role": "user", "content": "Hello"}]})


def memory(world, options):
    idle = []
    for size in (300, 8192):
        weir, child = world.start_weir()
        time.sleep(1)
        idle.append(process.rss_kib(weir.pid))
        world.load(weir, Shape(), "requests=1")
        each = _held(world, weir, Shape(bytes=size, connections=STREAMS, stream=True))
        print(f"memory per open stream, {size} B prompt, {STREAMS} streams: {each:.1f} KiB")
        world.children.end(child)
    print(f"idle RSS, 1 worker: {statistics.median(idle) / 1024:.1f} MiB")


def _held(world, weir, shape):
    """KiB of RSS that each stream adds while it is open."""
    before = process.rss_kib(weir.pid)
    load = subprocess.Popen(world.load_command(weir, shape, "model=held", "hold=1"), stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, text=True)
    if json.loads(load.stdout.readline() or "{}").get("held") != shape.connections:
        sys.exit("bench: the streams could not be opened")
    time.sleep(3)  # some events have passed on each
    after = process.rss_kib(weir.pid)
    load.communicate()
    return (after - before) / shape.connections


def cold_start(world, options):
    took = [_first_answer(world) for _ in range(STARTS)]
    print(f"cold start, exec to first 200: median {statistics.median(took) * 1e3:.1f} ms, "
          f"{min(took) * 1e3:.1f}-{max(took) * 1e3:.1f} ms of {STARTS}")


def _first_answer(world):
    port, command = world.weir_command("plain")
    begin = time.monotonic()
    child = world.children.start(PROXY_CORE, command, env=ENVIRONMENT, stderr=subprocess.DEVNULL)
    while time.monotonic() < begin + 10 and not _answers(port):
        time.sleep(0.0005)
    took = time.monotonic() - begin
    world.children.end(child)
    return took


def _answers(port):
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        client.request("POST", "/v1/chat/completions", body=BODY, headers={"content-type": "application/json"})
        return client.getresponse().status == 200
    except OSError:
        return False
    finally:
        client.close()
