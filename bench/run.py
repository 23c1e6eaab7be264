"""Measures Weir against nginx and others in the same run: one worker each, the proxy on core 0, load and upstream on
core 1. Called by script/bench; Python standard library only. Method and figures: bench/README.md."""
import argparse
import os
import pathlib
import shutil
import sys
import tempfile

import cases
import instructions
import process
from world import Skip, World


def parse():
    parser = argparse.ArgumentParser(prog="script/bench", description=__doc__)
    parser.add_argument("--weir", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--tools", required=True, type=pathlib.Path, help=argparse.SUPPRESS)
    parser.add_argument("--pairs", type=int, default=10, help="rounds of each comparison")
    parser.add_argument("--seconds", type=float, default=0.5, help="length of a slice")
    parser.add_argument("--case", action="append", choices=list(cases.CASES), help="may be given more than once")
    parser.add_argument("--all", action="store_true", help="every case")
    parser.add_argument("--instructions", action="store_true", help="counts against bench/instructions.json")
    parser.add_argument("--update", action="store_true", help="with --instructions: write them there")
    return parser.parse_args()


def run_cases(world, options):
    for name in options.case or (cases.CASES if options.all else cases.QUICK):
        try:
            cases.CASES[name](world, options)
        except Skip as why:
            print(f"{name}: skipped: {why}")
        sys.stdout.flush()
    return 0


def main():
    options = parse()
    if len(os.sched_getaffinity(0)) < 2:
        sys.exit("bench: two cores are needed, one for the proxy and one for the load")
    process.allow_many_files()
    print(f"load of the machine: {' '.join(f'{value:.2f}' for value in os.getloadavg())}")
    folder = pathlib.Path(tempfile.mkdtemp(prefix="weir-bench-"))
    folder.chmod(0o755)
    world = World(options.weir, options.tools, folder)
    try:
        return instructions.run(world, options) if options.instructions else run_cases(world, options)
    finally:
        world.stop()
        shutil.rmtree(folder)


if __name__ == "__main__":
    sys.exit(main())
