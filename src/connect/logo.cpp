#include "connect/logo.hpp"

#include <optional>
#include <utility>

#include "base/bytes.hpp"

namespace wayleave::connect {
namespace {

struct Size {
  unsigned width = 0;
  unsigned height = 0;
};

/// Reads numbers out of a picture; past its end they are zero, which no picture's size is.
class Picture {
 public:
  explicit Picture(std::string_view bytes) : bytes_(as_bytes(bytes)), text_(bytes) {}
  [[nodiscard]] unsigned byte(std::size_t at) const { return at < bytes_.size() ? bytes_[at] : 0; }
  [[nodiscard]] unsigned big16(std::size_t at) const { return byte(at) << 8 | byte(at + 1); }
  [[nodiscard]] unsigned big32(std::size_t at) const { return big16(at) << 16 | big16(at + 2); }
  [[nodiscard]] unsigned little16(std::size_t at) const { return byte(at + 1) << 8 | byte(at); }
  [[nodiscard]] unsigned little24(std::size_t at) const {
    return byte(at + 2) << 16 | little16(at);
  }
  [[nodiscard]] bool has(std::size_t at, std::string_view mark) const {
    return text_.size() >= at && text_.substr(at).starts_with(mark);
  }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }

 private:
  std::span<const std::uint8_t> bytes_;
  std::string_view text_;
};

/// PNG (third edition) sections 5.2 and 11.2.1: the first chunk tells the size.
std::optional<Size> png_size(const Picture& picture) {
  if (!picture.has(0, "\x89PNG\r\n\x1a\n") || !picture.has(12, "IHDR")) return std::nullopt;
  return Size{picture.big32(16), picture.big32(20)};
}

/// ITU-T T.81 section B.2: segments up to the frame header, which tells the size.
std::optional<Size> jpeg_size(const Picture& picture) {
  if (!picture.has(0, "\xff\xd8\xff")) return std::nullopt;
  std::size_t at = 2;
  while (at + 9 < picture.size() && picture.byte(at) == 0xff) {
    const unsigned marker = picture.byte(at + 1);
    const bool frame =
        marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
    if (frame) return Size{picture.big16(at + 7), picture.big16(at + 5)};
    const unsigned length = picture.big16(at + 2);
    if (length < 2) return std::nullopt;
    at += 2 + length;
  }
  return std::nullopt;
}

/// RFC 9649 sections 2.5 to 2.7.
std::optional<Size> webp_size(const Picture& picture) {
  if (!picture.has(0, "RIFF") || !picture.has(8, "WEBP")) return std::nullopt;
  if (picture.has(12, "VP8X")) return Size{picture.little24(24) + 1, picture.little24(27) + 1};
  if (picture.has(12, "VP8L") && picture.byte(20) == 0x2f) {
    const unsigned low = picture.little24(21);
    return Size{(low & 0x3fff) + 1, (low >> 14 | (picture.byte(24) & 0x0f) << 10) + 1};
  }
  if (picture.has(12, "VP8 ") && picture.has(23, "\x9d\x01\x2a")) {
    return Size{picture.little16(26) & 0x3fff, picture.little16(28) & 0x3fff};
  }
  return std::nullopt;
}

std::optional<Size> size_of(std::string_view type, const Picture& picture) {
  if (type == "image/png") return png_size(picture);
  if (type == "image/jpeg") return jpeg_size(picture);
  if (type == "image/webp") return webp_size(picture);
  return std::nullopt;
}

std::unexpected<Error> refuse(const std::string& detail) {
  return reject("appearance.logo", "appearance.logo " + detail);
}

}  // namespace

Result<Logo> parse_logo(std::string_view data_uri) {
  constexpr std::string_view scheme = "data:";
  constexpr std::string_view coding = ";base64,";
  const auto comma = data_uri.find(coding);
  if (!data_uri.starts_with(scheme) || comma == std::string_view::npos) {
    return refuse("must be a PNG, JPEG or WebP picture as data:image/png;base64,…");
  }
  Logo logo;
  logo.type = data_uri.substr(scheme.size(), comma - scheme.size());
  if (logo.type != "image/png" && logo.type != "image/jpeg" && logo.type != "image/webp") {
    return refuse("must be image/png, image/jpeg or image/webp; others may hold scripts");
  }
  auto bytes = from_base64(data_uri.substr(comma + coding.size()));
  if (!bytes) return refuse("is not valid base64");
  logo.bytes = *std::move(bytes);
  if (logo.bytes.size() > kLogoBytesMax) {
    return refuse("has " + std::to_string(logo.bytes.size()) + " bytes; at most " +
                  std::to_string(kLogoBytesMax) + " are taken");
  }
  const auto size = size_of(logo.type, Picture(logo.bytes));
  if (!size || size->width == 0 || size->height == 0) return refuse("is no " + logo.type);
  if (size->width > kLogoSideMax || size->height > kLogoSideMax) {
    return refuse("is " + std::to_string(size->width) + " by " + std::to_string(size->height) +
                  " pixels; at most " + std::to_string(kLogoSideMax) + " each way are taken");
  }
  return logo;
}

std::string data_uri(const Logo& logo) {
  if (logo.type.empty()) return {};
  return "data:" + logo.type + ";base64," + to_base64(logo.bytes);
}

}  // namespace wayleave::connect
