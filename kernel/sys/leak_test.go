//go:build linux

package sys_test

import (
	"path/filepath"
	"testing"

	"vitrine/kernel/boot"
	"vitrine/kernel/mm"
)

// thing is a number of things that the kernel has handed out.
type thing struct {
	name string
	n    int64
}

// held is what the kernel has handed out and not got back. Caches do not count: pages of files, names and inodes that
// nobody uses.
func held(c *boot.Computer) []thing {
	k, v, m, u := &c.K.State, &c.K.VFS.S, &c.K.MM.State, &c.K.Unix.State
	_, slots := c.K.MM.SwapSize()
	f := &m.Frames
	all := []thing{
		{"tasks", int64(k.Tasks.Live)}, {"processes", int64(k.Procs.Live)}, {"signal handlers", int64(k.Hands.Live)},
		{"run queue", int64(len(k.Queue))}, {"address spaces", int64(m.Spaces.Live)}, {"shared memory objects", int64(m.Shmem.Live)},
		{"committed pages", m.Commit.Pages}, {"swap slots", int64(slots)},
		{"open files", int64(v.Files.Live)}, {"descriptor tables", int64(v.Tables.Live)}, {"working directories", int64(v.FS.Live)},
		{"pipes", int64(v.Pipes.Live)}, {"locks", int64(len(v.Locks))}, {"watches", int64(len(v.Watches))},
		{"sockets", int64(u.Socks.Live)}, {"pseudo-terminals", int64(c.K.Terms.State.Ptys.Live)}, {"files in flight", int64(u.Inflight)},
	}
	for use := range f.Count {
		if u := mm.Use(use); u != mm.Free && u != mm.PageCache {
			all = append(all, thing{"frames: " + u.String(), int64(f.Count[use])})
		}
	}
	return append(all, heldNames(c)...)
}

// heldNames counts the uses of names and inodes that are not by the caches themselves, and files without a name.
func heldNames(c *boot.Computer) []thing {
	v := &c.K.VFS.S
	var names, inodes, gone, nameless, mounts int64
	for i := range v.Dentries.Slots {
		s := &v.Dentries.Slots[i]
		if !s.Used {
			continue
		}
		names += int64(s.V.Refs)
		if s.V.Mounted != 0 {
			mounts++
		}
		inodes--
		if s.V.Parent != 0 {
			names--
		}
		if s.V.Unhashed && s.V.Parent != 0 {
			gone++
		}
	}
	for i := range v.Inodes.Slots {
		if s := &v.Inodes.Slots[i]; s.Used {
			inodes += int64(s.V.Refs)
			if s.V.Nlink == 0 {
				nameless++
			}
		}
	}
	return []thing{{"mounts", mounts}, {"uses of names", names}, {"uses of inodes", inodes}, {"names out of their directory", gone}, {"inodes without a name", nameless}}
}

// leftOn are things that a program may leave, and why.
var leftOn = map[string]string{
	"binfmt mounts":        "mounts binfmt_misc, and there are no mount namespaces that would end with it",
	"binfmt uses of names": "of the mounts",
}

// TestSuiteLeaksNothing: when a program of the suite is over, the kernel holds as much as after one that does nothing.
func TestSuiteLeaksNothing(t *testing.T) {
	needCompiler(t)
	disk := baseDisk(t)
	nothing := filepath.Join(t.TempDir(), "nothing")
	compile(t, "testdata/nothing/nothing.c", nothing)
	c := guestComputer(t, disk, nothing, workDir)
	finish(t, c)
	want := held(c)
	for _, p := range compiledSuite(t) {
		t.Run(p.name, func(t *testing.T) {
			c := guestComputer(t, disk, p.path, workDir)
			finish(t, c)
			if err := c.K.MM.Check(); err != nil {
				t.Error(err)
			}
			for i, now := range held(c) {
				if now != want[i] && leftOn[p.name+" "+now.name] == "" {
					t.Errorf("%s: %d, and %d after a program that does nothing", now.name, now.n, want[i].n)
				}
			}
			(&grind{Computer: c, t: t}).fsck()
		})
	}
}
