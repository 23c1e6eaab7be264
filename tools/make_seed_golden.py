#!/usr/bin/env python3
"""Writes src/route/seed_golden.jsonl: prompts and what the article's classifier says to them.

The classifier below is the reference: Python's own `re` and `str.lower`, nothing else. Run it with Python 3.11
(Unicode 14); a row is {"want": "simple.2", "text": [["piece", times], ...]}.
"""
import json
import pathlib
import random
import re
import sys
import unicodedata

SIMPLE = [r"^\d+[\s\+\-\*\/]", r"(translate|summarize|format)", r"(what is|who is|when did)"]
COMPLEX = [r"(analyze|design|architect|implement)", r"(code|function|debug|refactor)",
           r"(legal|contract|compliance)", r"(compare|evaluate|assess)"]


def classify(text):
    lower = text.lower()
    for i, pattern in enumerate(SIMPLE, 1):
        if re.search(pattern, lower):
            return f"simple.{i}"
    for i, pattern in enumerate(COMPLEX, 1):
        if re.search(pattern, lower):
            return f"complex.{i}"
    return "complex.length" if len(text) > 2000 else "medium"


WORDS = [word for pattern in SIMPLE[1:] + COMPLEX for word in pattern.strip("()").split("|")]

DIGITS = ["0", "7", "42", "٣", "۴", "߅", "७", "৮", "੯", "૦", "௧", "๓", "၅", "០", "᠔", "꩓", "3", "𝟗", "𝟘", "🯱",
          "𑁦", "𞥐", "1٢७4", "²", "Ⅳ", "四", "½", "①", "፩", "৴", "\U00011f50", "\U0001e4f0"]
AFTER = [" ", "+", "-", "*", "/", "\t", "\n", "\r", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85",
         "\u00a0", "\u1680", "\u2000", "\u2003", "\u2007", "\u200a", "\u2028", "\u2029", "\u202f", "\u205f",
         "\u3000", "\u200b", "\u180e", "\u2060", "\ufeff", "\x00", "\x7f", "−", "×", "÷", "\uff0b", "\uff0f", "\uff0a", ".",
         ",", "%", "=", "x", "₁", "\u0301"]

PROSE = [
    "", " ", "\n", "hello", "Guten Morgen", "Tell me a joke about rivers.", "How long does rice keep in a fridge?",
    "Plan a weekend in Lisbon for two people who like fado.", "Give me three names for a grey cat",
    "Wie spät ist es in Osaka?", "Wer hat das Wehr gebaut?", "Übersetze bitte: der Fluss ist breit",
    "¿Quién escribió esta carta?", "Resume este texto en dos frases", "Dis-moi pourquoi le ciel est bleu",
    "L'été dernier, j'ai vu un héron près du barrage", "Расскажи про плотины", "Кто это сделал?",
    "ПЕРЕВЕДИ на английский: вода", "Сравни два варианта договора", "今天的天气怎么样?", "请把这句话翻译成英文",
    "帮我写一个排序函数", "什么是水坝?", "合同里这一条是什么意思", "川の名前を三つ教えて", "コードを直してください",
    "설계 문서를 검토해 줘", "ما هو السد؟", "من بنى هذا الجسر؟", "नदी क्या है?", "बांध के बारे में बताओ",
    "แม่น้ำคืออะไร", "Ποιος είναι ο ποταμός;", "ΟΔΥΣΣΕΥΣ ΚΑΙ Ο ΠΟΤΑΜΟΣ", "Ο ΣΟΦΟΣ, ΣΑΣ ΛΕΩ", "ΑΣ", "Σ", "ΣΣΣ",
    "İstanbul'da ne yapılır?", "IĞDIR'da hava nasıl", "DİYARBAKIR", "ISPARTA ılıca", "Straße STRASSE ẞ", "ǅ ǈ ǋ",
    "🙂", "👩🏽‍🚀🚀🚀", "🇨🇭 oder 🇦🇹?", "1️⃣ eins", "𝒳 𝒴 𝒵", "\u202eabc", "a\u0301\u0323", "\U0010ffff",
    "\x00", "\x00what is", "tab\there", "line\u2028separator", "next\x85line", "no\u00a0break",
    "Explain how a siphon works", "Write a limerick about a heron", "What's the tallest dam?", "whats up",
    "what  is this", "what\u00a0is this", "what\nis this", "what\tis this", "What\x00is", "what i", "what_is",
    "Somewhat isolated", "a somewhat is", "Who isn't here?", "WHO IS there", "Whois example", "who\u2009is",
    "When did it rain?", "WHEN DID IT RAIN", "whendid", "when didn't it", "when  did", "hen did",
    "TRANSLATE: eau", "untranslated", "translation", "Translat e", "translatе (last letter Cyrillic)",
    "ｔｒａｎｓｌａｔｅ this", "summarise this", "SUMMARIZE", "summarized", "summariz\u0435", "SUMMAR\u0130ZE",
    "summar\u0131ze", "f\u043ermat", "information", "INFORMATION desk", "platform atlas", "reformat", "for mat",
    "FORMAT\u0130", "\u0130nformation", "WHAT \u0130S it", "what \u0131s it", "WHO \u0130S it", "WHEN D\u0130D it",
    "analyse the flow", "ANALYZE the flow", "Analyzer", "psychoanalyze", "analy\u017fe", "de\u017fign a weir",
    "a\u017f\u017fess", "DES\u0130GN a weir", "des\u0131gn a weir", "DESIGN a weir", "designate", "redesign",
    "architecture of a lock", "Architect", "archi tect", "IMPLEMENT it", "implementation", "\u0130MPLEMENT it",
    "\u0131mplement it", "code", "CODE", "c\u2060ode", "barcode", "decoder", "codex", "co de", "cod e",
    "function", "malfunction", "FUNCT\u0130ON", "dysfunctional", "debug", "DEBUGGER", "refactor", "REFACTORING",
    "legal", "illegal parking", "LEGALESE", "\u212aLEGAL", "contract", "subcontractor", "contraction",
    "compliance", "COMPL\u0130ANCE", "noncompliance", "compl iance", "compare", "comparé", "COMPARED to", "compar\u00ea",
    "evaluate", "re-evaluate", "EVALUATION", "assess", "ASSESSMENT", "reassess", "asses", "possess", "a\u00dfess",
    "\u212b 5", "\u212a 7", "\u2126", "\u1e9e", "\u01c5", "code what is", "what is legal", "compare and translate",
    "design code contract compare", "contract code", "evaluate the contract", "debug and design",
    "12", "12 ", "12a", "12. first", "a 12 ", " 12 ", "\n12 ", "\ufeff12 ", "-12 ", "+12 ", "(12) ", "1_000 ",
    "3+4", "3-4", "3*4", "3/4", "3×4", "3 × 4", "3^4", "3=3", "3,5 + 1", "3.5 + 1", "007 is a number", "2nd place",
    "first line\n12 apples", "first line\r\n12 apples", "first\u202812 apples", "7\ndesign a weir",
    "7x design a weir", "12 what is", "99/code", "1\x1fcode", "1\x1bcode", "०+", "١٢٣ تفاحة", "１２３ 個", "12個",
]


def rows():
    for text in PROSE:
        yield [[text, 1]]
    for digit in DIGITS:
        for after in (" ", "/", "x", "\u3000"):
            yield [[digit + after + "1", 1]]
    for after in AFTER:
        yield [["8" + after, 1]]
        yield [["x8" + after, 1]]
    for number, word in enumerate(WORDS):
        yield [[word, 1]]
        yield [["Wort: " + word.upper() + "!", 1]]
        yield [["水" * (number % 5) + word.title() + "河", 1]]
        yield [[word[:-1], 1]]
        yield [[word[:2] + "\u00ad" + word[2:], 1]]
        yield [["ŝ", 40 + number], [word.swapcase(), 1], ["ż", 3]]
    yield from lengths()
    yield from shuffled(random.Random(20251123))


def lengths():
    for unit in ("a", "é", "水", "🙂", "\U0001d4b3", "e\u0301"):
        for points in (1999, 2000, 2001, 2002):
            yield [[unit, points // len(unit)]]
    yield [["🙂", 1000], ["a", 1000]]
    yield [["🙂", 1000], ["a", 1001]]
    yield [["İ", 2000]]  # str.lower() makes two of each: the length is that of the text itself
    yield [["İ", 1001]]
    yield [["\n", 2001]]
    yield [["a", 5000], ["what is", 1]]
    yield [["a", 5000], ["legal", 1], ["b", 5000], ["format", 1]]
    yield [["7", 3000], [" ", 1]]
    yield [["7", 3000], ["x", 1]]
    yield [["desig", 700]]
    yield [["desig", 700], ["n", 1]]


def shuffled(source):
    stems = WORDS + ["river", "İ", "Σ", "\u212a", "ſ", "水", "👩🏽‍🚀", "12", "٣", " ", " ", "\n", "\u00a0", "+", "is", "did", "what"]
    for _ in range(160):
        pieces = [source.choice(stems) for _ in range(source.randint(1, 5))]
        text = "".join(source.choice((str, str.upper, str.title, str.swapcase))(piece) for piece in pieces)
        # One letter lost now and then, so that near misses are as common as hits.
        if text and source.random() < 0.6:
            at = source.randrange(len(text))
            text = text[:at] + text[at + 1:]
        yield [[text, 1]]


def main():
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"make_seed_golden.py: needs Unicode 14 (Python 3.11), this is {unicodedata.unidata_version}")
    out = pathlib.Path(__file__).parent.parent / "src" / "route" / "seed_golden.jsonl"
    seen = {}
    for row in rows():
        text = "".join(piece * times for piece, times in row)
        seen.setdefault(text, {"want": classify(text), "text": row})
    out.write_text("".join(json.dumps(row) + "\n" for row in seen.values()), encoding="ascii")
    counts = {}
    for row in seen.values():
        counts[row["want"]] = counts.get(row["want"], 0) + 1
    print(len(seen), dict(sorted(counts.items())))


if __name__ == "__main__":
    main()
