package boot_test

import (
	"bytes"
	"math/rand"
	"os"
	"testing"

	"vitrine/engine/dev"
	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
)

// booted is a computer at its prompt, and what it is then.
func booted(tb testing.TB) (*boot.Computer, []byte) {
	disk, err := plainDisk()
	if err != nil {
		tb.Fatal(err)
	}
	c, err := boot.New(boot.Options{Cmdline: "quiet", RAM: boot.MinRAM, Disk: dev.Image(disk), Seed: 1})
	if err != nil {
		tb.Fatal(err)
	}
	c.Run(20_000_000, boot.NoLimit)
	return c, c.Snapshot()
}

// place makes an executable file in the running guest.
func place(tb testing.TB, c *boot.Computer, path string, data []byte) {
	x := c.K.Ctx(c.K.FindTask(1))
	f, e := c.K.VFS.OpenFile(x, path, abi.O_CREAT|abi.O_WRONLY|abi.O_TRUNC, 0o755)
	if e != abi.OK {
		tb.Fatal(path, e.Name())
	}
	defer c.K.VFS.PutFile(f)
	if n, e := c.K.VFS.Pwrite(x, f, data, 0); e != abi.OK || n != len(data) {
		tb.Fatal(path, n, e.Name())
	}
}

// execute runs a file as a program and others for which line registers an interpreter.
func execute(tb testing.TB, c *boot.Computer, saved, program, line []byte) {
	if err := c.Restore(saved); err != nil {
		tb.Fatal(err)
	}
	place(tb, c, "/tmp/x.y", program)
	place(tb, c, "/tmp/w.z", []byte("data"))
	place(tb, c, "/tmp/line", line)
	c.Input([]byte("cat /tmp/line >/proc/sys/fs/binfmt_misc/register; /tmp/x.y a b; /tmp/w.z; /tmp/x.y </dev/null & sleep 0\n"))
	stop := c.Run(c.M.Now()+3_000_000, boot.NoLimit)
	if stop.Reason == boot.Panic {
		tb.Errorf("the kernel stopped: %s", stop.Text)
	}
	if err := c.K.MM.Check(); err != nil {
		tb.Error(err)
	}
}

// smallPrograms are the guest's demonstrations, whose headers are worth damaging, and scripts.
func smallPrograms(tb testing.TB) [][]byte {
	list := [][]byte{[]byte("#!/bin/sh -e\necho $0 $*\n"), []byte("#!/tmp/x.y\n"), []byte("echo text\n"), nil}
	dir := tb.TempDir()
	for _, name := range []string{"segv", "cow"} {
		bin, err := compile(dir, "../../assets/guest/"+name+".c")
		if err != nil {
			tb.Skip(err)
		}
		data, err := os.ReadFile(bin)
		if err != nil {
			tb.Fatal(err)
		}
		list = append(list, data)
	}
	return list
}

// TestDamagedPrograms: a program with damaged headers starts, or is refused, or dies; nothing else does.
func TestDamagedPrograms(t *testing.T) {
	c, saved := booted(t)
	programs := smallPrograms(t)
	r := rand.New(rand.NewSource(1))
	n := 60
	if testing.Short() {
		n = 15
	}
	for i := range n {
		data := bytes.Clone(programs[i%len(programs)])
		for range min(len(data), 1+r.Intn(4)) {
			data[r.Intn(min(len(data), 64+56*8))] = []byte{0, 1, 2, 7, 0x10, 0x40, 0x7f, 0x80, 0xff, byte(r.Intn(256))}[r.Intn(10)]
		}
		execute(t, c, saved, data, []byte(":n:E::z::/tmp/x.y:"+[]string{"", "P", "OC", "F"}[i%4]))
	}
}

// FuzzProgram executes anything, with any format registered.
func FuzzProgram(f *testing.F) {
	c, saved := booted(f)
	for _, p := range smallPrograms(f) {
		f.Add(p, []byte(":n:E::z::/bin/echo:P"))
		f.Add(p, []byte(":n:M:1:E:\\x5f:/tmp/x.y:OC"))
	}
	f.Fuzz(func(t *testing.T, program, line []byte) {
		execute(t, c, saved, program, line)
	})
}
