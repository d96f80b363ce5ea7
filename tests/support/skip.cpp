// SPDX-License-Identifier: Apache-2.0
#include "support/skip.hpp"

#include <doctest/doctest.h>

namespace clotho::test {
namespace {

std::vector<skip> noted;
std::size_t started = 0;
std::string current;

/// Counts test cases, so that a run in which all of them were skipped can fail.
struct counter : doctest::IReporter {
  explicit counter(const doctest::ContextOptions&) {}
  void report_query(const doctest::QueryData&) override {}
  void test_run_start() override {}
  void test_run_end(const doctest::TestRunStats&) override {}
  void test_case_start(const doctest::TestCaseData& test) override { ++started, current = test.m_name; }
  void test_case_reenter(const doctest::TestCaseData&) override {}
  void test_case_end(const doctest::CurrentTestCaseStats&) override {}
  void test_case_exception(const doctest::TestCaseException&) override {}
  void subcase_start(const doctest::SubcaseSignature&) override {}
  void subcase_end() override {}
  void log_assert(const doctest::AssertData&) override {}
  void log_message(const doctest::MessageData&) override {}
  void test_case_skipped(const doctest::TestCaseData&) override {}
};

REGISTER_LISTENER("counter", 1, counter);

} // namespace

const std::vector<skip>& skipped() { return noted; }
std::size_t cases_run() { return started; }

void note_skip(const std::string& reason) {
  if (noted.empty() || noted.back().test != current) noted.push_back({current, reason});
}

} // namespace clotho::test
