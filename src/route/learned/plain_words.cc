#include "route/learned/plain_words.h"

namespace weir::route::learned {
namespace {

constexpr std::string_view kFunctionWords =
    "the a an of to in on at for and or is are was were be been being by with from as that this "
    "these those it its not no nor but if then than so such too very i me my mine we us our you "
    "your yours he him his she her they them their who whom whose which what when where why how "
    "do does did done have has had having can could will would shall should may might must am "
    "im ive id ill youre its dont doesnt didnt isnt arent wasnt cant couldnt wont wouldnt shouldnt "
    "there here all any each every both some more most other another into onto over under about "
    "between through during before after above below up down out off again once because while "
    "until since without within against per via also only own same just now get let lets one two "
    "whats thats theres wheres whos hows ago three four five first second last";

constexpr std::string_view kEmptyWords =
    // courtesy
    "please thanks thank thx hi hello hey dear greetings goodbye bye sir madam friend buddy sorry "
    "bother bothering kindly grateful gratefully appreciate appreciated appreciation kindness "
    "patience welcome hope hoping wish wonderful lovely nice great good best fine awesome amazing "
    "day morning afternoon evening night week weekend well ok okay yes yeah sure cool advance many "
    "much really truly deeply extremely highly super so lot lots help helping helpful assist "
    "assistance favor favour kind cheers regards "
    // effort and manner
    "think thinking thought reason reasoning step steps carefully careful slowly deep depth "
    "thorough thoroughly detail details detailed comprehensive comprehensively accurate accurately "
    "accuracy precise precisely precision rigor rigorous rigorously exhaustive exhaustively "
    "complete completely full fully correct correctly optimal optimally maximal maximally maximum "
    "effort hard harder hardest work long short brief briefly concise concisely quick quickly fast "
    "simple simply easy tiny trivial small basic little minor straightforward difficult tough "
    "challenging demanding intricate sophisticated advanced complex complicated important "
    "importantly urgent urgently critical professional professionally structured quality robust "
    "elegant clever smart intelligent brilliant genius world class elite senior principal staff "
    "lead chief distinguished renowned leading top tier1 level expert expertise specialist "
    "professor phd doctor engineer scientist scholar researcher master assistant ai act acting "
    "role pretend imagine experienced skilled seasoned best time take taking need needed "
    "needs necessary want like make sure ensure high highest higher low lowest lower possible "
    "possibly always never ever enough "
    // what a prompt calls itself and its answer
    "question questions problem task request prompt query message answer answers answered reply "
    "response respond solution solutions result results output explanation thing things something "
    "anything following note mark liner word words sentence way "
    // commands without an object
    "give tell show say provide write create generate produce make do explain describe discuss "
    "analyze analyse analysis evaluate assess synthesize synthesise justify elaborate consider "
    "compare review design architect implement build develop refactor optimize optimise debug "
    "plan solve compute calculate find list define translate summarize summarise summary rewrite "
    "rephrase paraphrase spell spelling check fix typo correct proofread edit classify treat "
    "mean means use using send put try go look handle process work";

constexpr std::string_view kCourtesyWords =
    "please thanks thank hi hello hey dear sorry kindly cheers many regards";

constexpr std::string_view kRoutingWords =
    "route routes routed routing router reroute gateway tier tiers model models llm gpt gpt4 gpt5 "
    "chatgpt openai anthropic claude opus sonnet haiku gemini llama mistral qwen deepseek grok o1 "
    "o3 o4 frontier premium flagship strongest powerful capable cheapest cheap expensive largest "
    "biggest complexity difficulty score classifier classification directive system override "
    "escalate escalation priority weir";

// Closed classes of German, Dutch, Swedish, Danish, French, Spanish, Portuguese, Italian, Romanian,
// Polish, Czech, Turkish, Vietnamese, Indonesian, Finnish, Hungarian.
constexpr std::string_view kForeignWords =
    "der das und ist nicht ein eine einen einem einer ich du wir ihr sie wie warum wo wer auch auf "
    "mit von zu zum zur für über nach bei aus dem den des sich sind wird werden kann können mir "
    "dir mich dich mein meine dein bitte noch aber oder wenn dass als einige schreib schreibe "
    "erkläre gibt heißt welche welcher hallo guten haben habe sein "
    "het een niet ik jij je wij zijn hoe waarom waar wie wat voor naar deze dit dat maar "
    "om ook nog kan kun je mijn jouw schrijf wordt heeft hebben "
    "och är inte jag vad hur varför att som på av för med det den ett og ikke jeg hvad hvordan "
    "le la les un une et est pas je tu il elle nous vous ils que qui quoi quel quelle quels "
    "comment pourquoi où dans avec sur du des au aux ce cette ces mon ton ses mais ou donc "
    "moi toi lui être avoir sont peux peut écris explique bonjour entre "
    "el los las una es en por qué cómo cuál cuáles dónde cuándo quién con para del al lo que "
    "pero esta este esto tu su sus muy más hay ser puedes puede escribe explica explícame "
    "hola cuánto cuántos entre como sobre gracias "
    "os uma não é de da dos das nos nas eu você ele ela como porque onde quem qual "
    "quais por mais mas seu sua meu minha muito escreva explique pode são está "
    "il lo gli una di che è sono con perché quale quali della del nel nella "
    "ti si scrivi spiega puoi anche più questo questa quanto ciao "
    "și este sunt cum unde pentru din cu ce mai "
    "nie się jak dlaczego gdzie kto czy dla przez od po że oraz mnie ta "
    "proszę napisz wyjaśnij jaki jaka jakie są "
    "je není jsem jak proč kde kdo který "
    "bir ve bu için ile ne nasıl neden nerede kim değil siz çok daha gibi "
    "olan yok ama lütfen yaz açıkla bana mısın misin hangi kadar "
    "là của và có không tôi bạn cho một những các với được trong này như thế nào tại sao hãy "
    "viết giải thích gì đâu "
    "yang dan di ke dari untuk dengan ini itu adalah tidak saya kamu anda apa bagaimana mengapa "
    "kenapa dimana siapa pada akan bisa tolong buatkan jelaskan tuliskan sebuah dalam oleh atau "
    "ja ei se että mitä miten miksi missä kuka minä sinä "
    "kaç neresi sana ona şey mojej ktoś jeden przy pod sejak prin asta unui leg aan kind uit oma "
    "wil "
    "jogo lhe lá pra seus ele nossa mia nonna abuela tutti fare "
    "a do in no on an die was war so will man me am as is it to of i am mit had been at de "
    "az egy és nem hogy hogyan miért hol ki mit";

constexpr std::string_view kChineseFunctionWords =
    "的 了 是 在 和 与 及 或 吗 呢 吧 啊 就 都 也 很 把 被 给 对 为 从 到 向 用 以 之 其 而 但 "
    "这 那 这个 那个 这些 那些 我 你 您 他 她 它 我们 你们 他们 什么 怎么 如何 为什么 哪 哪里 谁 "
    "几 "
    "有 没有 不 会 能 可以 要 请 让 使 并 且 并且 一个 一下 个 吗 还 再 又 等于";
constexpr std::string_view kChineseEmptyWords =
    "谢谢 多谢 感谢 你好 您好 早上好 晚上好 麻烦 辛苦 帮忙 帮 帮我 希望 祝 愉快 顺利 非常 十分 "
    "特别 "
    "极其 真的 太 难 困难 复杂 简单 容易 重要 详细 仔细 认真 深入 全面 严谨 准确 精确 专业 高级 "
    "一步 步骤 "
    "逐步 思考 想 想想 问题 任务 请求 回答 答案 解答 回复 说明 解释 分析 设计 实现 优化 评估 讨论 "
    "描述 "
    "翻译 总结 改写 专家 教授 博士 顶级 世界级 尽量 尽可能 最好 好好 努力 时间 下 一道 一种 做 写 "
    "作为 "
    "以下 下面 如下 快速 简短 简要 一句话";
constexpr std::string_view kChineseRoutingWords =
    "模型 路由 路由器 网关 最强 强大 最贵 便宜 最便宜 旗舰 前沿 高端 难度 等级 级别 分类 调度 优先";

}  // namespace

void AddPlainWords(WordTable* words) {
  const auto add = [words](uint32_t plain, std::string_view list, WordTable::Hash hash) {
    words->Add({.plain = plain}, list, hash);
  };
  add(kForeignWord, kForeignWords, HashWord);
  add(kFunctionWord, kFunctionWords, HashWord);
  add(kEmptyWord, kEmptyWords, HashWord);
  add(kEmptyWord | kCourtesyWord, kCourtesyWords, HashWord);
  add(kEmptyWord | kRoutingWord, kRoutingWords, HashWord);
  add(kFunctionWord, kChineseFunctionWords, HashCjk);
  add(kEmptyWord, kChineseEmptyWords, HashCjk);
  add(kEmptyWord | kRoutingWord, kChineseRoutingWords, HashCjk);
}

}  // namespace weir::route::learned
