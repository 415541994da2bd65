// Command vm runs the computer without a page: a program on its console, or its shell.
package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"vitrine/engine/rewind/link"
	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// Exit statuses of our own; else it is the program's.
const (
	statusUsage   = 2
	statusDiffers = 3
	statusLimit   = 124 // as timeout(1)
	statusPanic   = 125
)

// defaultDate is when the machine is switched on unless -date says otherwise: a fixed day, so that runs are equal.
const defaultDate = 1767225600 // 2026-01-01T00:00:00Z

// defaultDisk is what `make` built.
const defaultDisk = "build/disk.img"

// list is a flag that may be given more than once.
type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type options struct {
	disk, boot, mem, trace string
	swap                   string
	kernel, append, initrd string
	bios                   bool
	add, hashAt            list
	limit                  uint64
	date                   int64
	strace, stats          bool
	record, replay         string
	link, anyway           bool
	given                  []string // the names of the flags that were given
	program                []string
	marks                  []uint64 // hashAt, sorted
}

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	o, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		return statusUsage
	}
	s, err := start(o)
	if err != nil {
		fmt.Fprintln(os.Stderr, "vm:", err)
		return statusUsage
	}
	defer s.console.close()
	began := time.Now()
	status := s.play()
	if o.stats {
		s.printStats(time.Since(began).Seconds())
	}
	return status
}

func parse(args []string) (*options, error) {
	o := &options{}
	f := flag.NewFlagSet("vm", flag.ContinueOnError)
	f.Usage = func() {
		fmt.Fprintln(f.Output(), "usage: vm [flags] [-- PROGRAM ARGS…]")
		fmt.Fprintln(f.Output(), "       vm -kernel FILE [flags]")
		fmt.Fprintln(f.Output(), "       vm -bios -disk FILE [flags]")
		fmt.Fprintln(f.Output(), "Without PROGRAM the shell runs; on a terminal Ctrl-] leaves it.")
		f.PrintDefaults()
	}
	f.StringVar(&o.disk, "disk", "", "root disk `FILE` (default "+defaultDisk+"; none for -kernel)")
	f.Var(&o.add, "add", "`HOST:GUEST` copies a host file or folder into the guest's root before boot; repeatable")
	f.StringVar(&o.swap, "swap", "", "a second disk for swap: a `FILE|SIZE`, an image that mkswap made or the size of a new one")
	f.StringVar(&o.boot, "boot", "", "kernel command `line`")
	f.StringVar(&o.mem, "mem", "", "`size` of memory (default 64M; for Linux 256M)")
	f.StringVar(&o.kernel, "kernel", "", "run another kernel: a multiboot or bzImage `FILE`; a write of v to port 0xf4 ends with status v<<1|1")
	f.BoolVar(&o.bios, "bios", false, "start the boot sector of -disk, as a PC does, whatever is on it")
	f.StringVar(&o.append, "append", "", "command `line` of -kernel")
	f.StringVar(&o.initrd, "initrd", "", "Linux's initrd or multiboot's module for -kernel, a `FILE`")
	f.Uint64Var(&o.limit, "limit", boot.NoLimit, "stop after `N` instructions, with status 124")
	f.Var(&o.hashAt, "hash-at", "print the state hash at instruction `N` on stderr; repeatable")
	f.Int64Var(&o.date, "date", defaultDate, "Unix `seconds` at which the machine is switched on")
	f.BoolVar(&o.strace, "strace", false, "print system calls as strace prints them, on stderr")
	f.StringVar(&o.trace, "trace", "", "print events of these `KINDS` (comma-separated, or all) as JSON lines on stderr")
	f.StringVar(&o.record, "record", "", "write how this run went into a `FILE` that -replay plays again")
	f.BoolVar(&o.link, "link", false, "print the run's link on stderr at the end")
	f.StringVar(&o.replay, "replay", "", "play a `FILE|LINK` and compare: status 0 when the state is the same, 3 when it differs")
	f.BoolVar(&o.anyway, "anyway", false, "-replay also what another version of the engine made")
	f.BoolVar(&o.stats, "stats", false, "print one JSON line of counts on stderr at the end")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.program = f.Args()
	f.Visit(func(f *flag.Flag) { o.given = append(o.given, f.Name) })
	for _, s := range o.hashAt {
		n, err := strconv.ParseUint(s, 0, 64)
		if err != nil {
			fmt.Fprintf(os.Stderr, "vm: -hash-at %s: not a number\n", s)
			return nil, err
		}
		o.marks = append(o.marks, n)
	}
	slices.Sort(o.marks)
	return o, nil
}

// check refuses flags that have no meaning together.
func (o *options) check() error {
	if o.bios && (o.disk == "" || o.kernel != "") {
		return errors.New("-bios needs -disk, and no -kernel")
	}
	if o.kernel == "" {
		if o.append != "" || o.initrd != "" {
			return errors.New("-append and -initrd belong to -kernel; our kernel's command line is -boot")
		}
		if !o.bios {
			return nil
		}
	}
	if o.boot != "" || o.strace || len(o.add) > 0 || len(o.program) > 0 {
		return errors.New("-boot, -strace, -add and a program are for our own kernel, not for -kernel or -bios")
	}
	return nil
}

// session is a running computer with its console.
type session struct {
	o       *options
	c       *boot.Computer
	console *console
	marks   []uint64
	events  []trace.Event
	mask    trace.Mask
	made    *link.Link    // what the computer was made of
	points  boot.Recorder // for -record
	replay  *boot.Replay  // for -replay
}

func start(o *options) (*session, error) {
	ram, err := boot.ParseSize(o.mem)
	if err != nil {
		return nil, err
	}
	mask, err := parseKinds(o.trace)
	if err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.replay != "" {
		return startReplay(o, mask)
	}
	con := newConsole()
	s := &session{o: o, console: con, marks: o.marks, mask: mask}
	if err := s.switchOn(ram); err != nil {
		con.close()
		return nil, err
	}
	con.oneShot = len(o.program) > 0
	if o.strace {
		attachStrace(s.c)
	}
	return s, nil
}

// switchOn makes the computer that the flags describe.
func (s *session) switchOn(ram uint64) error {
	o, con := s.o, s.console
	b := boot.Options{RAM: ram, Seed: 1, Date: o.date, Mask: s.mask, TermRaw: !con.outTTY, TermNoEcho: !con.inTTY}
	b.Rows, b.Cols = con.size()
	b.Cmdline, b.BIOS = o.boot, o.bios
	if len(o.program) > 0 && !slices.Contains(strings.Fields(o.boot), "quiet") {
		b.Cmdline = strings.TrimSpace(o.boot + " quiet")
	}
	if err := openThings(o, &b); err != nil {
		return err
	}
	files, err := addedFiles(o)
	if err != nil {
		return err
	}
	s.describe(&b, files)
	if b.Disk, err = boot.PutFiles(b.Disk, files); err != nil {
		return err
	}
	s.c, err = boot.New(b)
	return err
}

// openThings reads disks and kernels.
func openThings(o *options, b *boot.Options) (err error) {
	if b.Disk, err = openDisk(o); err != nil {
		return err
	}
	if err := openSwap(o, b); err != nil {
		return err
	}
	if o.kernel != "" {
		return readKernel(o, b)
	}
	return nil
}

// slice is how long the machine runs before the console is looked at: 1 ms of guest time when someone types.
const slice = 100_000

// loop runs until the computer stops and returns the exit status.
func (s *session) loop() int {
	for {
		stop := s.c.Run(s.next())
		if s.o.record != "" {
			s.points.Look(s.c)
		}
		s.console.write(s.c.Output())
		s.printEvents()
		s.printHashes()
		switch stop.Reason {
		case boot.Budget:
			if s.c.Stats().Instructions >= s.o.limit {
				return statusLimit
			}
			if !s.console.poll(s.c) {
				return 0
			}
		case boot.WaitInput:
			if !s.console.feed(s.c) {
				return 0
			}
		case boot.PowerOff:
			return int(stop.Status) & 0xff
		case boot.Panic:
			fmt.Fprintln(os.Stderr, "vm: guest panic:", stop.Text)
			return statusPanic
		case boot.Restart:
			fmt.Fprintln(os.Stderr, "vm: the guest restarts")
			return 0
		case boot.Halted:
			if stop.Text != "" {
				fmt.Fprintln(os.Stderr, "vm:", stop.Text)
				return 0
			}
			return s.halted()
		}
	}
}

// next says how far to run: to the next hash, the limit, or the next look at the console.
func (s *session) next() (now, retired uint64) {
	retired = s.o.limit
	if len(s.marks) > 0 {
		retired = min(retired, s.marks[0])
	}
	at := s.c.M.Now()
	now = s.console.nextLook(at) // so that output appears while the program runs
	if s.console.inTTY || s.mask != 0 {
		now = min(now, at+slice)
	}
	if s.o.record != "" {
		now = min(now, s.points.Next())
	}
	return now, retired
}

func (s *session) printHashes() {
	for len(s.marks) > 0 && s.c.Stats().Instructions >= s.marks[0] {
		fmt.Fprintf(os.Stderr, "hash %d %016x\n", s.marks[0], s.c.Hash())
		s.marks = s.marks[1:]
	}
}

func (s *session) printStats(seconds float64) {
	out := struct {
		boot.Stats
		Seconds float64 `json:"seconds"`
		MIPS    float64 `json:"mips"`
		Hash    string  `json:"hash"`
	}{Stats: s.c.Stats(), Seconds: seconds, Hash: fmt.Sprintf("%016x", s.c.Hash())}
	out.MIPS = float64(out.Instructions) / seconds / 1e6
	line, _ := json.Marshal(out)
	fmt.Fprintf(os.Stderr, "%s\n", line)
}

// halted says that nothing happens any more. For another kernel on this machine, which has no power switch, that is how
// it ends in good order; of our own kernel it means that every process waits for another.
func (s *session) halted() int {
	if s.c.K == nil {
		fmt.Fprintln(os.Stderr, "vm: the CPU is halted for good")
		return 0
	}
	fmt.Fprintln(os.Stderr, "vm: every process sleeps and nothing will wake one")
	return statusPanic
}
