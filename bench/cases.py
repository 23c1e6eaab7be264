"""What script/bench measures: each case prints its own lines. Goals and figures: bench/README.md."""
import dataclasses

import latency
import peers
import standing
from pairs import Spread, compare, rounds
from world import Shape, Skip

PLAIN = {"300 B": Shape(bytes=300), "8 KB": Shape(bytes=8192), "200 KB": Shape(bytes=204800)}
# A stream takes 1.02 s and the last one asked is waited for: two streams a connection and slice.
PACED = Shape(connections=256, stream=True, per=100, seconds=1.5, warm=1.5)
PACED_PATH = "path=/v1/paced/chat/completions"


def scaled(shape, options):
    return shape if shape.seconds > 1 else dataclasses.replace(shape, seconds=options.seconds)


def pair(name):
    def run(world, options):
        [weir] = compare(world, world.nginx, [world.weir()], scaled(PLAIN[name], options), options.pairs)
        print(weir.line(f"CPU per request, {name}"))
    return run


def sse(world, options):
    subjects = [world.weir().saying("model=paced")]
    [weir] = compare(world, world.nginx.saying(PACED_PATH), subjects, PACED, options.pairs)
    print(weir.line("CPU per SSE chunk"))


def haproxy(world, options):
    for name, shape in PLAIN.items():
        for one in compare(world, world.nginx, [world.weir(), world.haproxy], scaled(shape, options), options.pairs):
            print(one.line(f"CPU per request, {name}"))
    subjects = [world.weir().saying("model=paced"), world.haproxy.saying(PACED_PATH)]
    for one in compare(world, world.nginx.saying(PACED_PATH), subjects, PACED, options.pairs):
        print(one.line("CPU per SSE chunk"))


def portkey(world, options):
    shape = dataclasses.replace(scaled(PLAIN["300 B"], options), warm=5)
    subjects = [world.weir(), peers.portkey(world, options.tools.parent)]
    mine, other = compare(world, world.nginx, subjects, shape, options.pairs)
    for one in (mine, other):
        print(one.line("CPU per request, 300 B"))
    print(f"{'':22} portkey / weir     {other.us.middle / mine.us.middle:6.1f}")


def cache(world, options):
    refused = world.refusal("cached")
    if refused:
        raise Skip(f"`weir check` refuses the config: {refused}")
    for name in ("300 B", "8 KB"):
        subjects = [world.weir("cached").saying("model=cached")]
        base = world.nginx.saying("path=/fixed/v1/chat/completions")
        [weir] = compare(world, base, subjects, scaled(PLAIN[name], options), options.pairs)
        print(weir.line(f"CPU per hit, {name}", "return 200"))


def tls(world, options):
    weir = world.weir("fronted")
    shape, deltas, plain = scaled(PLAIN["300 B"], options), [], []
    for before, [mine], after in rounds(world, weir.saying("model=without-tls"), [weir.saying("model=with-tls")], shape,
                                        options.pairs):
        plain.append((before[0] + after[0]) / 2e3)
        deltas.append(mine[0] / 1e3 - plain[-1])
    more = Spread.of(deltas)
    print(f"{'TLS upstream, kept':24} {'weir':18} {more.middle:+6.1f} us ({more.low:+.1f}-{more.high:+.1f})"
          f"   on {Spread.of(plain).middle:.1f} us without TLS")


CASES = {name: pair(name) for name in PLAIN} | {
    "SSE": sse, "1000 rps": latency.run, "cache": cache, "TLS upstream": tls, "memory": standing.memory,
    "cold start": standing.cold_start, "haproxy": haproxy, "portkey": portkey,
}
QUICK = ["300 B", "8 KB", "200 KB", "SSE"]
