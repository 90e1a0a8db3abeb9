#include "provider/catalogue.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>

#include "base/embedded.hpp"
#include "provider/document.hpp"
#include "provider/read.hpp"
#include "provider/settings.hpp"
#include "provider/url_rule.hpp"

namespace wayleave {

extern const Embedded kProviderFiles[];

namespace provider {
namespace {

constexpr std::size_t kFilesMax = 1000;
constexpr std::size_t kFileBytesMax = 1 << 20;
constexpr std::size_t kAncestorsMax = 8;
/// Inherited as a whole: a child that names its hosts must not keep one of its parent's.
const std::vector<std::string_view> kReplacedWhole = {"hosts", "tenant"};

using Documents = std::map<std::string, Node>;

std::unexpected<Error> invalid(std::string detail) {
  return fail(ErrorKind::Reject, "provider_invalid", std::move(detail));
}

std::string slug_of(std::string_view file_name) {
  const bool yaml = file_name.ends_with(".yaml");
  return std::string(yaml ? file_name.substr(0, file_name.size() - 5) : std::string_view());
}

Documents parse_all(const std::vector<Source>& sources, Problems& problems) {
  Documents documents;
  for (const Source& source : sources) {
    const std::string slug = slug_of(source.name);
    if (!is_slug(slug)) {
      problems.add(
          fmt::format("{}: must be called <slug>.yaml, the slug of a-z, 0-9, '-'", source.name));
      continue;
    }
    Node root;
    std::string fault;
    if (!parse_yaml(source.name, source.text, root, fault)) {
      problems.add(std::move(fault));
    } else if (root.kind != Node::Kind::Map) {
      problems.add(root, "", "must be a map of keys to values");
    } else {
      documents.insert_or_assign(slug, std::move(root));
    }
  }
  return documents;
}

/// The document with its ancestors below it; `ancestors` receives their slugs, nearest first.
/// nullopt after a complaint.
std::optional<Node> inherit(const Documents& documents,
                            const Node& document,
                            std::vector<std::string>& ancestors,
                            Problems& problems) {
  const Node* parent_name = document.find("extends");
  if (parent_name == nullptr) return document;
  const auto parent = parent_name->is_text() ? documents.find(parent_name->text) : documents.end();
  if (parent == documents.end()) {
    problems.add(*parent_name, "extends", "must be the slug of another provider");
    return std::nullopt;
  }
  if (ancestors.size() == kAncestorsMax ||
      std::ranges::find(ancestors, parent->first) != ancestors.end()) {
    problems.add(*parent_name, "extends", "goes in a circle or more than 8 files deep");
    return std::nullopt;
  }
  ancestors.push_back(parent->first);
  auto base = inherit(documents, parent->second, ancestors, problems);
  if (!base) return std::nullopt;
  return merge(*std::move(base), document, kReplacedWhole);
}

/// The variables as files use them: an origin has no slash at its end, for files append their
/// paths.
Result<Catalogue::Variables> normalise(Catalogue::Variables variables) {
  const auto sandbox = variables.find("sandbox");
  if (sandbox == variables.end()) return variables;
  if (sandbox->second.ends_with('/')) sandbox->second.pop_back();
  if (is_bare_origin(sandbox->second)) return variables;
  return reject("sandbox", "the sandbox's URL must look like http://127.0.0.1:8090");
}

Result<std::string> read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text;
  text.resize(kFileBytesMax + 1);
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad() || !in.is_open()) return invalid(fmt::format("{}: cannot be read", path.string()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return text;
}

}  // namespace

Result<Catalogue> Catalogue::load(const std::vector<Source>& sources, const Variables& given) {
  WL_TRY(const Variables variables, normalise(given));
  Problems problems;
  const Documents documents = parse_all(sources, problems);
  Providers providers;
  for (const auto& [slug, document] : documents) {
    std::vector<std::string> ancestors;
    auto merged = inherit(documents, document, ancestors, problems);
    if (!merged) continue;
    auto provider =
        read_provider(slug, std::move(ancestors), *std::move(merged), variables, problems);
    providers.emplace(slug, std::make_shared<const Provider>(std::move(provider)));
  }
  if (!problems.empty()) return std::unexpected(problems.error());
  return Catalogue(std::move(providers));
}

std::vector<Source> Catalogue::embedded() {
  std::vector<Source> sources;
  for (const Embedded* file = kProviderFiles; file->name != nullptr; ++file) {
    sources.push_back({file->name, std::string(file->bytes())});
  }
  return sources;
}

Result<std::vector<Source>> Catalogue::read_directory(const std::string& path) {
  std::vector<Source> sources;
  std::error_code ec;
  for (std::filesystem::directory_iterator at(path, ec), end; !ec && at != end; at.increment(ec)) {
    const auto& file = at->path();
    if (file.extension() != ".yaml" || !at->is_regular_file(ec)) continue;
    if (sources.size() == kFilesMax) return invalid(path + ": has more than 1000 provider files");
    WL_TRY(std::string text, read_file(file));
    sources.push_back({file.filename().string(), std::move(text)});
  }
  if (ec) return invalid(fmt::format("{}: {}", path, ec.message()));
  std::ranges::sort(sources, {}, &Source::name);
  return sources;
}

std::shared_ptr<const Catalogue::Providers> Catalogue::snapshot() const {
  const std::lock_guard lock(mutex_);
  return providers_;
}

void Catalogue::replace(const Catalogue& fresh) {
  auto providers = fresh.snapshot();
  const std::lock_guard lock(mutex_);
  providers_ = std::move(providers);
}

std::shared_ptr<const Provider> Catalogue::find(std::string_view slug) const {
  const auto providers = snapshot();
  const auto at = providers->find(slug);
  return at == providers->end() ? nullptr : at->second;
}

std::vector<std::shared_ptr<const Provider>> Catalogue::all() const {
  std::vector<std::shared_ptr<const Provider>> found;
  for (const auto& [slug, provider] : *snapshot()) found.push_back(provider);
  return found;
}

Result<std::shared_ptr<const Provider>> Catalogue::resolve(std::string_view slug,
                                                           const Settings& settings) const {
  auto provider = find(slug);
  if (!provider) return reject("provider", "no such provider; GET /v1/providers lists them");
  const bool plain = !provider->configurable && provider->tenant.empty();
  if (plain && settings.empty()) return provider;
  WL_TRY(auto filled_in, apply_settings(*provider, settings));
  return std::make_shared<const Provider>(std::move(filled_in));
}

}  // namespace provider
}  // namespace wayleave
