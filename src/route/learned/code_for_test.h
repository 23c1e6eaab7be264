// Code as it is pasted beside a question.
#pragma once

#include <string_view>

namespace weir::route {

inline constexpr std::string_view kStack = R"(
```cpp
struct Node { std::atomic<Node*> next; int value; };
void Push(Node* n) {
  Node* old = head.load(std::memory_order_relaxed);
  do { n->next = old; } while (!head.compare_exchange_weak(old, n));
  printf("\nTotal: %d\n", n->value);
}
```)";
inline constexpr std::string_view kPython = R"(
```python
def merge(left, right):
    result = []
    while left and right:
        result.append((left if left[0] < right[0] else right).pop(0))
    return result + left + right
```)";
inline constexpr std::string_view kJson = R"(
```
{"service": "queue", "retries": [1, 2, 4], "timeout_ms": 250, "tags": {"team": "core"}}
```)";

}  // namespace weir::route
