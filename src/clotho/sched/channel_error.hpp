#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <clotho/core/error.hpp>

namespace clotho {

/// An operation on a channel that will carry nothing any more. `what()` names the channel and says why.
class channel_closed : public error {
 public:
  using error::error;
};

/// Somebody poisoned the channel: the network is to stop.
class channel_poisoned : public channel_closed {
 public:
  using channel_closed::channel_closed;
};

/// The last reader, or the last writer, has left the channel: nothing is left to do on it.
class channel_retired : public channel_closed {
 public:
  using channel_closed::channel_closed;
};

} // namespace clotho
