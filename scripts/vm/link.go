package main

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"vitrine/engine/rewind/link"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// What is not larger than this travels inside: in a link somebody's small kernel, in a file nearly everything.
const (
	insideLink = 512 << 10
	insideFile = 16 << 20
)

// describe keeps what the computer is made of, where it will be asked for.
func (s *session) describe(b *boot.Options, files []link.File) {
	if s.o.record == "" && !s.o.link {
		return
	}
	s.made = &link.Link{Files: files}
	inside := uint64(insideFile)
	if s.o.record == "" {
		inside = insideLink
	}
	s.made.Setup, s.made.Loaded = boot.Describe(b, inside)
}

// play runs the computer or plays a link, and returns the exit status.
func (s *session) play() int {
	status := 0
	if s.replay != nil {
		status = s.loopReplay()
	} else {
		status = s.loop()
	}
	s.console.close() // what follows is said to the host's terminal
	if s.made != nil {
		if err := s.keep(); err != nil {
			fmt.Fprintln(os.Stderr, "vm:", err)
			return statusUsage
		}
	}
	return status
}

// keep writes the file of -record and prints the link of -link.
func (s *session) keep() error {
	l := s.c.Link()
	l.Setup, l.Loaded, l.Files = s.made.Setup, s.made.Loaded, s.made.Files
	if s.o.link {
		small := *l
		small.Loaded = slices.Clone(l.Loaded)
		for i := range small.Loaded {
			if it := &small.Loaded[i]; len(it.Data) > insideLink {
				it.Inside, it.Data = false, nil
			}
		}
		text, err := link.Fragment(&small, link.View{})
		if err != nil {
			return err
		}
		if s.console.inTTY {
			fmt.Fprintln(os.Stderr) // behind the guest's prompt
		}
		fmt.Fprintln(os.Stderr, text)
	}
	if s.o.record == "" {
		return nil
	}
	s.points.Mark(l)
	b, err := link.Save(l)
	if err != nil {
		return err
	}
	return os.WriteFile(s.o.record, b, 0o644)
}

// beside are the flags that may be given with -replay: what is loaded where the link does not carry it, and what only looks.
var beside = []string{"replay", "anyway", "disk", "swap", "kernel", "initrd", "limit", "hash-at", "strace", "trace", "stats"}

// startReplay makes the computer that a link describes.
func startReplay(o *options, mask trace.Mask) (*session, error) {
	for _, name := range o.given {
		if !slices.Contains(beside, name) {
			return nil, fmt.Errorf("-%s is in what -replay plays", name)
		}
	}
	if len(o.program) > 0 {
		return nil, errors.New("the program is in what -replay plays")
	}
	l, err := readLink(o.replay)
	if err != nil {
		return nil, err
	}
	if err := boot.CheckEngine(l); err != nil {
		if !o.anyway {
			return nil, fmt.Errorf("%w; -anyway plays it all the same", err)
		}
		fmt.Fprintln(os.Stderr, "vm:", err)
	}
	have := boot.Options{Mask: mask}
	if needsThings(l) || o.disk != "" {
		if err := openThings(o, &have); err != nil {
			return nil, err
		}
	}
	b, err := boot.Equip(l, &have)
	if err != nil {
		return nil, err
	}
	if b.Disk, err = boot.PutFiles(b.Disk, l.Files); err != nil {
		return nil, err
	}
	s := &session{o: o, marks: o.marks, mask: mask, console: &console{undo: func() {}}}
	if s.c, err = boot.New(*b); err != nil {
		return nil, err
	}
	if o.strace && s.c.K == nil {
		return nil, errors.New("-strace is for our own kernel")
	}
	if o.strace {
		attachStrace(s.c)
	}
	s.replay, err = boot.NewReplay(s.c, l)
	return s, err
}

// needsThings tells whether something is not inside the link.
func needsThings(l *link.Link) bool {
	return slices.ContainsFunc(l.Loaded, func(it link.Item) bool { return !it.Inside })
}

// readLink reads a file, of either form, or a link as it is.
func readLink(text string) (*link.Link, error) {
	b, err := os.ReadFile(text)
	if err != nil {
		l, _, bad := link.Parse(text)
		if errors.Is(bad, link.ErrNone) {
			return nil, err
		}
		return l, bad
	}
	if link.IsFile(b) {
		return link.Load(b)
	}
	if l, _, err := link.Parse(string(b)); !errors.Is(err, link.ErrNone) && !errors.Is(err, link.ErrHuge) {
		return l, err
	}
	return nil, link.ErrNoFile
}

// loopReplay plays to the link's moment and says what it has found.
func (s *session) loopReplay() int {
	for {
		over := s.replay.Run(s.next())
		s.console.write(s.c.Output())
		s.printEvents()
		s.printHashes()
		if over {
			break
		}
		if s.c.Stats().Instructions >= s.o.limit {
			return statusLimit
		}
	}
	v := s.replay.Verdict()
	fmt.Fprintln(os.Stderr, "vm:", v.String())
	if !v.Verified() {
		return statusDiffers
	}
	return 0
}
