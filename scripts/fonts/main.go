// Command fonts fetches the two faces of the page from the npm registry: pinned versions, checked by their SHA-512.
// They are not committed; the page's licence notice names them. The page gets them as WOFF2; scripts/picture reads WOFF, which
// is only deflated.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"flag"
	"fmt"
	"io"
	"log"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// source is a package with the files taken from it: name in the package → name in the page.
type source struct {
	url       string
	integrity string // base64 of the tarball's SHA-512, as npm publishes it
	files     map[string]string
}

var sources = []source{{
	url:       "https://registry.npmjs.org/@fontsource/inter/-/inter-5.3.0.tgz",
	integrity: "RofMylZmjlJEfELXeNHFWBRcSs75rGU/6bV2S2jfnvv/3rPXPGe0LgUJTklcHZ9lM4OZmAVFhcJPnACfb91A3g==",
	files: map[string]string{
		"files/inter-latin-400-normal.woff2": "inter-400.woff2",
		"files/inter-latin-400-normal.woff":  "inter-400.woff",
		"files/inter-latin-500-normal.woff2": "inter-500.woff2",
		"files/inter-latin-500-normal.woff":  "inter-500.woff",
		"files/inter-latin-600-normal.woff2": "inter-600.woff2",
		"files/inter-latin-600-normal.woff":  "inter-600.woff",
	},
}, {
	url:       "https://registry.npmjs.org/@fontsource/jetbrains-mono/-/jetbrains-mono-5.3.0.tgz",
	integrity: "fqDfB5I9f1p1TV486aUgB9t8zP84P0O1FtQR5Ol9vjwPy+S+EIGlVYm1cvj2W5shcZMTg2nZFdVMoH5wFu8a1A==",
	files: map[string]string{
		"files/jetbrains-mono-latin-400-normal.woff2": "jetbrains-mono-400.woff2",
		"files/jetbrains-mono-latin-400-normal.woff":  "jetbrains-mono-400.woff",
		"files/jetbrains-mono-latin-500-normal.woff2": "jetbrains-mono-500.woff2",
		"files/jetbrains-mono-latin-500-normal.woff":  "jetbrains-mono-500.woff",
		"files/jetbrains-mono-latin-600-normal.woff2": "jetbrains-mono-600.woff2",
		"files/jetbrains-mono-latin-600-normal.woff":  "jetbrains-mono-600.woff",
	},
}}

func main() {
	log.SetFlags(0)
	log.SetPrefix("fonts: ")
	out := flag.String("o", "build/fonts", "folder to write to")
	flag.Parse()
	if err := os.MkdirAll(*out, 0o755); err != nil {
		log.Fatal(err)
	}
	for _, s := range sources {
		if err := s.fetch(*out); err != nil {
			log.Fatal(err)
		}
	}
}

// maxTarball bounds what is read from the registry.
const maxTarball = 32 << 20

func (s source) fetch(out string) error {
	res, err := http.Get(s.url)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", s.url, res.Status)
	}
	data, err := io.ReadAll(io.LimitReader(res.Body, maxTarball))
	if err != nil {
		return err
	}
	if sum := sha512.Sum512(data); base64.StdEncoding.EncodeToString(sum[:]) != s.integrity {
		return fmt.Errorf("%s: SHA-512 differs from the pinned one", s.url)
	}
	return s.extract(data, out)
}

func (s source) extract(data []byte, out string) error {
	unzipped, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return err
	}
	found := 0
	for r := tar.NewReader(unzipped); ; {
		h, err := r.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		name, wanted := s.files[strings.TrimPrefix(path.Clean(h.Name), "package/")]
		if !wanted {
			continue
		}
		font, err := io.ReadAll(r)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, name), font, 0o644); err != nil {
			return err
		}
		found++
	}
	if found != len(s.files) {
		return fmt.Errorf("%s: %d of %d files found", s.url, found, len(s.files))
	}
	return nil
}
