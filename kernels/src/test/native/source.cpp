#include "source.h"

#include <cctype>
#include <cstdlib>
#include <set>
#include <sstream>

namespace sim {
namespace {

bool isWord(char c) { return isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/** Words and single signs of a source. Line markers, comments and the insides of strings are left out. */
std::vector<std::string> tokens(const std::string &text) {
  std::vector<std::string> found;
  for (size_t i = 0; i < text.size();) {
    if (text[i] == '#' && (i == 0 || text[i - 1] == '\n')) {
      i = std::min(text.find('\n', i), text.size());
    } else if (text[i] == '"' || text[i] == '\'') {
      char quote = text[i];
      size_t from = i++;
      while (i < text.size() && text[i] != quote) {
        i += text[i] == '\\' ? 2 : 1;
      }
      found.push_back(text.substr(from, ++i - from));
    } else if (isWord(text[i])) {
      size_t from = i;
      while (i < text.size() && isWord(text[i])) {
        i++;
      }
      found.push_back(text.substr(from, i - from));
    } else {
      if (!isspace(static_cast<unsigned char>(text[i]))) {
        found.push_back(std::string(1, text[i]));
      }
      i++;
    }
  }
  return found;
}

}  // namespace

std::vector<KernelName> kernelsIn(const std::string &source, std::string *problems) {
  std::vector<KernelName> kernels;
  std::vector<std::string> words = tokens(source);
  words.resize(words.size() + 8);  // so that looking ahead needs no care
  for (size_t i = 0; i + 8 < words.size(); i++) {
    if (words[i] != "__global__") {
      continue;
    }
    bool exported = i >= 2 && words[i - 1] == "\"C\"" && words[i - 2] == "extern";
    int maxThreads = 1024;
    size_t at = i + 1;
    for (; at + 8 < words.size() && words[at] != "("; at++) {
      if (words[at] == "__launch_bounds__") {
        maxThreads = atoi(words[at + 2].c_str());
        while (words[at] != ")") {
          at++;
        }
      }
    }
    std::string name = words[at - 1];
    if (!exported) {
      *problems += "error: kernel " + name + " is not extern \"C\"\n";
    } else if (maxThreads < 1) {
      *problems += "error: the __launch_bounds__ of kernel " + name + " must begin with a plain number\n";
    } else {
      kernels.push_back({name, maxThreads});
    }
  }
  return kernels;
}

std::map<std::string, std::map<std::string, size_t>> sharedUse(const std::string &assembly) {
  std::map<std::string, size_t> arrays;                   // what is static within a function and writable, with its bytes
  std::map<std::string, std::set<std::string>> mentions;  // by function: every name in its instructions
  std::istringstream lines(assembly);
  std::string line, section, function;
  std::set<std::string> functions;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string first, second;
    words >> first >> second;
    if (first == ".section" || first == ".text" || first == ".data" || first == ".bss") {
      section = first == ".section" ? second.substr(0, second.find(',')) : first;
    } else if (first == ".type") {
      if (line.find("@function") != std::string::npos) {
        functions.insert(second.substr(0, second.find(',')));
      }
    } else if ((first == ".comm" || (first == ".size" && section == ".bss")) && second.compare(0, 3, "_ZZ") == 0) {
      arrays[second.substr(0, second.find(','))] = strtoul(line.c_str() + line.find(',') + 1, nullptr, 10);
    } else if (!first.empty() && first.back() == ':') {
      std::string label = first.substr(0, first.size() - 1);
      function = functions.count(label) != 0 ? label : label[0] == '.' ? function : "";
    } else if (!function.empty() && first[0] != '.') {
      std::string name;
      for (char c : line + " ") {
        if (isWord(c) || c == '.' || c == '$') {
          name += c;
        } else {
          if (name.size() > 2) {
            mentions[function].insert(name);
          }
          name.clear();
        }
      }
    }
  }
  std::map<std::string, std::map<std::string, size_t>> use;
  for (const std::string &start : functions) {
    std::set<std::string> seen{start};
    std::vector<std::string> open{start};
    while (!open.empty()) {
      std::string at = open.back();
      open.pop_back();
      for (const std::string &name : mentions[at]) {
        auto array = arrays.find(name);
        if (array != arrays.end()) {
          use[start][name] = array->second;
        } else if (functions.count(name) != 0 && seen.insert(name).second) {
          open.push_back(name);
        }
      }
    }
  }
  return use;
}

}  // namespace sim
