#include "route/small_talk.h"

#include <fmt/format.h>
#include <re2/re2.h>
#include <unicode/uchar.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <string>

#include "base/strings.h"
#include "route/learned/harness.h"

namespace weir::route {
namespace {

constexpr size_t kLongestApproval = 64;
constexpr size_t kHead = 640;  // of a prompt: what it is for stands at its beginning
constexpr int64_t kSmallAnswer = 1'024;

// In small letters, words apart by one blank, without anything that is no letter or digit.
constexpr std::string_view kApprovals[] = {
    // English
    "y", "yes", "yep", "yeah", "yup", "ye", "yes please", "yes do it", "yes go ahead",
    "yes continue", "yes proceed", "ok", "okay", "k", "kk", "ok do it", "ok go", "ok go ahead",
    "ok continue", "ok thanks", "ok please", "okay do it", "okay go ahead", "okay continue", "sure",
    "sure go ahead", "sure thing", "sure do it", "go", "go ahead", "go for it", "go on",
    "please go on", "please go ahead", "please do", "please do it", "please do so",
    "please continue", "please proceed", "do it", "do that", "do so", "just do it", "lets do it",
    "lets do that", "lets go", "continue", "continue please", "keep going", "carry on", "proceed",
    "next", "next step", "approve", "approved", "accept", "accepted", "confirm", "confirmed",
    "agreed", "i agree", "right", "correct", "exactly", "thats right", "thats correct",
    "that works", "works for me", "sounds good", "looks good", "looks good to me", "lgtm",
    "ship it", "merge it", "commit", "commit it", "commit this", "commit and push",
    "commit and push it", "push it", "apply it", "apply", "run it", "try it", "try again", "retry",
    "again", "fix it", "fix that", "good", "great", "perfect", "nice", "fine", "all good", "thanks",
    "thank you", "thx", "absolutely", "definitely", "of course", "affirmative", "alright",
    "all right", "cool",
    // Chinese, Japanese, Korean
    "好", "好的", "好吧", "好啊", "可以", "可以的", "行", "行吧", "是", "是的", "对", "对的",
    "没问题", "继续", "请继续", "继续吧", "同意", "确认", "批准", "提交", "提交吧", "开始吧",
    "执行", "执行吧", "嗯", "嗯嗯", "繼續", "請繼續", "對", "沒問題", "確認", "はい", "ええ",
    "うん", "オーケー", "了解", "了解です", "お願いします", "続けて", "続けてください", "進めて",
    "進めてください", "いいよ", "いいです", "네", "예", "응", "그래", "좋아", "좋아요", "계속",
    "계속해", "계속해줘", "계속해주세요", "진행해", "진행해줘", "진행해주세요", "확인",
    // German, French, Spanish, Italian, Portuguese, Dutch
    "ja", "ja bitte", "jo", "jawohl", "klar", "gerne", "weiter", "bitte weiter", "mach weiter",
    "mach das", "mach es", "mach mal", "einverstanden", "passt", "genau", "gut", "in ordnung",
    "los", "oui", "ouais", "daccord", "vasy", "vas y", "allez y", "continuez", "cest bon",
    "parfait", "bien sûr", "sí", "si", "vale", "dale", "claro", "adelante", "continúa", "continua",
    "sigue", "hazlo", "de acuerdo", "perfecto", "procede", "va bene", "certo", "procedi", "avanti",
    "fallo", "sim", "pode", "pode fazer", "pode continuar", "faça", "isso", "beleza", "tá bom",
    "prossiga", "ga door", "doe maar", "prima", "akkoord",
    // Russian, Ukrainian, Polish, Turkish
    "да", "ага", "ок", "окей", "хорошо", "давай", "продолжай", "продолжайте", "дальше", "делай",
    "согласен", "согласна", "верно", "так", "добре", "продовжуй", "tak", "dobrze", "dalej",
    "kontynuuj", "zrób to", "zgoda", "evet", "tamam", "devam", "devam et", "olur",
    // Arabic, Hindi, Vietnamese, Indonesian
    "نعم", "حسنا", "حسنًا", "تمام", "موافق", "استمر", "أكمل", "تابع", "हाँ", "हां", "ठीक है", "जारी रखें",
    "आगे बढ़ो", "vâng", "được", "đồng ý", "tiếp tục", "ya", "lanjut", "lanjutkan", "oke", "setuju"};
constexpr std::string_view kThumbs[] = {"👍", "✅", "👌", "🆗", "✔"};

bool IsApostrophe(UChar32 c) {
  return c == '\'' || c == 0x2019 || c == 0x60;
}

// In letters, digits and their marks alone.
std::string Normalized(std::string_view text) {
  std::string words;
  const auto size = static_cast<int32_t>(text.size());
  bool gap = false;
  for (int32_t at = 0; at < size;) {
    UChar32 c = 0;
    U8_NEXT_OR_FFFD(text.data(), at, size, c);
    if (IsApostrophe(c)) continue;
    const int8_t type = u_charType(c);
    const bool mark = type == U_NON_SPACING_MARK || type == U_COMBINING_SPACING_MARK;
    if (!u_isalnum(c) && !mark) {
      gap = true;
      continue;
    }
    if (gap && !words.empty()) words += ' ';
    gap = false;
    char bytes[U8_MAX_LENGTH];
    int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, u_tolower(c));
    words.append(bytes, static_cast<size_t>(length));
  }
  return words;
}

bool Asks(std::string_view text, const RE2& pattern) {
  const std::string_view head = text.substr(0, kHead);
  if (head.find("itle") == head.npos && head.find("ummari") == head.npos) return false;
  return RE2::PartialMatch({head.data(), head.size()}, pattern);
}

constexpr std::string_view kTitle =
    R"(\b(generate|create|write|provide|extract|output|produce|give|reply with|come up with)\b)"
    R"([^.\n]{0,80}\btitle\b)"
    R"([^.\n]{0,120}\b(conversation|thread|chat|session|first message|topic))";
// Of a summary only in the first sentence: many a prompt speaks of one later.
constexpr std::string_view kSummary =
    R"(^[^.\n]{0,120}\bsummari[sz](e|ing)\b[^.\n]{0,40}\b(conversation|thread|session|chat)s?\b)";
constexpr std::string_view kOnlyTitle = R"(\b(conversation|thread|chat|session) title\b)";

const RE2& TitlePattern() {
  static const RE2 pattern(fmt::format("(?i){}", kTitle));
  return pattern;
}

const RE2& SystemPattern() {
  static const RE2 pattern(fmt::format("(?i){}|{}|{}", kOnlyTitle, kSummary, kTitle));
  return pattern;
}

}  // namespace

bool IsApproval(std::string_view last_user) {
  std::string kept;
  const std::string_view said = Trim(WithoutHarness(last_user, &kept));
  if (said.empty() || said.size() > kLongestApproval) return false;
  if (std::ranges::find(kThumbs, said) != std::end(kThumbs)) return true;
  return std::ranges::find(kApprovals, std::string_view(Normalized(said))) != std::end(kApprovals);
}

bool IsHousekeeping(const chat::Request& request) {
  if (request.has_tools || request.images > 0) return false;
  const std::string_view instructions =
      request.all_text.substr(0, std::min(request.instruction_bytes, request.all_text.size()));
  if (Asks(instructions, SystemPattern())) return true;
  const bool small = request.max_tokens > 0 && request.max_tokens <= kSmallAnswer;
  return small && Asks(request.last_user, TitlePattern());
}

}  // namespace weir::route
