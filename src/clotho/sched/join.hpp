#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <exception>
#include <type_traits>
#include <utility>

#include <clotho/sched/detail/worker.hpp>

namespace clotho {

namespace detail {

/// One half of a join, on the stack of the worker that forked it.
template <class F> class forked final : public work, public scope {
 public:
  forked(worker& here, F& f) noexcept : work(&run_stolen, this), scope(here.running_in(), 1), f_(f) {}

  std::exception_ptr failure;

 private:
  static void run_stolen(work& self) noexcept {
    auto& stolen = static_cast<forked&>(self);
    try {
      stolen.f_();
    } catch (...) {
      stolen.failure = std::current_exception();
    }
  }

  F& f_;
};

} // namespace detail

/// Runs `f` and `g`, at once if another worker is free to take `f`, and returns when both have finished. On a
/// thread that is no worker of a pool both run there, `f` first.
///
/// Costs no allocation. When one of them throws, that exception is rethrown after the other has finished, or was
/// found not to have begun, in which case it does not run; when both throw, the exception of `f`, and that of `g`
/// is reported to the pool's log.
/// Frigo, Leiserson and Randall, "The implementation of the Cilk-5 multithreaded language", PLDI 1998, but that
/// the child is what can be stolen.
template <class F, class G> void join(F&& f, G&& g) {
  detail::worker* const here = detail::worker::current();
  if (here == nullptr) {
    f();
    g();
    return;
  }
  detail::forked<std::remove_reference_t<F>> other(*here, f);
  const auto mark = here->mark();
  here->push(other);
  try {
    g();
  } catch (...) {
    if (!here->take_back(other)) here->wait(other, mark);
    if (!other.failure) throw;
    here->report(std::current_exception());
    std::rethrow_exception(other.failure);
  }
  if (here->take_back(other)) return static_cast<void>(f());
  here->wait(other, mark);
  if (other.failure) std::rethrow_exception(other.failure);
}

} // namespace clotho
