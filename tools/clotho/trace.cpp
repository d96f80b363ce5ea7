// SPDX-License-Identifier: Apache-2.0
// clotho trace: what a recorded trace amounts to, and its picture.
#include <filesystem>
#include <memory>

#include <clotho/core/error.hpp>
#include <clotho/core/os/file.hpp>
#include <clotho/core/text.hpp>
#include <clotho/job/amount_text.hpp>
#include <clotho/job/trace_html.hpp>

#include "command.hpp"
#include "support/exit_code.hpp"
#include "support/options.hpp"
#include "support/output.hpp"
#include "trace_report.hpp"

namespace clotho::tool {
namespace {

struct trace_options {
  std::filesystem::path file, html;
  bool summary = false;
  bool json = false;
};

void note_gaps(const job::trace_data& trace) {
  if (trace.dropped > 0)
    print_warning("the recorder dropped " + job::count_text(trace.dropped, "record")
                  + ": its memory was used up, or spans that arrows need are missing");
  if (trace.incomplete > 0)
    print_warning(job::count_text(trace.incomplete, "event")
                  + " lacked a counterpart: a begin, an end, or the span of an arrow");
  if (trace.left_out > 0)
    print_note(job::count_text(trace.left_out, "event")
               + " of other kinds left out: instants, asynchronous events, samples");
}

int run(const trace_options& given) {
  const job::trace_data trace = job::read_trace(given.file);
  const job::trace_summary summary = job::summarize(trace);
  if (!given.html.empty())
    os::write_file(given.html, job::to_html(trace, summary, printable(given.file.filename().string())));
  note_gaps(trace);
  if (given.json)
    print_json(to_json(trace, summary));
  else if (given.summary || given.html.empty())
    print_summary(trace, summary);
  return status(exit_code::ok);
}

} // namespace

void add_trace(CLI::App& program, action& chosen) {
  auto given = std::make_shared<trace_options>();
  CLI::App* command = program.add_subcommand("trace", "Sum up a recorded trace, or draw it");
  command->add_option("file", given->file, "Chrome trace-event JSON, as clotho and others record it")
      ->required()
      ->type_name("FILE.json");
  auto* const summary =
      command->add_flag("--summary", given->summary, "print the summary; without --html, the default");
  command->add_option("--html", given->html, "write a page with the timeline, which loads nothing")
      ->type_name("OUT.html");
  add_json_flag(*command, given->json);
  command->get_option("--json")->excludes(summary);
  set_examples(*command, {"clotho trace run.json", "clotho trace run.json --html run.html"});
  command->callback([&chosen, given] { chosen = [given] { return run(*given); }; });
}

} // namespace clotho::tool
