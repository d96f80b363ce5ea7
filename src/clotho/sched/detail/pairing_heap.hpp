#pragma once
// SPDX-License-Identifier: Apache-2.0

#include <utility>

namespace clotho::detail {

/// Links of a node in a pairing_heap.
template <class Node> struct pairing_links {
  Node* child = nullptr;    ///< the first one
  Node* next = nullptr;     ///< sibling
  Node* previous = nullptr; ///< sibling; of the first child: the parent
};

/// A priority queue of nodes that others own and that derive from pairing_links: allocates nothing. `Before`
/// says which of two comes first. push is O(1), the others O(log n) amortised (Fredman et al., The pairing
/// heap, 1986).
template <class Node, class Before> class pairing_heap {
 public:
  [[nodiscard]] Node* top() const noexcept { return root_; }

  void push(Node& node) noexcept {
    node.child = node.next = node.previous = nullptr;
    root_ = meld(root_, &node);
  }
  /// Takes out a node that is in this heap.
  void remove(Node& node) noexcept {
    Node* const below = merge_pairs(node.child);
    if (&node == root_) {
      root_ = below;
      return;
    }
    (node.previous->child == &node ? node.previous->child : node.previous->next) = node.next;
    if (node.next != nullptr) node.next->previous = node.previous;
    root_ = meld(root_, below);
  }

 private:
  static Node* meld(Node* a, Node* b) noexcept {
    if (a == nullptr || b == nullptr) return a != nullptr ? a : b;
    if (Before()(*b, *a)) std::swap(a, b);
    b->next = a->child;
    b->previous = a;
    if (b->next != nullptr) b->next->previous = b;
    a->child = b;
    return a;
  }

  // Two passes: melds pairs from left to right, then their results from right to left.
  static Node* merge_pairs(Node* first) noexcept {
    Node* melded = nullptr; // a stack, linked by `next`
    while (first != nullptr) {
      Node* const a = std::exchange(first, first->next);
      Node* const b = first != nullptr ? std::exchange(first, first->next) : nullptr;
      a->next = a->previous = nullptr;
      if (b != nullptr) b->next = b->previous = nullptr;
      Node* const pair = meld(a, b);
      pair->next = melded;
      melded = pair;
    }
    Node* root = nullptr;
    while (melded != nullptr) {
      Node* const pair = std::exchange(melded, melded->next);
      pair->next = nullptr;
      root = meld(root, pair);
    }
    return root;
  }

  Node* root_ = nullptr;
};

} // namespace clotho::detail
