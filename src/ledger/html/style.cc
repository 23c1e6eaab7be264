#include "ledger/html/style.h"

#include <array>
#include <cstdint>

#include "base/hash.h"

namespace weir::ledger::html {
namespace {

constexpr std::string_view kStyle = R"(
:root{color-scheme:light dark;--page:#fff;--ink:#1c2430;--soft:#5a6675;--rule:#dde3ea;--tile:#f5f7fa;
--spend:#0b63a5;--base:#b26a00;--gain:#1a7f37;--loss:#c0272d;--probe:#7a5ea8;--up:#b26a00;
--t0:#0b63a5;--t1:#3f9c8f;--t2:#b26a00;--t3:#8a4fa3;--t4:#c2577a;--t5:#6b7f2a;--t6:#4d5fb8;--t7:#8b949e}
@media (prefers-color-scheme:dark){:root{--page:#12161c;--ink:#e6eaf0;--soft:#9aa7b5;--rule:#2d3641;--tile:#1b212a;
--spend:#62b0f0;--base:#e8a33d;--gain:#4cc26a;--loss:#ff7b72;--probe:#b79ae6;--up:#e8a33d;
--t0:#4a9fe3;--t1:#58bdae;--t2:#e8a33d;--t3:#b88bd0;--t4:#e58aa8;--t5:#a3b95a;--t6:#8a9aef;--t7:#8b949e}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1200px;padding:24px 20px 48px;background:var(--page);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
h1{font-size:1.15rem;margin:0;font-weight:600}
h2{font-size:1.2rem;margin:2.2em 0 .6em}
p{margin:.4em 0}
.soft,.note{color:var(--soft)}
.note{font-size:.85rem}
.lead{font-size:1.35rem;line-height:1.4;margin:.8em 0 1em;max-width:48em;text-wrap:pretty}
.alarm{border-left:4px solid var(--loss);background:var(--tile);padding:.5em .9em;margin:.8em 0}
.tiles{display:grid;grid-template-columns:repeat(3,1fr);gap:14px;margin:0;padding:0;list-style:none}
.tiles li{background:var(--tile);border:1px solid var(--rule);border-radius:8px;padding:14px 16px}
.tiles b{display:block;font-size:2.1rem;line-height:1.2;font-weight:650;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.tiles .what{color:var(--soft);font-size:.9rem}
.tiles .more{font-size:.9rem}
.neg{color:var(--loss)}
.pos{color:var(--gain)}
.charts{display:grid;align-items:start;margin-top:14px;grid-template-columns:repeat(auto-fit,minmax(min(100%,440px),1fr));grid-auto-flow:dense;gap:14px}
figure{margin:0;border:1px solid var(--rule);border-radius:8px;padding:12px 14px;min-width:0;break-inside:avoid}
figcaption{font-weight:600}
.legend{list-style:none;margin:.2em 0 .4em;padding:0;display:flex;flex-wrap:wrap;gap:2px 16px;font-size:.85rem;color:var(--soft)}
.legend li{overflow-wrap:anywhere}
.key{display:inline-block;width:10px;height:10px;border-radius:2px;margin-right:6px}
svg{display:block;width:100%;height:auto;overflow:visible}
text{fill:var(--soft);font-size:13px;font-family:inherit;font-variant-numeric:tabular-nums}
text.name{fill:var(--ink)}
text.end{text-anchor:end}
text.mid{text-anchor:middle}
.grid{stroke:var(--rule);stroke-width:1}
.axis{stroke:var(--soft);stroke-width:1}
.line{fill:none;stroke-width:2.2;stroke-linejoin:round}
.whisker{stroke-width:3;opacity:.55}
.rule{stroke-width:1.5;stroke-dasharray:6 4}
.line.spend,.whisker.spend{stroke:var(--spend)}
.line.base,.whisker.base{stroke:var(--base)}
.line.gain,.whisker.gain,.whisker.range{stroke:var(--gain)}
.line.loss,.whisker.loss{stroke:var(--loss)}
.line.probe,.whisker.probe{stroke:var(--probe)}
.line.probe{stroke-width:1.6;stroke-dasharray:3 3}.whisker.probe{stroke-width:1.5;opacity:.5}
.dot.probe{fill:var(--page);stroke:var(--probe);stroke-width:1.5}
.shade.up{fill:var(--up)}.mark.up{fill:var(--up)}
.sub{font-weight:600;font-size:.9rem;margin:.6em 0 0}
.rule.floor{stroke:var(--base)}
.band{opacity:.2}
.band.base{fill:var(--base)}
.band.gain,.band.range{fill:var(--gain)}
.band.loss{fill:var(--loss)}
rect.spend,.dot.spend,.band.spend{fill:var(--spend)}
rect.base,.dot.base{fill:var(--base)}
rect.gain,.dot.gain{fill:var(--gain)}
rect.loss,.dot.loss{fill:var(--loss)}
rect.rest{fill:var(--t7)}
.t0{fill:var(--t0)}.t1{fill:var(--t1)}.t2{fill:var(--t2)}.t3{fill:var(--t3)}
.t4{fill:var(--t4)}.t5{fill:var(--t5)}.t6{fill:var(--t6)}.t7{fill:var(--t7)}
i.t0{background:var(--t0)}i.t1{background:var(--t1)}i.t2{background:var(--t2)}i.t3{background:var(--t3)}
i.t4{background:var(--t4)}i.t5{background:var(--t5)}i.t6{background:var(--t6)}i.t7{background:var(--t7)}
i.floor{background:var(--base);height:3px;vertical-align:middle}
i.probe{border:2px solid var(--probe);border-radius:50%}i.up{background:var(--up);opacity:.6}
i.bar{width:3px;margin:0 10px 0 4px;background:var(--soft)}
i.spend{background:var(--spend)}i.base{background:var(--base)}i.gain{background:var(--gain)}i.loss{background:var(--loss)}
.wide{overflow-x:auto;margin:.4em 0 1.2em}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.3em 0}
th,td{padding:5px 10px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap;font-weight:400}
thead th{color:var(--soft);font-size:.82rem;border-bottom:2px solid var(--rule)}
tbody th,th.text,td.text{text-align:left}
tbody th{max-width:22em;overflow:hidden;text-overflow:ellipsis}
tr.sum th,tr.sum td{font-weight:650;border-top:2px solid var(--rule)}
.bill,.tall{grid-row:span 2}
.bill .wide{margin:0}
.bill tbody th{white-space:normal;max-width:none}
small{display:block;color:var(--soft);font-size:.82rem;font-weight:400}
code{font:.95em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace}
.two{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));gap:0 28px}
.two th,.two td{padding:5px 6px}
.two h3{font-size:1rem;margin:.4em 0}
ul.plain{margin:.2em 0;padding-left:1.2em}
a{color:var(--spend)}
@media (max-width:960px){.bill,.tall{grid-row:auto}}
@media (max-width:640px){body{padding:16px 12px 32px}.tiles{grid-template-columns:1fr}.lead{font-size:1.15rem}
text{font-size:15px}text.tick{font-size:19px}th,td{padding:5px 7px}}
@media print{:root{color-scheme:light;--page:#fff;--ink:#000;--soft:#444;--rule:#bbb;--tile:#f5f7fa;--spend:#0b63a5;
--base:#b26a00;--gain:#1a7f37;--loss:#c0272d;--probe:#7a5ea8;--up:#b26a00}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}body{max-width:none;padding:0;font-size:11pt}
.charts{grid-template-columns:1fr 1fr}.wide{overflow:visible}table{font-size:8pt}th,td{padding:2px 5px}
tr,figure,.tiles{break-inside:avoid}h2{break-after:avoid}}
)";

std::string Base64(const Sha256Digest& digest) {
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (size_t i = 0; i < digest.size(); i += 3) {
    uint32_t three = 0;
    for (size_t j = 0; j < 3; ++j) three = three << 8 | (i + j < digest.size() ? digest[i + j] : 0);
    for (size_t j = 0; j < 4; ++j) {
      text += i + j > digest.size() ? '=' : kDigits[three >> (18 - 6 * j) & 63];
    }
  }
  return text;
}

}  // namespace

std::string_view StyleSheet() {
  return kStyle;
}

const std::string& ContentPolicy() {
  static const std::string kPolicy = "default-src 'none'; style-src 'sha256-" +
                                     Base64(Sha256(kStyle)) +
                                     "'; base-uri 'none'; form-action 'none'";
  return kPolicy;
}

}  // namespace weir::ledger::html
