package main

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"strings"
)

// The page as one file is index.html with its program and its styles inside, and with blocks of data where the other files
// would be: <script type="application/octet-stream;base64" data-file="NAME">. What is small is in it already; the programs, the
// disk and the moment are put before its last line by whoever makes a file of a moment: the page's share dialog and scripts/export.

// inSingle are the small files that are in it.
var inSingle = []string{"worker", "chunks", "wasmExec", "notice", "canvas"}

var (
	metaCSP    = regexp.MustCompile(`<meta http-equiv="Content-Security-Policy" content="[^"]*">\n`)
	cardTags   = regexp.MustCompile(`<(?:meta (?:property="og|name="twitter):|link rel="alternate" )[^>]*>\n`)
	styleLink  = regexp.MustCompile(`<link rel="stylesheet" href="([^"]*)">`)
	scriptLink = regexp.MustCompile(`<script src="([^"]*)"></script>`)
	fontURL    = regexp.MustCompile(`url\((fonts/[^)]*)\)`)
)

// single makes it of a built folder and the text of its index.html.
type single struct {
	folder  string
	scripts []string // hashes of what runs in it
	styles  []string
	err     error
}

func (s *single) read(name string) []byte {
	data, err := os.ReadFile(filepath.Join(s.folder, filepath.FromSlash(path.Clean("/"+name))))
	s.err = errors.Join(s.err, err)
	return data
}

// inline puts styles and scripts into a document and notes their hashes.
func (s *single) inline(text string) string {
	text = metaCSP.ReplaceAllLiteralString(text, "")
	text = styleLink.ReplaceAllStringFunc(text, func(tag string) string {
		css := fontURL.ReplaceAllStringFunc(string(s.read(styleLink.FindStringSubmatch(tag)[1])), func(u string) string {
			return "url(data:font/woff2;base64," + base64.StdEncoding.EncodeToString(s.read(fontURL.FindStringSubmatch(u)[1])) + ")"
		})
		if strings.Contains(css, "</style") {
			s.err = errors.Join(s.err, errors.New("a style that ends its own element"))
		}
		s.styles = append(s.styles, hashSource(css))
		return "<style>" + css + "</style>"
	})
	return scriptLink.ReplaceAllStringFunc(text, func(tag string) string {
		// What would end the element or hide its end means the same with a backslash inside.
		js := strings.NewReplacer("</script", `<\/script`, "<!--", `<\!--`).Replace(string(s.read(scriptLink.FindStringSubmatch(tag)[1])))
		s.scripts = append(s.scripts, hashSource(js))
		return "<script>" + js + "</script>"
	})
}

// hashSource is how a Content-Security-Policy names a script or style by its content.
func hashSource(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

func block(name string, data []byte) string {
	return fmt.Sprintf("<script type=\"application/octet-stream;base64\" data-file=\"%s\">%s</script>\n", name, base64.StdEncoding.EncodeToString(data))
}

// makeSingle returns the page as one file, up to the place where the blocks of a moment follow. Its canvas is a document of
// its own, made from a block, for which the policy of the page holds as well.
func makeSingle(folder, index string, manifest map[string]File) (string, error) {
	s := &single{folder: folder}
	text := s.inline(cardTags.ReplaceAllLiteralString(index, ""))
	at := strings.LastIndex(text, "<script>")
	if at < 0 {
		return "", errors.New("index.html runs no script")
	}
	var blocks strings.Builder
	for _, name := range inSingle {
		data := s.read(manifest[name].URL)
		if name == "canvas" {
			data = []byte(s.inline(string(data)))
		}
		blocks.WriteString(block(manifest[name].URL, data))
	}
	policy := fmt.Sprintf("default-src 'none'; script-src %s blob: 'wasm-unsafe-eval'; style-src %s; font-src data:; img-src data: blob:; connect-src blob:; "+
		"worker-src blob:; frame-src blob:; base-uri 'none'; form-action 'none'", strings.Join(s.scripts, " "), strings.Join(s.styles, " "))
	head := `<meta charset="utf-8">` + "\n"
	text = text[:at] + blocks.String() + blocksHere + text[at:]
	return strings.Replace(text, head, head+`<meta http-equiv="Content-Security-Policy" content="`+policy+`">`+"\n", 1), s.err
}

// blocksHere is the line before which the blocks of a moment go.
const blocksHere = "<!-- the moment -->\n"
