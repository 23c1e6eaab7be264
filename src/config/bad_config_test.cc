// Every way of writing a wrong config that we know of, with the place and the words of its error.
#include <gtest/gtest.h>

#include <set>

#include "config/options.h"
#include "config/parse.h"
#include "config/testing_config.h"

namespace weir::config {
namespace {

struct BadConfig {
  std::string_view text;
  std::string_view place;  // line:col
  std::string_view words;
};

// Lines that make a rule or a price short to write.
constexpr BadConfig kBad[] = {
    // G01 unknown keys
    {"fallbaks: {}\n", "1:1", "unknown key `fallbaks`; did you mean `fallbacks`?"},
    {"zzz: 1\n", "1:1", "unknown key `zzz`; known here: listen, admin"},
    {"providers:\n  a: {base_urll: x}\n", "2:7",
     "providers.a: unknown key `base_urll`; did you mean"},
    {"providers:\n  a:\n    timeouts: {conect: 1s}\n", "3:16", "did you mean `connect`?"},
    {"models: {a: {prize: 1}}\n", "1:14", "did you mean `price`?"},
    {"routes: {a: {tiers: {simple: m}, rules: [{nam: x}]}}\n", "1:43", "did you mean `name`?"},
    {"limits: {max_bodi: 1}\n", "1:10", "did you mean `max_body`?"},
    // G04 prices
    {"models: {m: {price: {input: -1, output: 1}}}\n", "1:29", "is not a price"},
    {"models: {m: {price: {input: cheap, output: 1}}}\n", "1:29", "\"cheap\" is not a price"},
    {"models: {m: {price: {input: 0.1.2, output: 1}}}\n", "1:29",
     "models.m.price.input: \"0.1.2\""},
    {"models: {m: {price: {input: 1e3, output: 1}}}\n", "1:29", "is not a price"},
    {"models: {m: {price: {input: 1, output: .nan}}}\n", "1:40", "is not a price"},
    {"models: {m: {price: {input: 1}}}\n", "1:21", "`output` is missing"},
    {"models: {m: {price: {output: 1}}}\n", "1:21", "`input` is missing"},
    {"models: {m: {price: 1}}\n", "1:21", "expected a map"},
    {"models:\n  m:\n    price:\n", "3:5", "`input` is missing"},
    {"models: {m: {price: {input: 1, output: 1, audio_inptu: 2}}}\n", "1:43",
     "did you mean `audio_input`?"},
    {"models: {m: {price: {input: 1, output: 1, above: {input: 2}}}}\n", "1:50",
     "models.m.price.above: needs `tokens`"},
    {"models: {m: {price: {input: 1, output: 1, above: {tokens: 1k}}}}\n", "1:50", "says no price"},
    {"models: {m: {price: {input: 1, output: 1, above: {tokens: 0, input: 2}}}}\n", "1:59",
     "is not a number of tokens"},
    {"models: {m: {price: {input: 1, output: 1, above: [{tokens: 1k, input: 2}, {tokens: 1000, "
     "input: 3}]}}}\n",
     "1:50", "1000 tokens are given twice"},
    {"models: {m: {price: {input: 1, output: 1, off_peak: {input: 2}}}}\n", "1:53", "needs `utc`"},
    {"models: {m: {price: {input: 1, output: 1, off_peak: {utc: 4-5, input: 2}}}}\n", "1:59",
     "\"4-5\" is not a window of UTC: expected one such as 16:30-00:30"},
    {"models: {m: {price: {input: 1, output: 1, off_peak: [{utc: mon, input: 2}, {utc: [sun, "
     "\"01:00-02:00\"], input: 3}]}}}\n",
     "1:53", "\"mon\" and \"sun, 01:00-02:00\" overlap"},
    {"models: {m: {price: {input: 1, output: 1, off_peak: {utc: [], input: 2}}}}\n", "1:59",
     "the list is empty"},
    {"models: {m: {price: {input: 1, output: 1, above: []}}}\n", "1:50", "the list is empty"},
    {"models: {m: {price: {input: 1, output: 1, later: {from: 2026-02-30, input: 2}}}}\n", "1:57",
     "is not a date"},
    {"models: {m: {price: {input: 1, output: 1, above: {tokens: 1k, input: 2}, off_peak: {utc: "
     "mon, input: 2}}}}\n",
     "1:74", "`above` and `off_peak` in one price are not built yet"},
    // G05, duplicates in a chain
    {"fallbacks: {a: [b, b]}\n", "1:20", "stands here twice"},
    {"fallbacks: {a: b}\n", "1:16", "expected a list"},
    // G07 duplicate names
    {"models:\n  a: {}\n  a: {}\n", "3:3", "duplicate key `a`"},
    {"routes:\n  r: {model: m}\n  r: {model: n}\n", "3:3", "duplicate key `r`"},
    {"providers: {p: {keys: [\"${K}\", \"${K}\"]}}\n", "1:32", "this key stands here twice"},
    // G08 URLs
    {"providers: {p: {base_url: \"example.com\"}}\n", "1:27", "does not begin with http"},
    {"providers: {p: {base_url: \"file:///etc/passwd\"}}\n", "1:27", "does not begin with http"},
    {"providers: {p: {base_url: \"https://u:hunter2@h\"}}\n", "1:27", "a user or password"},
    {"providers: {p: {base_url: \"https://h/#f\"}}\n", "1:27", "fragment"},
    {"providers: {p: {base_url: \"https://h\\r\\nx: y\"}}\n", "1:27", "control character"},
    {"providers: {p: {base_url: \"https://аpi.com\"}}\n", "1:27", "beyond ASCII"},
    // G10 addresses
    {"listen: 127.0.0.1:0\n", "1:9", "has no port from 1 to 65535"},
    {"listen: 127.0.0.1:70000\n", "1:9", "has no port from 1 to 65535"},
    {"listen: [1]\n", "1:9", "expected a single value, found a list"},
    {"admin: 0.0.0.0:9\n", "1:8", "needs an admin `key`"},
    {"admin: {listen: 10.0.0.1:9}\n", "1:8", "needs an admin `key`"},
    {"admin: 127.0.0.1:8080\n", "1:8", "the same address"},
    {"workers: 0\n", "1:10", "from 1 to 1024"},
    {"workers: many\n", "1:10", "\"many\" is not a whole number"},
    // G11 patterns and rules
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: \"(\", tier: simple}]}}\n", "1:59",
     "missing )"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: \"(?=a)\", tier: simple}]}}\n",
     "1:59", "RE2 takes: invalid perl operator"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: \"((a{99}){99}){99}\", tier: "
     "simple}]}}\n",
     "1:59", "RE2 takes"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: a}]}}\n", "1:42",
     "either `tier` or `model`"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: a, tier: simple, model: m}]}}\n",
     "1:42", "either `tier` or `model`"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, tier: simple}]}}\n", "1:42",
     "needs `match` or `when`"},
    {"routes: {a: {tiers: {simple: m}, rules: [{match: a, tier: simple}]}}\n", "1:42",
     "needs a `name`"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, match: a, on: first_user, tier: s}]}}\n",
     "1:66", "expected last_user, all"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, on: all, when: {tools: true}, tier: "
     "s}]}}\n",
     "1:52", "there is no `match`"},
    {"routes: {a: {tiers: {simple: m}, rules: [{name: x, when: {}, tier: s}]}}\n", "1:58",
     "at least one of tools"},
    {"routes:\n  a:\n    tiers: {simple: m}\n    rules:\n      - {name: x, match: a, tier: s}\n"
     "      - {name: x, match: b, tier: s}\n",
     "6:16", "a second rule of this name: the first stands in line 5"},
    {"routes: {a: {tiers: {simple: m}, rules: {name: x}}}\n", "1:41", "expected a list"},
    // G12 shares and rates
    {"providers: {s: {api: simulator, simulator: {failure_rate: 1.1}}}\n", "1:59", "from 0 to 1"},
    {"providers: {s: {api: simulator, simulator: {quality: nan}}}\n", "1:54", "from 0 to 1"},
    {"providers: {s: {api: simulator, simulator: {failure_rate: -0.1}}}\n", "1:59", "from 0 to 1"},
    {"providers: {s: {api: simulator, simulator: {seed: -1}}}\n", "1:51", "whole number"},
    {"providers: {s: {api: simulator, simulator: {models: {m: {quality: 1.5}}}}}\n", "1:67",
     "providers.s.simulator.models.m.quality: \"1.5\" is not a number from 0 to 1"},
    {"providers: {s: {api: simulator, simulator: {models: {m: {qualty: 1}}}}}\n", "1:58",
     "did you mean `quality`?"},
    {"providers: {s: {api: simulator, simulator: {models: {m: {seed: 1}}}}}\n", "1:58",
     "unknown key `seed`"},
    {"providers: {s: {api: simulator, simulator: {models: {m: 0.7}}}}\n", "1:57",
     "expected a map such as {latency: …}"},
    {"providers: {s: {api: simulator, simulator: {models: [m]}}}\n", "1:53",
     "expected a map such as {glm-4-flash: {quality: 0.7}}"},
    {"providers: {s: {api: simulator, simulator: {models: {\"a b\": {}}}}}\n", "1:54",
     "is not a name"},
    {"providers: {s: {api: openai, simulator: {seed: 1}}}\n", "1:30", "`api: simulator` only"},
    {"providers: {s: {api: simulator, base_url: \"http://localhost\"}}\n", "1:33",
     "it calls no one"},
    // G13 durations, sizes
    {"providers: {p: {timeouts: {idle: 0s}}}\n", "1:34", "providers.p.timeouts.idle: \"0s\""},
    {"providers: {p: {timeouts: {idle: -5s}}}\n", "1:34", "is not a duration"},
    {"providers: {p: {timeouts: {idle: 10 parsecs}}}\n", "1:34",
     "\"10 parsecs\" is not a duration"},
    {"providers: {p: {timeouts: {idle: 10m, total: 5m}}}\n", "1:46", "total (5m) is shorter"},
    {"limits: {max_body: 0}\n", "1:20", "is not a size from 1KiB to 1GiB"},
    {"limits: {max_body: 3 elephants}\n", "1:20", "is not a size"},
    {"limits: {max_attempts: 0}\n", "1:24", "from 1 to 100"},
    {"models: {m: {context: 128kb}}\n", "1:23", "is not a number of tokens"},
    {"models: {m: {context: 8k, max_output: 16k}}\n", "1:27", "larger than context"},
    // the header of the key, the catalog file
    {"providers: {p: {key_header: \"a b\"}}\n", "1:29", "is no header's name"},
    {"providers: {p: {key_header: \"x: y\\r\\nz\"}}\n", "1:29", "is no header's name"},
    {"providers: {p: {key_header: Content-Length}}\n", "1:29", "Weir sets it itself"},
    {"providers: {p: {key_headr: x}}\n", "1:17", "did you mean `key_header`?"},
    {"providers: {p: {stream_options: {}}}\n", "1:33", "expected a single value"},
    {"providers: {s: {api: simulator, key_header: x}}\n", "1:33", "it calls no one"},
    {"providers: {s: {api: simulator, stream_options: false}}\n", "1:33", "it calls no one"},
    {"catalog: {models: {}}\n", "1:10", "expected a single value, found a map"},
    {"catalog:\n", "1:1", "catalog: expected a single value, found nothing"},
    {"catalog: \"\"\n", "1:10", "the value is empty"},
    {"catalog: \"a\\nb\"\n", "1:10", "one line without control characters"},
    {"katalog: x\n", "1:1", "did you mean `catalog`?"},
    // types
    {"providers: [a]\n", "1:12", "expected a map such as {openai:"},
    {"providers: {a/b: {}}\n", "1:13", "has no `/`"},
    {"providers: {\"a b\": {}}\n", "1:13", "is not a name"},
    {"providers: {p: {allow_unknown: yes}}\n", "1:32", "\"yes\" is not true or false"},
    {"providers: {p: {allow_unknown: \"true\"}}\n", "1:32", "without quotes"},
    {"providers: {p: {retries: 11}}\n", "1:26", "from 0 to 10"},
    {"providers: {p: {keys: \"${K}\"}}\n", "1:23",
     "expected a list such as [\"${OPENAI_API_KEY}\"]"},
    {"providers: {p: {keys: [\"\"]}}\n", "1:24", "the value is empty"},
    {"providers: {p: {keys: [\"a b\"]}}\n", "1:24", "visible ASCII"},
    {"providers: {p: {keys: [~]}}\n", "1:24", "found nothing"},
    {"providers: {p: {headers: {Host: x}}}\n", "1:27", "Weir sets `host` itself"},
    {"providers: {p: {headers: {x-a: \"b\\r\\nc: d\"}}}\n", "1:32", "one line"},
    {"providers: {p: {headers: {\"x a\": b}}}\n", "1:27", "HTTP token"},
    {"models: {m: {provider: a, providers: [b]}}\n", "1:27", "exclude each other"},
    {"models: {m: {providers: []}}\n", "1:25", "the list is empty"},
    {"routes: {r: {tiers: {}}}\n", "1:21", "at least one tier"},
    {"routes: {r: {model: m, tiers: {simple: m}}}\n", "1:24",
     "a route of one `model` has no `tiers`"},
    {"routes: {r: {model: m, classifier: seed}}\n", "1:24", "has no `classifier`"},
    {"log: {level: loud}\n", "1:14", "expected trace, debug, info, warn, error, off"},
    {"log: {format: xml}\n", "1:15", "expected auto, text, json"},
    {"just text\n", "1:1", "expected a map"},
    // known, not built
    {"keys: {a: 1}\n", "1:7", "expected a list"},
    {"keys: [{sha256: ab}]\n", "1:17", "64 hexadecimal digits"},
    {"keys: [{key: abcdefghijklmnop}]\n", "1:8", "`name` is missing"},
    {"keys: [{name: a}]\n", "1:8", "`sha256` of the key is missing"},
    {"keys: [{name: a, bugdet: 1}]\n", "1:18", "did you mean `budget`"},
    {"keys: [{name: a, rpm: 0}]\n", "1:23", ""},
    {"keys: [{name: a, budget: {per: day}}]\n", "1:26", "`usd` is missing"},
    {"keys: [{name: a, budget: {usd: -1}}]\n", "1:32", ""},
    {"keys: [{name: a, budget: {usd: 1, per: week}}]\n", "1:40", "day, month, total"},
    {"keys: [{name: a, budget: [{usd: 1}, {usd: 2}]}]\n", "1:37", "stands here already"},
    {"keys: [{name: a, expires: soon}]\n", "1:27", "is not a UTC time"},
    {"teams: [core]\n", "1:8", "expected a map"},
    {"teams: {core: {name: a}}\n", "1:16", "unknown key `name`"},
    // floors
    {"routes: {r: {tiers: {simple: m}, floor: 0.97}}\n", "1:34", "chooses from `models: […]`"},
    {"routes: {r: {until_proven: tiers, tiers: {simple: m}}}\n", "1:14", "chooses from `models"},
    {"routes: {r: {models: [m]}}\n", "1:14", "`models` needs a `floor`"},
    {"routes: {r: {models: [], floor: 0.9}}\n", "1:22", "the list is empty"},
    {"routes: {r: {models: [m, m], floor: 0.9}}\n", "1:26", "routes.r.models"},
    {"routes: {r: {models: m, floor: 0.9}}\n", "1:22", "expected a list"},
    {"routes: {r: {models: [m], floor: 0.9, tiers: {simple: m}, baseline: m}}\n", "1:39",
     "exclude each other"},
    {"routes: {r: {models: [m], floor: 0.9}}\n", "1:14", "relative to a `baseline`"},
    {"routes: {r: {models: [m], floor: 0.9, baseline: m, default: simple}}\n", "1:52",
     "a route with a `floor` has no `default`"},
    {"routes: {r: {model: m, floor: 0.9}}\n", "1:24", "a route of one `model` has no `floor`"},
    {"routes: {r: {models: [m], floor: 0, baseline: m}}\n", "1:34", "promises nothing"},
    {"routes: {r: {models: [m], floor: 1.1, baseline: m}}\n", "1:34",
     "is not a number from 0 to 1"},
    {"routes: {r: {models: [m], floor: 97%, baseline: m}}\n", "1:34",
     "is not a number from 0 to 1"},
    {"routes: {r: {models: [m], floor: 0.9, until_proven: base}}\n", "1:53",
     "expected tiers, baseline"},
    {"weights: [a]\n", "1:10", "expected a single value"},
    {"routes: {r: {tiers: {simple: m}, shares: {simple: 0.7, medium: 0.7}}}\n", "1:64",
     "the shares are more than 1 together"},
    {"routes: {r: {tiers: {simple: m}, shares: {simple: 60%}}}\n", "1:51",
     "is not a number from 0 to 1"},
    {"routes: {r: {tiers: {simple: m}, shares: 0.6}}\n", "1:42", "simple: 0.6"},
    {"routes: {r: {tiers: {simple: m}, sticky: maybe}}\n", "1:42", "routes.r.sticky"},
    {"routes: {r: {tiers: {simple: m}, sticky: {tll: 1h}}}\n", "1:43", "did you mean `ttl`"},
    {"routes: {r: {tiers: {simple: m}, sticky: {ttl: 0s}}}\n", "1:48", "routes.r.sticky.ttl"},
    {"routes: {r: {tiers: {simple: m}, sticky: {stalls: 1}}}\n", "1:51", "2 to 6, or 0"},
    {"routes: {r: {tiers: {simple: m}, sticky: {stalls: 7}}}\n", "1:51", "routes.r.sticky.stalls"},
    {"routes: {r: {tiers: {simple: m}, sticky: {approvals: 2}}}\n", "1:54", "sticky.approvals"},
    {"routes: {r: {model: m, cache: {mode: similar}}}\n", "1:38", "\"similar\" is not built yet"},
    {"routes: {r: {model: m, cache: {mode: exat}}}\n", "1:38", "expected off, exact"},
    {"routes: {r: {model: m, cache: {scope: team}}}\n", "1:39", "\"team\" is not built yet"},
    {"routes: {r: {model: m, cache: {scope: everyone}}}\n", "1:39", "expected key, all"},
    {"routes: {r: {model: m, cache: {ttl: 0s}}}\n", "1:37", ""},
    {"routes: {r: {model: m, cache: {sampled: maybe}}}\n", "1:41", ""},
    {"routes: {r: {model: m, cache: {replay: slow}}}\n", "1:40", ""},
    {"routes: {r: {model: m, cache: {similarity: 0.9}}}\n", "1:32", "unknown key `similarity`"},
    {"routes: {r: {tiers: {simple: m}, quality: {sample: 1%, judge: m}}}\n", "1:34",
     "held against a `baseline`"},
    {"routes: {r: {tiers: {simple: m}, baseline: m, quality: {judge: m}}}\n", "1:56",
     "`sample` is missing"},
    {"routes: {r: {models: [m], floor: 0.9, baseline: m, quality: {sample: 1%, judge: m, tiers: "
     "[simple]}}}\n",
     "1:84", "the `quality` of a route with a `floor` has no `tiers`"},
    {"routes: {r: {models: [m], floor: 0.9, baseline: m, quality: {sample: 1%, judge: m, floor: "
     "0.8}}}\n",
     "1:84", "the `quality` of a route with a `floor` has no `floor`"},
    {"limits: {cache: 1KiB}\n", "1:17", "limits.cache"},
    {"ledger: {sink: [sqlite]}\n", "1:16", ""},
    {"ledger: {bodies: some}\n", "1:18", "expected off, sampled, on"},
    {"ledger: {bodies: true}\n", "1:18", "expected off, sampled, on"},
    {"teams: {core: {bodies: \"on\"}}\n", "1:24", ""},
    {"limits: {memory: 2GiB}\n", "1:10", "limits.memory: not built yet"},
};

TEST(BadConfig, EachIsRefusedAtItsPlaceInItsWords) {
  Environment env = FakeEnvironment({{"K", "sk-secret-1"}});
  for (const BadConfig& bad : kBad) {
    Result<Settings> settings = Parse(bad.text, "weir.yaml", env);
    ASSERT_FALSE(settings) << bad.text;
    const std::string& message = settings.error().message;
    EXPECT_TRUE(message.starts_with(fmt::format("weir.yaml:{}: ", bad.place)))
        << bad.text << message;
    EXPECT_NE(message.find(bad.words), std::string::npos) << bad.text << message;
    EXPECT_EQ(settings.error().reason, Reason::kConfig);
    EXPECT_EQ(message.find('\n'), std::string::npos);
    EXPECT_EQ(message.find("hunter2"), std::string::npos);
    EXPECT_EQ(message.find("sk-secret-1"), std::string::npos);
  }
  EXPECT_GE(std::size(kBad), 60u);
}

TEST(BadConfig, LongPatternsAreRefused) {
  std::string text = "routes: {a: {tiers: {simple: m}, rules: [{name: x, tier: simple, match: \"" +
                     std::string(10'241, 'a') + "\"}]}}\n";
  Result<Settings> settings = Parse(text, "f", FakeEnvironment({}));
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("longer than 10 KiB"), std::string::npos);
}

TEST(BadConfig, SimulatedModelsAreBounded) {
  const auto with = [](int count) {
    std::string text = "providers:\n  s:\n    api: simulator\n    simulator:\n      models:\n";
    for (int i = 0; i < count; ++i) text += fmt::format("        m{}: {{quality: 0.5}}\n", i);
    return Parse(text, "f", FakeEnvironment({}));
  };
  EXPECT_TRUE(with(10'000));
  const Result<Settings> settings = with(10'001);
  ASSERT_FALSE(settings);
  EXPECT_NE(settings.error().message.find("more than 10,000 models"), std::string::npos);
}

TEST(BadConfig, ValuesOfVariablesAreNeverShown) {
  Environment env = FakeEnvironment({{"S", "sk-live 0123456789"}, {"T", "sk-live-0123456789"}});
  for (std::string_view text :
       {"listen: ${S}\n", "workers: ${S}\n", "data_dir: [\"${S}\"]\n", "ledger: {sink: \"${S}\"}\n",
        "ledger: {fsync: \"${S}\"}\n", "limits: {max_body: \"${S}\"}\n", "log: {level: \"${S}\"}\n",
        "providers: {p: {keys: [\"${S}\"]}}\n", "providers: {p: {base_url: \"${S}\"}}\n",
        "providers: {p: {api: \"${S}\"}}\n", "providers: {p: {allow_unknown: \"${S}\"}}\n",
        "models: {m: {price: {input: \"${S}\", output: 1}}}\n",
        "models: {m: {context: \"${S}\"}}\n", "models: {m: {upstream: \"${S}\"}}\n",
        "listen: ${T}\n", "workers: ${T}\n", "fallbacks: {a: [\"${T}\", \"${T}\"]}\n",
        "listen: \"127.0.0.1:${T}\"\n",
        "routes: {a: {tiers: {simple: m}, rules: [{name: x, tier: s, match: \"(${T}\"}]}}\n"}) {
    Result<Settings> settings = Parse(text, "f", env);
    ASSERT_FALSE(settings) << text;
    EXPECT_EQ(settings.error().message.find("0123456789"), std::string::npos)
        << settings.error().message;
    EXPECT_TRUE(settings.error().message.find("sk-live") == std::string::npos)
        << settings.error().message;
  }
}

// A config that sets just `path` of AllOptions(), whatever stands under it.
std::string ConfigSetting(std::string_view path) {
  std::string text = std::string(path) + ": {}";
  for (std::string part : {"NAME", "rules[]"}) {
    size_t at = text.find(part);
    if (at != std::string::npos) text.replace(at, part.size(), part == "NAME" ? "n" : "rules");
  }
  std::string yaml;
  size_t depth = 0;
  for (size_t begin = 0; begin < text.size();) {
    size_t dot = std::min(text.find('.', begin), text.size());
    yaml += std::string(2 * depth++, ' ') + text.substr(begin, dot - begin) +
            (dot == text.size() ? "\n" : ":\n");
    begin = dot + 1;
  }
  return yaml;
}

TEST(Options, WhatIsNotBuiltIsRefusedByName) {
  int refused = 0;
  for (const OptionDoc& option : AllOptions()) {
    if (option.built) continue;
    Result<Settings> settings = Parse(ConfigSetting(option.path), "f", FakeEnvironment({}));
    ASSERT_FALSE(settings) << option.path;
    EXPECT_NE(settings.error().message.find("not built yet"), std::string::npos) << option.path;
    ++refused;
  }
  EXPECT_GE(refused, 1);
}

TEST(Options, EveryOneIsDocumentedOnce) {
  std::set<std::string> paths;
  for (const OptionDoc& option : AllOptions()) {
    EXPECT_FALSE(option.doc.empty()) << option.path;
    EXPECT_LE(option.doc.size(), 140u) << option.path;
    EXPECT_TRUE(paths.insert(option.path).second) << option.path;
  }
  EXPECT_GE(paths.size(), 80u);
}

}  // namespace
}  // namespace weir::config
