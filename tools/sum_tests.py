"""Adds up the results that script/test collected and prints its closing line; exits 1 on a failure."""
import json
import pathlib
import re
import sys


def count_gtest(report):
    passed = failed = skipped = 0
    for suite in report["testsuites"]:
        for test in suite["testsuite"]:
            if test.get("failures"):
                failed += 1
                print(f"FAILED: {suite['name']}.{test['name']}")
            elif test["result"] == "SKIPPED":
                skipped += 1
            elif test["result"] == "COMPLETED":
                passed += 1
    return passed, failed, skipped


def count_json(path):
    report = json.loads(path.read_text())
    if "testsuites" in report:
        return count_gtest(report)
    return report.get("passed", 0), report.get("failed", 0), 0


def count_tap(path):
    numbers = dict(re.findall(r"^# (pass|fail|cancelled|skipped) (\d+)$", path.read_text(), re.M))
    if not numbers:
        print("FAILED: the real clients' tests printed no result")
        return 0, 1, 0
    return int(numbers["pass"]), int(numbers["fail"]) + int(numbers["cancelled"]), int(numbers["skipped"])


def main():
    folder = pathlib.Path(sys.argv[1])
    totals = [0, int(sys.argv[2]), 0]
    for path in sorted(folder.iterdir()):
        if path.suffix not in (".json", ".tap"):
            continue
        counts = count_tap(path) if path.suffix == ".tap" else count_json(path)
        totals = [total + count for total, count in zip(totals, counts)]
    print(f"{totals[0]} passed, {totals[1]} failed, {totals[2]} skipped")
    sys.exit(1 if totals[1] or not totals[0] else 0)


main()
