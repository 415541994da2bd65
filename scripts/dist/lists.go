package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"vitrine/scenes"
	"vitrine/wasm/diagram"
	"vitrine/wasm/view"
)

// stageEntry is a diagram as the page's menu lists it.
type stageEntry struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Slow  string `json:"slow"`  // what it slows at, "" nothing
	Kinds uint64 `json:"kinds"` // the kinds of events that are
	Ms    int    `json:"ms"`
}

// diagramList returns the diagrams as JSON: the page has its menu before the canvas program is there.
func diagramList() (string, error) {
	var list []stageEntry
	for _, d := range diagram.All {
		list = append(list, stageEntry{d.ID, d.Title, d.Slow.What, uint64(d.Slow.Kinds), d.Slow.Ms})
	}
	out, err := json.Marshal(list)
	return string(out), err
}

// chapterList returns the article's chapters as JSON.
func chapterList() (string, error) {
	type chapter struct {
		Title string `json:"title"`
		URL   string `json:"url"`
	}
	var list []chapter
	for _, c := range scenes.Chapters {
		list = append(list, chapter(c))
	}
	out, err := json.Marshal(list)
	return string(out), err
}

// stopOptions are the choices of the event button as HTML.
func stopOptions() string {
	var b strings.Builder
	for _, s := range view.Stops {
		fmt.Fprintf(&b, `<option value="%s">%s</option>`, s.ID, html.EscapeString(s.Title))
	}
	return b.String()
}
