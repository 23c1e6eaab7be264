"""Instructions a request by callgrind: steadier than any clock, so a check for regressions. The worker's thread is
compared with instructions.json. The threads behind it batch as time allows, so what they did meanwhile is only shown;
the ledger's is compared by a full batch of rows. Callgrind does not emulate AVX-512: libraries that choose their code
at run time (simdjson, libc) take what they have for AVX2."""
import dataclasses
import json
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import time

import process
from world import Shape

KEPT = pathlib.Path(__file__).with_name("instructions.json")
WORKER, LEDGER = "worker-0", "ledger"
LEDGER_CASE, BATCH = "ledger row", 1000
MOST = 1.10
# One connection, and streams that never come together: as many turns of the loop in each run.
SHAPES = {
    "300 B": (Shape(bytes=300, connections=1), 1000, "auto"),
    "8 KB": (Shape(bytes=8192, connections=1), 1000, "auto"),
    "200 KB": (Shape(bytes=204800, connections=1), 200, "auto"),
    "SSE chunk": (Shape(connections=1, stream=True, per=100), 5, "paced"),
}


@dataclasses.dataclass(frozen=True)
class Callgrind:
    """A Weir under callgrind; nothing is counted until told."""
    target: object
    child: object
    out: pathlib.Path

    @staticmethod
    def start(world):
        out = world.folder / "callgrind"
        under = ["valgrind", "--tool=callgrind", "--instr-atstart=no", "--separate-threads=yes",
                 f"--callgrind-out-file={out}"]
        return Callgrind(*world.start_weir(under=under, patience=120), out)

    def count(self, on):
        subprocess.run(["callgrind_control", "-i", "on" if on else "off", str(self.child.pid)], check=True,
                       capture_output=True)

    def end(self, world, busy=WORKER):
        """Instructions by the thread's name; `busy` must have done something."""
        names = [name for _, name in process.tasks(self.child.pid)]
        world.children.end(self.child)
        counted = {}
        for path in self.out.parent.glob(self.out.name + "-*"):
            text = path.read_text(errors="replace")
            thread = int(re.search(r"^thread: (\d+)", text, re.M)[1])
            counted[thread] = int(re.search(r"^totals: (\d+)", text, re.M)[1])
            path.unlink()
        # A thread that slept all the while may have no file.
        if not counted or max(counted) > len(names):
            sys.exit(f"bench: callgrind counted threads {sorted(counted)} of {names}")
        for thread in range(1, len(names) + 1):
            counted.setdefault(thread, 0)
        if not counted[names.index(busy) + 1]:
            sys.exit(f"bench: callgrind counted nothing in {busy}")
        return {name: counted[i] for i, name in enumerate(names, 1)}


def measure(world, shape, requests, model):
    """Instructions a unit by the thread's name."""
    weir = Callgrind.start(world)
    words = (f"model={model}", "seconds=600")
    world.load(weir.target, shape, *words, f"requests={max(requests // 5, 1)}")
    weir.count(True)
    world.load(weir.target, shape, *words, f"requests={requests}")
    weir.count(False)
    time.sleep(0.5)
    return {name: count // (requests * shape.per) for name, count in weir.end(world).items()}


def measure_ledger(world):
    """Instructions a row when a full batch goes from the journal to the store, which is locked until then."""
    weir = Callgrind.start(world)
    lock = sqlite3.connect(pathlib.Path(weir.child.args[-1]).parent / "data" / "ledger.db", isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    world.load(weir.target, SHAPES["300 B"][0], "model=auto", "seconds=600", f"requests={BATCH}")
    weir.count(True)
    lock.execute("ROLLBACK")
    lock.close()
    time.sleep(3)
    weir.count(False)
    return weir.end(world, LEDGER)[LEDGER] // BATCH


def show(case, count, was, others=""):
    change = f"{(count / was - 1) * 100:+.1f} %" if was else "new"
    print(f"{case:10} {count:9,}  ({change})   {others}", flush=True)


def run(world, options):
    if not shutil.which("valgrind"):
        sys.exit("bench: valgrind is not installed")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found = {}
    for case, (shape, requests, model) in SHAPES.items():
        threads = measure(world, shape, requests, model)
        found[case] = threads.pop(WORKER)
        others = ", ".join(f"{name} {count:,}" for name, count in threads.items() if count)
        show(case, found[case], kept.get(case), others)
    found[LEDGER_CASE] = measure_ledger(world)
    show(LEDGER_CASE, found[LEDGER_CASE], kept.get(LEDGER_CASE))
    grown = [case for case, count in found.items() if count > kept.get(case, count) * MOST]
    if options.update:
        KEPT.write_text(json.dumps(found, indent=2) + "\n")
    elif grown:
        print(f"bench: more than {(MOST - 1) * 100:.0f} % over {KEPT.name}: {', '.join(grown)}; "
              "--update when that is meant")
        return 1
    return 0
