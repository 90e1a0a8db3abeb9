#include "db/postgres/values.hpp"

#include <libpq-fe.h>

#include <cstdint>
#include <limits>
#include <optional>

#include "base/text.hpp"

namespace wayleave::db::postgres {
namespace {

// pg_type.dat; these numbers never change.
enum Type : Oid {
  kUnknown = 0,
  kBool = 16,
  kBytea = 17,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kText = 25,
  kNumeric = 1700,
};

Oid type_of(const Value& value) {
  struct Visitor {
    Oid operator()(std::monostate) const { return kUnknown; }
    Oid operator()(std::int64_t) const { return kInt8; }
    Oid operator()(const std::string&) const { return kText; }
    Oid operator()(const Blob&) const { return kBytea; }
  };
  return std::visit(Visitor{}, value.held());
}

std::array<char, 8> big_endian(std::int64_t value) {
  std::array<char, 8> bytes{};
  auto rest = static_cast<std::uint64_t>(value);
  for (std::size_t i = bytes.size(); i-- > 0; rest >>= 8) {
    bytes[i] = static_cast<char>(rest & 0xff);
  }
  return bytes;
}

std::int64_t signed_number(std::string_view bytes) {
  std::uint64_t value =
      !bytes.empty() && (bytes.front() & 0x80) != 0 ? ~std::uint64_t{0} : std::uint64_t{0};
  for (const char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<std::int64_t>(value);
}

// Digits to the base 10,000 with the weight of the first (numeric.c, numeric_send).
std::optional<std::int64_t> whole_numeric(std::string_view bytes) {
  if (bytes.size() < 8) return std::nullopt;
  const auto part = [&](std::size_t index) { return signed_number(bytes.substr(index * 2, 2)); };
  const std::int64_t count = part(0);
  const std::int64_t weight = part(1);
  const std::int64_t sign = part(2);
  if (part(3) != 0 || (sign != 0 && sign != 0x4000) || weight > 4) return std::nullopt;
  __int128 value = 0;
  for (std::int64_t i = 0; i <= weight; ++i) {
    value = value * 10'000 + (i < count ? part(4 + static_cast<std::size_t>(i)) : 0);
  }
  if (sign != 0) value = -value;
  if (value > std::numeric_limits<std::int64_t>::max() ||
      value < std::numeric_limits<std::int64_t>::min()) {
    return std::nullopt;
  }
  return static_cast<std::int64_t>(value);
}

std::optional<Value> decode(Oid type, std::string_view bytes) {
  switch (type) {
    case kInt8:
    case kInt4:
    case kInt2:
      return Value(signed_number(bytes));
    case kBool:
      return Value(std::int64_t{!bytes.empty() && bytes.front() != 0});
    case kText:
      return Value(std::string(bytes));
    case kBytea:
      return Value(Blob{std::string(bytes)});
    case kNumeric:
      if (const auto whole = whole_numeric(bytes)) return Value(*whole);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

Result<Value> read_column(const pg_result* result, int row, int column, std::string_view sql) {
  if (PQgetisnull(result, row, column) != 0) return Value();
  const std::string_view bytes(PQgetvalue(result, row, column),
                               static_cast<std::size_t>(PQgetlength(result, row, column)));
  auto value = decode(PQftype(result, column), bytes);
  if (value) return *std::move(value);
  return internal(std::string("column ") + PQfname(result, column) +
                  " is neither bigint, text nor blob in: " + std::string(sql));
}

}  // namespace

Result<Parameters> Parameters::encode(const std::vector<Value>& values, std::string_view sql) {
  Parameters out;
  out.numbers_.reserve(values.size());  // pointers into it are kept
  for (std::size_t i = 0; i < values.size(); ++i) {
    const Value& value = values[i];
    const Oid type = type_of(value);
    std::string_view bytes = type == kBytea ? value.blob() : value.text();
    if (bytes.size() > value_bytes_max) {
      return fail(ErrorKind::Limit, "database_busy", "a value is too large to be stored");
    }
    if (type == kText && (bytes.contains('\0') || !is_utf8(bytes))) {
      return internal("$" + std::to_string(i + 1) +
                      " is not UTF-8 without NUL in: " + std::string(sql));
    }
    if (type == kInt8) {
      const auto& number = out.numbers_.emplace_back(big_endian(value.integer()));
      bytes = {number.data(), number.size()};
    }
    out.types_.push_back(type);
    out.values_.push_back(type == kUnknown ? nullptr : bytes.data());
    out.lengths_.push_back(static_cast<int>(bytes.size()));
    out.formats_.push_back(1);
  }
  return out;
}

std::string Parameters::signature() const {
  std::string out;
  for (const unsigned type : types_) {
    out += type == kInt8 ? 'n' : type == kText ? 't' : type == kBytea ? 'b' : '-';
  }
  return out;
}

Result<> append_rows(const pg_result* result, std::string_view sql, Rows& rows) {
  const int columns = PQnfields(result);
  for (int number = 0; number < PQntuples(result); ++number) {
    Row row;
    row.reserve(static_cast<std::size_t>(columns));
    for (int column = 0; column < columns; ++column) {
      WL_TRY(Value value, read_column(result, number, column, sql));
      row.push_back(std::move(value));
    }
    rows.push_back(std::move(row));
  }
  return {};
}

}  // namespace wayleave::db::postgres
