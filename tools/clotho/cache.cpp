// SPDX-License-Identifier: Apache-2.0
// clotho cache: the compiled programs on disk. Needs no device.
#include <ctime>
#include <memory>
#include <numeric>

#include <clotho/core/error.hpp>
#include <clotho/core/text.hpp>
#include <clotho/runtime/binary_cache.hpp>

#include "command.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"

namespace clotho::tool {
namespace {

using entries = std::vector<binary_cache::entry>;

struct cache_options {
  bool json = false;
  std::string max_size;
};

std::shared_ptr<binary_cache> open_cache() {
  std::string problem;
  auto cache = binary_cache::from_environment(&problem);
  if (cache) return cache;
  if (problem.empty()) throw io_error("the cache is off: CLOTHO_CACHE is \"off\"", "");
  throw io_error(problem, "");
}

std::uint64_t total(const entries& list) {
  return std::accumulate(list.begin(), list.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const auto& entry) { return sum + entry.size_bytes; });
}

std::string iso_time(std::chrono::system_clock::time_point when) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(when);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[32];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts)};
}

nlohmann::json document(const binary_cache& cache) {
  return {{"schema", "clotho.cache/1"}, {"folder", cache.folder().string()}};
}

nlohmann::json to_json(const entries& list) {
  nlohmann::json result = nlohmann::json::array();
  for (const auto& entry : list)
    result.push_back({{"key", entry.key},
                      {"label", entry.label},
                      {"size_bytes", entry.size_bytes},
                      {"last_used", iso_time(entry.last_used)},
                      {"intact", entry.intact}});
  return result;
}

std::string count_text(std::size_t count) {
  return std::to_string(count) + (count == 1 ? " program" : " programs");
}

int info(const cache_options& given) {
  const auto cache = open_cache();
  const entries list = cache->list();
  const char* const mode = cache->mode() == cache_mode::read_only ? "readonly" : "readwrite";
  if (given.json) {
    nlohmann::json result = document(*cache);
    result["mode"] = mode, result["cap_bytes"] = cache->cap_bytes();
    result["entries"] = list.size(), result["size_bytes"] = total(list);
    print_json(result);
  } else {
    print("folder  " + cache->folder().string() + "\nmode    " + mode + "\nholds   " + count_text(list.size())
          + ", " + format_size(total(list)) + " of at most " + format_size(cache->cap_bytes()) + "\n");
  }
  return status(exit_code::ok);
}

void print_entries(const entries& list) {
  std::vector<std::vector<std::string>> rows;
  for (const auto& entry : list)
    rows.push_back({entry.key.substr(0, 12), format_size(entry.size_bytes), iso_time(entry.last_used),
                    entry.intact ? entry.label : entry.label + " (damaged)"});
  print_table({{"KEY"}, {"SIZE", true}, {"LAST USED"}, {"PROGRAM"}}, rows);
}

int list(const cache_options& given) {
  const auto cache = open_cache();
  const entries all = cache->list();
  if (given.json) {
    nlohmann::json result = document(*cache);
    result["entries"] = to_json(all);
    print_json(result);
  } else if (all.empty()) {
    print_note("the cache is empty: " + cache->folder().string());
  } else {
    print_entries(all);
  }
  return status(exit_code::ok);
}

int verify(const cache_options& given) {
  const auto cache = open_cache();
  const std::size_t before = cache->list().size();
  const entries damaged = cache->verify();
  if (given.json) {
    nlohmann::json result = document(*cache);
    result["entries"] = before, result["damaged"] = to_json(damaged);
    print_json(result);
  } else if (damaged.empty()) {
    print(count_text(before) + ", all intact\n");
  } else {
    print_entries(damaged);
    print_warning(std::to_string(damaged.size()) + " damaged, "
                  + (cache->mode() == cache_mode::read_only
                         ? "and left there, because the cache is read-only; run 'clotho cache verify' with "
                           "CLOTHO_CACHE unset to remove them"
                         : "now removed; they will be compiled again when needed"));
  }
  return status(damaged.empty() ? exit_code::ok : exit_code::failed);
}

int prune_to(const cache_options& given, std::uint64_t cap_bytes) {
  const auto cache = open_cache();
  if (cache->mode() == cache_mode::read_only)
    throw io_error("the cache is read-only: CLOTHO_CACHE is \"readonly\"", cache->folder().string());
  const std::size_t before = cache->list().size();
  const std::uint64_t removed = cache->prune(cap_bytes);
  const entries left = cache->list();
  const std::size_t gone = before > left.size() ? before - left.size() : 0;
  if (given.json) {
    nlohmann::json result = document(*cache);
    result["removed"] = gone, result["removed_bytes"] = removed;
    result["entries"] = left.size(), result["size_bytes"] = total(left);
    print_json(result);
  } else {
    print("removed " + count_text(gone) + ", " + format_size(removed) + "; " + count_text(left.size()) + ", "
          + format_size(total(left)) + " left\n");
  }
  return status(exit_code::ok);
}

int prune(const cache_options& given) {
  if (given.max_size.empty()) return prune_to(given, open_cache()->cap_bytes());
  const auto size = parse_size(given.max_size);
  if (!size) throw argument_error("--max " + printable(given.max_size) + " is no size; write 500M or 2GiB");
  return prune_to(given, *size);
}

int clear(const cache_options& given) { return prune_to(given, 0); }

} // namespace

void add_cache(CLI::App& program, action& chosen) {
  auto given = std::make_shared<cache_options>();
  CLI::App* command = program.add_subcommand("cache", "Look after the compiled programs on disk");
  command->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*work)(const cache_options&)) {
    CLI::App* verb = command->add_subcommand(name, what);
    add_json_flag(*verb, given->json);
    set_examples(*verb, {std::string("clotho cache ") + name});
    verb->callback([&chosen, given, work] { chosen = [given, work] { return work(*given); }; });
    return verb;
  };
  add("info", "Where it is and how full", info);
  add("list", "Every program in it, the most recently used first", list);
  add("verify", "Read every program; remove damaged ones (exit status 1 when there were any)", verify);
  CLI::App* verb = add("prune", "Remove the least recently used", prune);
  verb->add_option("--max", given->max_size, "leave at most this much (default: the cache's cap)")
      ->type_name("SIZE");
  set_examples(*verb, {"clotho cache prune --max 200M"});
  add("clear", "Remove everything", clear);
  set_examples(*command, {"clotho cache info", "clotho cache prune --max 200M",
                          "CLOTHO_CACHE_DIR=/tmp/c clotho cache list"});
}

} // namespace clotho::tool
