package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"vitrine/kernel/boot"
)

// site writes files into a folder.
func site(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestEngines: a site keeps the pages of earlier versions of the engine, with all that they need and nothing else.
func TestEngines(t *testing.T) {
	own := strconv.Itoa(boot.Version)
	before := site(t, map[string]string{
		"engines/900/index.html": "old page", "engines/900/files.json": `["main.old.js","chunks/old.gz","chunks/both.gz"]`,
		"engines/" + own + "/index.html": "an earlier build", "engines/" + own + "/files.json": `["main.stale.js"]`,
		"main.old.js": "old", "main.stale.js": "stale", "chunks/old.gz": "o", "chunks/both.gz": "b", "engines/x/index.html": "not a version",
	})
	fresh := site(t, map[string]string{"index.html": `<script src="main.new.js"></script>{"url":"disk.new.json.gz"}`, "main.new.js": "new", "chunks/both.gz": "b",
		"disk.new.json.gz": "d", "fonts/f.woff2": "f"})
	manifest := map[string]File{"main": {URL: "main.new.js"}, "disk": {URL: "disk.new.json.gz"}}
	if err := addEngines(fresh, before, manifest); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"engines/versions.json": "[" + own + ",900]", "engines/900/index.html": "old page", "main.old.js": "old", "chunks/old.gz": "o",
		"engines/" + own + "/index.html": `<script src="../../main.new.js"></script>{"url":"../../disk.new.json.gz"}`,
		"engines/" + own + "/files.json": `["chunks/both.gz","disk.new.json.gz","fonts/f.woff2","main.new.js"]`,
	} {
		if got, err := os.ReadFile(filepath.Join(fresh, name)); err != nil || string(got) != want {
			t.Errorf("%s: %q, %v; want %q", name, got, err, want)
		}
	}
	if _, err := os.Stat(filepath.Join(fresh, "main.stale.js")); err == nil {
		t.Error("what only an earlier build of this version needed was taken over")
	}
	for name, text := range map[string]string{"climbs": `["../secret"]`, "misses": `["main.gone.js"]`, "damaged": `[`} {
		bad := site(t, map[string]string{"engines/900/index.html": "", "engines/900/files.json": text})
		if err := addEngines(site(t, map[string]string{"index.html": ""}), bad, nil); err == nil || !strings.Contains(err.Error(), "engine 900") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
