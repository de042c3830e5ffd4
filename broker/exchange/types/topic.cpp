#include "broker/exchange/types/topic.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "broker/catalog/hash.hpp"
#include "broker/catalog/index.hpp"

namespace warren::broker {
namespace {

constexpr char kSeparator = '.';
constexpr std::string_view kOneWord = "*";
constexpr std::string_view kAnyWords = "#";

// Takes the words of a key off its front. The empty key has none (amqp.md 4.5).
class Words {
 public:
  explicit Words(std::string_view key) : rest_(key), more_(!key.empty()) {}

  bool more() const { return more_; }
  std::string_view take() {
    const std::size_t end = rest_.find(kSeparator);
    const std::string_view word = rest_.substr(0, end);
    more_ = end != std::string_view::npos;
    if (more_) rest_.remove_prefix(end + 1);
    return word;
  }

 private:
  std::string_view rest_;
  bool more_;
};

// A trie of patterns, a word per step. A key is matched by all patterns at once: word by word, the set of nodes that
// some beginning of a pattern has reached moves on. So the work is bounded by words times nodes whatever the patterns
// are, where trying each '#' at each length would grow with every further '#'.
class TopicExchange final : public ExchangeType {
 public:
  TopicExchange() : ExchangeType(RouteDependence::key) {}

  void add(Binding& binding) override {
    Node* node = &root_;
    for (Words words(binding.definition.routing_key); words.more();) node = &step(*node, words.take());
    node->bindings.push_back(binding);
  }

  void remove(Binding& binding) override {
    Node* node = &root_;
    for (Words words(binding.definition.routing_key); words.more();) node = next_in_pattern(*node, words.take());
    node->bindings.erase(binding);
    while (node != &root_ && node->bare()) drop(*std::exchange(node, node->parent));
  }

  void route(const RoutingInput& input, RouteSink& sink) const override {
    for (std::string_view key : input.keys()) match(key, sink);
  }

 private:
  struct Node {
    std::string word;
    Node* parent = nullptr;
    std::unique_ptr<Node> one_word;     // behind '*'
    std::unique_ptr<Node> any_words;    // behind '#'
    std::size_t literals = 0;           // children behind other words; literals_ has them
    bool repeats = false;               // stands behind '#'
    mutable std::uint64_t reached = 0;  // the step that reached it last; kept only where it repeats
    List<Binding, &Binding::at_type> bindings;

    bool bare() const { return bindings.empty() && literals == 0 && one_word == nullptr && any_words == nullptr; }
  };

  static std::uint64_t hash_edge(const Node& from, std::string_view word) {
    return hash_text(word, reinterpret_cast<std::uintptr_t>(&from));
  }

  Node* literal(const Node& from, std::string_view word) const {
    if (from.literals == 0) return nullptr;
    return literals_.find(hash_edge(from, word),
                          [&](const Node& held) { return held.parent == &from && held.word == word; });
  }

  Node* next_in_pattern(const Node& from, std::string_view word) const {
    if (word == kOneWord) return from.one_word.get();
    if (word == kAnyWords) return from.any_words.get();
    return literal(from, word);
  }

  Node& step(Node& from, std::string_view word) {
    if (Node* there = next_in_pattern(from, word)) return *there;
    auto added = std::make_unique<Node>();
    Node& node = *added;
    node.word = word;
    node.parent = &from;
    node.repeats = word == kAnyWords;
    if (word == kOneWord) {
      from.one_word = std::move(added);
    } else if (node.repeats) {
      from.any_words = std::move(added);
    } else {
      literals_.insert(hash_edge(from, word), std::move(added));
      ++from.literals;
    }
    return node;
  }

  void drop(Node& node) {
    Node& parent = *node.parent;
    if (&node == parent.one_word.get()) {
      parent.one_word.reset();
    } else if (&node == parent.any_words.get()) {
      parent.any_words.reset();
    } else {
      --parent.literals;
      literals_.erase(hash_edge(parent, node.word), node);
    }
  }

  void match(std::string_view key, RouteSink& sink) const {
    active_.clear();
    ++step_;
    reach(root_, active_);
    for (Words words(key); words.more() && !active_.empty();) {
      const std::string_view word = words.take();
      next_.clear();
      ++step_;
      for (const Node* node : active_) {
        if (node->repeats) reach(*node, next_);
        if (node->one_word != nullptr) reach(*node->one_word, next_);
        if (const Node* child = literal(*node, word)) reach(*child, next_);
      }
      active_.swap(next_);
    }
    for (const Node* node : active_)
      for (const Binding& binding : node->bindings) sink.add(binding);
  }

  // Adds the node, and those behind '#', which may stand for no word. Only a node that repeats can be reached twice in
  // a step.
  void reach(const Node& node, std::vector<const Node*>& nodes) const {
    for (const Node* at = &node; at != nullptr; at = at->any_words.get()) {
      if (at->repeats && std::exchange(at->reached, step_) == step_) return;
      nodes.push_back(at);
    }
  }

  Node root_;
  Index<std::unique_ptr<Node>> literals_;  // by parent and word
  // Marks and scratch of the walk in hand; a catalog and its exchanges belong to one shard.
  mutable std::uint64_t step_ = 0;
  mutable std::vector<const Node*> active_;
  mutable std::vector<const Node*> next_;
};

std::unique_ptr<ExchangeType> make_topic(const amqp::Table&) { return std::make_unique<TopicExchange>(); }

}  // namespace

const ExchangeTypeInfo kTopicExchange{"topic", accept_any_arguments, accept_any_binding, make_topic};

}  // namespace warren::broker
