// SPDX-License-Identifier: Apache-2.0
#include <clotho/clotho.hpp>
#include <clotho/runtime/native.hpp>
#include "kernels/twice.hpp"

#include <cstdio>
#include <vector>

int main() {
  const clotho::context ctx;
  clotho::queue q(ctx);
  const auto program = clotho::program::build(ctx, kernels::twice);
  const std::vector<int> numbers{1, 2, 3};
  const auto x = clotho::device_buffer::of<int>(ctx, numbers.size());
  q.write(x, std::span<const int>(numbers));
  q.launch(program.get_kernel("twice"), numbers.size(), x);
  std::vector<int> result(numbers.size());
  q.read(x, std::span<int>(result));
  std::printf("%d %d %d\n", result[0], result[1], result[2]);
  return clotho::native::handle(ctx) != nullptr && result == std::vector<int>{2, 4, 6} ? 0 : 1;
}
