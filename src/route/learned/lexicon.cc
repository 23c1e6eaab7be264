#include "route/learned/lexicon.h"

namespace weir::route::learned {
namespace {

struct CueWords {
  Cue cue;
  std::string_view words;
};

constexpr CueWords kCueWords[] = {
    {Cue::kMath,
     "sum product equation solve calculate compute percent percentage ratio average area volume "
     "perimeter triangle circle angle radius fraction multiply divide add subtract number numbers "
     "integer integers digit digits total times twice remainder equals probability polynomial "
     "algebra geometry exponent inequality quadratic algebraic recurrence reciprocals rational "
     "irrational cube"},
    {Cue::kAdvancedMath,
     "integral derivative matrix eigenvalue eigenvalues vector theorem lemma modulo prime primes "
     "diophantine homomorphism isomorphism topology manifold convergence limit continuous "
     "differentiable permutation combinatorial bijection asymptotic stochastic variance hilbert "
     "banach galois subgroup abelian cyclic field ring sequence series logarithm congruent "
     "estimator likelihood covariance posterior bayesian gradient jacobian hessian laplacian "
     "tensor measure metric compact uniformly differential equation equations fourier eigenvector "
     "rationals reals group groups isomorphic graph np-hard undecidable reduction poisson gaussian "
     "martingale equilibrium equilibria bound bounds backpropagation"},
    {Cue::kProof,
     "prove proof proves derive derivation show demonstrate rigorous formally theorem completeness "
     "contradiction induction necessary sufficient linearizable correctness invariant disprove "
     "disproof soundness sound conjecture corollary counterexample lemma safety liveness holds "
     "implies preserves invariants"},
    {Cue::kCode,
     "function code program python javascript java cpp rust golang sql html css script class "
     "method array list string tuple dictionary loop recursion api json regex compile compiler "
     "debug bug exception stack queue return def import print bash linux docker git commit react "
     "typescript database query algorithm implement sort pointer thread refactor unit tests "
     "traceback segfault pointer allocator generic template async await goroutine channel rust "
     "haskell cuda gpu opcode bytecode parser ast ssa checker"},
    {Cue::kSystems,
     "distributed concurrent concurrency lock mutex atomic consensus replication latency "
     "throughput scalable architecture microservices kubernetes consistency transaction sharding "
     "cache protocol semantics regions limiter idempotent kernel scheduler producer consumer "
     "multithreaded parallel fault tolerant raft paxos optimize lock-free wait-free linearizable "
     "deadlock race races mutexes replicated sharded partition partitions byzantine exactly-once "
     "checkpoint checkpoints snapshot durable quorum scheduler throughput backpressure failover "
     "multi-region globally causal serializable garbage collector barrier memory ordering"},
    {Cue::kScience,
     "energy force velocity acceleration mass electron proton atom molecule molecules reaction "
     "acid base enzyme protein proteins gene genes dna rna cell cells species quantum photon "
     "wavelength temperature pressure entropy equilibrium chemical physics chemistry biology "
     "organism isotope orbital nucleus spectrum compound solution mol ph"},
    {Cue::kMedicine,
     "patient patients disease diagnosis symptoms treatment therapy clinical year-old mg mcg kg "
     "dose serum blood pressure cancer syndrome infection lactate shock septic artery nerve renal "
     "cardiac pain fever physician hospital history drug drugs vaccine chronic acute dialysis "
     "chest doses dosing differential presents presented hypotensive hypotension vasopressor "
     "vasopressors norepinephrine sepsis ecg qrs ct mri hyperkalemia hyponatremia cirrhosis "
     "warfarin creatinine wound biopsy contraindicated comorbidities intubated map"},
    {Cue::kLaw,
     "court plaintiff defendant statute contract liability tort jurisdiction constitutional "
     "amendment evidence jury trial attorney legal law property negligence appeal convicted crime "
     "rights clause regulation doctrine doctrines consideration promise estoppel fiduciary "
     "injunction precedent lease patent infringement compliance gdpr"},
    {Cue::kBusiness,
     "market price prices demand supply cost costs profit revenue tax income bond stock interest "
     "rate inflation investment company firm firms customers marketing management budget economy "
     "fiscal monetary accounting capital"},
    {Cue::kHumanities,
     "history war century president king empire philosophy moral ethics religion god church "
     "political government culture society art literature poet novel ancient revolution treaty "
     "theory freud kant plato"},
    {Cue::kCreative,
     "poem story essay song lyrics haiku novel fiction imagine creative character dialogue scene "
     "plot joke slogan blog letter speech limerick rhyme script screenplay tale describe narrative "
     "write"},
    {Cue::kRewrite,
     "translate translation summarize summarise summary rewrite rephrase paraphrase correct typo "
     "grammar spelling edit shorten fix polish proofread tldr bullet convert format"},
    {Cue::kRoleplay, "pretend roleplay act role persona play expert assistant imagine"},
    {Cue::kAdvice,
     "tips advice recommend recommendation suggest suggestions best ideas guide should recipe "
     "help plan ways cook travel visit gift workout"},
    {Cue::kSocial,
     "hi hello hey thanks thank bye goodbye ok okay yes no sure please great cool nice welcome "
     "morning night yep nope lol sorry continue go"},
    {Cue::kExtract,
     "extract classify identify list label categorize table csv json field fields entities "
     "sentiment paragraph passage text article following above below given"},
    {Cue::kLogic,
     "puzzle clue clues logic logical deduce deduction premise conclusion argument valid follows "
     "infer inference implies riddle true false statement statements consistent constraints "
     "satisfies deduce unique seating deduced consistent inconsistent"},
    {Cue::kCondition, "if suppose assume assuming given unless whether when provided otherwise"},
    {Cue::kNegation, "not except never none without neither nor cannot isn't doesn't don't least"},
    {Cue::kCompare,
     "more less than greater smaller larger better worse most compare difference between versus "
     "similar higher lower best"},
    {Cue::kQuantity,
     "each every per half total altogether many much remaining left hours minutes days week "
     "dollars miles cents price"},
    {Cue::kExplain,
     "explain analyze analyse discuss evaluate justify describe elaborate reason reasoning "
     "critically interpret"},
    {Cue::kWhoWhenWhere, "who whom whose when where"},
    {Cue::kWhatWhich, "what which what's"},
    {Cue::kHow, "how"},
    {Cue::kWhy, "why because cause causes"},
    {Cue::kCommand,
     "write create make give find generate design develop build implement provide list draft "
     "compose"},
    {Cue::kFirstPerson, "i my me i'm we our us mine"},
    {Cue::kSecondPerson, "you your yourself"},
    {Cue::kFunction,
     "the a an of to in on at for and or is are was were be by with from as that this it its"},
    {Cue::kConstraint,
     "must only exactly without at-least at-most ensure should limit constraint constraints "
     "requirement maximum minimum least unique distinct"},
};

// Chinese task words, two to four characters each.
constexpr CueWords kChineseCueWords[] = {
    {Cue::kMath, "计算 方程 多少 求解 面积 概率 百分之 平均 总和 整数 三角形 数学"},
    {Cue::kAdvancedMath,
     "积分 导数 矩阵 特征值 定理 素数 质数 同构 极限 收敛 丢番图 数论 拓扑 整除 阿贝尔 有理数 "
     "微分 方差 似然 梯度 拉格朗日 不等式 整环 有限域"},
    {Cue::kProof,
     "证明 推导 论证 严格 完备性 反证 归纳法 充分必要 线性一致 唯一性 不变式 安全性 充要"},
    {Cue::kCode,
     "代码 函数 编程 程序 脚本 算法 数据库 查询 实现 调试 报错 接口 编译 线程 指针 递归 正则 "
     "编译器 哈希 内存 垃圾回收 反向传播"},
    {Cue::kSystems,
     "分布式 并发 无锁 原子 一致性 共识 可扩展 架构 微服务 事务 缓存 限流 多线程 队列 生产者 "
     "消费者 容错 拜占庭 协议 网络分区 因果一致 死锁 竞态 内存序 高可用"},
    {Cue::kScience, "能量 速度 电子 原子 分子 反应 蛋白质 基因 细胞 量子 温度 压力 物理 化学 生物"},
    {Cue::kMedicine,
     "患者 病人 诊断 症状 治疗 休克 感染 剂量 血压 乳酸 脓毒 药物 临床 手术 透析 胸痛 高钾血症 "
     "鉴别诊断 肝硬化 发热 脓毒性 感染性"},
    {Cue::kLaw, "法律 合同 法院 原告 被告 责任 法规 条款 诉讼 合同法 宪法 承诺 判例 违约"},
    {Cue::kBusiness, "市场 价格 成本 利润 税收 股票 利率 投资 公司 营销 预算 经济"},
    {Cue::kHumanities, "历史 战争 哲学 道德 宗教 政治 文化 社会 革命"},
    {Cue::kCreative, "故事 诗歌 写一首 作文 歌词 小说 笑话 口号 剧本 对话"},
    {Cue::kRewrite, "翻译 总结 改写 润色 摘要 概括 纠正 错别字 校对 语法 格式"},
    {Cue::kRoleplay, "扮演 假装 角色"},
    {Cue::kAdvice, "建议 推荐 技巧 攻略 旅行 食谱 怎么办"},
    {Cue::kSocial, "你好 谢谢 再见 早上好 晚安 好的 没关系"},
    {Cue::kExtract, "提取 分类 识别 列出 表格 字段 情感 以下 下面"},
    {Cue::kLogic, "推理 逻辑 谜题 前提 结论 真假"},
    {Cue::kCondition, "如果 假设 假如 除非 给定"},
    {Cue::kCompare, "比较 区别 更好 差异 对比"},
    {Cue::kExplain, "解释 分析 讨论 评价 说明 描述 阐述"},
    {Cue::kWhoWhenWhere, "什么时候 哪里 在哪 是谁 哪一年 首都"},
    {Cue::kWhatWhich, "什么 哪个 哪些"},
    {Cue::kHow, "如何 怎么 怎样"},
    {Cue::kWhy, "为什么 原因 为何"},
    {Cue::kCommand, "写一 设计 创建 生成 制定 编写 构建 给我"},
    {Cue::kFirstPerson, "我的 我们 我想 我要"},
    {Cue::kSecondPerson, "你的 请你 你是"},
    {Cue::kConstraint, "必须 只能 恰好 至少 至多 不超过 限制 要求"},
};

}  // namespace

void AddCueWords(WordTable* words) {
  const auto bit = [](Cue cue) { return WordFacts{.cues = 1u << static_cast<int>(cue)}; };
  for (const CueWords& entry : kCueWords) words->Add(bit(entry.cue), entry.words, HashWord);
  for (const CueWords& entry : kChineseCueWords) words->Add(bit(entry.cue), entry.words, HashCjk);
}

}  // namespace weir::route::learned
