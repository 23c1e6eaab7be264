#include "gateway/request_size.h"

#include <algorithm>

namespace weir::gateway {
namespace {

// Of a model whose bounds nobody knows: more than any model known answers with.
constexpr int64_t kLongestAnswer = 131'072;
constexpr int64_t kLargestWindow = 2'000'000;

// Of one choice, when nothing is asked.
int64_t LongestAnswer(const catalog::Model* model) {
  if (model == nullptr) return kLongestAnswer;
  if (model->max_output > 0) return model->max_output;
  return model->context > 0 ? std::min(model->context, kLongestAnswer) : kLongestAnswer;
}

}  // namespace

RequestSize SizeOf(const chat::Request& request, size_t body_bytes) {
  RequestSize size{request.MostPromptTokens(body_bytes), request.max_tokens,
                   std::max<int64_t>({request.n, request.best_of, 1}),
                   request.endpoint == chat::Endpoint::kEmbeddings};
  // Each prompt of the legacy endpoint is answered.
  if (request.endpoint == chat::Endpoint::kCompletions) {
    size.choices *= std::max(request.messages, 1);
  }
  return size;
}

int64_t MostAnswerTokens(const RequestSize& size, const catalog::Model* model) {
  if (size.embeds) return 0;
  const int64_t answer = size.answer > 0 ? size.answer : LongestAnswer(model);
  int64_t all = 0;
  return __builtin_mul_overflow(answer, size.choices, &all) ? INT64_MAX : all;
}

int64_t MostPromptTokens(const RequestSize& size, const catalog::Model* model) {
  if (size.prompt) return *size.prompt;
  return model != nullptr && model->context > 0 ? model->context : kLargestWindow;
}

}  // namespace weir::gateway
