#include "node/cluster/ask/ask_messages.hpp"

#include <utility>

#include "base/numbered_fields.hpp"
#include "base/tags.hpp"

namespace warren::node {
namespace {

template <class Content>
constexpr AskTag ask_tag = AskTag::none;
template <>
constexpr AskTag ask_tag<WhoQuestion> = AskTag::who_question;
template <>
constexpr AskTag ask_tag<WhoAnswer> = AskTag::who_answer;
template <>
constexpr AskTag ask_tag<JoinQuestion> = AskTag::join_question;
template <>
constexpr AskTag ask_tag<JoinAnswer> = AskTag::join_answer;
template <>
constexpr AskTag ask_tag<LeaveQuestion> = AskTag::leave_question;
template <>
constexpr AskTag ask_tag<LeaveAnswer> = AskTag::leave_answer;
template <>
constexpr AskTag ask_tag<RowsQuestion> = AskTag::rows_question;
template <>
constexpr AskTag ask_tag<RowsAnswer> = AskTag::rows_answer;

template <class Content>
bool read(std::string_view fields, AskMessage& message) {
  Content content;
  NumberedReader reader(fields);
  visit_fields(content, reader);
  if (!reader.finish()) return false;
  message = std::move(content);
  return true;
}

}  // namespace

std::string encode(const AskMessage& message) {
  std::string bytes;
  std::visit(
      [&]<class Content>(const Content& content) {
        bytes.push_back(static_cast<char>(ask_tag<Content>));
        NumberedWriter writer(bytes);
        visit_fields(content, writer);
      },
      message);
  return bytes;
}

bool decode(std::string_view bytes, AskMessage& message) {
  if (bytes.empty()) return false;
  const auto tag = static_cast<AskTag>(bytes.front());
  bytes.remove_prefix(1);
  switch (tag) {
    case AskTag::who_question: return read<WhoQuestion>(bytes, message);
    case AskTag::who_answer: return read<WhoAnswer>(bytes, message);
    case AskTag::join_question: return read<JoinQuestion>(bytes, message);
    case AskTag::join_answer: return read<JoinAnswer>(bytes, message);
    case AskTag::leave_question: return read<LeaveQuestion>(bytes, message);
    case AskTag::leave_answer: return read<LeaveAnswer>(bytes, message);
    case AskTag::rows_question: return read<RowsQuestion>(bytes, message);
    case AskTag::rows_answer: return read<RowsAnswer>(bytes, message);
    case AskTag::none: break;
  }
  return false;
}

}  // namespace warren::node
