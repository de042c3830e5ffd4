// A list threaded through the records themselves: no memory of its own, removal from the middle at once.
#pragma once

#include <cstddef>

namespace warren::broker {

// A record's place in one list.
template <class Record>
struct Links {
  Record* previous = nullptr;
  Record* next = nullptr;
};

// Keeps the order of insertion. A record may be in one list per Links member. The list does not own its records.
template <class Record, Links<Record> Record::*kLinks>
class List {
 public:
  // Walks from the oldest record to the newest. The record that it stands on must not be removed.
  class Iterator {
   public:
    explicit Iterator(Record* at) : at_(at) {}
    const Record& operator*() const { return *at_; }
    Iterator& operator++() {
      at_ = (at_->*kLinks).next;
      return *this;
    }
    bool operator==(const Iterator&) const = default;

   private:
    Record* at_;
  };

  Iterator begin() const { return Iterator(first_); }
  Iterator end() const { return Iterator(nullptr); }
  bool empty() const { return first_ == nullptr; }
  Record* first() { return first_; }
  const Record* first() const { return first_; }

  void push_back(Record& record) {
    Links<Record>& links = record.*kLinks;
    links = {last_, nullptr};
    (last_ == nullptr ? first_ : (last_->*kLinks).next) = &record;
    last_ = &record;
  }

  // Requires: the record is in this list.
  void erase(Record& record) {
    Links<Record>& links = record.*kLinks;
    (links.previous == nullptr ? first_ : (links.previous->*kLinks).next) = links.next;
    (links.next == nullptr ? last_ : (links.next->*kLinks).previous) = links.previous;
    links = {};
  }

 private:
  Record* first_ = nullptr;
  Record* last_ = nullptr;
};

}  // namespace warren::broker
