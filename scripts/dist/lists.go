package main

import (
	"encoding/json"
	"fmt"
	"html"
	"strings"

	"vitrine/wasm/diagram"
	"vitrine/wasm/view"
)

// diagramList returns ID and title of each diagram as JSON: the page has its menu before the canvas program is there.
func diagramList() (string, error) {
	var list [][2]string
	for _, d := range diagram.All {
		list = append(list, [2]string{d.ID, d.Title})
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
