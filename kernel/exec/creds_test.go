package exec

import (
	"testing"

	"vitrine/kernel/abi"
)

// TestSetID: whose rights a program has when it and its interpreter belong to others.
func TestSetID(t *testing.T) {
	bits := SetID{User: true, UID: 7, Group: true, GID: 8}
	for _, c := range []struct {
		name, line string
		noNewPrivs bool
		want       Creds
	}{
		{"program", "", false, Creds{UID: 1, EUID: 7, GID: 2, EGID: 8, Secure: true}},
		{"no new privileges", "", true, Creds{UID: 1, EUID: 1, GID: 2, EGID: 2, NoNewPrivs: true, Dumpable: true}},
		{"credentials of the interpreter", ":x:E::x::/interp:O", false, Creds{UID: 1, EUID: 1, GID: 2, EGID: 2, Dumpable: true}},
		{"credentials of the file", ":x:E::x::/interp:C", false, Creds{UID: 1, EUID: 7, GID: 2, EGID: 8, Secure: true}},
		{"unreadable interpreter", ":x:E::x::unreadable:O", false, Creds{UID: 1, EUID: 1, GID: 2, EGID: 2}},
	} {
		w := newWorld(t)
		w.add("/interp", staticELF())
		w.add("unreadable", staticELF())
		f := w.add("/a.x", staticELF())
		w.setID = map[FileRef]SetID{f: bits}
		if c.line != "" {
			w.register(t, c.line)
		}
		r := request(f, "/a.x", "a")
		r.Creds = Creds{UID: 1, EUID: 1, GID: 2, EGID: 2, NoNewPrivs: c.noNewPrivs}
		r.Personality = abi.ADDR_NO_RANDOMIZE | abi.STICKY_TIMEOUTS
		res, e := w.run(t, r)
		if e != abi.OK || res.Creds != c.want {
			t.Errorf("%s: %s %+v", c.name, e.Name(), res.Creds)
		}
		if cleared := res.Personality == abi.STICKY_TIMEOUTS; cleared != c.want.Secure {
			t.Errorf("%s: personality %#x", c.name, res.Personality)
		}
		w.end(t, res)
	}
}
