package main

import (
	"fmt"
	"os"
	"strings"

	"vitrine/scripts/api"
	"vitrine/wasm/diagram"
)

const (
	embedTypes = "web/embed.d.ts"
	embedDoc   = "assets/docs/EMBED.md"
)

// embedTexts are the types of the element, and its document with the tables renewed: they stand between <!-- NAME --> and
// <!-- end NAME -->.
func embedTexts() (types, doc string, err error) {
	var stages []string
	for _, d := range diagram.All {
		stages = append(stages, d.ID)
	}
	b, err := os.ReadFile(embedDoc)
	if err != nil {
		return "", "", err
	}
	doc = string(b)
	tables := api.Tables()
	for _, name := range []string{"attributes", "methods", "events", "types"} {
		from, to := "<!-- "+name+" -->\n", "<!-- end "+name+" -->"
		before, rest, ok := strings.Cut(doc, from)
		_, after, ok2 := strings.Cut(rest, to)
		if !ok || !ok2 {
			return "", "", fmt.Errorf("%s has no place for %s", embedDoc, name)
		}
		doc = before + from + tables[name] + to + after
	}
	return api.TypeScript(stages), doc, nil
}

func genEmbed() error {
	types, doc, err := embedTexts()
	if err != nil {
		return err
	}
	if err := os.WriteFile(embedTypes, []byte(types), 0o644); err != nil {
		return err
	}
	return os.WriteFile(embedDoc, []byte(doc), 0o644)
}

func embedFresh() (bool, error) {
	types, doc, err := embedTexts()
	if err != nil {
		return false, err
	}
	isTypes, err := os.ReadFile(embedTypes)
	if err != nil {
		return false, err
	}
	isDoc, err := os.ReadFile(embedDoc)
	return string(isTypes) == types && string(isDoc) == doc, err
}
