package main

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"strings"
	"testing"

	"vitrine/scenes"
)

// hostile has everything that means something in HTML, in an address, in JSON.
const hostile = `"><script>alert(1)</script>'&lt;{{card}}\` + "\n`</title><img src=x onerror=alert(1)>"

// elements parses a page with a parser of XML, which knows no mercy, and returns its elements with their attributes.
func elements(t *testing.T, page string) (list []xml.StartElement) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict = false
	d.AutoClose, d.Entity = xml.HTMLAutoClose, xml.HTMLEntity
	for {
		token, err := d.Token()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, page)
		}
		if e, ok := token.(xml.StartElement); ok {
			list = append(list, e.Copy())
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// TestCards: whatever title, description and link say, they come out of page and answer as they went in, and as nothing else.
func TestCards(t *testing.T) {
	m := scenes.Scene{ID: "m", Title: hostile, Brief: hostile, Alt: hostile}
	site, err := parseSite("https://example.org/a/course")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range elements(t, scenePage(&m, site)) {
		count[e.Name.Local]++
		key, content := attribute(e, "property")+attribute(e, "name"), attribute(e, "content")
		if strings.HasSuffix(key, "title") && content != hostile || strings.HasSuffix(key, "description") && content != hostile {
			t.Errorf("%s: %q", key, content)
		}
		if key == "og:image" && content != "https://example.org/a/course/s/m.png" {
			t.Errorf("%s: %q", key, content)
		}
		if e.Name.Local == "a" && attribute(e, "href") != "../index.html#scene=m" {
			t.Errorf("the way on is %q", attribute(e, "href"))
		}
	}
	if count["script"] != 0 || count["img"] != 1 || count["title"] != 1 || count["h1"] != 1 {
		t.Errorf("elements: %v", count)
	}
	data, err := oEmbed(&m, site)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Type, Version, Title, HTML string }
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	frames := elements(t, answer.HTML)
	if len(frames) != 1 || frames[0].Name.Local != "iframe" || attribute(frames[0], "title") != hostile || attribute(frames[0], "sandbox") != "allow-scripts" ||
		attribute(frames[0], "src") != "https://example.org/a/course/index.html#embed=1&scene=m" || answer.Type != "rich" || answer.Version != "1.0" || answer.Title != hostile {
		t.Errorf("%s\n%+v", answer.HTML, frames)
	}
	if tags := pageCard(&m, "").tags(); strings.Contains(tags, "<script") || !strings.Contains(tags, html.EscapeString(hostile)) {
		t.Error(tags)
	}
}

func TestSite(t *testing.T) {
	for text, want := range map[string]address{"": "", "https://example.org": "https://example.org/", "http://localhost:8080/x/": "http://localhost:8080/x/"} {
		if got, err := parseSite(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	for _, address := range []string{"example.org", "javascript:alert(1)", "https://", "https://a/?q", "https://a/#f", "https://user:word@a/", "ftp://a/"} {
		if got, err := parseSite(address); err == nil {
			t.Errorf("%q is taken as %q", address, got)
		}
	}
}
