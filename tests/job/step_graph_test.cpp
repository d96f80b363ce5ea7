// SPDX-License-Identifier: Apache-2.0
#include <doctest/doctest.h>

#include <string>

#include <clotho/job/pipeline.hpp>

#include "damage.hpp"

using namespace clotho;
using namespace clotho::job;
using clotho::test::message_of;

namespace {

using uses = std::vector<std::vector<buffer_use>>;
using order = std::vector<std::size_t>;

buffer_use reads(const char* name) { return {name, true, false}; }
buffer_use writes(const char* name) { return {name, false, true}; }
buffer_use updates(const char* name) { return {name, true, true}; }

struct plan {
  const char* id;
  std::vector<std::string> after;
};

pipeline job_of(const std::vector<plan>& steps) {
  pipeline job;
  int line = 10;
  for (const plan& p : steps) {
    step_spec step;
    step.id = p.id;
    step.file = std::string("dir/") + "k.cl";
    step.kernel = p.id;
    step.after = p.after;
    step.where = {"p.toml", line++, 1};
    job.steps.push_back(step);
  }
  return job;
}

std::string edges_of(const step_graph& graph) {
  std::string text;
  for (const step_graph::edge& e : graph.edges)
    text +=
        std::to_string(e.from) + ">" + std::to_string(e.to) + (e.buffer.empty() ? "" : ":" + e.buffer) + " ";
  return text;
}

std::string refusal(const pipeline& job) {
  return message_of<format_error>([&] { return make_graph(job, uses(job.steps.size())); });
}

} // namespace

TEST_CASE("step graph: hazards") {
  const pipeline two = job_of({{"a", {}}, {"b", {}}});
  CHECK(edges_of(make_graph(two, {{writes("x")}, {reads("x")}})) == "0>1:x ");
  CHECK(edges_of(make_graph(two, {{reads("x")}, {writes("x")}})) == "0>1:x ");
  CHECK(edges_of(make_graph(two, {{writes("x")}, {writes("x")}})) == "0>1:x ");
  CHECK(edges_of(make_graph(two, {{reads("x")}, {reads("x")}})).empty());
  CHECK(edges_of(make_graph(two, {{writes("x")}, {writes("y")}})).empty());
  CHECK(edges_of(make_graph(two, {{writes("x"), writes("y")}, {reads("y"), reads("x")}})) == "0>1:x 0>1:y ");
  CHECK(edges_of(make_graph(two, {{reads("x"), writes("x")}, {updates("x"), reads("x")}})) == "0>1:x ");
}

TEST_CASE("step graph: a writer waits for the readers since the last writer") {
  const pipeline four = job_of({{"a", {}}, {"b", {}}, {"c", {}}, {"d", {}}});
  const step_graph graph = make_graph(four, {{writes("x")}, {reads("x")}, {reads("x")}, {updates("x")}});
  CHECK(edges_of(graph) == "0>1:x 0>2:x 0>3:x 1>3:x 2>3:x ");
  CHECK(graph.order == order{0, 1, 2, 3});
  CHECK(edges_of(make_graph(four, {{writes("x")}, {reads("x")}, {writes("x")}, {reads("x")}}))
        == "0>1:x 0>2:x 1>2:x 2>3:x ");
}

TEST_CASE("step graph: after moves steps, and data follows the new order") {
  const pipeline job = job_of({{"a", {"c"}}, {"b", {}}, {"c", {}}, {"d", {}}});
  const step_graph graph = make_graph(job, {{writes("x")}, {}, {}, {reads("x")}});
  CHECK(graph.order == order{1, 2, 0, 3});
  CHECK(edges_of(graph) == "2>0 0>3:x ");
  CHECK(edges_of(make_graph(job_of({{"a", {"b", "b"}}, {"b", {}}}), uses(2))) == "1>0 ");
  CHECK(make_graph(job_of({}), {}).order.empty());
}

TEST_CASE("step graph: cycles and unknown steps") {
  CHECK(refusal(job_of({{"a", {"a"}}})) == "p.toml:10:1: steps wait for each other: 'a' after 'a'");
  CHECK(refusal(job_of({{"z", {"a"}}, {"a", {"c", "d"}}, {"b", {"a"}}, {"c", {"b"}}, {"d", {}}}))
        == "p.toml:11:1: steps wait for each other: 'a' after 'c' after 'b' after 'a'");
  CHECK(refusal(job_of({{"a", {"q"}}}))
        == "p.toml:10:1: step 'a' comes after a step that does not exist: 'q'");
  CHECK(message_of<argument_error>([] {
          return make_graph(job_of({{"a", {}}}), {});
        })
        == "uses of 0 steps for a job of 1");
}

TEST_CASE("step graph: a long chain") {
  std::vector<std::string> ids;
  for (int i = 0; i < 20'000; ++i) ids.push_back("s" + std::to_string(i));
  std::vector<plan> steps;
  for (int i = 0; i < 20'000; ++i)
    steps.push_back(
        {ids[static_cast<std::size_t>(i)].c_str(),
         i + 1 < 20'000 ? std::vector{ids[static_cast<std::size_t>(i) + 1]} : std::vector<std::string>{}});
  const step_graph graph = make_graph(job_of(steps), uses(steps.size()));
  CHECK(graph.order.front() == 19'999);
  CHECK(graph.order.back() == 0);
}

TEST_CASE("step graph: for people and for Graphviz") {
  pipeline job = job_of({{"blur", {}}, {"edge", {}}, {"odd \"name\"\\\n", {"blur"}}});
  job.steps[2].kernel.clear();
  const step_graph graph =
      make_graph(job, {{writes("tmp"), reads("src")}, {reads("tmp"), writes("src")}, {writes("other")}});
  CHECK(to_text(job, graph)
        == "blur           k.cl:blur\n"
           "edge           k.cl:edge  after blur (src, tmp)\n"
           "odd \"name\"\\\\n  k.cl       after blur\n");
  CHECK(to_dot(job, graph)
        == "digraph pipeline {\n"
           "  s0 [label=\"blur\"];\n"
           "  s1 [label=\"edge\"];\n"
           "  s2 [label=\"odd \\\"name\\\"\\\\\\\\n\"];\n"
           "  s0 -> s1 [label=\"src, tmp\"];\n"
           "  s0 -> s2 [style=dashed];\n"
           "}\n");
}
