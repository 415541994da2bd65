package main

import (
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"
)

func TestHandler(t *testing.T) {
	root := t.TempDir()
	for name, text := range map[string]string{"index.html": "<p>hi", "a.0123456789ab.wasm.gz": "zz", "x.wasm": "\x00asm", "chunks/0123456789abcdef.gz": "zz"} {
		os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o755)
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	tests := []struct {
		path, encoding string
		status         int
		kind, cache    string
		packed         string
	}{
		{"/", "gzip", 200, "text/html; charset=utf-8", "no-cache", "gzip"},
		{"/index.html", "", 200, "text/html; charset=utf-8", "no-cache", ""},
		{"/a.0123456789ab.wasm.gz", "gzip", 200, "application/gzip", "public, max-age=31536000, immutable", ""},
		{"/chunks/0123456789abcdef.gz", "", 200, "application/gzip", "public, max-age=31536000, immutable", ""},
		{"/x.wasm", "gzip", 200, "application/wasm", "no-cache", "gzip"},
		{"/none", "", 404, "", "", ""},
		{"/../../etc/passwd", "", 404, "", "", ""},
	}
	for _, tt := range tests {
		r := httptest.NewRequest(http.MethodGet, tt.path, nil)
		r.Header.Set("Accept-Encoding", tt.encoding)
		w := httptest.NewRecorder()
		Handler(root).ServeHTTP(w, r)
		h := w.Header()
		if w.Code != tt.status {
			t.Errorf("%s: status %d, want %d", tt.path, w.Code, tt.status)
			continue
		}
		if w.Code != 200 {
			continue
		}
		if h.Get("Content-Type") != tt.kind || h.Get("Cache-Control") != tt.cache || h.Get("Content-Encoding") != tt.packed {
			t.Errorf("%s: %v", tt.path, h)
		}
	}
}
