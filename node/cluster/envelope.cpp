#include "node/cluster/envelope.hpp"

#include "base/numbered_fields.hpp"

namespace warren::node {

std::string encode(const Envelope& envelope) {
  std::string bytes;
  NumberedWriter writer(bytes);
  visit_fields(envelope, writer);
  return bytes;
}

bool decode(std::string_view bytes, Envelope& envelope) {
  NumberedReader reader(bytes);
  visit_fields(envelope, reader);
  return reader.finish() && envelope.proposer && envelope.ticket != 0;
}

}  // namespace warren::node
