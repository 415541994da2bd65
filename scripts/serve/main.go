// Serve shows a built page on this machine: `serve [-port N] FOLDER`.
package main

import (
	"compress/gzip"
	"errors"
	"flag"
	"fmt"
	"io"
	"mime"
	"net"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

func main() {
	port := flag.Int("port", 8080, "port to listen on")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "usage: serve [-port N] FOLDER")
		os.Exit(2)
	}
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", *port))
	if err != nil {
		fmt.Fprintf(os.Stderr, "serve: %v\nserve: choose another port: make run PORT=8081\n", err)
		os.Exit(1)
	}
	fmt.Printf("Vitrine is on http://localhost:%d  (Ctrl-C ends it)\n", listener.Addr().(*net.TCPAddr).Port)
	if err := http.Serve(listener, Handler(flag.Arg(0))); err != nil {
		fmt.Fprintln(os.Stderr, "serve:", err)
		os.Exit(1)
	}
}

// types the standard tables of a bare machine may lack.
var types = map[string]string{
	".js": "text/javascript; charset=utf-8", ".mjs": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8", ".svg": "image/svg+xml", ".png": "image/png", ".woff2": "font/woff2",
	".wasm": "application/wasm", ".json": "application/json", ".gz": "application/gzip", ".txt": "text/plain; charset=utf-8",
	".md": "text/markdown; charset=utf-8", ".ts": "text/plain; charset=utf-8",
}

// Handler serves the files under root with right types, text compressed, hashed names cacheable for ever.
func Handler(root string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "only GET", http.StatusMethodNotAllowed)
			return
		}
		name := path.Clean("/" + r.URL.Path)
		if strings.HasSuffix(r.URL.Path, "/") {
			name = path.Join(name, "index.html")
		}
		file, err := os.Open(filepath.Join(root, filepath.FromSlash(name)))
		if errors.Is(err, os.ErrNotExist) {
			http.NotFound(w, r)
			return
		}
		if err != nil {
			http.Error(w, "cannot read that", http.StatusInternalServerError)
			return
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil || info.IsDir() {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusFound)
			return
		}
		serveFile(w, r, name, file, info)
	})
}

func serveFile(w http.ResponseWriter, r *http.Request, name string, file *os.File, info os.FileInfo) {
	ext := path.Ext(name)
	kind := types[ext]
	if kind == "" {
		kind = mime.TypeByExtension(ext)
	}
	if kind == "" {
		kind = "application/octet-stream"
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", cacheControl(name))
	w.Header().Set("Access-Control-Allow-Origin", "*") // an embedded page is sandboxed: of no origin, so to itself a stranger
	text := strings.HasPrefix(kind, "text/") || ext == ".json" || ext == ".svg" || ext == ".wasm"
	if !text || !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		http.ServeContent(w, r, "", info.ModTime(), file)
		return
	}
	w.Header().Set("Content-Encoding", "gzip")
	w.Header().Set("Vary", "Accept-Encoding")
	if r.Method == http.MethodHead {
		return
	}
	zip := gzip.NewWriter(w)
	defer zip.Close()
	io.Copy(zip, file)
}

// cacheControl: names that carry the hash of their content never change; the others are asked for again each time.
func cacheControl(name string) string {
	parts := strings.Split(path.Base(name), ".")
	for _, part := range parts[1:] {
		if isHash(part, 12) {
			return immutable
		}
	}
	if isHash(parts[0], 16) { // a chunk of a disk
		return immutable
	}
	return "no-cache"
}

const immutable = "public, max-age=31536000, immutable"

func isHash(s string, digits int) bool {
	return len(s) == digits && strings.Trim(s, "0123456789abcdef") == ""
}
