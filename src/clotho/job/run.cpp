// SPDX-License-Identifier: Apache-2.0
#include <clotho/job/run.hpp>

#include <algorithm>
#include <deque>
#include <set>
#include <utility>

#include <clotho/core/text.hpp>
#include <clotho/job/array_file.hpp>
#include <clotho/job/detail/bind_step.hpp>
#include <clotho/job/detail/expected_array.hpp>
#include <clotho/job/detail/job_memory.hpp>
#include <clotho/job/detail/launch_list.hpp>
#include <clotho/job/detail/outputs.hpp>
#include <clotho/job/detail/step_source.hpp>
#include <clotho/job/detail/workspace.hpp>
#include <clotho/job/kernels/touch.hpp>
#include <clotho/job/value_text.hpp>

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
  execution(const runtime& rt, const pipeline& job, const run_options& options)
      : rt_(rt), target_(rt.devices()[0].info()), job_(job), options_(options),
        outputs_(detail::check_outputs(job)),
        launches_([this] { poll(); }, [this](const detail::launch_list::launch& one) { ended(one); }) {}

  run_report run(const std::vector<std::string>& keep) {
    const clock::time_point begin = clock::now();
    for (const device& one : rt_.devices())
      report_.devices.push_back({one.info().name, one.info().driver_version});
    read_sources();
    build();
    prepare(keep);
    bind();
    for (std::size_t i = 0; i < steps().size(); ++i) submit_step(i);
    launches_.finish();
    check_guards();
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
    for (const step_spec& step : job_.steps) sources_.push_back(detail::read_step(step, &target_));
    // Complains about arguments now, and not after a second of compiling.
    for (const detail::step_source& source : sources_)
      for (const kernel_signature& kernel : source.kernels)
        if (kernel.name == source.step.kernel)
          check_split(source.step, kernel, detail::bind_arrays(source.step, kernel));
    poll();
  }

  // What is written must be told apart; the rest every device may have.
  static void check_split(const step_spec& step, const kernel_signature& kernel,
                          const std::vector<detail::array_binding>& arrays) {
    if (step.split.empty()) return;
    std::vector<std::string> names;
    for (const detail::array_binding& one : arrays) {
      const kernel_argument& argument = kernel.arguments[one.argument];
      names.push_back(argument.name);
      const split_array* const part = find_split(step, argument.name);
      if (detail::may_write(argument) && (part == nullptr || part->margin != 0))
        throw argument_error(
            detail::label_of(step) + "kernel '" + kernel.name + "' writes " + detail::label_of(argument)
            + (part == nullptr ? ": the split must name it, so that each device knows its part"
                               : ": only what is read can have a margin"));
    }
    for (const split_array& one : step.split)
      if (std::find(names.begin(), names.end(), one.argument) == names.end())
        throw argument_error(detail::label_of(step) + "cannot split '" + printable(one.argument)
                             + "': kernel '" + kernel.name + "' has no such array; it has "
                             + join(names, ", "));
  }

  static const split_array* find_split(const step_spec& step, std::string_view argument) {
    const auto found = std::find_if(step.split.begin(), step.split.end(),
                                    [&](const split_array& one) { return one.argument == argument; });
    return found == step.split.end() ? nullptr : &*found;
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
      if (same != requests.end()) continue;
      requests.push_back(source.request);
      programs_.push_back(rt_.build(source.request.source, source.request.options));
    }
    for (const loaded_program& one : programs_) one.wait();
    poll();
  }

  // Everything that can go wrong before a device has to work.
  void prepare(const std::vector<std::string>& keep) {
    std::vector<detail::job_step> by_file;
    std::vector<std::vector<buffer_use>> uses;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const step_spec& step = sources_[i].step;
      // As the driver of the first device knows it.
      const kernel_signature signature = programs_[program_of_[i]].on(0).get_kernel(step.kernel).signature();
      by_file.push_back(
          {&step, signature, sources_[i].request.source.text, detail::bind_arrays(step, signature)});
      uses.push_back(detail::uses_of(by_file.back().arrays, signature));
    }
    std::vector<detail::job_step> ordered;
    std::vector<bool> seen(programs_.size());
    for (const std::size_t i : make_graph(job_, uses).order) {
      ordered.push_back(std::move(by_file[i]));
      kernels_.push_back(programs_[program_of_[i]].kernel(sources_[i].step.kernel));
      start_report(sources_[i], programs_[program_of_[i]], seen[program_of_[i]]);
      seen[program_of_[i]] = true;
    }
    work_.emplace(job_, std::move(ordered), target_);
    work_->resolve();
    wanted(keep);
    poll();
  }

  void start_report(const detail::step_source& source, const loaded_program& made, bool shared) {
    step_report report;
    report.id = source.step.id;
    report.kernel = source.step.kernel;
    report.file = source.request.source.name;
    report.split = !source.step.split.empty();
    report.cached = true;
    for (std::size_t i = 0; i < rt_.devices().size(); ++i) {
      const program& there = made.on(i);
      report.cached = report.cached && there.origin() == program_origin::cache;
      if (shared) continue;
      report.build = std::max(report.build, there.build_time()); // side by side
      report.messages.insert(report.messages.end(), there.messages().begin(), there.messages().end());
    }
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

  void bind() {
    for (detail::job_array& array : work_->arrays()) {
      if (!array.first_step) continue;
      const detail::job_memory& made =
          memory_.try_emplace(array.name, rt_, array, options_.guard_bytes).first->second;
      if (made.guarded()) hand_over(*made.guarded());
      array.content.data = {};
      poll();
    }
    for (std::size_t i = 0; i < steps().size(); ++i)
      detail::bind_step(bound_.emplace_back(), *work_, i, job_, [&](const detail::array_binding& array) {
        const detail::job_memory& memory = memory_.at(array.array);
        const split_array* const part =
            find_split(*steps()[i].spec, steps()[i].signature.arguments[array.argument].name);
        return part ? memory.part(part->margin) : split_argument(memory.argument());
      });
    for (const detail::job_step& step : steps()) all_ += iterations() * std::max(1u, step.spec->repeat);
  }

  // From here on a device has the guards, too, and what it writes there is seen on the host.
  void hand_over(const buffer_slice<std::byte>& memory) {
    if (!touch_) touch_ = rt_.build(kernels::touch).kernel("touch");
    rt_.launch(*touch_, 1, memory).get();
  }

  [[nodiscard]] std::size_t iterations() const {
    return std::size_t{options_.warmup} + std::max(1u, options_.repeat);
  }

  using saved_memory = std::vector<std::pair<const detail::job_memory*, os::bytes>>;

  // What a step may change, as it was before it.
  saved_memory snapshot(const detail::job_step& step) {
    saved_memory saved;
    if (iterations() == 1 && !options_.again) return saved;
    for (const buffer_use& use : detail::uses_of(step.arrays, step.signature))
      if (use.reads && use.writes)
        saved.emplace_back(&memory_.at(use.buffer), memory_.at(use.buffer).save(rt_));
    return saved;
  }

  void restore(const saved_memory& saved) const {
    for (const auto& [memory, content] : saved) memory->restore(rt_, content);
  }

  void submit_step(std::size_t i) {
    describe_work(i);
    const saved_memory before = snapshot(steps()[i]);
    if (options_.again) return sample_step(i, before);
    for (std::size_t pass = 0; pass < iterations(); ++pass) {
      if (pass + 1 == iterations()) restore(before);
      for (unsigned r = 0; r < std::max(1u, steps()[i].spec->repeat); ++r) {
        submit_launch(i, pass);
        if (iterations() > 1) launches_.finish(); // nothing else runs while it is timed
      }
    }
  }

  void submit_launch(std::size_t i, std::size_t pass) {
    launches_.add(i, pass, [&](launch_timing& timing) { return launch(i, work_->range_of(i), timing); });
  }

  void sample_step(std::size_t i, const saved_memory& before) {
    std::vector<nanoseconds>& times = report_.steps[i].launches;
    const auto launch_once = [&] {
      submit_launch(i, times.size());
      launches_.finish();
    };
    do {
      if (options_.restore_each) restore(before);
      launch_once();
    } while (options_.again(times.back()));
    if (asked_.empty() || before.empty() || options_.restore_each) return;
    restore(before);
    launch_once();
    times.pop_back();
  }

  future<void> launch(std::size_t i, const nd_range& range, launch_timing& timing) {
    const step_spec& step = *steps()[i].spec;
    std::vector<split_argument> arguments = bound_[i].list;
    const measured times = measure(timing);
    arguments.emplace_back(times);
    for (const std::string& id : step.after) arguments.emplace_back(last_of_.at(id));
    future<void> done = start(i, range, arguments);
    last_of_.insert_or_assign(step.id, after(done));
    return done;
  }

  future<void> start(std::size_t i, const nd_range& range, std::span<const split_argument> arguments) {
    if (!steps()[i].spec->split.empty()) return rt_.launch(split(kernels_[i]), range, arguments);
    std::vector<flow_argument> plain;
    for (const split_argument& one : arguments) plain.push_back(one.what());
    return rt_.launch(kernels_[i], range, std::span<const flow_argument>(plain));
  }

  void ended(const detail::launch_list::launch& one) {
    step_report& report = report_.steps[one.step];
    report.device = one.timing.device;
    if (one.pass == 0) { // later ones move what was put back
      report.upload += one.timing.moving;
      report.upload_bytes += one.timing.moved_bytes;
    }
    if (one.pass >= options_.warmup) {
      report.device_times = one.timing.by_device && (report.device_times || report.launches.empty());
      report.launches.push_back(one.timing.run());
    }
    if (options_.progress) options_.progress(++ended_, all_, report.id);
  }

  void describe_work(std::size_t i) {
    const detail::job_step& step = steps()[i];
    step_report& report = report_.steps[i];
    const symbol_lookup names = work_->symbols_of(i);
    if (step.spec->flops) report.flops = step.spec->flops->evaluate(names);
    report.work_items = work_->range_of(i).global().volume();
    report.bytes_declared = step.spec->bytes.has_value();
    if (report.bytes_declared) {
      report.kernel_bytes = step.spec->bytes->evaluate_size(names);
    } else {
      for (const buffer_use& use : detail::uses_of(step.arrays, step.signature))
        report.kernel_bytes += memory_.at(use.buffer).size_bytes();
    }
  }

  void check_guards() {
    for (const auto& [name, memory] : memory_)
      if (const std::string where = memory.damage(rt_); !where.empty())
        report_.overruns.push_back("'" + name + "' " + where);
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
      host_array content = memory_.at(array.name).content(rt_);
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

  const runtime& rt_;
  const device_info& target_;
  const pipeline& job_;
  const run_options& options_;
  std::vector<detail::output> outputs_;
  std::vector<detail::step_source> sources_;
  std::vector<std::size_t> program_of_; // a source
  std::vector<loaded_program> programs_;
  std::optional<detail::workspace> work_;
  std::vector<loaded_kernel> kernels_; // from here on in the order of execution
  std::set<std::string> asked_;
  std::vector<host_array> expected_;
  std::map<std::string, detail::job_memory> memory_;
  std::optional<loaded_kernel> touch_;
  std::deque<detail::bound_arguments> bound_;
  std::map<std::string, after_task> last_of_; // a step's last launch
  std::size_t ended_ = 0, all_ = 0;           // launches
  run_report report_;
  detail::launch_list launches_; // last: it waits for what uses the rest
};

} // namespace

run_report run(const runtime& rt, const pipeline& job, const run_options& options,
               const std::vector<std::string>& keep) {
  return execution(rt, job, options).run(keep);
}

} // namespace clotho::job
