// One record of numbered fields (base/numbered_fields) as bytes of its own.
#pragma once

#include <string>
#include <string_view>

#include "base/numbered_fields.hpp"

namespace warren {

template <class Record>
std::string write_record(const Record& record) {
  std::string bytes;
  NumberedWriter writer(bytes);
  visit_fields(record, writer);
  return bytes;
}

// False for what is no such record. Fields that are not in the bytes keep what they have.
template <class Record>
bool read_record(std::string_view bytes, Record& record) {
  NumberedReader reader(bytes);
  visit_fields(record, reader);
  return reader.finish();
}

}  // namespace warren
