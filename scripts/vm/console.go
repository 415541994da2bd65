package main

import (
	"bufio"
	"bytes"
	"os"
	"time"

	"vitrine/kernel/abi"
	"vitrine/kernel/boot"
)

// console joins stdin and stdout to the guest's console.
//
// When stdin is a file or a pipe, it is read line by line, and only when a program waits for input: the machine
// stands still meanwhile, so the run does not depend on how fast the host delivers. When stdin is a terminal, it is
// put into raw mode and read while the machine runs, until Ctrl-].
type console struct {
	inTTY, outTTY bool
	oneShot       bool // a program was given: the end of stdin does not end the session
	in            *bufio.Reader
	keys          chan []byte // what was typed, when stdin is a terminal
	resized       <-chan os.Signal
	idled         uint64 // how long the guest has slept until the last poll
	ended         int    // how often the end of stdin was passed on
	unfinished    bool   // what was passed on last does not end a line
	undo          func() // puts the host's terminal back
	foreign       foreign
}

func newConsole() *console {
	c := &console{inTTY: isTerminal(os.Stdin), outTTY: isTerminal(os.Stdout), undo: func() {}}
	if !c.inTTY {
		c.in = bufio.NewReaderSize(os.Stdin, maxLine)
		return c
	}
	c.undo = makeRaw(os.Stdin)
	c.keys = make(chan []byte, 16)
	c.resized = resizes()
	go c.readKeys()
	return c
}

// maxLine is the longest piece passed on at once; the terminal's buffer has room for it.
const maxLine = 1024

// leaveKey is Ctrl-], as in telnet(1): every other key is the guest's.
const leaveKey = 0x1d

// maxEnds bounds how often a program is told that the input has ended.
const maxEnds = 1000

func (c *console) readKeys() {
	for {
		b := make([]byte, 256)
		n, err := os.Stdin.Read(b)
		typed, _, leave := bytes.Cut(b[:n], []byte{leaveKey})
		if len(typed) > 0 {
			c.keys <- typed
		}
		if leave || err != nil {
			close(c.keys)
			return
		}
	}
}

func (c *console) close() { c.undo() }

func (c *console) size() (rows, cols uint16) {
	if !c.outTTY {
		return 24, 80
	}
	return terminalSize(os.Stdout)
}

func (c *console) write(b []byte) {
	if len(b) > 0 {
		c.foreign.wrote = true
		os.Stdout.Write(b)
	}
}

// poll passes on what was typed meanwhile; false when nobody will type any more. At a terminal, time in which the
// guest sleeps takes as long as it says, or watch(1) could not be read, and a key would hardly ever find it asleep.
func (c *console) poll(vm *boot.Computer) bool {
	if c.keys == nil {
		return vm.K != nil || c.pollForeign(vm)
	}
	idled := vm.M.CPU.S.Idled
	pause := time.Duration(idled-c.idled) * nsPerUnit
	c.idled = idled
	over := atOnce
	if pause > 0 {
		over = time.After(pause)
	}
	select {
	case b, ok := <-c.keys:
		vm.Type(b)
		return ok
	case <-c.resized:
		vm.Resize(c.size())
	case <-over:
	}
	return true
}

// atOnce is a time that is over already.
var atOnce = func() <-chan time.Time {
	c := make(chan time.Time)
	close(c)
	return c
}()

// nsPerUnit is the length of a unit of the machine's clock.
const nsPerUnit = 10

// feed waits for input, because a program does; false when there will be none and nobody is to be told.
func (c *console) feed(vm *boot.Computer) bool {
	if c.keys != nil {
		select {
		case b, ok := <-c.keys:
			vm.Type(b)
			return ok
		case <-c.resized:
			vm.Resize(c.size())
			return true
		}
	}
	line, err := c.in.ReadSlice('\n')
	if len(line) > 0 {
		vm.Input(line)
		c.unfinished = line[len(line)-1] != '\n'
		return true
	}
	return err == nil || c.end(vm)
}

// end types ^D, once for each time that a program comes to the end of the input.
func (c *console) end(vm *boot.Computer) bool {
	if vm.K == nil {
		return false
	}
	t := &vm.K.TTY.State.Termios
	limit := maxEnds
	if !c.oneShot {
		limit = 1 // it ends the shell; init would start another
		if c.unfinished {
			limit = 2
		}
	}
	c.ended++
	if t.Lflag&abi.ICANON == 0 || c.ended > limit {
		return false
	}
	vm.Input([]byte{t.Cc[abi.VEOF]})
	return true
}
