// What the owner of a queue found out about its copies, as rows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "manage/operations/questions/shard_question.hpp"

namespace warren::manage {

enum class CopyVerdict : std::uint8_t {
  same,
  differs,
  not_in_sync,  // not compared
  no_answer,
};

enum class CopyFault : std::uint8_t {
  missing,  // the owner has it, the copy has not
  surplus,  // the copy has it, the owner has not
  content,
};

struct CopyDifference {
  Position position = 0;
  std::uint64_t place = 0;  // among the owner's messages, from 1
  CopyFault fault = CopyFault::missing;
};

struct ComparedCopy {
  NodeId node;
  CopyVerdict verdict = CopyVerdict::same;
  std::uint64_t weighed = 0;                      // messages compared by what they contain
  std::optional<CopyDifference> difference = {};  // the first one
};

struct ComparedCopies {
  std::uint64_t messages = 0;  // of the owner
  std::uint64_t weighed = 0;   // those of which the contents are in the digest
  std::uint64_t digest = 0;
  std::vector<ComparedCopy> copies = {};
};

Rows rows_of(const ComparedCopies& compared);
// Nothing: they are not such rows. Those of copies follow the owner's.
std::optional<ComparedCopies> compared_copies_in(const Rows& rows);
// Words for verdicts, as in rows.
std::string_view verdict_word(CopyVerdict verdict);

// Sixteen hexadecimal digits.
std::string digest_text(std::uint64_t digest);

}  // namespace warren::manage
