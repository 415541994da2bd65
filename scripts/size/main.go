// Size prints what a reader's browser fetches before the shell's prompt, piece by piece, and how long the page takes to start
// with a warm cache, beside the bars of the design.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

// The bars, in bytes.
const (
	mostGzip   = 5_000_000
	mostBrotli = 3_800_000
)

// file is a file of the site as the page's manifest has it (scripts/dist).
type file struct {
	URL  string `json:"url"`
	Size int    `json:"size"`
	Wire int    `json:"wire"`
}

type piece struct {
	name         string
	gzip, brotli int // brotli 0: not known
}

func main() {
	site := flag.String("site", "build/dist", "the site")
	check := flag.Bool("check", false, "only check the download, exit 1 above the bar")
	flag.Parse()
	pieces, err := measure(*site, !*check)
	if err == nil {
		err = tell(pieces)
	}
	if err == nil && !*check {
		err = start(*site)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "size:", err)
		os.Exit(1)
	}
}

var manifestIn = regexp.MustCompile(`(?s)id="files">(.*?)</script>`)

// later are files that nobody needs before the prompt.
func later(name string) bool {
	return name == "notice" || name == "single" || name == "chunks" || strings.HasPrefix(name, "disk-")
}

// measure returns the pieces of the download, the largest first. Texts count as a host compresses them, without which each
// of them would be a few times larger.
func measure(site string, brotli bool) ([]piece, error) {
	page, err := os.ReadFile(filepath.Join(site, "index.html"))
	if err != nil {
		return nil, err
	}
	found := manifestIn.FindSubmatch(page)
	if found == nil {
		return nil, errors.New("the page has no manifest")
	}
	var manifest map[string]file
	if err := json.Unmarshal(found[1], &manifest); err != nil {
		return nil, err
	}
	pieces := []piece{{"index.html", gzipped(page), brotlied(brotli, page)}}
	for name, f := range manifest {
		if later(name) {
			continue
		}
		p := piece{name: name, gzip: f.Wire}
		if data, err := os.ReadFile(filepath.Join(site, f.URL)); err == nil && name != "disk" {
			raw := data
			if strings.HasSuffix(f.URL, ".gz") {
				raw = unpacked(data)
			} else {
				p.gzip = gzipped(data)
			}
			p.brotli = brotlied(brotli, raw)
		}
		pieces = append(pieces, p)
	}
	sort.Slice(pieces, func(i, j int) bool { return pieces[i].gzip > pieces[j].gzip })
	return pieces, nil
}

func tell(pieces []piece) error {
	total, small, known := 0, 0, true
	for _, p := range pieces {
		line := fmt.Sprintf("%-14s %9d bytes gzip", p.name, p.gzip)
		if p.brotli > 0 {
			line += fmt.Sprintf(" %9d brotli", p.brotli)
			small += p.brotli
		} else {
			known = known && p.name == "disk"
			small += p.gzip // its chunks are fetched one by one, compressed already
		}
		total += p.gzip
		fmt.Println(line)
	}
	fmt.Printf("to the prompt  %9d bytes gzip of %d", total, mostGzip)
	if known {
		fmt.Printf(", %d brotli of %d", small, mostBrotli)
	}
	fmt.Println()
	if total > mostGzip {
		return fmt.Errorf("the download is %d bytes above the bar", total-mostGzip)
	}
	return nil
}

func gzipped(data []byte) int {
	var out bytes.Buffer
	zip, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	zip.Write(data)
	zip.Close()
	return out.Len()
}

func unpacked(data []byte) []byte {
	var out bytes.Buffer
	if zip, err := gzip.NewReader(bytes.NewReader(data)); err == nil {
		out.ReadFrom(zip)
	}
	return out.Bytes()
}

// brotlied asks Node, where there is one, what brotli's strongest setting makes of data.
func brotlied(wanted bool, data []byte) int {
	if !wanted {
		return 0
	}
	c := exec.Command("node", "-e", `const z = require("zlib"), k = z.constants, b = require("fs").readFileSync(0);
		console.log(z.brotliCompressSync(b, {params: {[k.BROTLI_PARAM_QUALITY]: 11, [k.BROTLI_PARAM_LGWIN]: 24, [k.BROTLI_PARAM_SIZE_HINT]: b.length}}).length)`)
	c.Stdin = bytes.NewReader(data)
	out, err := c.Output()
	if err != nil {
		return 0
	}
	n, _ := strconv.Atoi(strings.TrimSpace(string(out)))
	return n
}
