package sys

import (
	"strings"
	"testing"

	"vitrine/kernel/abi"
	"vitrine/kernel/tty"
	"vitrine/kernel/vfs"
)

// FuzzDevptsOptions: what is understood is shown so that it is understood again.
func FuzzDevptsOptions(f *testing.F) {
	for _, s := range []string{"", "gid=5,mode=620,ptmxmode=000", "newinstance,uid=1", "max=3", "mode=9", "mode", "uid=-1,,", "max=4097"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data string) {
		o, e := parseDevpts(data)
		if e != abi.OK {
			return
		}
		shown := strings.TrimPrefix(devpts{}.Options(&vfs.SuperBlock{Data: data}), ",")
		if again, e := parseDevpts(shown); e != abi.OK || again != o {
			t.Errorf("%q is shown as %q", data, shown)
		}
		if o.max > tty.MaxPtys || o.mode > 0o7777 {
			t.Errorf("%q: %+v", data, o)
		}
	})
}
