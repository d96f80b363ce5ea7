// SPDX-License-Identifier: Apache-2.0
// The suite algo of `clotho-bench`, and what makes tables and pictures of its results.
#include "bench_fixture.hpp"

using namespace clotho::test;

namespace {

// Peers whose kernels are not compiled for minutes.
constexpr const char* quick_peers = "native,std,tbb,FFTW,OpenBLAS,textbook";

nlohmann::json row_of(const char* name, double n, double value, const char* peer, double ahead,
                      nlohmann::json goal = nullptr) {
  return {{"name", name},
          {"n", n},
          {"unit", "us"},
          {"value", value},
          {"min", value},
          {"spread", 0.1},
          {"peer", peer},
          {"peer_min", 1},
          {"peer_value", value * ahead},
          {"ahead", ahead},
          {"goal", goal},
          {"rate", 4 * n / value / 1e3},
          {"peer_rate", 1},
          {"rate_unit", "GB/s"}};
}

nlohmann::json fixed_results() {
  return {{"schema", "clotho.bench/1"},
          {"suite", "algo"},
          {"device", "Imagined & <fast>"},
          {"driver", "none"},
          {"missing", nlohmann::json::array()},
          {"rows",
           {row_of("basic: reduce 1M", 1e6, 100, "native AVX-512", 0.5, 0.85),
            row_of("basic: reduce 1M", 1e6, 100, "CLBlast", 12.345, 10),
            row_of("basic: reduce 1M", 1e6, 100, "oneTBB", 1.25),
            row_of("basic: reduce 10M", 1e7, 1000, "native AVX-512", 0.95, 0.9),
            row_of("basic: reduce 10M", 1e7, 1000, "allowance", 2, 1.0),
            row_of("basic: sort u32 1M", 1e6, 5000, "oneTBB", 7.5, 7),
            row_of("basic: fft 1024 x 1024", 1024, 900, "FFTW", 0.75, 0.5),
            row_of("default: reduce 1M", 1e6, 200, "native AVX-512", 0.25)}}};
}

} // namespace

TEST_CASE_FIXTURE(bench_fixture, "algo runs cases beside the peers that were asked for") {
  const auto result = bench({"algo", "--tiny", "--only", "reduce,scan,sort u32,sgemm,fft,philox", "--peers",
                             quick_peers, "--json"});
  const nlohmann::json document = checked_document(result, "algo");
  const auto raced_or_named = [&](const std::string& name, const char* peer) {
    CAPTURE(name);
    CAPTURE(peer);
    for (const char* part : {"basic: ", "default: "})
      CHECK((has_row(document, part + name, peer) || is_missing(document, peer) || is_missing(document, name)
             || is_missing(document, "POCL_DEVICES")));
  };
  for (const char* name : {"reduce", "scan", "sort u32", "philox"})
    for (const char* peer : {"native", "std"}) raced_or_named(name, peer);
  for (const char* name : {"reduce", "scan", "sort u32"}) raced_or_named(name, "oneTBB");
  raced_or_named("sgemm", "OpenBLAS");
  raced_or_named("sgemm", "textbook kernel");
  raced_or_named("fft", "FFTW");
  CHECK_FALSE(is_missing(document, "came out wrong"));
  for (const auto& row : document["rows"]) CHECK(row.contains("rate"));
  CHECK_FALSE(contains(result.output, "Boost.Compute"));
  CHECK_FALSE(contains(result.errors, "stencil"));
}

TEST_CASE_FIXTURE(bench_fixture, "algo names the case or peer that there is not") {
  const auto unknown_case = bench({"algo", "--only", "sotr"});
  CHECK(unknown_case.exit_status == 2);
  CHECK(contains(unknown_case.errors, "there is no case 'sotr'"));
  CHECK(contains(bench({"algo", "--only", "sgem"}).errors, "did you mean 'sgemm'?"));
  CHECK(contains(bench({"algo", "--only", "sort,x"}).errors, "there are saxpy, fused, reduce"));
  const auto unknown_peer = bench({"algo", "--peers", "nobody"});
  CHECK(unknown_peer.exit_status == 2);
  CHECK(contains(unknown_peer.errors, "there is no peer 'nobody'; there are native, std, oneTBB"));
}

TEST_CASE_FIXTURE(bench_fixture, "chart makes a table of results") {
  const auto result = bench({"chart", write("results.json", fixed_results().dump())});
  CHECK(result.exit_status == 0);
  CHECK(result.output
        == "| case | clotho | rate | of native | times faster than | goals met |\n"
           "|---|---|---|---|---|---|\n"
           "| reduce 1M | 100 us | 40.0 GB/s | 0.50 | oneTBB 1.25; CLBlast 12.3 | 1 of 2 |\n"
           "| reduce 10M | 1000 us | 40.0 GB/s | 0.95 | - | 2 of 2 |\n"
           "| sort u32 1M | 5000 us | 0.80 GB/s | - | oneTBB 7.50 | 1 of 1 |\n"
           "| fft 1024 x 1024 | 900 us | 0.00 GB/s | 0.75 | - | 1 of 1 |\n");
  const auto other = bench({"chart", (folder / "results.json").string(), "--part", "default"});
  CHECK(contains(other.output, "| reduce 1M | 200 us | 20.0 GB/s | 0.25 | - | - |"));
}

TEST_CASE_FIXTURE(bench_fixture, "chart draws the largest case of each kind") {
  const auto picture = (folder / "picture.svg").string();
  const auto result = bench({"chart", write("results.json", fixed_results().dump()), "--svg", picture});
  CHECK(result.exit_status == 0);
  CHECK(result.output.empty());
  const std::string svg = clotho::os::read_text(picture);
  CHECK(svg.starts_with("<svg "));
  CHECK(svg.ends_with("</svg>\n"));
  for (const char* text : {">reduce 10M<", ">sort u32 1M<", ">fft 1024 x 1024<", "0.95x native AVX-512",
                           "7.5x oneTBB", "Imagined &amp; &lt;fast&gt;, basic"}) {
    CAPTURE(text);
    CHECK(contains(svg, text));
  }
  CHECK_FALSE(contains(svg, ">reduce 1M<"));
}

TEST_CASE_FIXTURE(bench_fixture, "chart says what is wrong with results") {
  const auto file = write("results.json", "{}");
  CHECK(contains(bench({"chart", file}).errors, "is nothing that clotho-bench --json wrote"));
  CHECK(bench({"chart", file}).exit_status == 2);
  CHECK(bench({"chart"}).exit_status == 2);
  CHECK(bench({"chart", (folder / "absent.json").string()}).exit_status != 0);
  write("results.json", fixed_results().dump());
  CHECK(contains(bench({"chart", file, "--part", "gpu"}).errors,
                 "there is no part 'gpu'; there are basic, default"));
}
