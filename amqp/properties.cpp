#include "amqp/properties.hpp"

#include <type_traits>
#include <utility>

#include "base/check.hpp"
#include "base/limits.hpp"

namespace warren::amqp {

namespace {

constexpr std::uint16_t bit_of(Property property) { return static_cast<std::uint16_t>(property); }

// The properties in the order of their bits, from the highest down: the one list behind reading and writing, of either
// form.
template <class Self, class Visitor>
void each_property(Self& self, Visitor&& visit) {
  visit(Property::content_type, self.content_type);
  visit(Property::content_encoding, self.content_encoding);
  visit(Property::headers, self.headers);
  visit(Property::delivery_mode, self.delivery_mode);
  visit(Property::priority, self.priority);
  visit(Property::correlation_id, self.correlation_id);
  visit(Property::reply_to, self.reply_to);
  visit(Property::expiration, self.expiration);
  visit(Property::message_id, self.message_id);
  visit(Property::timestamp, self.timestamp);
  visit(Property::type, self.type);
  visit(Property::user_id, self.user_id);
  visit(Property::app_id, self.app_id);
  visit(Property::cluster_id, self.cluster_id);
}

// Reads the flags, then the fields they announce, into a PropertiesView or into Properties. After the first failure
// nothing more is read.
class Reader {
 public:
  explicit Reader(std::string_view raw) : left_(raw) {
    number(flags_);
    flags_ &= static_cast<std::uint16_t>(~kReservedPropertyBits);
  }

  // A view leaves the inside of the headers to whoever looks at them.
  void operator()(Property property, std::string_view& field) {
    if (!announced(property)) return;
    if (property == Property::headers) return bytes<std::uint32_t>(field);
    bytes<std::uint8_t>(field);
  }
  void operator()(Property property, std::optional<std::string>& field) {
    std::string_view view;
    (*this)(property, view);
    if (announced(property)) field = std::string(view);
  }
  void operator()(Property property, Table& field) {
    std::string_view body;
    (*this)(property, body);
    Result<Table, DecodeError> table = decode_table(body);
    if (!table.ok()) return fail(table.error());
    field = std::move(*table);
  }
  template <class Number>
  requires std::is_integral_v<Number>
  void operator()(Property property, Number& field) {
    if (announced(property)) number(field);
  }
  template <class Number>
  requires std::is_integral_v<Number>
  void operator()(Property property, std::optional<Number>& field) {
    if (announced(property)) number(field.emplace());
  }

  std::uint16_t flags() const { return flags_; }

  // What went wrong, if anything; bytes left over are wrong too.
  std::optional<DecodeError> finish() {
    if (!error_ && !left_.empty()) fail(DecodeError::trailing);
    return error_;
  }

 private:
  bool announced(Property property) const { return (flags_ & bit_of(property)) != 0; }

  void fail(DecodeError error) {
    if (!error_) error_ = error;
    left_ = {};
  }

  bool take(std::size_t size, std::string_view& bytes) {
    if (left_.size() < size) [[unlikely]] {
      fail(DecodeError::truncated);
      return false;
    }
    bytes = left_.substr(0, size);
    left_.remove_prefix(size);
    return true;
  }

  template <class Number>
  void number(Number& field) {
    std::string_view bytes;
    if (take(sizeof field, bytes)) field = load_big<Number>(bytes.data());
  }

  template <class Size>
  void bytes(std::string_view& field) {
    std::string_view size;
    if (take(sizeof(Size), size)) take(load_big<Size>(size.data()), field);
  }

  std::string_view left_;
  std::uint16_t flags_ = 0;
  std::optional<DecodeError> error_;
};

std::uint16_t flags_of(const Properties& properties) {
  std::uint16_t flags = 0;
  each_property(properties, [&](Property property, const auto& field) {
    bool present = properties.has_headers;
    if constexpr (!std::is_same_v<std::remove_cvref_t<decltype(field)>, Table>) present = field.has_value();
    if (present) flags |= bit_of(property);
  });
  return flags;
}

// Appends the fields that are present.
class PropertiesWriter {
 public:
  PropertiesWriter(ByteBuffer& out, std::uint16_t flags) : out_(out), flags_(flags) { number(flags); }

  void operator()(Property, const std::optional<std::string>& field) {
    if (!field) return;
    WARREN_CHECK(field->size() <= limits::kShortStringBytesMax, "a short string has at most 255 bytes");
    number(static_cast<std::uint8_t>(field->size()));
    out_.append(*field);
  }
  void operator()(Property property, const Table& headers) {
    if ((flags_ & bit_of(property)) != 0) encode_table(headers, out_);
  }
  template <class Number>
  void operator()(Property, const std::optional<Number>& field) {
    if (field) number(*field);
  }

 private:
  template <class Number>
  void number(Number number) {
    store_big(out_.extend(sizeof number), number);
  }

  ByteBuffer& out_;
  std::uint16_t flags_;
};

}  // namespace

bool scan_all_properties(std::string_view raw, PropertiesView& out) {
  out = PropertiesView{};
  Reader reader(raw);
  each_property(out, reader);
  out.flags = reader.flags();
  return !reader.finish() && (out.headers.empty() || validate_table(out.headers));
}

Result<Properties, DecodeError> decode_properties(std::string_view raw) {
  Properties properties;
  Reader reader(raw);
  each_property(properties, reader);
  properties.has_headers = (reader.flags() & bit_of(Property::headers)) != 0;
  if (const auto error = reader.finish()) return *error;
  return properties;
}

void encode_properties(const Properties& properties, ByteBuffer& out) {
  PropertiesWriter writer(out, flags_of(properties));
  each_property(properties, writer);
}

}  // namespace warren::amqp
