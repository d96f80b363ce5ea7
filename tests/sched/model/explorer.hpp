#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace clotho::model {

/// How heavy_barrier and light_barrier work.
enum class barriers {
  membarrier, ///< the heavy one runs a fence in every other thread, one after the other in any order
  at_once,    ///< the same, in all of them at the same time: fewer executions
  fences      ///< the fallback: both are fences of the calling thread
};

struct options {
  model::barriers barriers = model::barriers::membarrier;
  int preemptions = -1;           ///< at most so many in an execution; -1: any number, the full search
  bool reduce = true;             ///< false: every interleaving, also where it leads to a state seen before
  bool spurious_failures = false; ///< of compare_exchange_weak
  std::size_t steps = 2000;       ///< an execution that is longer counts as endless
  std::size_t executions = 20000000; ///< gives up after so many
};

struct result {
  std::size_t executions = 0; ///< runs from the start, the ones cut short included
  std::size_t endings = 0;    ///< runs to the end
  std::size_t states = 0;     ///< distinct ones at which a thread was chosen
  std::size_t steps = 0;      ///< operations, those repeated to get to a state included
  bool complete = false;      ///< nothing was left out, but by options.preemptions
  double seconds = 0;
  std::string violation; ///< empty: none in any execution
  std::string trace;     ///< the execution that violates, an operation a line
};

/// Ends the execution as one that violates the specification. In a thread it does not return.
[[noreturn]] void fail(const char* violation);
inline void require(bool holds, const char* otherwise) {
  if (!holds) fail(otherwise);
}

/// Names the modelled objects that are constructed next, for traces.
struct names {
  names(std::initializer_list<const char*> next);
};
/// Shows values that are this address under a name, in traces.
void name_value(const void* address, std::string name);
/// From here on the calling thread depends on nothing that it has seen so far, but for what `live` tells
/// apart: so that the search knows one turn of a loop from another only by what matters.
void forget(std::uint64_t live);

namespace detail {

struct scenario {
  unsigned threads;
  void* state;
  void (*construct)(void* context);
  void (*destroy)(void* state);
  void (*run)(void* state, unsigned thread);
  void (*finished)(void* state);
  void (*parked)(void* state); ///< null: to park for good is a deadlock
  std::span<const std::byte> (*plain)(const void* state);
  void* context;
};
result explore(const scenario& what, const options& how);

} // namespace detail

/// Runs a scenario in every way that it can go, until one violates. A `State` has
///
///     static constexpr unsigned threads;
///     void run(unsigned thread);  // the body of each
///     void finished();            // when all have returned: calls fail() or require()
///     void parked();              // optional: when none can go on, all that remain being parked
///     std::span<const std::byte> plain() const; // optional: where the other data is that threads share
///
/// It is constructed anew for each execution, at the same address. Threads share atomics, mutexes, parkers
/// and variables of this model; and, inside plain() (if absent: anywhere in the State), other data that is
/// only used while a mutex is held. What they do depends on nothing else that changes. They own nothing that
/// needs a destructor, as most executions are abandoned half-way.
template <class State, class... Arguments> result explore(const options& how, const Arguments&... arguments) {
  alignas(State) static std::byte place[sizeof(State)];
  const auto construct = [&] {
    std::memset(place, 0, sizeof place); // padding, too, is the same each time
    new (place) State(arguments...);
  };
  using constructor = const decltype(construct);
  detail::scenario what{State::threads,
                        place,
                        [](void* context) { (*static_cast<constructor*>(context))(); },
                        [](void* state) { static_cast<State*>(state)->~State(); },
                        [](void* state, unsigned thread) { static_cast<State*>(state)->run(thread); },
                        [](void* state) { static_cast<State*>(state)->finished(); },
                        nullptr,
                        [](const void* state) {
                          if constexpr (requires(const State& s) { s.plain(); })
                            return static_cast<const State*>(state)->plain();
                          else
                            return std::span(static_cast<const std::byte*>(state), sizeof(State));
                        },
                        const_cast<void*>(static_cast<const void*>(&construct))};
  if constexpr (requires(State & state) { state.parked(); })
    what.parked = [](void* state) { static_cast<State*>(state)->parked(); };
  return detail::explore(what, how);
}

} // namespace clotho::model
