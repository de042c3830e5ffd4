// A folder in memory, for tests of what is kept in files.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "persist/file.hpp"

namespace warren::persist {

// Knows what would survive a power loss. Makes the operation of a chosen number fail: a write is then done by half.
class MemoryFolder : public Folder {
 public:
  struct Content {
    std::string bytes;
    std::string synced;
  };

  std::map<std::string, std::shared_ptr<Content>> files;
  std::uint64_t operations = 0;
  std::uint64_t fail_from = 0;  // numbers of operations, from 1; zero: none
  std::uint64_t fail_count = 1;
  TroubleKind fail_kind = TroubleKind::failed;
  std::vector<std::string> hurried;  // bytes that were sent on their way

  std::string& bytes(const std::string& name) { return files.at(name)->bytes; }
  void lose_power() {
    for (auto& [name, content] : files) content->bytes = content->synced;
  }
  // Another folder with the same files.
  MemoryFolder copy() const {
    MemoryFolder folder;
    for (const auto& [name, content] : files) folder.files[name] = std::make_shared<Content>(*content);
    return folder;
  }

  Result<std::unique_ptr<File>, Trouble> open(std::string_view name) override {
    if (Outcome outcome = step("open"); !outcome) return std::move(outcome.error());
    const auto found = files.find(std::string(name));
    if (found == files.end()) return Trouble{TroubleKind::failed, "no such file"};
    return std::unique_ptr<File>(std::make_unique<Opened>(*this, found->second));
  }
  Result<std::unique_ptr<File>, Trouble> create(std::string_view name, std::uint64_t bytes) override {
    if (Outcome outcome = step("create"); !outcome) return std::move(outcome.error());
    if (files.contains(std::string(name))) return Trouble{TroubleKind::failed, "the file exists"};
    const std::string zeros(bytes, '\0');
    const auto& content = files[std::string(name)] = std::make_shared<Content>(Content{zeros, zeros});
    return std::unique_ptr<File>(std::make_unique<Opened>(*this, content));
  }
  Outcome rename(std::string_view from, std::string_view to) override {
    if (Outcome outcome = step("rename"); !outcome) return outcome;
    auto node = files.extract(std::string(from));
    if (node.empty()) return Trouble{TroubleKind::failed, "no such file"};
    files[std::string(to)] = node.mapped();
    return Done{};
  }
  Outcome remove(std::string_view name) override {
    if (Outcome outcome = step("remove"); !outcome) return outcome;
    files.erase(std::string(name));
    return Done{};
  }
  Result<std::vector<std::string>, Trouble> list() override {
    if (Outcome outcome = step("list"); !outcome) return std::move(outcome.error());
    std::vector<std::string> names;
    for (const auto& [name, content] : files) names.push_back(name);
    return names;
  }

 private:
  class Opened : public File {
   public:
    Opened(MemoryFolder& folder, std::shared_ptr<Content> content) : folder_(&folder), content_(std::move(content)) {}

    Outcome write(std::uint64_t offset, std::string_view bytes) override {
      Outcome outcome = folder_->step("write");
      if (!outcome) bytes = bytes.substr(0, bytes.size() / 2);
      if (content_->bytes.size() < offset + bytes.size()) content_->bytes.resize(offset + bytes.size());
      content_->bytes.replace(offset, bytes.size(), bytes);
      return outcome;
    }
    Outcome sync() override {
      if (Outcome outcome = folder_->step("sync"); !outcome) return outcome;
      content_->synced = content_->bytes;
      return Done{};
    }
    void hurry(std::uint64_t offset, std::uint64_t bytes) override {
      folder_->hurried.push_back(content_->bytes.substr(offset, bytes));
    }
    Result<std::uint64_t, Trouble> read(std::uint64_t offset, char* to, std::uint64_t bytes) override {
      if (Outcome outcome = folder_->step("read"); !outcome) return std::move(outcome.error());
      if (offset >= content_->bytes.size()) return std::uint64_t{0};
      return std::uint64_t{content_->bytes.copy(to, bytes, offset)};
    }
    std::uint64_t size() const override { return content_->bytes.size(); }

   private:
    MemoryFolder* folder_;
    std::shared_ptr<Content> content_;
  };

  Outcome step(const char* what) {
    ++operations;
    if (fail_from == 0 || operations < fail_from || operations >= fail_from + fail_count) return Done{};
    return Trouble{fail_kind, std::string("cannot ") + what};
  }
};

}  // namespace warren::persist
