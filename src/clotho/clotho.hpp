#pragma once
// SPDX-License-Identifier: Apache-2.0
// Everything an application needs.

#include <clotho/core/error.hpp>
#include <clotho/core/log.hpp>
#include <clotho/core/signature.hpp>
#include <clotho/core/source.hpp>
#include <clotho/runtime/binary_cache.hpp>
#include <clotho/runtime/context.hpp>
#include <clotho/runtime/device.hpp>
#include <clotho/runtime/event.hpp>
#include <clotho/runtime/kernel.hpp>
#include <clotho/runtime/memory.hpp>
#include <clotho/runtime/program.hpp>
#include <clotho/runtime/queue.hpp>
#include <clotho/runtime/selector.hpp>
#include <clotho/runtime/version.hpp>
#include <clotho/sched/thread_pool.hpp>
