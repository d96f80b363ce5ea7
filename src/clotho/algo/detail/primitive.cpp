// SPDX-License-Identifier: Apache-2.0
#include <clotho/algo/detail/primitive.hpp>

#include <mutex>
#include <shared_mutex>
#include <utility>

#include <clotho/algo/detail/primitive_store.hpp>
#include <clotho/algo/tuning_files.hpp>
#include <clotho/core/error.hpp>

namespace clotho::detail {

namespace {

source_text text_of(const embedded_source& source, const primitive_request& wanted) {
  source_text all = wanted.snippets.empty() ? source_text(source) : splice(source, wanted.snippets);
  if (!wanted.preamble.empty()) all.text = wanted.preamble + "\n#line 1 \"" + all.name + "\"\n" + all.text;
  return all;
}

primitive build(const placement& where, const embedded_source& source, parameters tuning,
                const primitive_request& wanted) {
  macro_list defines = wanted.defines;
  defines.emplace_back(tuning.shape() == shape::cpu ? "CPU_ONLY" : "GPU_ONLY", "1");
  loaded_program program = where.owner().build(text_of(source, wanted), {.defines = std::move(defines)});
  primitive made{tuning.shape(), std::move(tuning), program, {}};
  for (const std::string& name : wanted.kernels)
    made.kernels.push_back(program.kernel(name).on(where.device()));
  return made;
}

const char* extension_for(scalar type) {
  if (type == scalar::f64) return "cl_khr_fp64";
  return type == scalar::f16 ? "cl_khr_fp16" : nullptr;
}

} // namespace

const primitive& primitive_store::get(const placement& where, const primitive_key& key, std::string_view name,
                                      scalar type, primitive_maker make) {
  const wanted_key wanted{&key.source, key.variant, key.snippet, where.device()};
  {
    const std::shared_lock lock(mutex_);
    if (const auto found = current_.find(wanted); found != current_.end()) return *found->second;
  }
  const std::unique_lock lock(mutex_);
  if (const auto found = current_.find(wanted); found != current_.end()) return *found->second;
  parameters tuning = numbers_for(where, name, type);
  const primitive_request request = make(tuning);
  all_.push_back(std::make_unique<const primitive>(build(where, key.source, std::move(tuning), request)));
  current_.emplace(full_key{wanted.source, wanted.variant, std::string(wanted.snippet), wanted.device},
                   all_.back().get());
  return *all_.back();
}

parameters primitive_store::numbers_for(const placement& where, std::string_view name, scalar type) {
  const device_info& device = where.target().info();
  auto known = known_.find(where.device());
  if (known == known_.end()) known = known_.emplace(where.device(), known_tuning(device)).first;
  parameters found = known->second.look_up(device, name, type);
  const parameters said = tuning_.look_up(device, name, type);
  for (const auto& [number, value] : said.all()) found.set(number, value);
  return found;
}

void primitive_store::tune(const tuning_table& more) {
  const std::unique_lock lock(mutex_);
  tuning_.append(more);
  current_.clear();
}

const primitive& primitive_for(const placement& where, const primitive_key& key, std::string_view name,
                               scalar type, primitive_maker make) {
  return where.owner().core().kept().get<primitive_store>().get(where, key, name, type, make);
}

void require_type(const placement& where, scalar type, std::string_view what) {
  const device_info& info = where.target().info();
  const bool lacking = (type == scalar::f64 && !info.fp64) || (type == scalar::f16 && !info.fp16);
  if (!lacking) return;
  throw capability_error(std::string(what) + " of " + opencl_name({type, 1}) + ": the device '" + info.name
                         + "' has no " + extension_for(type) + "; use float, or a device that has it");
}

macro_list type_macros(const placement& where, scalar type, std::string_view what, std::string_view macro) {
  require_type(where, type, what);
  const std::string name(macro);
  return {{name, opencl_name({type, 1})},
          {name + "_BITS", std::to_string(8 * size_bytes(type))},
          {name + "_IS_FLOAT", is_floating(type) ? "1" : "0"},
          {name + "_IS_SIGNED", is_signed(type) ? "1" : "0"}};
}

} // namespace clotho::detail
