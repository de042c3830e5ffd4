// Files of the journal that hold nothing that is needed, ready to be overwritten.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "persist/file.hpp"
#include "persist/journal/journal.hpp"

namespace warren::persist {

// A file of full size under the name of a slot. Opened when it is needed.
struct SpareFile {
  std::string name;
  std::shared_ptr<File> file;
};

// Making a file takes long, for all of its bytes are written: another thread may do it ahead.
struct SpareOrder {
  std::string name;
  std::uint64_t bytes = 0;

  // On any thread.
  Result<SpareFile, Trouble> make(Folder& folder) const;
};

// The spares of one journal, and the names of files to come.
class Spares {
 public:
  Spares(Folder& folder, const JournalSettings& settings, std::uint64_t next_slot)
      : folder_(&folder), settings_(settings), next_slot_(next_slot) {}

  std::size_t size() const { return files_.size(); }

  // A spare, or a file made now.
  Result<SpareFile, Trouble> take();
  // A file of a size of its own.
  Result<SpareFile, Trouble> make(std::uint64_t bytes);
  // Keeps a file that is not needed any more, or removes it: when there are enough, or its size is not the usual. A
  // file that cannot be removed is left to the next start.
  void give(SpareFile spare, std::uint64_t bytes);
  void remove(const std::string& name);

  // What should be made ahead, once: until give_ordered() nothing more is ordered.
  std::optional<SpareOrder> order();
  void give_ordered(Result<SpareFile, Trouble> made);

 private:
  std::string next_name();

  Folder* folder_;
  JournalSettings settings_;
  std::uint64_t next_slot_;
  bool ordered_ = false;
  std::vector<SpareFile> files_;
};

}  // namespace warren::persist
