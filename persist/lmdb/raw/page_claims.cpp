#include "persist/lmdb/raw/page_claims.hpp"

#include <algorithm>

#include "persist/lmdb/raw/layout.hpp"

namespace warren::persist::lmdb {

namespace {

// Pages beyond the file's end were made and dropped within one transaction, which has no more than that.
constexpr std::uint64_t kBeyondMax = 1 << 17;

}  // namespace

PageClaims::PageClaims(std::uint64_t file_pages, std::uint64_t last_page)
    : file_pages_(file_pages),
      pages_(last_page + 1),
      possible_(last_page >= kMetaPages - 1 && last_page != kNoPage && last_page <= file_pages + kBeyondMax) {
  if (!possible_) return;
  used_.resize(pages_);
  free_.resize(pages_);
}

PageClaims::Claim PageClaims::use(std::uint64_t number, std::uint64_t count) {
  const std::uint64_t end = std::min(pages_, file_pages_);
  if (number < kMetaPages || count > end || number > end - count) return Claim::refused;
  if (count > 1 && looked_in_vain_ > end) return Claim::refused;
  bool free = false;
  for (std::uint64_t page = number; page < number + count; ++page) {
    if (used_[page]) {
      looked_in_vain_ += page - number;
      return Claim::refused;
    }
    free = free || free_[page];
  }
  for (std::uint64_t page = number; page < number + count; ++page) used_[page] = true;
  return free ? Claim::free : Claim::granted;
}

bool PageClaims::release(std::uint64_t number) {
  if (number < kMetaPages || number >= pages_ || used_[number] || free_[number]) return false;
  free_[number] = true;
  return true;
}

bool PageClaims::all_beyond_file_are_free() const {
  for (std::uint64_t page = file_pages_; page < pages_; ++page) {
    if (!free_[page]) return false;
  }
  return true;
}

}  // namespace warren::persist::lmdb
