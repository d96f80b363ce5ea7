#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/job/run.hpp>

#include "damage.hpp"
#include "support/temporary_folder.hpp"

namespace clotho::test {

inline constexpr const char* saxpy = R"(
// /// clotho
// kernel = "saxpy"
// global = ["n"]
// args = { n = 1000, a = 2.0, x = "iota:n", y = "fill:n,value=1" }
// flops = "2*n"
// bytes = "12*n"
// ///
__kernel void saxpy(uint n, float a, __global const float* x, __global float* y) {
  size_t i = get_global_id(0);
  if (i < n) y[i] = a * x[i] + y[i];
}
__kernel void scale(__global float* y, float a) { y[get_global_id(0)] *= a; }
)";

/// A kernel file in a folder of its own, and how to run it.
struct kernel_file {
  explicit kernel_file(std::string_view text) { os::write_file(what.file = folder / "k.cl", text); }

  kernel_file& with(std::string_view name_and_value) {
    what.given.push_back(job::parse_named_value(name_and_value));
    return *this;
  }
  kernel_file& over(std::initializer_list<const char*> sizes) {
    what.global.clear();
    for (const char* size : sizes) what.global.push_back(job::expression::parse(size));
    return *this;
  }
  kernel_file& save(const std::string& name, const std::string& file) {
    what.save.emplace_back(name, folder / file);
    return *this;
  }
  kernel_file& expect(const std::string& name, std::string_view value, double absolute = 0) {
    what.expectations.push_back({name, job::parse_value(value), absolute, 0, {}});
    return *this;
  }
  job::run_report run(const std::vector<std::string>& keep = {}, const job::run_options& options = {}) const {
    return job::run(rt, job::make_pipeline(what), options, keep);
  }
  host_array result(const std::string& name) const { return run({name}).arrays.at(name); }
  template <class T> std::vector<T> values(const std::string& name) const {
    const host_array array = result(name);
    const auto all = array.values<T>();
    return {all.begin(), all.end()};
  }

  temporary_folder folder;
  job::bare_kernel what{};
  runtime rt;
};

/// Why it does not run.
template <class Error = argument_error> std::string refusal(const kernel_file& file) {
  return message_of<Error>([&] { return file.run(); });
}

} // namespace clotho::test
