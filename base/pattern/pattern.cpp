#include "base/pattern/pattern.hpp"

#include <utility>
#include <vector>

#include "base/pattern/reader.hpp"

namespace warren {
namespace {

using Kind = PatternStep::Kind;

constexpr std::size_t kAnywhere = ~std::size_t{0};
// So many states are made unseen in about the time of one visit.
constexpr std::size_t kStatesPerVisit = 64;

bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_'; }

// One name under one program. Only yes and no are asked for, so a step that was once tried at a place of the name need
// not be tried there again.
class Search {
 public:
  Search(const PatternProgram& program, std::string_view name) : program_(program), name_(name) {}

  bool anywhere() { return leads_to_end(0, program_.steps.size(), 0, name_.size(), kAnywhere) && !exhausted(); }

 private:
  struct State {
    std::uint32_t step;
    std::uint32_t place;
  };

  bool exhausted() const { return visits_ > Pattern::kVisitsMax; }

  // Whether `count` steps from `first` on find something that begins at one of the places from..upto, and ends at
  // `last`.
  bool leads_to_end(std::size_t first, std::size_t count, std::size_t from, std::size_t upto, std::size_t last) {
    const std::size_t places = name_.size() + 1;
    // Making room is work too.
    visits_ += count * places / kStatesPerVisit;
    if (exhausted()) return false;
    std::vector<bool> seen(count * places);
    std::vector<State> open;
    for (std::size_t start = from; start <= upto; ++start) {
      open.push_back({static_cast<std::uint32_t>(first), static_cast<std::uint32_t>(start)});
      while (!open.empty()) {
        const State state = open.back();
        open.pop_back();
        auto visited = seen[(state.step - first) * places + state.place];
        if (visited) continue;
        visited = true;
        ++visits_;
        if (exhausted()) return false;
        if (program_.steps[state.step].kind != Kind::found)
          follow(state, open);
        else if (last == kAnywhere || last == state.place)
          return true;
      }
    }
    return false;
  }

  void follow(const State& state, std::vector<State>& open) {
    const PatternStep& step = program_.steps[state.step];
    const auto other = static_cast<std::uint32_t>(static_cast<std::int64_t>(state.step) + step.to);
    switch (step.kind) {
      case Kind::byte:
        if (state.place < name_.size() && program_.sets[step.set][static_cast<unsigned char>(name_[state.place])])
          open.push_back({state.step + 1, state.place + 1});
        return;
      case Kind::split: open.push_back({state.step + 1, state.place}); [[fallthrough]];
      case Kind::jump: open.push_back({other, state.place}); return;
      case Kind::ahead:
      case Kind::behind:
        if (looks(step, state)) open.push_back({other, state.place});
        return;
      default:
        if (stands(step, state.place)) open.push_back({state.step + 1, state.place});
    }
  }

  bool looks(const PatternStep& step, const State& state) {
    const std::size_t body = state.step + 1;
    const auto count = static_cast<std::size_t>(step.to) - 1;
    const bool found = step.kind == Kind::ahead ? leads_to_end(body, count, state.place, state.place, kAnywhere)
                                                : leads_to_end(body, count, 0, state.place, state.place);
    return found != step.negative;
  }

  bool stands(const PatternStep& step, std::size_t place) const {
    const bool at_end = place == name_.size();
    switch (step.kind) {
      case Kind::begin: return place == 0;
      case Kind::very_end: return at_end;
      case Kind::end: return at_end || (place + 1 == name_.size() && name_[place] == '\n');
      default: break;
    }
    const bool before = place > 0 && is_word(name_[place - 1]);
    const bool after = !at_end && is_word(name_[place]);
    return (before != after) != step.negative;
  }

  const PatternProgram& program_;
  std::string_view name_;
  std::size_t visits_ = 0;
};

}  // namespace

Result<Pattern, std::string> Pattern::read(std::string_view text) {
  Pattern pattern;
  PatternReader reader(text, pattern.program_);
  if (std::string complaint = reader.read(); !complaint.empty()) return complaint;
  return pattern;
}

bool Pattern::occurs_in(std::string_view name) const {
  return name.size() <= kNameBytesMax && Search(program_, name).anywhere();
}

}  // namespace warren
