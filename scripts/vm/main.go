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

	"vitrine/engine/trace"
	"vitrine/kernel/boot"
)

// Exit statuses of our own; else it is the program's.
const (
	statusUsage = 2
	statusLimit = 124 // as timeout(1)
	statusPanic = 125
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
	status := s.loop()
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
	f.BoolVar(&o.stats, "stats", false, "print one JSON line of counts on stderr at the end")
	if err := f.Parse(args); err != nil {
		return nil, err
	}
	o.program = f.Args()
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
	con := newConsole()
	c, err := switchOn(o, ram, mask, con)
	if err != nil {
		con.close()
		return nil, err
	}
	con.oneShot = len(o.program) > 0
	if o.strace {
		attachStrace(c)
	}
	return &session{o: o, c: c, console: con, marks: o.marks, mask: mask}, nil
}

// switchOn makes the computer that the flags describe.
func switchOn(o *options, ram uint64, mask trace.Mask, con *console) (*boot.Computer, error) {
	b := boot.Options{RAM: ram, Seed: 1, Date: o.date, Mask: mask, TermRaw: !con.outTTY, TermNoEcho: !con.inTTY}
	b.Rows, b.Cols = con.size()
	b.Cmdline, b.BIOS = o.boot, o.bios
	if len(o.program) > 0 && !slices.Contains(strings.Fields(o.boot), "quiet") {
		b.Cmdline = strings.TrimSpace(o.boot + " quiet")
	}
	var err error
	if b.Disk, err = openDisk(o); err != nil {
		return nil, err
	}
	if err := openSwap(o, &b); err != nil {
		return nil, err
	}
	if o.kernel != "" {
		if err := readKernel(o, &b); err != nil {
			return nil, err
		}
	}
	return boot.New(b)
}

// slice is how long the machine runs before the console is looked at: 1 ms of guest time when someone types.
const slice = 100_000

// loop runs until the computer stops and returns the exit status.
func (s *session) loop() int {
	for {
		stop := s.c.Run(s.next())
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
	now = s.c.M.Now()
	if s.console.inTTY || s.mask != 0 {
		return min(now+slice, s.console.nextLook(now)), retired
	}
	return s.console.nextLook(now), retired // so that output appears while the program runs
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
