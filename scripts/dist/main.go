// Dist gathers the page into one static folder that works from any path of any web host: large files compressed (the
// page unpacks them itself, so the host needs no special headers) and named by their content, so that they can be
// cached for ever; index.html alone keeps its name and lists the others.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// File is one entry of the manifest in index.html.
type File struct {
	URL  string `json:"url"`
	Size int    `json:"size"` // unpacked
	Wire int    `json:"wire"` // as fetched
}

func main() {
	out := flag.String("o", "build/dist", "folder to write")
	flag.Parse()
	if err := build(*out); err != nil {
		fmt.Fprintln(os.Stderr, "dist:", err)
		os.Exit(1)
	}
}

// packed are fetched compressed and unpacked by the page.
var packed = map[string]string{
	"machine": "build/machine.wasm", "page": "build/page.wasm", "disk": "build/disk.img", "programs": "build/programs.bin",
}

// plain are fetched as they are.
var plain = map[string]string{
	"worker": "web/worker.js", "wasmExec": "", "canvas": "web/canvas.html", "style": "web/style.css", "main": "web/main.js", "kernel": "web/kernel.js", "notice": "NOTICE",
}

func build(out string) error {
	// A fresh folder beside the old one, swapped at the end: a half-written site is never served.
	fresh := out + ".new"
	if err := os.RemoveAll(fresh); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(fresh, "fonts"), 0o755); err != nil {
		return err
	}
	manifest := map[string]File{}
	total := 0
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
		total += file.Wire
	}
	if err := copyFonts(fresh); err != nil {
		return err
	}
	for name, path := range plain {
		if name == "wasmExec" {
			path = filepath.Join(goroot(), "lib/wasm/wasm_exec.js")
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file := File{URL: hashed(filepath.Base(path), data), Size: len(data), Wire: len(data)}
		if err := os.WriteFile(filepath.Join(fresh, file.URL), data, 0o644); err != nil {
			return err
		}
		manifest[name] = file
	}
	if err := writeIndex(fresh, manifest); err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := os.Rename(fresh, out); err != nil {
		return err
	}
	fmt.Printf("dist: %s, %.2f MB to download before the prompt (gzip)\n", out, float64(total)/1e6)
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
	var buf bytes.Buffer
	zip, err := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	if err != nil {
		return File{}, err
	}
	if _, err := zip.Write(data); err != nil {
		return File{}, err
	}
	if err := zip.Close(); err != nil {
		return File{}, err
	}
	file := File{URL: hashed(name, data) + ".gz", Size: len(data), Wire: buf.Len()}
	return file, os.WriteFile(filepath.Join(out, file.URL), buf.Bytes(), 0o644)
}

func copyFonts(out string) error {
	fonts, err := filepath.Glob("build/fonts/*")
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

// writeIndex fills the manifest into index.html; {{name}} becomes the URL of a file.
func writeIndex(out string, manifest map[string]File) error {
	page, err := os.ReadFile("index.html")
	if err != nil {
		return err
	}
	list, err := json.Marshal(manifest)
	if err != nil {
		return err
	}
	sources, err := guestSources()
	if err != nil {
		return err
	}
	diagrams, err := diagramList()
	if err != nil {
		return err
	}
	text := strings.NewReplacer("{{manifest}}", string(list), "{{diagrams}}", diagrams, "{{sources}}", sources, "{{stops}}", stopOptions()).Replace(string(page))
	for name, file := range manifest {
		text = strings.ReplaceAll(text, "{{"+name+"}}", file.URL)
	}
	return os.WriteFile(filepath.Join(out, "index.html"), []byte(text), 0o644)
}
