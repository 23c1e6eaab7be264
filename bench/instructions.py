"""Instructions a request by callgrind: steadier than any clock, so a check for regressions. The threads of THREADS are
compared with instructions.json. Callgrind does not emulate AVX-512: libraries that choose their code at run time
(simdjson, libc) take what they have for AVX2."""
import dataclasses
import json
import pathlib
import re
import shutil
import subprocess
import sys
import time

import process
from world import Shape

KEPT = pathlib.Path(__file__).with_name("instructions.json")
WORKER = "worker-0"
# What is compared. The threads behind the worker serve many requests at a time, so only a long run says what one costs.
THREADS = {"worker": WORKER, "ledger": "ledger", "log": "log"}
LONG = 1000
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

    def end(self, world):
        """Instructions by the thread's name."""
        names = [name for _, name in process.tasks(self.child.pid)]
        world.children.end(self.child)
        counted = {}
        for path in self.out.parent.glob(self.out.name + "-*"):
            text = path.read_text(errors="replace")
            thread = int(re.search(r"^thread: (\d+)", text, re.M)[1])
            counted[thread] = int(re.search(r"^totals: (\d+)", text, re.M)[1])
            path.unlink()
        if sorted(counted) != list(range(1, len(names) + 1)):
            sys.exit(f"bench: callgrind counted threads {sorted(counted)} of {names}")
        if not counted[names.index(WORKER) + 1]:
            sys.exit("bench: callgrind counted nothing in the worker")
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


def run(world, options):
    if not shutil.which("valgrind"):
        sys.exit("bench: valgrind is not installed")
    kept = json.loads(KEPT.read_text()) if KEPT.exists() else {}
    found, grown = {}, []
    for case, (shape, requests, model) in SHAPES.items():
        counted = measure(world, shape, requests, model)
        compared = THREADS if requests >= LONG else {"worker": WORKER}
        found[case] = {name: counted[thread] for name, thread in compared.items()}
        texts = []
        for name, count in found[case].items():
            was = kept.get(case, {}).get(name)
            texts.append(f"{name} {count:9,} ({(count / was - 1) * 100:+.1f} %)" if was else f"{name} {count:9,} (new)")
            if was and count > was * MOST:
                grown.append(f"{case} {name}")
        print(f"{case:10} {'   '.join(texts)}", flush=True)
    if options.update:
        KEPT.write_text(json.dumps(found, indent=2) + "\n")
    elif grown:
        print(f"bench: more than {(MOST - 1) * 100:.0f} % over {KEPT.name}: {', '.join(grown)}; "
              "--update when that is meant")
        return 1
    return 0
