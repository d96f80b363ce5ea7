// SPDX-License-Identifier: Apache-2.0
#include "sched/model/fiber.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define CLOTHO_MODEL_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define CLOTHO_MODEL_ASAN 1
#endif
#endif
#if defined(CLOTHO_MODEL_ASAN)
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace clotho::model {

namespace {
// makecontext passes nothing wider than an int.
fiber* entered = nullptr;
fiber* left = nullptr;
} // namespace

void fiber::start(function body, void* context) {
  if (!stack_) stack_.reset(new std::byte[stack_bytes]);
#if defined(CLOTHO_MODEL_ASAN)
  __asan_unpoison_memory_region(stack_.get(), stack_bytes); // frames that were abandoned
#endif
  bottom_ = stack_.get();
  size_ = stack_bytes;
  fake_stack_ = nullptr;
  body_ = body;
  argument_ = context;
  getcontext(&context_);
  context_.uc_stack.ss_sp = stack_.get();
  context_.uc_stack.ss_size = stack_bytes;
  context_.uc_link = nullptr;
  makecontext(&context_, &fiber::enter, 0);
}

void fiber::enter() {
  fiber& self = *entered;
#if defined(CLOTHO_MODEL_ASAN)
  __sanitizer_finish_switch_fiber(nullptr, &left->bottom_, &left->size_);
#endif
  self.body_(self.argument_);
}

void fiber::switch_to(fiber& from, fiber& to) {
  left = &from;
  entered = &to;
#if defined(CLOTHO_MODEL_ASAN)
  __sanitizer_start_switch_fiber(&from.fake_stack_, to.bottom_, to.size_);
#endif
  swapcontext(&from.context_, &to.context_);
#if defined(CLOTHO_MODEL_ASAN)
  __sanitizer_finish_switch_fiber(from.fake_stack_, nullptr, nullptr);
#endif
}

} // namespace clotho::model
