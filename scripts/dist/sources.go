package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// source is a demonstration program as the page lists it.
type source struct {
	Name   string `json:"name"`
	About  string `json:"about"`
	Source string `json:"source"`
}

// guestSources returns the guest programs' sources as JSON that is safe inside a script element.
func guestSources() (string, error) {
	paths, err := filepath.Glob("assets/guest/*.[cS]")
	if err != nil {
		return "", err
	}
	sort.Strings(paths)
	var list []source
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return "", err
		}
		name := strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		list = append(list, source{name, about(string(text)), string(text)})
	}
	out, err := json.Marshal(list) // escapes <, > and &
	return string(out), err
}

// about takes the sentence after "name: " in the program's first comment.
func about(text string) string {
	var words []string
	for _, line := range strings.Split(text, "\n") {
		line, isComment := strings.CutPrefix(strings.TrimPrefix(line, "#"), "//")
		if !isComment && !strings.HasPrefix(text, "#") || strings.TrimSpace(line) == "" {
			break
		}
		words = append(words, strings.TrimSpace(line))
	}
	joined := strings.Join(words, " ")
	if _, rest, ok := strings.Cut(joined, ": "); ok {
		joined = rest
	}
	first, _, cut := strings.Cut(joined, ". ")
	if cut {
		first += "."
	}
	return first
}
