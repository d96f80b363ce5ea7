// SPDX-License-Identifier: Apache-2.0
// PageRank: how often somebody is on a page who follows links by chance, and at times goes to any page. Each
// step is a sparse matrix times a vector, on the device; the host says when the ranks rest.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <numeric>
#include <random>
#include <span>
#include <vector>

#include <clotho/algo/spmv.hpp>
#include <clotho/flow/runtime.hpp>
#include <support/command_line.hpp>

namespace {

struct options {
  std::size_t pages = 20'000, links = 8, steps = 200;
  bool check = false;
  std::string devices;
};

constexpr float follows = 0.85f; // a link, rather than going anywhere

struct link {
  std::uint32_t from, to;
};

// Each page links to others; a few pages are linked to by many.
std::vector<link> web(const options& o) {
  std::mt19937 random(11); // the same for everyone
  std::uniform_real_distribution<double> any(0, 1);
  std::vector<link> links;
  for (std::uint32_t page = 0; page < o.pages; ++page)
    for (std::size_t left = 1 + random() % (2 * o.links - 1); left > 0; --left) {
      const double popular = std::pow(any(random), 3) * static_cast<double>(o.pages);
      links.push_back({page, static_cast<std::uint32_t>(popular)});
    }
  return links;
}

// Row: a page; its elements: the pages that link to it, each with the share of its rank that it passes on.
struct matrix {
  std::vector<std::uint32_t> row_starts, columns;
  std::vector<float> shares;
};

matrix matrix_of(const options& o, std::vector<link> links) {
  std::vector<std::uint32_t> out(o.pages);
  for (const link& one : links) ++out[one.from];
  std::stable_sort(links.begin(), links.end(), [](const link& a, const link& b) { return a.to < b.to; });
  matrix made{std::vector<std::uint32_t>(o.pages + 1), {}, {}};
  for (const link& one : links) {
    ++made.row_starts[one.to + 1];
    made.columns.push_back(one.from);
    made.shares.push_back(1.0f / static_cast<float>(out[one.from]));
  }
  std::partial_sum(made.row_starts.begin(), made.row_starts.end(), made.row_starts.begin());
  return made;
}

double distance(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += std::abs(double{a[i]} - double{b[i]});
  return sum;
}

// By plain loops in double, from the device's ranks on: they change little if they rest.
double change_by_plain_loops(const matrix& m, const std::vector<float>& ranks) {
  const double n = static_cast<double>(ranks.size());
  double change = 0;
  for (std::size_t page = 0; page < ranks.size(); ++page) {
    double sum = 0;
    for (std::size_t k = m.row_starts[page]; k < m.row_starts[page + 1]; ++k)
      sum += double{m.shares[k]} * double{ranks[m.columns[k]]};
    change += std::abs(double{follows} * sum + (1 - double{follows}) / n - double{ranks[page]});
  }
  return change;
}

bool page_rank(const options& o) {
  const matrix m = matrix_of(o, web(o));
  const float n = static_cast<float>(o.pages);
  const clotho::runtime rt(o.devices);
  const clotho::buffer<std::uint32_t> row_starts(rt, m.row_starts), columns(rt, m.columns);
  const clotho::buffer<float> shares(rt, m.shares);
  const clotho::csr links(o.pages, o.pages, row_starts, columns, shares);
  const clotho::buffer<float> anywhere(rt, std::vector<float>(o.pages, (1 - follows) / n));
  clotho::buffer<float> ranks(rt, std::vector<float>(o.pages, 1 / n)), next(rt, o.pages);

  std::size_t steps = 0;
  double change = 1;
  for (; change > 1e-5 && steps < o.steps; ++steps) {
    rt.copy(anywhere, next);
    clotho::spmv(rt, links, ranks, next, double{follows}, 1);
    change = rt.host(distance, in(ranks), in(next)).get(); // get: whether to go on
    std::swap(ranks, next);
  }

  const std::vector<float> found = rt.read(ranks).get();
  const std::size_t first =
      static_cast<std::size_t>(std::max_element(found.begin(), found.end()) - found.begin());
  std::printf("%zu pages, %zu links, %zu steps: page %zu comes first, with %.6f\n", o.pages, m.columns.size(),
              steps, first, double{found[first]});
  if (!o.check) return true;
  const double left = change_by_plain_loops(m, found), all = std::accumulate(found.begin(), found.end(), 0.0);
  const bool right = left <= 2e-5 && std::abs(all - 1) <= 1e-4;
  std::printf("check: plain loops would change them by %.1e in all; their sum is %.6f%s\n", left, all,
              right ? "" : ", which is NOT right");
  return right;
}

} // namespace

int main(int argc, char** argv) {
  options o;
  example::command_line line("page_rank",
                             "PageRank: a sparse matrix times a vector on the device, until the ranks rest.");
  line.number("--pages", o.pages, 1, 100'000'000, "pages");
  line.number("--links", o.links, 1, 1000, "from a page to others, on average");
  line.number("--steps", o.steps, 1, 1'000'000, "at most");
  line.flag("--check", o.check, "check the ranks with plain loops");
  line.devices(o.devices);
  return line.run(argc, argv, [&] { return page_rank(o); });
}
