package link

import (
	"bytes"
	"encoding/binary"
	"flag"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/cespare/xxhash/v2"

	"vitrine/engine/rewind"
)

var mutations = flag.Int("mutations", 30_000, "how many mutated links TestMutations reads")

func content(l *Link) []byte { b, _ := l.encode(); return b }

// seal packs content up, whatever it is, without making it shorter.
func seal(b []byte) []byte {
	head := binary.LittleEndian.AppendUint32([]byte{stored}, uint32(xxhash.Sum64(b)))
	return append(binary.AppendUvarint(head, uint64(len(b))), b...)
}

// try reads an address, a file and a content from anywhere. What is accepted has exactly one form.
func try(t testing.TB, text string, inner []byte) (accepted int) {
	if l, v, err := Parse(text); err == nil {
		accepted++
		again, err := Fragment(l, v)
		if err != nil && err != ErrTooLarge {
			t.Fatalf("%q is accepted and cannot be written: %v", text, err)
		}
		if got, _, err := Parse(again); again != "" && (err != nil || !bytes.Equal(content(got), content(l))) {
			t.Fatalf("%q is another link when it is written again: %v", text, err)
		}
	}
	if l, err := decode(inner); err == nil {
		accepted++
		if !bytes.Equal(content(l), inner) {
			t.Fatalf("%x has two forms", inner)
		}
	}
	return accepted
}

// FuzzLink reads anything: as an address, as a file, as the content of either.
func FuzzLink(f *testing.F) {
	for _, l := range []*Link{sample(), demo(), typed(40), {}} {
		text, err := Fragment(l, View{Scene: "paging", At: "3"})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, content(l))
	}
	f.Fuzz(func(t *testing.T, text string, inner []byte) {
		try(t, text, inner)
		try(t, "#r="+letters.EncodeToString(seal(inner)), nil)
		Load(append([]byte(magic), inner...))
	})
}

// mutate changes a byte or some: other values, other bits, more, fewer, elsewhere.
func mutate(random *rand.Rand, b []byte, alphabet string) []byte {
	b = bytes.Clone(b)
	for range 1 + random.IntN(4) {
		at := random.IntN(len(b) + 1)
		value := byte(random.Uint32())
		if alphabet != "" {
			value = alphabet[random.IntN(len(alphabet))]
		}
		switch random.IntN(6) {
		case 0, 1:
			if at < len(b) {
				b[at] = value
			}
		case 2:
			b = append(b[:at:at], append([]byte{value}, b[at:]...)...)
		case 3:
			b = append(b[:at:at], b[min(len(b), at+1+random.IntN(4)):]...)
		case 4:
			b = b[:at]
		case 5:
			b = append(b[:at:at], append(bytes.Repeat([]byte{value}, random.IntN(20)), b[at:]...)...)
		}
	}
	return b
}

// TestMutations reads valid links that something was done to, in the letters and behind the checksum. Each takes little
// time and memory.
func TestMutations(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_#&=<%"
	var texts, packed [][]byte
	var inner [][]byte
	for _, l := range []*Link{sample(), demo(), typed(40), typed(300)} {
		text, err := Fragment(l, View{Scene: "paging"})
		if err != nil {
			t.Fatal(err)
		}
		b, split := l.encode()
		texts, inner, packed = append(texts, []byte(text)), append(inner, b), append(packed, wrap(b, split))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	accepted, slowest := 0, time.Duration(0)
	for n := range *mutations {
		which := n % len(texts)
		began := time.Now()
		switch n / len(texts) % 3 {
		case 0:
			accepted += try(t, string(mutate(random, texts[which], alphabet)), nil)
		case 1:
			b := mutate(random, inner[which], "")
			accepted += try(t, "#r="+letters.EncodeToString(seal(b)), b)
		case 2:
			accepted += try(t, "#r="+letters.EncodeToString(mutate(random, packed[which], "")), nil)
		}
		slowest = max(slowest, time.Since(began))
	}
	runtime.ReadMemStats(&after)
	t.Logf("%d mutated links, %d still make sense; the slowest took %v; %d KiB of memory each", *mutations, accepted, slowest, (after.TotalAlloc-before.TotalAlloc)/uint64(*mutations)>>10)
	if slowest > time.Second {
		t.Errorf("one took %v", slowest)
	}
}

// TestLargest reads and writes the largest tape there can be.
func TestLargest(t *testing.T) {
	l := demo()
	for n := range uint64(maxEntries) {
		l.Tape.Entries = append(l.Tape.Entries, rewind.Entry{At: n * n, Kind: rewind.Resize, Bytes: []byte{1, 0, 2, 0}})
	}
	l.Moment.Now = 1 << 60
	began := time.Now()
	b, err := Save(l)
	if err != nil {
		t.Fatal(err)
	}
	saved := time.Since(began)
	began = time.Now()
	if _, err := Load(b); err != nil {
		t.Error(err)
	}
	loaded := time.Since(began)
	t.Logf("%d inputs: %d bytes, saved in %v, loaded in %v", maxEntries, len(b), saved, loaded)
	if loaded > time.Second {
		t.Error("that is too long")
	}
	l.Tape.Entries = append(l.Tape.Entries, rewind.Entry{At: 1 << 59, Kind: rewind.Resize})
	if _, err := Save(l); err != ErrContent {
		t.Error(err)
	}
}

// TestBounded: a link that says that there is much to come gets no memory for it.
func TestBounded(t *testing.T) {
	huge := bytes.Repeat([]byte{0xff}, 8)
	var contents [][]byte
	for at := range content(typed(40)) {
		b := content(typed(40))
		contents = append(contents, append(append(b[:at:at], append(huge, 1)...), b[at:]...))
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, b := range contents {
		decode(b)
	}
	runtime.ReadMemStats(&after)
	if each := (after.TotalAlloc - before.TotalAlloc) / uint64(len(contents)); each > 1<<20 {
		t.Errorf("%d bytes of memory each", each)
	}
	big := make([]byte, maxInFile+1)
	bomb, liar := wrap(big, 0), append([]byte{deflated, 0, 0, 0, 0, 10}, deflate(big, 0)...)
	runtime.ReadMemStats(&before)
	if _, err := unwrap(bomb, maxInFile); err != ErrHuge {
		t.Error(err)
	}
	if _, err := unwrap(liar, maxInFile); err != ErrDamaged {
		t.Error(err)
	}
	runtime.ReadMemStats(&after)
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 1<<20 {
		t.Errorf("%d bytes for bombs", grown)
	}
}
