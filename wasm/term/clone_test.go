package term

import (
	"math/rand"
	"reflect"
	"strings"
	"testing"
)

// A clone goes on as the original would, and neither notices what the other is sent.
func TestClone(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	pieces := []string{"text", "\n", "\r\n", "\x1b[1m", "\x1b[3;5H", "\x1b[2J", "\x1b[?1049h", "\x1b[?1049l", "\x1b]0;tit", "le\x07", "\x1b[4;9r", "\x1b[", "6n", "\t", "\x1bH", "é", "\xe4\xb8", "\xad", "\x1b[L"}
	some := func() []byte {
		var b strings.Builder
		for range 1 + random.Intn(200) {
			b.WriteString(pieces[random.Intn(len(pieces))])
		}
		return []byte(b.String())
	}
	for range 200 {
		s, same := New(10, 30), New(10, 30)
		past := some()
		s.Write(past)
		same.Write(past)
		c := s.Clone()
		s.Write(some())
		s.Resize(7, 40)
		s.Write(some())
		for range 2 {
			if !reflect.DeepEqual(c, same) {
				t.Fatal("the clone is another one")
			}
			next := some()
			c.Write(next)
			same.Write(next)
		}
		if text := s.Text(); !reflect.DeepEqual(text, s.Clone().Text()) {
			t.Fatal("the original is another one")
		}
	}
}
