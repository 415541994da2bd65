// Ebiten makes a copy of the drawing library for the page, in which its shaders are compiled already.
//
// The library compiles its shaders when it starts, with a parser, a type checker, templates and arithmetic of any precision, all of which
// every reader would fetch. The compiler runs here instead, over the library's nineteen shaders and the page's one, and what it
// says takes its place: see "Why is the drawing library changed?" in RATIONALE.md. The copy is made from the module that go.mod names, and
// is used by scripts/build-wasm through a go.mod of its own.
package main

import (
	"bytes"
	"embed"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// shaders are the page's own.
var shaders = []string{"wasm/ui/shader.kage"}

const module = "github.com/hajimehoshi/ebiten/v2"

// The compiler's driver, and what stands in the place of some of the library's files.
//
//go:embed instead
var ours embed.FS

// replaced are the library's files and what they become: a file of the folder instead, or nothing.
var replaced = map[string]string{
	"internal/builtinshader/shader.go":     "builtinshader.go.txt",
	"internal/graphics/shader.go":          "graphics.go.txt",
	"internal/shaderir/glsl/glsl.go":       "glsl.go.txt",
	"internal/shaderir/glsl/type.go":       "",
	"internal/graphicscommand/image_js.go": "image_js.go.txt",
	"internal/debug/caller.go":             "caller.go.txt",
}

func main() {
	out := flag.String("o", "build/ebiten", "folder for the copy; its go.mod lies beside it, FOLDER.mod")
	flag.Parse()
	if err := run(*out); err != nil {
		fmt.Fprintln(os.Stderr, "ebiten:", err)
		os.Exit(1)
	}
}

func run(out string) error {
	library, err := command(nil, "go", "list", "-m", "-f", "{{.Dir}}", module)
	if err != nil {
		return err
	}
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	if err := copyPackages(strings.TrimSpace(library), out); err != nil {
		return err
	}
	if err := writeModule(out); err != nil {
		return err
	}
	return compile(out)
}

// copyPackages copies the packages of the library that the page needs.
func copyPackages(library, out string) error {
	list, err := command([]string{"GOOS=js", "GOARCH=wasm"}, "go", "list", "-deps", "-f", "{{.Dir}}", "./wasm/page")
	if err != nil {
		return err
	}
	for _, dir := range strings.Fields(list) {
		inside, err := filepath.Rel(library, dir)
		if err != nil || strings.HasPrefix(inside, "..") {
			continue
		}
		if err := copyFolder(dir, filepath.Join(out, inside)); err != nil {
			return err
		}
	}
	return copyFile(filepath.Join(library, "go.mod"), filepath.Join(out, "go.mod"))
}

func copyFolder(from, to string) error {
	entries, err := os.ReadDir(from)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() || strings.HasSuffix(e.Name(), "_test.go") {
			continue
		}
		if err := copyFile(filepath.Join(from, e.Name()), filepath.Join(to, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

func copyFile(from, to string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return write(to, data)
}

func write(path string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, data, 0o644)
}

// writeModule writes the project's go.mod as the page is built with it.
func writeModule(out string) error {
	for _, ext := range []string{".mod", ".sum"} {
		if err := copyFile("go"+ext, out+ext); err != nil {
			return err
		}
	}
	_, err := command(nil, "go", "mod", "edit", "-replace", module+"=./"+filepath.ToSlash(out), out+".mod")
	return err
}

// compile has the library's compiler compile its shaders, and puts the results in its place.
func compile(out string) error {
	driver, err := ours.ReadFile("instead/ahead.go.txt")
	if err != nil {
		return err
	}
	folder := filepath.Join(out, "internal", "ahead")
	if err := write(filepath.Join(folder, "main.go"), driver); err != nil {
		return err
	}
	args := append([]string{"run", "-modfile=" + out + ".mod", module + "/internal/ahead", out}, shaders...)
	if _, err := command(nil, "go", args...); err != nil {
		return err
	}
	if err := os.RemoveAll(folder); err != nil {
		return err
	}
	for path, by := range replaced {
		path = filepath.Join(out, filepath.FromSlash(path))
		if by == "" {
			err = os.Remove(path)
		} else {
			var data []byte
			if data, err = ours.ReadFile("instead/" + by); err == nil {
				_, err = os.Stat(path) // what is not there any more is another version's
			}
			if err == nil {
				err = write(path, data)
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func command(env []string, name string, args ...string) (string, error) {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	var problem bytes.Buffer
	c.Stderr = &problem
	text, err := c.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, problem.String())
	}
	return string(text), nil
}
