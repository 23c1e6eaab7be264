"""Open loop at 1,000 requests a second: what a request costs and how long it takes when the proxy sleeps in between."""
import dataclasses

from pairs import Spread, rounds
from world import Shape

SHAPE = Shape(connections=64, seconds=2, warm=1, more=("rate=1000",))


def run(world, options):
    done = list(rounds(world, world.nginx, [world.direct(), world.weir()], SHAPE, options.pairs))
    cpu = Spread.of([weir[0] / ((before[0] + after[0]) / 2) for before, (_, weir), after in done])
    weir_us, nginx_us = ([slice_of(one)[0] / 1e3 for one in done] for slice_of in (_weir, _after))
    print(f"{'CPU at 1,000 rps':24} {'weir / nginx':18} {cpu.middle:6.2f} ({cpu.low:.2f}-{cpu.high:.2f})"
          f"   {Spread.of(weir_us).middle:8.1f} us / {Spread.of(nginx_us).middle:6.1f} us")
    for name in ("p50", "p99"):
        _print_added(name, [_added(one, f"{name}_us") for one in done])


def _weir(one):
    return one[1][1]


def _after(one):
    return one[2]


@dataclasses.dataclass(frozen=True)
class Added:
    weir: float
    nginx: float


def _added(one, key):
    """What each proxy adds to the upstream's own latency in one round."""
    before, (direct, weir), after = one
    own = direct[1][key]
    return Added(weir[1][key] - own, (before[1][key] + after[1][key]) / 2 - own)


def _print_added(name, added):
    ratio = Spread.of([one.weir / one.nginx for one in added])
    weir, nginx = (Spread.of([getattr(one, side) for one in added]) for side in ("weir", "nginx"))
    what = f"added {name}, 1,000 rps"
    print(f"{what:24} {'weir / nginx':18} {ratio.middle:6.2f} ({ratio.low:.2f}-{ratio.high:.2f})"
          f"   {weir.middle:8.1f} us / {nginx.middle:6.1f} us")
