// Command initrd makes an initial RAM disk for Linux: busybox, and an init that starts its shell.
package main

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"flag"
	"log"
	"os"
	"os/exec"
	"strings"
)

//go:embed init
var initScript []byte

func main() {
	log.SetFlags(0)
	log.SetPrefix("initrd: ")
	out := flag.String("o", "build/linux/initrd.gz", "`FILE` to write")
	busybox := flag.String("busybox", "/bin/busybox", "static busybox to put into it")
	flag.Parse()
	b, err := pack(*busybox)
	if err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(*out, b, 0o644); err != nil {
		log.Fatal(err)
	}
}

// pack makes the archive, compressed.
func pack(busybox string) ([]byte, error) {
	program, err := os.ReadFile(busybox)
	if err != nil {
		return nil, err
	}
	applets, err := exec.Command(busybox, "--list").Output()
	if err != nil {
		return nil, err
	}
	a := &archive{}
	for _, name := range []string{".", "bin", "dev", "etc", "proc", "root", "sys", "tmp"} {
		a.add(name, typeFolder|0o755, nil, 0, 0)
	}
	a.add("dev/console", typeChar|0o600, nil, 5, 1)
	a.add("init", typeFile|0o755, initScript, 0, 0)
	a.add("bin/busybox", typeFile|0o755, program, 0, 0)
	for _, name := range strings.Fields(string(applets)) {
		if name != "busybox" {
			a.add("bin/"+name, typeLink|0o777, []byte("busybox"), 0, 0)
		}
	}
	return compress(a.close())
}

// compress is gzip, without the time and the name that it would note.
func compress(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}
