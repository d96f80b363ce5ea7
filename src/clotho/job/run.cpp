// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/run.hpp>

#include <algorithm>
#include <deque>
#include <set>

#include <clotho/core/text.hpp>
#include <clotho/job/array_file.hpp>
#include <clotho/job/detail/bind_step.hpp>
#include <clotho/job/detail/device_array.hpp>
#include <clotho/job/detail/expected_array.hpp>
#include <clotho/job/detail/outputs.hpp>
#include <clotho/job/detail/step_source.hpp>
#include <clotho/job/detail/workspace.hpp>
#include <clotho/job/value_text.hpp>
#include <clotho/runtime/queue.hpp>

namespace clotho::job {
namespace {

using clock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

bool same_build(const build_request& a, const build_request& b) {
  return a.source.name == b.source.name && a.source.text == b.source.text
         && a.options.defines == b.options.defines && a.options.flags == b.options.flags
         && a.options.standard == b.options.standard;
}

// One run, from sources to written files. Members are in the order they come to be.
class execution {
 public:
  execution(const context& device, const pipeline& job, const run_options& options)
      : device_(device), job_(job), options_(options), outputs_(detail::check_outputs(job)),
        queue_(device, true) {}

  run_report run(const std::vector<std::string>& keep) {
    const clock::time_point begin = clock::now();
    report_.device = device_.info().name;
    report_.driver = device_.info().driver_version;
    read_sources();
    build();
    prepare(keep);
    upload();
    for (std::size_t i = 0; i < steps().size(); ++i) run_step(i);
    queue_.finish();
    download();
    compare_all();
    write();
    report_.total = clock::now() - begin;
    return std::move(report_);
  }

 private:
  [[nodiscard]] const std::vector<detail::job_step>& steps() const { return work_->steps(); }

  void poll() const {
    if (options_.stop && options_.stop->load(std::memory_order_relaxed)) throw interrupted();
  }

  void read_sources() {
    for (const step_spec& step : job_.steps) sources_.push_back(detail::read_step(step, &device_.info()));
    // Complains about arguments now, and not after a second of compiling.
    for (const detail::step_source& source : sources_)
      for (const kernel_signature& kernel : source.kernels)
        if (kernel.name == source.step.kernel) (void)detail::bind_arrays(source.step, kernel);
    poll();
  }

  void build() {
    std::vector<build_request> requests;
    for (detail::step_source& source : sources_) {
      source.request.options.use_cache = options_.use_cache;
      source.request.options.timeout = options_.build_timeout;
      const auto same = std::find_if(requests.begin(), requests.end(), [&](const build_request& other) {
        return same_build(source.request, other);
      });
      program_of_.push_back(static_cast<std::size_t>(same - requests.begin()));
      if (same == requests.end()) requests.push_back(source.request);
    }
    inline_executor here;
    programs_ = build_all(device_, requests, options_.builders ? *options_.builders : here);
    poll();
  }

  // Everything that can go wrong before the device has to work.
  void prepare(const std::vector<std::string>& keep) {
    std::vector<detail::job_step> by_file;
    std::vector<std::vector<buffer_use>> uses;
    std::vector<kernel> functions;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const step_spec& step = sources_[i].step;
      functions.push_back(programs_[program_of_[i]].get_kernel(step.kernel));
      const kernel_signature& signature = functions.back().signature();
      by_file.push_back(
          {&step, signature, sources_[i].request.source.text, detail::bind_arrays(step, signature)});
      uses.push_back(detail::uses_of(by_file.back().arrays, signature));
    }
    std::vector<detail::job_step> ordered;
    std::vector<bool> seen(programs_.size());
    for (const std::size_t i : make_graph(job_, uses).order) {
      ordered.push_back(std::move(by_file[i]));
      functions_.push_back(functions[i]);
      start_report(sources_[i], programs_[program_of_[i]], seen[program_of_[i]]);
      seen[program_of_[i]] = true;
    }
    work_.emplace(job_, std::move(ordered), device_.info());
    work_->resolve();
    wanted(keep);
    poll();
  }

  void start_report(const detail::step_source& source, const program& made, bool shared) {
    step_report report;
    report.id = source.step.id;
    report.kernel = source.step.kernel;
    report.file = source.request.source.name;
    report.cached = made.origin() == program_origin::cache;
    if (!shared) report.build = made.build_time(), report.messages = made.messages();
    report_.steps.push_back(std::move(report));
  }

  void wanted(const std::vector<std::string>& keep) {
    for (const detail::output& output : outputs_) {
      detail::check_output(output, work_->array(output.array), *work_);
      asked_.insert(output.array);
    }
    for (const std::string& name : keep) asked_.insert(work_->array(name).name);
    for (const expectation& expected : job_.expectations) {
      const detail::job_array& array = work_->array(expected.buffer);
      asked_.insert(array.name);
      if (const auto* other = std::get_if<buffer_name>(&expected.equals)) {
        asked_.insert(work_->array(other->name).name);
        expected_.emplace_back();
      } else {
        const symbol_lookup names = work_->symbols_of(array.first_step.value_or(0));
        expected_.push_back(
            detail::expected_array(job_, expected, array.content.type, array.content.shape, names));
      }
    }
  }

  void upload() {
    for (detail::job_array& array : work_->arrays()) {
      if (!array.first_step) continue;
      const auto [place, added] = memory_.try_emplace(array.name, device_, array);
      step_report& report = report_.steps[*array.first_step];
      const clock::time_point begin = clock::now();
      place->second.upload(queue_, array.content);
      report.upload += clock::now() - begin;
      report.upload_bytes += place->second.size_bytes();
      array.content.data = {};
      poll();
    }
    for (std::size_t i = 0; i < steps().size(); ++i)
      detail::bind_step(bound_.emplace_back(), device_, *work_, i, job_,
                        [this](const std::string& name) { return memory_.at(name).argument(); });
    for (const detail::job_step& step : steps()) launches_ += iterations() * std::max(1u, step.spec->repeat);
  }

  [[nodiscard]] std::size_t iterations() const {
    return std::size_t{options_.warmup} + std::max(1u, options_.repeat);
  }

  // What a step may change, as it was before it.
  std::vector<std::pair<const detail::device_array*, os::bytes>> snapshot(const detail::job_step& step) {
    std::vector<std::pair<const detail::device_array*, os::bytes>> saved;
    if (iterations() == 1) return saved;
    for (const buffer_use& use : detail::uses_of(step.arrays, step.signature))
      if (use.reads && use.writes)
        saved.emplace_back(&memory_.at(use.buffer), memory_.at(use.buffer).save(queue_));
    return saved;
  }

  void run_step(std::size_t i) {
    const detail::job_step& step = steps()[i];
    step_report& report = report_.steps[i];
    describe_work(i);
    const auto before = snapshot(step);
    const nd_range range = work_->range_of(i);
    std::vector<nanoseconds> by_host, by_device;
    for (std::size_t pass = 0; pass < iterations(); ++pass) {
      if (pass + 1 == iterations())
        for (const auto& [memory, content] : before) memory->restore(queue_, content);
      for (unsigned r = 0; r < std::max(1u, step.spec->repeat); ++r) {
        poll();
        const clock::time_point begin = clock::now();
        const event done =
            queue_.launch_with_event(functions_[i], range, std::span<const launch_argument>(bound_[i].list));
        done.wait();
        const nanoseconds took = clock::now() - begin;
        if (pass >= options_.warmup) {
          by_host.push_back(took);
          const auto times = done.times();
          if (times) by_device.push_back(times->run());
        }
        if (options_.progress) options_.progress(++launched_, launches_, step.spec->id);
      }
    }
    report.device_times = by_device.size() == by_host.size();
    report.launches = report.device_times ? std::move(by_device) : std::move(by_host);
  }

  void describe_work(std::size_t i) {
    const detail::job_step& step = steps()[i];
    step_report& report = report_.steps[i];
    const symbol_lookup names = work_->symbols_of(i);
    if (step.spec->flops) report.flops = step.spec->flops->evaluate(names);
    report.bytes_declared = step.spec->bytes.has_value();
    if (report.bytes_declared) {
      report.kernel_bytes = step.spec->bytes->evaluate_size(names);
    } else {
      for (const buffer_use& use : detail::uses_of(step.arrays, step.signature))
        report.kernel_bytes += memory_.at(use.buffer).size_bytes();
    }
  }

  void download() {
    for (detail::job_array& array : work_->arrays()) {
      if (asked_.count(array.name) == 0) continue;
      poll();
      if (!array.first_step) {
        report_.arrays.emplace(array.name, std::move(array.content));
        continue;
      }
      step_report& report = report_.steps[array.last_writer.value_or(*array.first_step)];
      const clock::time_point begin = clock::now();
      host_array content = memory_.at(array.name).download(queue_);
      report.download += clock::now() - begin;
      report.download_bytes += content.size_bytes();
      report_.arrays.emplace(array.name, std::move(content));
    }
  }

  void compare_all() {
    for (std::size_t i = 0; i < job_.expectations.size(); ++i) {
      const expectation& wanted = job_.expectations[i];
      const auto* other = std::get_if<buffer_name>(&wanted.equals);
      const host_array& expected = other ? report_.arrays.at(other->name) : expected_[i];
      expectation_report report =
          compare(report_.arrays.at(wanted.buffer), expected, {wanted.absolute, wanted.relative});
      report.buffer = wanted.buffer;
      report.expected = to_string(wanted.equals);
      report_.expectations.push_back(std::move(report));
    }
  }

  void write() {
    poll();
    for (const detail::output& output : outputs_) {
      write_array(output.path, report_.arrays.at(output.array));
      report_.written.push_back(output.path);
    }
  }

  const context& device_;
  const pipeline& job_;
  const run_options& options_;
  std::vector<detail::output> outputs_;
  queue queue_;
  std::vector<detail::step_source> sources_;
  std::vector<std::size_t> program_of_; // a source
  std::vector<program> programs_;
  std::optional<detail::workspace> work_;
  std::vector<kernel> functions_; // from here on in the order of execution
  std::set<std::string> asked_;
  std::vector<host_array> expected_;
  std::map<std::string, detail::device_array> memory_;
  std::deque<detail::bound_arguments> bound_;
  std::size_t launched_ = 0, launches_ = 0;
  run_report report_;
};

} // namespace

run_report run(const context& device, const pipeline& job, const run_options& options,
               const std::vector<std::string>& keep) {
  return execution(device, job, options).run(keep);
}

} // namespace clotho::job
