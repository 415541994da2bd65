package main

import (
	"os"
	"path/filepath"
	"strings"
)

// What other pages name: it keeps its name, and is asked for again each time.
var named = []string{"web/embed.js", "web/embed.d.ts", "assets/docs/EMBED.md"}

// addEmbedding writes the element with its types and its document, and the lesson that shows it, with a style and a script of
// its own.
func addEmbedding(out string) error {
	page, err := os.ReadFile("web/embed.html")
	if err != nil {
		return err
	}
	text := string(page)
	for place, path := range map[string]string{"lessonStyle": "web/lesson.css", "lessonScript": "web/lesson.js"} {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name := hashed(filepath.Base(path), data)
		if err := os.WriteFile(filepath.Join(out, name), data, 0o644); err != nil {
			return err
		}
		text = strings.ReplaceAll(text, "{{"+place+"}}", name)
	}
	for _, path := range named {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, filepath.Base(path)), data, 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(out, "embed.html"), []byte(text), 0o644)
}
