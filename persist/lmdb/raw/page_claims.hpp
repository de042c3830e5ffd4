// Who says that a page is theirs. Each page of a sound file is either used once, or free.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

namespace warren::persist::lmdb {

class PageClaims {
 public:
  enum class Claim : std::uint8_t {
    granted,
    free,     // granted, but the page is said to be free as well
    refused,  // beyond the end, a meta page, or used already
  };

  // file_pages: whole pages in the file. LMDB may count a few more, which it never wrote; these are free.
  PageClaims(std::uint64_t file_pages, std::uint64_t last_page);

  // False: the last page is beyond all that the file could tell of. Otherwise memory has been taken for all pages.
  bool possible() const { return possible_; }
  // Requires of the others: possible().
  Claim use(std::uint64_t number, std::uint64_t count);
  // False: not a page, used already, or free already.
  bool release(std::uint64_t number);
  bool all_beyond_file_are_free() const;
  std::vector<bool> take_free() { return std::move(free_); }

 private:
  std::uint64_t file_pages_;
  std::uint64_t pages_;
  bool possible_;
  std::uint64_t looked_in_vain_ = 0;  // pages of long ranges that were refused; bounds the time for a hostile file
  std::vector<bool> used_;
  std::vector<bool> free_;
};

}  // namespace warren::persist::lmdb
