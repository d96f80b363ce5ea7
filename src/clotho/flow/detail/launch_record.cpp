// SPDX-License-Identifier: Apache-2.0
#include <clotho/flow/detail/launch_record.hpp>

#include <algorithm>
#include <system_error>

#include <clotho/core/checked.hpp>
#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/flow/detail/flow_memory.hpp>
#include <clotho/flow/detail/lane.hpp>
#include <clotho/flow/detail/launch_capture.hpp>
#include <clotho/flow/detail/program_set.hpp>

namespace clotho::detail {

namespace {

bool overlap(const flow_access& a, const flow_access& b) noexcept {
  return a.memory == b.memory && a.where.begin < b.where.end && b.where.begin < a.where.end;
}

bool same_part(const flow_access& a, const flow_access& b) noexcept {
  return a.memory == b.memory && a.where.begin == b.where.begin && a.where.end == b.where.end;
}

// The position of the argument that an access stands for.
std::size_t argument_of(const launch_view& what, std::size_t access) {
  const launch_argument wanted = argument_for(what.memory[access]);
  std::size_t i = 0;
  while (what.arguments[i].what != wanted.what || what.arguments[i].object != wanted.object) ++i;
  return i;
}

std::string file_stem(const kernel_argument& argument, std::size_t index) {
  return std::to_string(index) + (argument.name.empty() ? "" : "_" + argument.name);
}

} // namespace

launch_record::~launch_record() { discard(); }

void launch_record::discard() noexcept {
  std::error_code ignored;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
  folder_.clear();
  buffers_.clear();
}

void launch_record::begin(const launch_view& what) noexcept try {
  save_inputs(what);
} catch (const std::exception& why) {
  give_up(why.what());
}

void launch_record::finish() noexcept try {
  if (folder_.empty()) return;
  save_outputs();
  os::write_file(folder_ / capture_manifest::file_name, to_json(manifest_));
  const std::filesystem::path name = to_.publish(folder_, manifest_.kernel);
  folder_.clear();
  to_.report(log_level::info, "kernel '" + manifest_.kernel + "' was captured: '" + name.string() + "'");
} catch (const std::exception& why) {
  give_up(why.what());
}

void launch_record::give_up(const char* why) noexcept {
  to_.report(log_level::warning, "kernel '" + manifest_.kernel + "' was not captured: " + why);
  discard();
}

void launch_record::save_inputs(const launch_view& what) {
  manifest_ = describe_launch(what.kernel, what.where.owner().info(), what.range);
  where_ = &what.where;
  add_buffers(what);
  add_arguments(what);
  check_size();
  folder_ = to_.make_folder(manifest_.kernel);
  os::write_file(folder_ / capture_manifest::source_name, what.kernel.program->source.text);
  for (std::size_t i = 0; i < buffers_.size(); ++i) save(buffers_[i], manifest_.buffers[i].before);
}

void launch_record::add_buffers(const launch_view& what) {
  for (std::size_t i = 0; i < what.accesses.size(); ++i) {
    const flow_access& access = what.accesses[i];
    if (const std::size_t same = buffer_of(what, i); same < buffers_.size()) {
      capture_manifest::buffer& known = manifest_.buffers[same];
      if (writes(access.mode) && known.after.empty()) known.after = known.stem + ".after.bin";
      continue;
    }
    const std::size_t index = argument_of(what, i);
    const kernel_argument& argument = what.kernel.signature.arguments[index];
    capture_manifest::buffer made;
    made.stem = file_stem(argument, index);
    made.element = access.memory->element() ? access.memory->element() : argument.element;
    if (const std::optional<image_layout>& image = access.memory->layout()) {
      made.image = image;
      made.element = element_type{image->format.type, 1};
    }
    made.size_bytes = access.where.size();
    made.before = made.stem + ".before.bin";
    if (writes(access.mode)) made.after = made.stem + ".after.bin";
    manifest_.buffers.push_back(std::move(made));
    buffers_.push_back({i, what.memory[i]});
  }
}

// Where the kernel sees one part of memory twice it has to see that again; parts that only overlap cannot be had so.
std::size_t launch_record::buffer_of(const launch_view& what, std::size_t access) const {
  const flow_access& wanted = what.accesses[access];
  const auto known = std::find_if(buffers_.begin(), buffers_.end(), [&](const saved_buffer& one) {
    return overlap(what.accesses[one.access], wanted) || same_part(what.accesses[one.access], wanted);
  });
  if (known != buffers_.end() && !same_part(what.accesses[known->access], wanted))
    throw capability_error("two of its arguments share a part of a buffer; pass the whole buffer, or parts that do not overlap");
  return static_cast<std::size_t>(known - buffers_.begin());
}

void launch_record::add_arguments(const launch_view& what) {
  for (std::size_t i = 0; i < what.arguments.size(); ++i) {
    capture_manifest::argument made = describe_argument(what.kernel.signature.arguments[i], what.arguments[i]);
    for (const kernel_call::kept_sampling& one : what.samplings)
      if (one.argument == i) made.how = one.how;
    if (made.kind == capture_manifest::buffer_kind || made.kind == capture_manifest::image_kind) {
      std::size_t access = 0;
      while (argument_for(what.memory[access]).object != what.arguments[i].object) ++access;
      made.buffer = buffer_of(what, access);
    }
    manifest_.arguments.push_back(std::move(made));
  }
}

void launch_record::check_size() const {
  std::uint64_t all = 0;
  for (const capture_manifest::buffer& one : manifest_.buffers)
    for (int times = one.after.empty() ? 1 : 2; times > 0; --times)
      all = checked_add(all, std::uint64_t{one.size_bytes}).value_or(UINT64_MAX);
  if (const std::uint64_t most = to_.wanted().most_bytes; all > most)
    throw capability_error("its buffers take " + format_size(all) + ", more than the " + format_size(most) +
                           " that one capture may; raise CLOTHO_CAPTURE_SIZE or capture_options::most_bytes");
}

void launch_record::save(const saved_buffer& from, const std::string& file) const {
  os::bytes content(std::visit([](const auto& memory) { return memory.size_bytes(); }, from.memory));
  if (!content.empty()) where_->download(from.memory, content, 0);
  os::write_file(folder_ / file, content);
}

void launch_record::save_outputs() {
  for (std::size_t i = 0; i < buffers_.size(); ++i)
    if (!manifest_.buffers[i].after.empty()) save(buffers_[i], manifest_.buffers[i].after);
}

} // namespace clotho::detail
