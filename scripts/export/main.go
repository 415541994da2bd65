// Export makes one HTML file of a moment: `export -link '#r=…' -o lesson.html`, or `-scene cow`. The file holds the whole machine
// and needs no network. It is put together from a built site (make dist), after the moment has been played and verified here.
package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"html"
	"io"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	address := flag.String("link", "", "the moment: a link, or its fragment")
	scene := flag.String("scene", "", "or a scene, as in M38")
	out := flag.String("o", "lesson.html", "file to write")
	dist := flag.String("dist", "build/dist", "the built site")
	flag.Parse()
	text, err := export(*dist, *address, *scene)
	if err == nil {
		err = os.WriteFile(*out, text, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "export:", err)
		os.Exit(1)
	}
	fmt.Printf("%s: %.1f MB\n", *out, float64(len(text))/1e6)
}

// file is an entry of the site's manifest.
type file struct{ URL, Sum string }

// scene is one of the site's list; one that is not shown has no link.
type scene struct{ ID, Link string }

// site is a built one.
type site struct {
	folder string
	files  map[string]file
	scenes []scene
}

func readSite(folder string) (*site, error) {
	s := &site{folder: folder}
	index, err := os.ReadFile(filepath.Join(folder, "index.html"))
	if err != nil {
		return nil, fmt.Errorf("%w (make dist builds the site)", err)
	}
	return s, errors.Join(data(index, "files", &s.files), data(index, "scenes", &s.scenes))
}

// data decodes a block of JSON in a page.
func data(page []byte, id string, to any) error {
	found := regexp.MustCompile(`(?s)<script type="application/json" id="` + id + `">(.*?)</script>`).FindSubmatch(page)
	if found == nil {
		return fmt.Errorf("index.html has no %s", id)
	}
	return json.Unmarshal(found[1], to)
}

// read returns a file of the site; what is compressed for the way is returned so.
func (s *site) read(name string) ([]byte, error) {
	return os.ReadFile(filepath.Join(s.folder, filepath.FromSlash(path.Clean("/"+name))))
}

func (s *site) unpacked(name string) ([]byte, error) {
	packed, err := s.read(name)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(zip)
}

// blocksHere is where scripts/dist wants a moment's blocks of data.
const blocksHere = "<!-- the moment -->\n"

func export(dist, address, scene string) ([]byte, error) {
	s, err := readSite(dist)
	if err != nil {
		return nil, err
	}
	fragment, err := s.fragment(address, scene)
	if err != nil {
		return nil, err
	}
	names, err := s.needed(fragment)
	if err != nil {
		return nil, err
	}
	page, err := s.unpacked(s.files["single"].URL)
	if err != nil {
		return nil, err
	}
	before, after, found := bytes.Cut(page, []byte(blocksHere))
	if !found {
		return nil, errors.New("the site's page as one file has no place for a moment")
	}
	out := bytes.NewBuffer(slices.Clip(before)) // what follows stays what it is
	fmt.Fprintf(out, "<script type=\"text/plain\" id=\"asked\">%s</script>\n", strings.ReplaceAll(fragment, "<", "%3C"))
	for _, name := range names {
		content, err := s.read(name)
		if err != nil {
			return nil, err
		}
		fmt.Fprintf(out, "<script type=\"application/octet-stream;base64\" data-file=\"%s\">%s</script>\n", html.EscapeString(name), base64.StdEncoding.EncodeToString(content))
	}
	out.Write(after)
	return out.Bytes(), nil
}

// fragment is what the page would have behind '#'.
func (s *site) fragment(address, scene string) (string, error) {
	if address == "" && scene == "" {
		return "", errors.New("say -link '#r=…' or -scene NAME")
	}
	if address == "" && s.scene(scene) == nil {
		return "", fmt.Errorf("the site has no scene %q", scene)
	}
	if address == "" {
		return "scene=" + scene, nil
	}
	_, fragment, _ := strings.Cut(address, "#")
	return cmp.Or(fragment, address), nil
}

// scene is the one with that ID, nil when it is not shown.
func (s *site) scene(id string) *scene {
	for i := range s.scenes {
		if sc := &s.scenes[i]; sc.ID == id && sc.Link != "" {
			return sc
		}
	}
	return nil
}

// needed are the names of the files that the moment needs.
func (s *site) needed(fragment string) ([]string, error) {
	names := []string{s.files["machine"].URL, s.files["page"].URL, s.files["programs"].URL}
	params, _ := url.ParseQuery(fragment)
	if sc := s.scene(params.Get("scene")); sc != nil {
		names = append(names, "s/"+sc.ID+".json", "s/"+sc.ID+".png", "s/"+sc.ID+"-dark.png")
		if !params.Has("r") {
			fragment = sc.Link
		}
	}
	read, err := s.play(fragment)
	return append(names, read...), err
}
