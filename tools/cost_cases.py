#!/usr/bin/env python3
"""Prints requests with their prices and what they cost, reckoned in fractions: the oracle of src/catalog/cost_exact_test.cc.

A line a case, fields between tabs: prompt cached completion cache_write audio_prompt image_prompt audio_completion,
the condition of the other price (-, above N, utc WINDOW), the time in microseconds, seven standard prices and seven
other ones in USD per million (- where none is said), the cost in nano-dollars or `error`.

Usage: cost_cases.py SEED ROWS
"""
import datetime
import random
import sys
from fractions import Fraction

TOKENS = [0, 1, 2, 3, 999, 272000, 272001, 2**31 - 1, 2**31, 2**53 - 1, 2**53, 2**53 + 1, 2**63 - 1]
PRICES = ["0", "0.000000001", "0.000499999", "0.0005", "0.07", "0.014", "2.50", "10", "999999.999999999", "1000000"]
KINDS = ["input", "cached", "write", "output", "audio_in", "audio_out", "image_in"]
DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
MOST = 2**63 - 1


def tokens(rng):
    if rng.random() < 0.3:
        return rng.choice(TOKENS)
    return rng.getrandbits(rng.randint(1, 50))


def part(rng, whole):
    """Mostly a part; now and then more than the whole, or negative."""
    roll = rng.random()
    if roll < 0.4:
        return 0
    if roll < 0.42:
        return rng.choice([-1, min(whole + 1, MOST), MOST])
    return rng.choice([whole, whole // 2, rng.randint(0, max(whole, 0))])


def price(rng):
    if rng.random() < 0.6:
        return rng.choice(PRICES)
    return f"{rng.randint(0, 999)}.{rng.randint(0, 10**9 - 1):09d}"


def said(rng, needed):
    return {kind: price(rng) if kind in needed or rng.random() < 0.5 else None for kind in KINDS}


def condition(rng):
    roll = rng.random()
    if roll < 0.3:
        return None
    if roll < 0.65:
        return ("above", rng.choice([1, 1000, 272000, 10**9]))
    first = rng.randint(0, 6)
    last = rng.randint(first, 6)
    begin = rng.randint(0, 1439)
    length = rng.randint(1, 1439)
    return ("utc", (first, last, begin, length))


def text(cond):
    if cond is None:
        return "-"
    if cond[0] == "above":
        return f"above {cond[1]}"
    first, last, begin, length = cond[1]
    end = (begin + length) % 1440
    return f"utc {DAYS[first]}-{DAYS[last]} {begin // 60:02}:{begin % 60:02}-{end // 60:02}:{end % 60:02}"


def holds(cond, prompt, at):
    if cond is None:
        return False
    if cond[0] == "above":
        return prompt > cond[1]
    first, last, begin, length = cond[1]
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(microseconds=at)
    for back in (0, 1):  # a window of today, or of yesterday over midnight
        day = moment - datetime.timedelta(days=back)
        opened = day.replace(hour=0, minute=0, second=0, microsecond=0) + datetime.timedelta(minutes=begin)
        if first <= day.weekday() <= last and opened <= moment < opened + datetime.timedelta(minutes=length):
            return True
    return False


def cost(counts, cond, at, standard, other):
    prompt, cached, completion, write, audio, image, spoken = counts
    sound = min(counts) >= 0 and cached + write <= prompt and audio + image <= prompt and spoken <= completion
    if not sound:
        return "error"
    rates = dict(standard)
    if holds(cond, prompt, at):
        rates.update({kind: value for kind, value in other.items() if value is not None})
    usd = {kind: Fraction(rates[kind] or rates["output" if kind == "audio_out" else "input"]) for kind in KINDS}
    fresh = prompt - cached - write
    audio = min(audio, fresh)
    image = min(image, fresh - audio)
    total = (cached * usd["cached"] + write * usd["write"] + audio * usd["audio_in"] + image * usd["image_in"] +
             (fresh - audio - image) * usd["input"] + spoken * usd["audio_out"] + (completion - spoken) * usd["output"])
    nano = total * 1000 + Fraction(1, 2)  # USD per million tokens = 1000 nano-dollars a token
    rounded = nano.numerator // nano.denominator
    return rounded if rounded <= MOST else "error"


def main():
    rng = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        prompt, completion = tokens(rng), tokens(rng)
        cached = part(rng, prompt)
        audio = part(rng, prompt)
        counts = [prompt, cached, completion, part(rng, max(prompt - cached, 0)), audio,
                  part(rng, max(prompt - audio, 0)), part(rng, completion)]
        cond = condition(rng)
        at = rng.randint(-10**15, 4 * 10**15)
        standard = said(rng, ("input", "output"))
        other = said(rng, (rng.choice(KINDS),))
        shown = [prices[kind] or "-" for prices in (standard, other) for kind in KINDS]
        print(*counts, text(cond), at, *shown, cost(counts, cond, at, standard, other), sep="\t")


main()
