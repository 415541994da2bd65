package dev

import (
	"bytes"
	"testing"
)

func newKeyboard() (*Keyboard, *wire, *wire) {
	irq, aux := &wire{}, &wire{}
	return NewKeyboard(irq, aux, NewControl()), irq, aux
}

// say reads all that waits at the data port.
func (k *Keyboard) say() (b []byte) {
	for k.In(0x64, 1)&1 != 0 {
		b = append(b, byte(k.In(0x60, 1)))
	}
	return b
}

func (k *Keyboard) cmd(b ...uint32) []byte {
	k.Out(0x64, 1, b[0])
	for _, v := range b[1:] {
		k.Out(0x60, 1, v)
	}
	return k.say()
}

func (k *Keyboard) tell(b ...uint32) (answer []byte) {
	for _, v := range b {
		k.Out(0x60, 1, v)
		answer = append(answer, k.say()...)
	}
	return answer
}

func want(t *testing.T, what string, got []byte, bytesWanted ...byte) {
	t.Helper()
	if !bytes.Equal(got, bytesWanted) {
		t.Errorf("%s: % x, want % x", what, got, bytesWanted)
	}
}

func TestKeyboardController(t *testing.T) {
	k, _, _ := newKeyboard()
	want(t, "self test", k.cmd(0xaa), 0x55)
	if st := k.In(0x64, 1); st != 0x1c {
		t.Errorf("status %#x after the self test: unlocked, command, system", st)
	}
	want(t, "test of the keyboard's lines", k.cmd(0xab), 0)
	want(t, "test of the mouse's lines", k.cmd(0xa9), 0)
	k.cmd(0x60, 0x47)
	want(t, "command byte", k.cmd(0x20), 0x47)
	k.cmd(0x7f, 0xa5)
	want(t, "last byte of its memory", k.cmd(0x3f), 0xa5)
	k.cmd(0xad)
	k.cmd(0xa7)
	want(t, "both devices off", k.cmd(0x20), 0x77)
	k.cmd(0xae)
	k.cmd(0xa8)
	want(t, "both devices on", k.cmd(0x20), 0x47)
	want(t, "input port", k.cmd(0xc0), 0x80)
}

func TestKeyboardCommands(t *testing.T) {
	k, _, _ := newKeyboard()
	k.cmd(0x60, 0x00) // no translation
	want(t, "reset", k.tell(0xff), 0xfa, 0xaa)
	want(t, "identify", k.tell(0xf2), 0xfa, 0xab, 0x83)
	want(t, "echo", k.tell(0xee), 0xee)
	want(t, "resend", k.tell(0xfe), 0xee)
	want(t, "LEDs", k.tell(0xed, 5), 0xfa, 0xfa)
	want(t, "rate", k.tell(0xf3, 0), 0xfa, 0xfa)
	want(t, "scan code set", k.tell(0xf0, 0), 0xfa, 0xfa, 2)
	want(t, "set 1", k.tell(0xf0, 1, 0xf0, 0), 0xfa, 0xfa, 0xfa, 0xfa, 1)
	want(t, "set 3", k.tell(0xf0, 3), 0xfa, 0xfe)
	want(t, "no command", k.tell(0xe0), 0xfe)
	if k.S.Keys.LEDs != 5 {
		t.Errorf("LEDs %#x", k.S.Keys.LEDs)
	}
	want(t, "defaults", k.tell(0xf6), 0xfa)
	k.cmd(0x60, 0x40)
	want(t, "identify, translated", k.tell(0xf2), 0xfa, 0xab, 0x41)
}

func TestKeys(t *testing.T) {
	k, irq, _ := newKeyboard()
	k.cmd(0x60, 0x41)
	irq.edges = 0
	if !k.Key([]byte{0x1c, 0xf0, 0x1c, 0xe0, 0x75, 0xe0, 0xf0, 0x75}) {
		t.Fatal("the keyboard is full")
	}
	want(t, "A and cursor up, pressed and let go", k.say(), 0x1e, 0x9e, 0xe0, 0x48, 0xe0, 0xc8)
	if irq.edges != 6 || irq.level {
		t.Errorf("%d edges for 6 bytes, line %v", irq.edges, irq.level)
	}
	k.cmd(0x60, 0x01)
	k.tell(0xf0, 1)
	k.Key([]byte{0xe0, 0xf0, 0x75})
	want(t, "set 1 without translation", k.say(), 0xe0, 0xc8)
	k.cmd(0x60, 0x11)
	k.Key([]byte{0x1c})
	want(t, "a keyboard that is held back", k.say())
	want(t, "it is let go", k.cmd(0xae), 0x1e)
	k.tell(0xf5)
	if k.Key([]byte{0x1c}) {
		t.Error("a keyboard that is off tells a key")
	}
}

func TestKeyboardFull(t *testing.T) {
	k, _, _ := newKeyboard()
	k.cmd(0x60, 0x00)
	for range 17 { // 16 wait in the keyboard, one in the controller
		if !k.Key([]byte{0x1c}) {
			t.Fatal("full too early")
		}
	}
	if k.Key([]byte{0x1c}) {
		t.Error("takes more than it can hold")
	}
	if n := len(k.say()); n != 17 {
		t.Errorf("%d bytes", n)
	}
}

func TestMouse(t *testing.T) {
	k, irq, aux := newKeyboard()
	k.cmd(0x60, 0x03)
	want(t, "echo from the mouse's side", k.cmd(0xd3, 0x5a), 0x5a)
	if aux.edges != 1 || irq.edges != 0 {
		t.Errorf("%d, %d edges", irq.edges, aux.edges)
	}
	k.Out(0x64, 1, 0xd4)
	k.Out(0x60, 1, 0xff)
	if st := k.In(0x64, 1); st&0x21 != 0x21 {
		t.Errorf("status %#x: a byte of the mouse", st)
	}
	want(t, "reset", k.say(), 0xfa, 0xaa, 0)
	want(t, "identify", k.cmd(0xd4, 0xf2), 0xfa, 0)
	want(t, "resolution", k.cmd(0xd4, 0xe8), 0xfa)
	want(t, "its byte", k.cmd(0xd4, 3), 0xfa)
	k.cmd(0xd4, 0xf4)
	want(t, "status", k.cmd(0xd4, 0xe9), 0xfa, 0x20, 3, 100)
	want(t, "no command", k.cmd(0xd4, 0xe1), 0xfc)
	k.cmd(0xd4, 0xee)
	want(t, "wrap", k.cmd(0xd4, 0xf2), 0xf2)
	want(t, "unwrap", k.cmd(0xd4, 0xec), 0xfa)
}

// TestA20Agrees: port 0x92 and the output port are two handles on one gate.
func TestA20Agrees(t *testing.T) {
	k, _, _ := newKeyboard()
	k.cmd(0xd1, 0xdd)
	if k.board.A20() || k.board.In(0x92, 1) != 0 {
		t.Error("the 8042 has not closed the gate")
	}
	k.board.Out(0x92, 1, 2)
	if out := k.cmd(0xd0); len(out) != 1 || out[0]&3 != 3 {
		t.Errorf("output port % x", out)
	}
}

func TestResets(t *testing.T) {
	for name, f := range map[string]func(k *Keyboard){
		"pulse":       func(k *Keyboard) { k.cmd(0xfe) },
		"output port": func(k *Keyboard) { k.cmd(0xd1, 0xde) },
		"port 0x92":   func(k *Keyboard) { k.board.Out(0x92, 1, 3) },
		"port 0xcf9":  func(k *Keyboard) { k.board.Out(0xcf9, 1, 2); k.board.Out(0xcf9, 1, 6) },
	} {
		k, _, _ := newKeyboard()
		f(k)
		if !k.board.S.Reset {
			t.Errorf("%s: no reset", name)
		}
	}
	k, _, _ := newKeyboard()
	k.cmd(0xff)
	k.board.Out(0xcf9, 1, 2)
	k.board.Out(0x92, 1, 2)
	if k.board.S.Reset {
		t.Error("a pulse of no line resets")
	}
}
