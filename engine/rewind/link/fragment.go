package link

import (
	"encoding/base64"
	"strings"
)

// MaxFragment is the length of the longest link, in characters: what browsers show and chat programs pass on whole.
const MaxFragment = 32 << 10

// maxAddress bounds the whole address in which a link is looked for.
const maxAddress = 2 * MaxFragment

// maxInside is how much of programs may travel inside a link, in bytes, deflated.
const maxInside = 8 << 10

// base64url without padding; bits that mean nothing must be 0. RFC 4648
var letters = base64.RawURLEncoding.Strict()

// View is how a moment is looked at: parameters that people can read and change, beside the link.
type View struct{ Scene, At, Speed, View, Theme string }

// params are the parameters in the order in which they are written.
func (v *View) params() [5]param {
	return [...]param{{"scene", &v.Scene}, {"at", &v.At}, {"speed", &v.Speed}, {"view", &v.View}, {"theme", &v.Theme}}
}

type param struct {
	name  string
	value *string
}

// maxParam is the length of the longest value of a parameter.
const maxParam = 64

// plain tells whether a parameter's value consists of characters that mean nothing to anybody: not in an address, in HTML,
// in a script or in a style.
func plain(s string) bool {
	return len(s) <= maxParam && strings.IndexFunc(s, func(c rune) bool {
		return !(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_.,:+", c))
	}) < 0
}

// Fragment returns the link with its '#', ErrTooLarge when it must be a file, ErrContent when it cannot be said.
func Fragment(l *Link, v View) (string, error) {
	packed, err := l.pack(maxInLink)
	if err != nil {
		return "", err
	}
	var programs []byte
	for _, f := range l.Files {
		programs = append(programs, f.Data...)
	}
	for _, it := range l.Loaded {
		programs = append(programs, it.Data...)
	}
	if len(programs) > 0 && len(deflate(programs, len(programs))) > maxInside {
		return "", ErrTooLarge
	}
	s := "#r=" + letters.EncodeToString(packed)
	for _, p := range v.params() {
		if !plain(*p.value) {
			return "", ErrContent
		}
		if *p.value != "" {
			s += "&" + p.name + "=" + *p.value
		}
	}
	if len(s) > MaxFragment {
		return "", ErrTooLarge
	}
	return s, nil
}

// pack encodes a link and makes sure that it can be read again.
func (l *Link) pack(limit int) ([]byte, error) {
	content, split := l.encode()
	if len(content) > limit {
		return nil, ErrTooLarge
	}
	if _, err := decode(content); err != nil {
		return nil, err
	}
	return wrap(content, split), nil
}

// Parse reads a link: a whole address, its fragment, or what stands behind '#'. Parameters that it does not know, or with a
// value that none has, are left out.
func Parse(address string) (*Link, View, error) {
	var v View
	if len(address) > maxAddress {
		return nil, v, ErrHuge
	}
	_, fragment, found := strings.Cut(strings.TrimSpace(address), "#")
	if !found {
		fragment = strings.TrimSpace(address)
	}
	run, ok := "", false
	for part := range strings.SplitSeq(fragment, "&") {
		name, value, _ := strings.Cut(part, "=")
		if name == "r" && !ok {
			run, ok = value, true
		}
		for _, p := range v.params() {
			if name == p.name && plain(value) {
				*p.value = value
			}
		}
	}
	if !ok || run == "" {
		return nil, v, ErrNone
	}
	l, err := parseRun(run)
	return l, v, err
}

func parseRun(run string) (*Link, error) {
	if len(run) > MaxFragment {
		return nil, ErrHuge
	}
	packed, err := letters.DecodeString(run)
	if err != nil {
		if strings.IndexFunc(run, func(c rune) bool { return c == '=' || !plain(string(c)) || strings.ContainsRune(".,:+", c) }) >= 0 {
			return nil, ErrLetters
		}
		return nil, ErrCut // a last letter that no encoding ends with
	}
	content, err := unwrap(packed, maxInLink)
	if err != nil {
		return nil, err
	}
	return decode(content)
}
