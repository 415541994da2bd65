package main

import (
	"encoding/json"
	"fmt"
	"iter"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall/js"

	"vitrine/engine/rewind/link"
	"vitrine/engine/state"
	"vitrine/kernel/boot"
	"vitrine/wasm/view"
)

// garbage is how much memory may be waiting to be collected, in percent of what is in use: a browser never gets back what a
// program has once taken.
const garbage = 40

// The worker's script finds the machine as globalThis.vitrineMachine: inspect, boot, chunk, command, slice, frame, ask. It has a
// function vitrineFallen(text, link), which is called once when the machine has panicked; nothing may be called afterwards.
func main() {
	debug.SetGCPercent(garbage)
	var m bridge
	js.Global().Set("vitrineMachine", map[string]any{
		"inspect": m.export(m.inspect),
		"boot":    m.export(m.boot),
		"chunk":   m.export(m.chunk),
		"command": m.export(m.command),
		"slice":   m.export(m.slice),
		"frame":   m.export(m.frame),
		"ask":     m.export(m.ask),
	})
	select {}
}

type bridge struct {
	session *Session
	disk    *chunked
	next    func() (turn, bool) // of the player
	clock   js.Value
	replay  *link.Link // the one that was inspected
}

// export makes a function callable by the worker's script. A panic in it is told with the link that leads there.
func (m *bridge) export(fn func(js.Value, []js.Value) any) js.Func {
	return js.FuncOf(func(this js.Value, args []js.Value) (result any) {
		defer func() {
			why := recover()
			if why == nil {
				return
			}
			f, ok := why.(fallen)
			if !ok {
				f = fallen{why, stack()}
			}
			text := ""
			if m.session != nil {
				text = m.session.crashLink()
			}
			js.Global().Call("vitrineFallen", fmt.Sprintf("panic: %v\n\n%s", f.why, f.stack), text)
		}()
		return fn(this, args)
	})
}

func (m *bridge) now() float64 { return m.clock.Call("now").Float() }

// inspect(link as text, or file as Uint8Array, anyway) looks at a link before anything is fetched for it, and returns an opening
// as JSON.
func (m *bridge) inspect(_ js.Value, args []js.Value) any {
	text, file := "", []byte(nil)
	if args[0].Type() == js.TypeString {
		text = args[0].String()
	} else {
		file = bytesOf(args[0])
	}
	l, err := parseReplay(text, file)
	m.replay = l
	out, err := json.Marshal(inspect(l, err, args[1].Truthy()))
	if err != nil {
		panic("BUG: " + err.Error())
	}
	return string(out)
}

// boot(disk as its index, programs Uint8Array, options) returns what is wrong with them, or "": slice then begins with making
// the machine.
func (m *bridge) boot(_ js.Value, args []js.Value) any {
	m.clock = js.Global().Get("performance")
	var programs []view.Program
	if err := state.Decode(bytesOf(args[1]), &programs); err != nil {
		return "the list of programs is damaged: " + err.Error()
	}
	o, err := m.options(args[2])
	if err != nil {
		return err.Error()
	}
	if m.disk, err = diskOf(args[0]); err != nil {
		return err.Error()
	}
	m.next, _ = iter.Pull(starter(func() (*Session, error) {
		s, err := NewSession(m.disk, programs, o)
		m.session = s
		return s, err
	}, m.disk, m.now))
	return ""
}

// options reads what the page chooses.
func (m *bridge) options(o js.Value) (Options, error) {
	mem, err := boot.ParseSize(o.Get("mem").String())
	out := Options{Boot: o.Get("boot").String(), Mem: mem, Run: o.Get("run").String(), Paused: o.Get("paused").Bool(),
		Date: int64(o.Get("date").Float()), Kernel: optionalBytes(o, "kernel"), Append: optionalText(o, "append"), Initrd: optionalBytes(o, "initrd"),
		Budget: optionalNumber(o, "budget"), End: uint64(max(optionalNumber(o, "end"), 0)), First: uint64(max(optionalNumber(o, "first"), 0)), At: uint64(max(optionalNumber(o, "at"), 0)), Shared: optionalText(o, "disk") != "", Replay: m.replay}
	if p := o.Get("program"); p.Type() == js.TypeObject {
		out.Program = &Program{Name: optionalText(p, "name"), Content: bytesOf(p.Get("bytes"))}
	}
	return out, err
}

// diskOf reads a disk's index: {sectors, chunk, sums, first: {sum, blocks}}, first only where there is one.
func diskOf(v js.Value) (*chunked, error) {
	list := v.Get("sums")
	sums := make([]string, list.Length())
	for i := range sums {
		sums[i] = list.Index(i).String()
	}
	d, err := newChunked(uint64(v.Get("sectors").Float()), uint64(v.Get("chunk").Float()), sums)
	if early := v.Get("first"); err == nil && early.Type() == js.TypeObject {
		blocks := early.Get("blocks")
		for i := range blocks.Length() {
			d.first.runs = append(d.first.runs, uint64(blocks.Index(i).Float()))
		}
		d.first.sum = early.Get("sum").String()
	}
	return d, err
}

// chunk(n, Uint8Array) hands over a chunk of the disk, -1 what is read first; false when it is not what it should be.
func (m *bridge) chunk(_ js.Value, args []js.Value) any {
	if args[0].Int() < 0 {
		return m.disk.first.give(bytesOf(args[1]))
	}
	return m.disk.give(args[0].Int(), bytesOf(args[1]))
}

func bytesOf(v js.Value) []byte {
	b := make([]byte, v.Get("length").Int())
	js.CopyBytesToGo(b, v)
	return b
}

// optionalBytes and the others read options that need not be there.
func optionalBytes(o js.Value, name string) []byte {
	if v := o.Get(name); v.Type() == js.TypeObject {
		return bytesOf(v)
	}
	return nil
}

func optionalNumber(o js.Value, name string) int64 {
	if v := o.Get(name); v.Type() == js.TypeNumber {
		return int64(v.Float())
	}
	return 0
}

func optionalText(o js.Value, name string) string {
	if v := o.Get(name); v.Type() == js.TypeString {
		return v.String()
	}
	return ""
}

// address reads an address: a number, or hexadecimal text where 53 bits are not enough.
func address(v js.Value) uint64 {
	switch v.Type() {
	case js.TypeNumber:
		return uint64(v.Float())
	case js.TypeString:
		n, _ := strconv.ParseUint(strings.TrimPrefix(v.String(), "0x"), 16, 64)
		return n
	}
	return 0
}

// command(view.Command as an object).
func (m *bridge) command(_ js.Value, args []js.Value) any {
	c := args[0]
	text := func(name string) string {
		if v := c.Get(name); v.Type() == js.TypeString {
			return v.String()
		}
		return ""
	}
	number := func(name string) float64 {
		if v := c.Get(name); v.Type() == js.TypeNumber {
			return v.Float()
		}
		return 0
	}
	m.session.Command(view.Command{Kind: text("kind"), Text: text("text"), N: number("n"), Mask: uint64(number("mask")),
		Rows: int(number("rows")), Cols: int(number("cols")), Addr: address(c.Get("addr"))})
	return nil
}

// slice() plays and returns {wait: the milliseconds until the next one, chunk: -1, said: messages for the page as JSON, or ""}; or,
// in the middle of one, which chunk of the disk the guest waits for. Until that has come nothing but chunk and slice may be
// called. The first that needs no chunk has made the machine, or returns its problem.
func (m *bridge) slice(js.Value, []js.Value) any {
	t, _ := m.next()
	said := ""
	if s := m.session; s != nil && t.chunk < 0 {
		if again := s.tellPosition(); t.wait < 0 && again > 0 {
			t.wait = again
		}
		if len(s.said) > 0 {
			out, err := json.Marshal(s.said)
			if err != nil {
				panic("BUG: " + err.Error())
			}
			said, s.said = string(out), nil
		}
	}
	return map[string]any{"wait": t.wait, "chunk": t.chunk, "problem": t.problem, "said": said}
}

// ask(question as JSON, reply) calls reply(answer as JSON) or reply(null, what went wrong) when the question's turn has come.
func (m *bridge) ask(_ js.Value, args []js.Value) any {
	reply := args[1]
	m.session.Ask([]byte(args[0].String()), func(answer []byte, err error) {
		if err != nil {
			reply.Invoke(nil, err.Error())
			return
		}
		reply.Invoke(string(answer))
	})
	return nil
}

// frame() returns {bytes, twin}, or null when nothing has changed.
func (m *bridge) frame(js.Value, []js.Value) any {
	b := m.session.Batch()
	if b == nil {
		return nil
	}
	encoded := state.Encode(b)
	bytes := js.Global().Get("Uint8Array").New(len(encoded))
	js.CopyBytesToJS(bytes, encoded)
	f := &b.Frame
	t := view.MakeTwin(f)
	return map[string]any{"bytes": bytes, "twin": map[string]any{
		"running": f.Running, "held": f.Held, "idle": float64(f.Idle), "stop": f.Stop, "chapter": f.Chapter, "story": f.Story, "count": t.Count, "time": t.Time, "rate": t.Rate,
		"registers": t.Registers, "code": t.Code, "walk": t.Walk, "tasks": t.Tasks, "vmas": t.VMAs, "timer": t.Timer, "rings": t.Rings, "frames": t.Frames, "pages": t.Pages, "boot": t.Boot, "processes": t.Processes, "exec": t.Exec,
		"console": m.session.ConsoleText(), "events": m.session.LogText(),
		"told": m.session.told(b.Events), "ended": m.session.ended, "fullScreen": m.session.picture.screen.Alternate(),
		"timeline": view.TimelineMap(&f.Timeline), "job": view.JobMap(&f.Job),
	}}
}
