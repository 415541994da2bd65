// Dist gathers the page into one static folder that works from any path of any web host: large files compressed (the
// page unpacks them itself, so the host needs no special headers) and named by their content, so that they can be
// cached for ever; index.html alone keeps its name and lists the others.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"vitrine/scenes"
	"vitrine/scripts/api"
)

// File is one entry of the manifest in index.html.
type File struct {
	URL  string `json:"url"`
	Size int    `json:"size"` // unpacked
	Wire int    `json:"wire"` // as fetched; of a disk what is fetched before the prompt

	Title string `json:"title,omitempty"` // of a disk
	Sum   string `json:"sum,omitempty"`   // of a disk: its hash in links
	Mem   string `json:"mem,omitempty"`   // memory for who starts from the disk, unless the link says otherwise
}

func main() {
	out := flag.String("o", "build/dist", "folder to write")
	before := flag.String("before", "", "the site as it is published, whose older engines stay (default: what is in the folder to write)")
	site := flag.String("site", "", "address under which the folder will be found, for whoever shows previews of links")
	flag.Parse()
	if err := build(*out, cmp.Or(*before, *out), *site); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// packed are fetched compressed and unpacked by the page.
var packed = map[string]string{
	"machine": "build/machine.wasm", "page": "build/page.wasm", "programs": "build/programs.bin",
}

// plain are fetched as they are.
var plain = map[string]string{
	"worker": "web/worker.js", "chunks": "web/chunks.js", "wasmExec": "", "canvasScript": "web/canvas.js", "canvasStyle": "web/canvas.css", "style": "web/style.css", "scenesStyle": "web/scenes.css", "shareStyle": "web/share.css", "embeddedStyle": "web/embedded.css", "notice": "NOTICE",
}

// script is the page's program: these files one after the other, one idea each, the last of which wires them together.
var script = []string{"core", "embedded", "settings", "computer", "picture", "stages", "scenes", "narration", "predict", "list", "disks", "twin", "questions", "compare", "transport", "until", "branches", "lanes", "scrubber", "where", "keys", "kernel", "files", "links", "resume", "check", "happenings", "api", "embedding", "onefile", "share", "main"}

// declared finds what a file of the script declares for all of them.
var declared = regexp.MustCompile(`(?m)^(?:async )?(?:function\*?|const|let|class) (\w+)`)

// scriptText joins the files. A name that two of them declare is an error: of two functions the later one would silently win.
func scriptText() ([]byte, error) {
	text := []byte("\"use strict\";\n")
	owner := map[string]string{}
	for _, name := range script {
		part, err := os.ReadFile("web/page/" + name + ".js")
		if err != nil {
			return nil, err
		}
		for _, m := range declared.FindAllSubmatch(part, -1) {
			if other := owner[string(m[1])]; other != "" {
				return nil, fmt.Errorf("web/page/%s.js declares %s, as %s.js does", name, m[1], other)
			}
			owner[string(m[1])] = name
		}
		text = append(append(text, '\n'), part...)
	}
	return text, nil
}

func build(out, before, where string) error {
	site, err := parseSite(where)
	if err != nil {
		return err
	}
	// A fresh folder beside the old one, swapped at the end: a half-written site is never served.
	fresh := out + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(fresh, "fonts"), 0o755); err != nil {
		return err
	}
	manifest := map[string]File{}
	if err := addDisks(fresh, before, manifest); err != nil {
		return err
	}
	for name, path := range packed {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := writePacked(fresh, filepath.Base(path), data)
		if err != nil {
			return err
		}
		manifest[name] = file
	}
	if err := copyFonts(fresh); err != nil {
		return err
	}
	if err := addPlain(fresh, manifest); err != nil {
		return err
	}
	list, err := addScenes(fresh, site)
	if err != nil {
		return err
	}
	if err := addEmbedding(fresh); err != nil {
		return err
	}
	if err := writeIndex(fresh, manifest, site, list); err != nil {
		return err
	}
	if err := addEngines(fresh, before, manifest); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		return err
	}
	return report(out, manifest)
}

func addPlain(fresh string, manifest map[string]File) error {
	add := func(name, base string, data []byte) error {
		file := File{URL: hashed(base, data), Size: len(data), Wire: len(data)}
		manifest[name] = file
		return os.WriteFile(filepath.Join(fresh, file.URL), data, 0o644)
	}
	for name, path := range plain {
		if name == "wasmExec" {
			path = filepath.Join(goroot(), "lib/wasm/wasm_exec.js")
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if err := add(name, filepath.Base(path), data); err != nil {
			return err
		}
	}
	text, err := scriptText()
	if err != nil {
		return err
	}
	if err := add("main", "main.js", text); err != nil {
		return err
	}
	canvas, err := os.ReadFile("web/canvas.html")
	if err != nil {
		return err
	}
	return add("canvas", "canvas.html", []byte(withURLs(string(canvas), manifest)))
}

// report says what is downloaded before the prompt: everything but fonts, and of a disk what the boot reads. What is not
// compressed here counts as it is.
func report(out string, manifest map[string]File) error {
	page, err := os.Stat(filepath.Join(out, "index.html"))
	if err != nil {
		return err
	}
	total := int(page.Size())
	for name, file := range manifest {
		if name != "notice" && name != "single" && !strings.HasPrefix(name, "disk-") {
			total += file.Wire
		}
	}
	without := total - manifest["page"].Wire - manifest["canvas"].Wire
	fmt.Printf("dist: %s, %.2f MB to download before the prompt (gzip), %.2f without the picture\n", out, float64(total)/1e6, float64(without)/1e6)
	return nil
}

// hashed puts the first 12 hex digits of the content's SHA-256 before the name's extension.
func hashed(name string, data []byte) string {
	sum := sha256.Sum256(data)
	stem, ext, found := strings.Cut(name, ".")
	if !found {
		ext = "txt"
	}
	return stem + "." + hex.EncodeToString(sum[:6]) + "." + ext
}

func writePacked(out, name string, data []byte) (File, error) {
	packed, err := pack(data)
	if err != nil {
		return File{}, err
	}
	file := File{URL: hashed(name, data) + ".gz", Size: len(data), Wire: len(packed)}
	return file, os.WriteFile(filepath.Join(out, file.URL), packed, 0o644)
}

func pack(data []byte) ([]byte, error) {
	var buf bytes.Buffer
	zip, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(data); err != nil {
		return nil, err
	}
	err = zip.Close()
	return buf.Bytes(), err
}

func copyFonts(out string) error {
	fonts, err := filepath.Glob("build/fonts/*.woff2")
	if err != nil {
		return err
	}
	for _, font := range fonts {
		data, err := os.ReadFile(font)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, "fonts", filepath.Base(font)), data, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// writeIndex writes index.html, and what the page makes a file of a moment from.
func writeIndex(out string, manifest map[string]File, site address, list []entry) error {
	machine, _ := scenes.ByID("machine")
	card := pageCard(&machine, site).tags()
	text, err := indexText(manifest, card, list)
	if err != nil {
		return err
	}
	one, err := makeSingle(out, text, manifest)
	if err != nil {
		return err
	}
	if manifest["single"], err = writePacked(out, "single.html", []byte(one)); err != nil {
		return err
	}
	if text, err = indexText(manifest, card, list); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "index.html"), []byte(text), 0o644)
}

// indexText fills the manifest into index.html; {{name}} becomes the URL of a file.
func indexText(manifest map[string]File, card string, list []entry) (string, error) {
	page, err := os.ReadFile("index.html")
	if err != nil {
		return "", err
	}
	files, err := json.Marshal(manifest)
	if err != nil {
		return "", err
	}
	sources, err := guestSources()
	if err != nil {
		return "", err
	}
	diagrams, err := diagramList()
	if err != nil {
		return "", err
	}
	table, err := api.JSON()
	if err != nil {
		return "", err
	}
	shipped, err := json.Marshal(list)
	if err != nil {
		return "", err
	}
	chapters, err := chapterList()
	if err != nil {
		return "", err
	}
	text := strings.NewReplacer("{{card}}", card, "{{scenes}}", string(shipped), "{{chapters}}", chapters, "{{manifest}}", string(files), "{{diagrams}}", diagrams,
		"{{api}}", table, "{{sources}}", sources, "{{stops}}", stopOptions()).Replace(string(page))
	return withURLs(text, manifest), nil
}

// withURLs writes the URL of a file for each {{name}}.
func withURLs(text string, manifest map[string]File) string {
	for name, file := range manifest {
		text = strings.ReplaceAll(text, "{{"+name+"}}", file.URL)
	}
	return text
}
