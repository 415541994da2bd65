package web

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"vitrine/scripts/browser"
)

// embedded opens a page of another origin that embeds this one, sandboxed, once for each fragment, and returns the host's page.
func embedded(t *testing.T, width, height int, fragments ...string) *browser.Tab {
	t.Helper()
	needPage(t)
	tab, err := browser.Open(dist, 900, 700, 1)
	must(t, err)
	t.Cleanup(tab.Close)
	var html strings.Builder
	html.WriteString("<!doctype html><meta charset=utf-8><title>A lesson</title><body style='margin:0;height:6000px'>")
	for i, fragment := range fragments {
		fmt.Fprintf(&html, "<iframe id=e%d sandbox=allow-scripts src='%sindex.html#embed=1&n=%d&%s' width=%d height=%d style='border:0;display:block;margin:20px'></iframe>",
			i, tab.URL, i, fragment, width, height)
	}
	must(t, tab.Host(html.String()))
	return tab
}

// frame returns the document of an embed.
func frame(t *testing.T, tab *browser.Tab, n int) *browser.Tab {
	t.Helper()
	f, err := tab.Frame(fmt.Sprintf("embed=1&n=%d&", n), time.Minute)
	must(t, err)
	return f
}

// heard collects what a document writes to the browser's console.
func heard(tab *browser.Tab) func() string {
	var mu sync.Mutex
	var lines []string
	tab.Listen(func(line string) { mu.Lock(); lines = append(lines, line); mu.Unlock() })
	return func() string { mu.Lock(); defer mu.Unlock(); return strings.Join(lines, "\n") }
}

func TestSandboxed(t *testing.T) {
	tab := embedded(t, 800, 600, "")
	f := frame(t, tab, 0)
	said := heard(f)
	defer func() { t.Log(said()) }()
	wait(t, f, "console-text", "~ #")
	live(t, f)
	must(t, tab.Shot(shots+"embed-first.png"))
}
