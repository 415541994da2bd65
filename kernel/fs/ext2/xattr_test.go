package ext2

import (
	"slices"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/vfs"
)

// FuzzXattrs: a block of attributes from anywhere is taken apart or refused, and what was taken apart can be packed again if
// it fits, with the same contents.
func FuzzXattrs(f *testing.F) {
	good, _ := packXattrs([]vfs.Xattr{{Name: "user.a", Value: []byte("one")}, {Name: "trusted.bb", Value: nil}, {Name: "security.c", Value: []byte("12345")}}, 1024)
	f.Add(good)
	f.Add(good[:40])
	f.Add(make([]byte, 1024))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < xaHead || len(b) > 4096 {
			return
		}
		list, err := parseXattrs(b)
		if err != abi.OK {
			return
		}
		again, err := packXattrs(list, 4096)
		if err != abi.OK {
			return
		}
		back, err := parseXattrs(again)
		if err != abi.OK || len(back) != len(list) {
			t.Fatalf("%d attributes, %d after packing: %v", len(list), len(back), err)
		}
		for _, x := range list {
			same := func(o vfs.Xattr) bool { return o.Name == x.Name && slices.Equal(o.Value, x.Value) }
			if !slices.ContainsFunc(back, same) {
				t.Fatalf("%q is lost", x.Name)
			}
		}
	})
}
