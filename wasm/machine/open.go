package main

import (
	"fmt"

	"vitrine/engine/dev"
	"vitrine/engine/rewind/link"
	"vitrine/kernel/boot"
)

// Program is a file of the reader's own that a fresh machine gets on its disk and runs.
type Program struct {
	Name    string
	Content []byte
}

// askAbove is how much memory a stranger's link may take without the reader being asked, in bytes.
const askAbove = 512 << 20

// opening is what there is to say of a link before anything is made of it. Verdict is "" when it can be opened, "damaged",
// "version" or "large".
type opening struct {
	Verdict string `json:"verdict"`
	Text    string `json:"text"`
	Engine  uint64 `json:"engine"`
	Here    uint64 `json:"here"`
	Bytes   uint64 `json:"bytes"` // of memory
	Disk    string `json:"disk"`  // hash of the root disk that it needs, "" none
}

// parseReplay reads a link, or a .vitrine file.
func parseReplay(text string, file []byte) (*link.Link, error) {
	if file != nil {
		return link.Load(file)
	}
	l, _, err := link.Parse(text)
	return l, err
}

// inspect looks at a link: anyway says that the reader wants it whatever its engine and size.
func inspect(l *link.Link, err error, anyway bool) opening {
	if err != nil {
		return opening{Verdict: "damaged", Text: err.Error(), Here: boot.Version}
	}
	o := opening{Engine: l.Engine, Here: boot.Version, Bytes: boot.Memory(l)}
	for _, it := range l.Loaded {
		if it.Role == link.Disk && !it.Inside {
			o.Disk = fmt.Sprintf("%016x", it.Sum)
		}
	}
	switch mismatch := boot.CheckEngine(l); {
	case o.Bytes > boot.MaxRAM:
		o.Verdict, o.Text = "damaged", fmt.Sprintf("the link asks for %d MiB of memory: no page has that", o.Bytes>>20)
	case mismatch != nil && !anyway:
		o.Verdict, o.Text = "version", mismatch.Error()
	case o.Bytes > askAbove && !anyway:
		o.Verdict, o.Text = "large", fmt.Sprintf("the link's machine takes %d MiB of memory", o.Bytes>>20)
	}
	return o
}

// make decides what computer the session has: made is what it is made of, with the disk as it was before files were put on it.
func (s *Session) make(disk dev.Backing, o *Options) (*boot.Computer, error) {
	made := ComputerOptions(disk, *o)
	s.files = o.Files
	if o.Replay != nil {
		have := boot.Options{Disk: disk, Kernel: o.Kernel, Initrd: o.Initrd}
		equipped, err := boot.Equip(o.Replay, &have)
		if err != nil {
			return nil, err
		}
		made, s.files, s.typed = *equipped, o.Replay.Files, ""
	}
	if o.Program != nil {
		if err := s.carry(o, &made); err != nil {
			return nil, err
		}
	}
	s.made = made
	s.setup, s.loaded = boot.Describe(&made, insideLink)
	with, err := boot.PutFiles(made.Disk, s.files)
	if err != nil {
		return nil, err
	}
	made.Disk = with
	return boot.New(made)
}

// carry puts the reader's own program on the disk, and has it run at the first prompt. The image of a disk becomes a second disk,
// which is mounted then.
func (s *Session) carry(o *Options, made *boot.Options) error {
	if fs, isDisk, err := boot.DiskImage(o.Program.Content); isDisk {
		made.Swap, s.typed = dev.Image(fs), "mkdir -p /mnt; mount /dev/sdb /mnt; cd /mnt; ls -l"
		return err
	}
	interpreter, err := boot.Program(o.Program.Content)
	if err != nil {
		return err
	}
	if interpreter != "" && !o.Shared {
		return fmt.Errorf("this program is linked dynamically and needs %s, which is not on this disk: link it with -static, or choose the disk Debian first", interpreter)
	}
	file := boot.ProgramFile(o.Program.Name, o.Program.Content)
	s.files = []link.File{file}
	s.typed = file.Path
	return nil
}
