package load

import (
	"bytes"
	"encoding/binary"
	"strings"
)

// Linux carries its own symbols: the tables of kallsyms, which a panic is printed with. Linux scripts/kallsyms.c and
// kernel/kallsyms.c. In 6.1 they lie in this order, each at a multiple of 8:
//
//	offsets        4 bytes each, num_syms of them
//	relative_base  8 bytes: what the offsets are counted from
//	num_syms       4 bytes
//	names          a length and so many codes for each; the first character of a name is its kind
//	markers        4 bytes each: where in names every 256th symbol begins
//	token_table    what each of the 256 codes stands for, ended by zeros
//	token_index    2 bytes each: where in token_table the code's text begins
//
// Newer ones have the order of the alphabet, 3 bytes for each symbol, behind markers or at the end, and since 6.4 offsets and
// relative_base behind token_index. The tables have no header: what is found must agree in every entry.

// kallsyms are the tables once they are found.
type kallsyms struct {
	mem     []byte
	tokens  [256]string
	names   int // where the table begins
	num     int
	markers []uint32
}

const maxName = 1 << 9 // bytes of codes of one name

// LinuxSymbols finds Linux's own symbols in memory (or in an unpacked kernel file), at the addresses where it runs; nil when
// they are not there or not as this loader knows them.
func LinuxSymbols(mem []byte) []Symbol {
	digits := []byte("0\x001\x002\x003\x004\x005\x006\x007\x008\x009\x00") // codes 0x30 to 0x39 stand for themselves
	for from := 0; ; {
		i := bytes.Index(mem[from:], digits)
		if i < 0 {
			return nil
		}
		from += i + 1
		k := &kallsyms{mem: mem}
		table, index, ok := k.findTokens(from - 1)
		if !ok || !k.findMarkers(table) {
			continue
		}
		if list := k.list(index); list != nil {
			return list
		}
	}
}

func (k *kallsyms) u32(at int) uint32 { return binary.LittleEndian.Uint32(k.mem[at:]) }

// findTokens finds the beginning of the token table, of which '0' lies at zero, by the index that follows it.
func (k *kallsyms) findTokens(zero int) (table, index int, ok bool) {
	end := zero
	for range 256 - '0' { // behind the last code's text
		n := bytes.IndexByte(k.mem[end:min(end+maxName, len(k.mem))], 0)
		if n < 0 {
			return 0, 0, false
		}
		end += n + 1
	}
	index = (end + 7) &^ 7
	if index+512 > len(k.mem) {
		return 0, 0, false
	}
	at := func(code int) int { return int(binary.LittleEndian.Uint16(k.mem[index+2*code:])) }
	table = zero - at('0')
	if table < 0 {
		return 0, 0, false
	}
	next := table
	for code := range k.tokens {
		if table+at(code) != next {
			return 0, 0, false
		}
		n := bytes.IndexByte(k.mem[next:end], 0)
		if n < 0 {
			return 0, 0, false
		}
		k.tokens[code] = string(k.mem[next : next+n])
		next += n + 1
	}
	return table, index, next == end
}

// findMarkers finds the markers, and the names in front of them. Between markers and token table there is nothing, or three
// bytes for each symbol.
func (k *kallsyms) findMarkers(table int) bool {
	for end := table; end > max(table-3*maxSymbols, 0); end -= 4 {
		if !k.markersBefore(end) || !k.findNames(end-4*len(k.markers)) {
			continue
		}
		if gap := table - end; gap < 8 || gap >= 3*k.num && gap < 3*k.num+12 {
			return true
		}
	}
	return false
}

// markersBefore reads the markers that end at end: going back they fall, by as much as 256 names take, down to 0.
func (k *kallsyms) markersBefore(end int) bool {
	k.markers = nil
	for at := end - 8; at >= 0; at -= 4 {
		v, step := k.u32(at), k.u32(at+4)-k.u32(at)
		if step < 2*256 || step > 256*maxName {
			return false
		}
		if v == 0 {
			for ; at < end; at += 4 {
				k.markers = append(k.markers, k.u32(at))
			}
			return true
		}
	}
	return false
}

// findNames finds the names that end at end, or a little before: they begin where each marker leads to a beginning.
func (k *kallsyms) findNames(end int) bool {
	last := int(k.markers[len(k.markers)-1])
	for names := (end - last) &^ 7; names > end-last-256*maxName && names >= 16; names -= 8 {
		num := int(k.u32(names - 8))
		if num > 0 && (num+255)/256 == len(k.markers) && k.walk(names, num, end) {
			k.names, k.num = names, num
			return true
		}
	}
	return false
}

// walk checks that num names lie from names to end.
func (k *kallsyms) walk(names, num, end int) bool {
	at := names
	for i := range num {
		if i%256 == 0 && at-names != int(k.markers[i/256]) {
			return false
		}
		n, head, ok := k.length(at)
		if at += head + n; !ok || n == 0 || at > end {
			return false
		}
	}
	return end-at < 8
}

// length is how many codes the name at an address has, and how many bytes say so: two when there are many.
func (k *kallsyms) length(at int) (n, head int, ok bool) {
	if at+2 > len(k.mem) {
		return 0, 0, false
	}
	n = int(k.mem[at])
	if n&0x80 == 0 {
		return n, 1, true
	}
	return n&0x7f | int(k.mem[at+1])<<7, 2, true
}

// list reads the symbols, with addresses from in front of the names or from behind the token index.
func (k *kallsyms) list(index int) []Symbol {
	size := (4*k.num + 7) &^ 7
	base := k.names - 16
	if list := k.addresses(base-size, base); list != nil {
		return list
	}
	offsets := index + 512
	return k.addresses(offsets, offsets+size)
}

// addresses reads the offsets at one place and their base at another; nil when they cannot be that: kernel addresses rise.
// An offset that is not negative is itself the address, of a per-CPU variable.
func (k *kallsyms) addresses(offsets, base int) []Symbol {
	if offsets < 0 || base < 0 || base+8 > len(k.mem) || offsets+4*k.num > len(k.mem) {
		return nil
	}
	from := binary.LittleEndian.Uint64(k.mem[base:])
	if from>>47 != 0x1ffff {
		return nil
	}
	list := make([]Symbol, 0, k.num)
	name := k.names
	for i := range k.num {
		n, head, _ := k.length(name)
		codes := k.mem[name+head : name+head+n]
		name += head + n
		off := int32(k.u32(offsets + 4*i))
		if off >= 0 {
			continue
		}
		s := Symbol{Addr: from - 1 - uint64(int64(off)), Name: k.expand(codes)}
		if len(list) > 0 && s.Addr < list[len(list)-1].Addr || s.Name == "" {
			return nil
		}
		list = append(list, s)
	}
	return sized(list)
}

// expand is the text of a name, without its kind.
func (k *kallsyms) expand(codes []byte) string {
	var b strings.Builder
	for _, c := range codes {
		b.WriteString(k.tokens[c])
	}
	text := b.String()
	if text == "" {
		return ""
	}
	return text[1:]
}
