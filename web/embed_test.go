package web

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"vitrine/scripts/api"
)

const maxElement = 8 << 10 // bytes of embed.js, as it is served

func element(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("embed.js")
	must(t, err)
	return string(text)
}

// words are those of a list in the element's script.
func words(t *testing.T, name string) []string {
	t.Helper()
	found := regexp.MustCompile(`const ` + name + ` = words\(((?:"[^"]*"[\s+]*)+)\)`).FindStringSubmatch(element(t))
	if found == nil {
		t.Fatalf("embed.js has no list of %s", name)
	}
	return strings.Fields(regexp.MustCompile(`"[\s+]*"|"`).ReplaceAllString(found[1], ""))
}

// The element, which is served as it stands, names what the table of the API does, and is small.
func TestElementIsTheTable(t *testing.T) {
	if n := len(element(t)); n > maxElement {
		t.Errorf("embed.js has %d bytes, more than %d", n, maxElement)
	}
	var methods, parameters, frames []string
	for _, m := range api.Methods[1:] { // hello the element says by itself
		name := m.Name
		if len(m.Params) > 0 {
			name += ":" + m.Params[0].Name
		}
		methods = append(methods, name)
	}
	for _, a := range api.Attributes {
		if a.Frame {
			frames = append(frames, a.Name)
		} else {
			parameters = append(parameters, a.Name)
		}
	}
	for name, want := range map[string][]string{"methods": methods, "events": api.EventNames(), "parameters": parameters, "frames": frames} {
		if got := words(t, name); !slices.Equal(got, want) {
			t.Errorf("%s of the element are\n%q, of the table\n%q", name, got, want)
		}
	}
}

// What a page does with a method of the table is there for each of them, and for no other.
func TestDeedsAreTheTable(t *testing.T) {
	text, err := os.ReadFile("page/api.js")
	must(t, err)
	_, rest, _ := strings.Cut(string(text), "const deeds = {\n")
	rest, _, _ = strings.Cut(rest, "\n};")
	var deeds []string
	for _, found := range regexp.MustCompile(`(?m)^  (\w+): `).FindAllStringSubmatch(rest, -1) {
		deeds = append(deeds, found[1])
	}
	if want := api.MethodNames(); !slices.Equal(deeds, want) {
		t.Errorf("the page does %q, the table lists %q", deeds, want)
	}
}

// The types compile with a lesson's program that uses them, and refuse what is wrong in it.
func TestTypes(t *testing.T) {
	compiler := "../build/typescript/node_modules/.bin/tsc"
	if _, err := os.Stat(compiler); err != nil {
		t.Skip("TypeScript is not there: scripts/typescript build/typescript")
	}
	out, err := exec.Command(compiler, "--noEmit", "--strict", "--target", "es2022", "--module", "esnext", "--lib", "es2022,dom,dom.iterable", "testdata/types/lesson.ts").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
