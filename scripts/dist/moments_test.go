package main

import (
	"encoding/json"
	"encoding/xml"
	"html"
	"io"
	"regexp"
	"strings"
	"testing"

	"vitrine/wasm/diagram"
	"vitrine/wasm/scene"
	"vitrine/wasm/view"
)

// TestMoments: what is shipped has an address of its own, a diagram and an event that exist, and words short enough for a card.
func TestMoments(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range scene.Moments {
		if !regexp.MustCompile(`^[a-z][a-z0-9-]*$`).MatchString(m.ID) || seen[m.ID] {
			t.Errorf("%q: the ID is not fit for an address, or is taken", m.ID)
		}
		seen[m.ID] = true
		if diagram.ByID(m.Stage).ID != m.Stage {
			t.Errorf("%s: there is no diagram %q", m.ID, m.Stage)
		}
		if m.Goal.Stop != "" && view.StopByID(m.Goal.Stop).ID != m.Goal.Stop {
			t.Errorf("%s: there is no stop %q", m.ID, m.Goal.Stop)
		}
		if len(m.Title) == 0 || len(m.Title) > 60 || len(m.Description) < 40 || len(m.Description) > 200 {
			t.Errorf("%s: title of %d, description of %d letters", m.ID, len(m.Title), len(m.Description))
		}
	}
}

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
	m := moment{ID: "m", Title: hostile, Description: hostile, Link: "r=AAAA&scene=" + hostile}
	site, err := parseSite("https://example.org/a/course")
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, e := range elements(t, m.page(site)) {
		count[e.Name.Local]++
		key, content := attribute(e, "property")+attribute(e, "name"), attribute(e, "content")
		if strings.HasSuffix(key, "title") && content != hostile || strings.HasSuffix(key, "description") && content != hostile {
			t.Errorf("%s: %q", key, content)
		}
		if key == "og:image" && content != "https://example.org/a/course/s/m.png" {
			t.Errorf("%s: %q", key, content)
		}
		if e.Name.Local == "a" && attribute(e, "href") != "../index.html#"+m.Link {
			t.Errorf("the way on is %q", attribute(e, "href"))
		}
	}
	if count["script"] != 0 || count["img"] != 1 || count["title"] != 1 || count["h1"] != 1 {
		t.Errorf("elements: %v", count)
	}
	data, err := m.oEmbed(site)
	if err != nil {
		t.Fatal(err)
	}
	var answer struct{ Type, Version, Title, HTML string }
	if err := json.Unmarshal(data, &answer); err != nil {
		t.Fatal(err)
	}
	frames := elements(t, answer.HTML)
	if len(frames) != 1 || frames[0].Name.Local != "iframe" || attribute(frames[0], "title") != hostile || attribute(frames[0], "sandbox") != "allow-scripts" ||
		attribute(frames[0], "src") != "https://example.org/a/course/index.html#embed=1&"+m.Link || answer.Type != "rich" || answer.Version != "1.0" || answer.Title != hostile {
		t.Errorf("%s\n%+v", answer.HTML, frames)
	}
	if tags := pageCard("", &m).tags(); strings.Contains(tags, "<script") || !strings.Contains(tags, html.EscapeString(hostile)) {
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
