"""Interleaved slices: base, A, B, base, A, B, …, base. A ratio is a slice against the mean of the two base slices
around its round, so that a machine that gets slower slows both."""
import dataclasses
import statistics


@dataclasses.dataclass(frozen=True)
class Spread:
    low: float
    middle: float
    high: float

    @staticmethod
    def of(values):
        return Spread(*statistics.quantiles(values, n=4)) if len(values) > 1 else Spread(*values * 3)


def rounds(world, base, subjects, shape, count, *words):
    """count rounds of (slice of base before, [slice of each subject], slice of base after); a slice is what
    World.load returns."""
    for target in (base, *subjects):
        world.load(target, shape, f"seconds={shape.warm}", *words)
    seconds = f"seconds={shape.seconds}"
    before = world.load(base, shape, seconds, *words)
    for _ in range(count):
        mine = [world.load(subject, shape, seconds, *words) for subject in subjects]
        after = world.load(base, shape, seconds, *words)
        yield before, mine, after
        before = after


@dataclasses.dataclass(frozen=True)
class Compared:
    name: str
    ratio: Spread
    us: Spread
    base_us: Spread

    def line(self, what, base="nginx"):
        who, ratio = f"{self.name} / {base}", self.ratio
        return (f"{what:24} {who:18} {ratio.middle:6.2f} ({ratio.low:.2f}-{ratio.high:.2f})"
                f"   {self.us.middle:8.1f} us / {self.base_us.middle:6.1f} us")


def compare(world, base, subjects, shape, count):
    """A Compared of each subject: CPU a unit."""
    done = list(rounds(world, base, subjects, shape, count))
    base_us = Spread.of([after[0] / 1e3 for _, _, after in done])
    compared = []
    for i, subject in enumerate(subjects):
        ratios = [mine[i][0] / ((before[0] + after[0]) / 2) for before, mine, after in done]
        compared.append(Compared(subject.name, Spread.of(ratios), Spread.of([mine[i][0] / 1e3 for _, mine, _ in done]),
                                 base_us))
    return compared
