// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/device_loss.hpp>

#include <array>
#include <cstddef>

#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::detail {

namespace {

// This folder does not see OpenCL's headers.
constexpr int device_not_found = -1, device_not_available = -2, allocation_failure = -4, out_of_resources = -5,
              out_of_host_memory = -6, failed_before = -14, invalid_device = -33, invalid_context = -34, invalid_queue = -36;
constexpr int vendors_own = -1000; // and below: as NVIDIA's -9999, after which all else fails, too

} // namespace

bool lacks_memory(const error& failure) noexcept {
  return failure.code() == allocation_failure || failure.code() == out_of_resources || failure.code() == out_of_host_memory;
}

bool lacks_memory_for_use(const error& failure) noexcept { return failure.code() == allocation_failure; }

loss_sign sign_of_loss(const error& failure) noexcept {
  switch (failure.code()) {
  case 0: return loss_sign::none;
  case device_not_available: return loss_sign::certain;
  case device_not_found:
  case allocation_failure:
  case out_of_resources:
  case out_of_host_memory:
  case failed_before:
  case invalid_device:
  case invalid_context:
  case invalid_queue: return loss_sign::possible;
  default: break;
  }
  const bool ended_badly = failure.call() == "command"; // it was accepted, so that nothing was wrong with it
  return ended_badly || failure.code() <= vendors_own ? loss_sign::possible : loss_sign::none;
}

bool answers(const context& owner) noexcept try {
  const std::array<std::byte, 4> sent{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
  std::array<std::byte, 4> received{};
  queue asked(owner);
  const device_buffer memory(owner, sent.size());
  asked.write(memory, sent);
  asked.read(memory, received);
  return received == sent;
} catch (const error& refused) {
  return lacks_memory(refused) && refused.code() != out_of_resources; // it is full, then
} catch (...) {
  return true; // the host is, then
}

bool is_loss(const std::exception_ptr& failure) noexcept {
  try {
    std::rethrow_exception(failure);
  } catch (const device_lost_error&) {
    return true;
  } catch (...) {
    return false;
  }
}

} // namespace clotho::detail
