#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <ostream>

#include "app/cli/verbs.hpp"
#include "base/text.hpp"

namespace wayleave::app::cli {
namespace {

/// One point of the command line and what may come there.
struct Place {
  std::string path;                                          ///< `wayleave key create`
  std::vector<std::pair<std::string, std::string>> verbs;    ///< name, description
  std::vector<std::pair<std::string, std::string>> options;  ///< `--name`, description
};

void collect(const CLI::App& app, const std::string& path, std::vector<Place>& places) {
  Place place;
  place.path = path;
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    place.verbs.emplace_back(verb->get_name(), verb->get_description());
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      place.options.emplace_back("--" + name, option->get_description());
    }
  }
  places.push_back(place);
  for (const CLI::App* verb : app.get_subcommands([](const CLI::App*) { return true; })) {
    collect(*verb, path + " " + verb->get_name(), places);
  }
}

std::string words(const Place& place) {
  std::vector<std::string> all;
  for (const auto& [name, help] : place.verbs) all.push_back(name);
  for (const auto& [name, help] : place.options) all.push_back(name);
  return join(all, " ");
}

std::string bash(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    cases += fmt::format("    '{}') words='{}' ;;\n", place.path, words(place));
  }
  return R"(# bash completion for wayleave; source it or put it into /etc/bash_completion.d
_wayleave() {
  local current=${COMP_WORDS[COMP_CWORD]} path=wayleave words='' word i
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    [[ $word == -* ]] && continue
    case " $(_wayleave_paths) " in *" ${path// /_}_$word "*) path="$path $word" ;; esac
  done
  case $path in
)" + cases +
         R"(  esac
  if [[ $current == -* || $words != --* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  fi
  [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
}
_wayleave_paths() {
  echo ')" +
         [&] {
           std::string paths;
           for (const Place& place : places) {
             std::string joined = place.path;
             std::replace(joined.begin(), joined.end(), ' ', '_');
             paths += (paths.empty() ? "" : " ") + joined;
           }
           return paths;
         }() +
         R"('
}
complete -F _wayleave wayleave
)";
}

std::string zsh_quote(std::string text) {
  std::string out;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (c == '\'')
      out += "'\\''";
    else if (c == ':')
      out += "\\:";
    else
      out += c;
  }
  return out;
}

std::string zsh(const std::vector<Place>& places) {
  std::string cases;
  for (const Place& place : places) {
    cases += fmt::format("    '{}') items=(", place.path);
    for (const auto* list : {&place.verbs, &place.options}) {
      for (const auto& [name, help] : *list)
        cases += fmt::format(" '{}:{}'", name, zsh_quote(help));
    }
    cases += " ) ;;\n";
  }
  std::string paths;
  for (const Place& place : places) paths += fmt::format(" '{}'", place.path);
  return R"(#compdef wayleave
# zsh completion for wayleave; put it into a directory of $fpath as _wayleave
_wayleave() {
  local path_so_far=wayleave word
  local -a items known
  known=()" +
         paths + R"( )
  for word in ${words[2,CURRENT-1]}; do
    if (( ${known[(Ie)$path_so_far $word]} )); then path_so_far="$path_so_far $word"; fi
  done
  case $path_so_far in
)" + cases +
         R"(  esac
  _describe 'wayleave' items || _files
}
_wayleave "$@"
)";
}

std::string fish_quote(const std::string& text) {
  std::string out;
  for (const char c : text.substr(0, text.find('\n'))) {
    if (c == '\'' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

std::string fish(const std::vector<Place>& places) {
  std::string out = "# fish completion for wayleave; put it into ~/.config/fish/completions\n";
  for (const Place& place : places) {
    std::string condition;
    for (const std::string_view verb : split(place.path, ' ')) {
      if (verb != "wayleave") {
        condition += fmt::format(
            "{}__fish_seen_subcommand_from {}", condition.empty() ? "" : "; and ", verb);
      }
    }
    if (condition.empty()) condition = "__fish_use_subcommand";
    for (const auto& [name, help] : place.verbs) {
      out += fmt::format(
          "complete -c wayleave -f -n '{}' -a {} -d '{}'\n", condition, name, fish_quote(help));
    }
    for (const auto& [name, help] : place.options) {
      out += fmt::format("complete -c wayleave -n '{}' -l {} -d '{}'\n",
                         condition,
                         name.substr(2),
                         fish_quote(help));
    }
  }
  return out;
}

}  // namespace

void add_completion(CLI::App& root, Context& context) {
  CLI::App* verb = root.add_subcommand("completion", "Print a completion script for your shell");
  verb->footer(
      "Example:\n"
      "  wayleave completion bash > /etc/bash_completion.d/wayleave\n"
      "  wayleave completion zsh > ~/.zfunc/_wayleave\n"
      "  wayleave completion fish > ~/.config/fish/completions/wayleave.fish");
  auto shell = std::make_shared<std::string>();
  verb->add_option("shell", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  verb->callback([&root, &context, shell] {
    std::vector<Place> places;
    collect(root, "wayleave", places);
    if (*shell == "bash") context.out << bash(places);
    if (*shell == "zsh") context.out << zsh(places);
    if (*shell == "fish") context.out << fish(places);
  });
}

}  // namespace wayleave::app::cli
