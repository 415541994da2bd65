// devices: the 8259s, the 8254, the clock, the 16550, the ATA disk and the 8042 as a driver meets them, with interrupts
// (data sheets of Intel's 8259A and 8254, Motorola's MC146818, National's PC16550D; ATA/ATAPI-6; IBM's AT reference).
#include "metal.h"

const char subject[] = "devices" BITS;

enum { PIC1 = 0x20, PIC2 = 0xa0, BASE1 = 0x40, BASE2 = 0x48, COM = 0x3f8, PIT = 0x40, GATE = 0x61, CMOS = 0x70, ATA = 0x1f0, ATA_CONTROL = 0x3f6 };

static int count[16], order[64], orders;

// on_irq counts and ends the interrupt, as drivers do.
static int on_irq(void) {
	int n = cpu.vector - BASE1;
	count[n]++;
	if (orders < COUNT(order))
		order[orders++] = n;
	switch (n) {
	case 4:
		inb(COM + 2);
		break;
	case 8:
		outb(CMOS, 12);
		inb(CMOS + 1);
		break;
	case 14:
		inb(ATA + 7);
		break;
	case 1:
		inb(0x60);
		break;
	}
	if (n >= 8)
		outb(PIC2, 0x20);
	outb(PIC1, 0x20);
	return 1;
}

static void init_pics(u8 mask1, u8 mask2) {
	outb(PIC1, 0x11);
	outb(PIC1 + 1, BASE1);
	outb(PIC1 + 1, 4);
	outb(PIC1 + 1, 1);
	outb(PIC2, 0x11);
	outb(PIC2 + 1, BASE2);
	outb(PIC2 + 1, 2);
	outb(PIC2 + 1, 1);
	outb(PIC1 + 1, mask1);
	outb(PIC2 + 1, mask2);
	for (int i = 0; i < 16; i++) {
		hook[BASE1 + i] = on_irq;
		count[i] = 0;
	}
	orders = 0;
}

// wait halts n times with interrupts on.
static void wait(int n) {
	START(0, "1: sti\n hlt\n dec " R(cx) "\n jnz 1b\n cli");
	cpu.cx = n;
	run();
}

static void window(void) { // lets pending interrupts in
	START(0, "sti\n nop\n nop\n nop\n cli");
	run();
}

static void pit_set(int n, u8 mode, u32 value) {
	outb(PIT + 3, n << 6 | 3 << 4 | mode << 1);
	outb(PIT + n, value);
	outb(PIT + n, value >> 8);
}

static u32 pit_read(int n) {
	outb(PIT + 3, n << 6);
	u32 v = inb(PIT + n);
	return v | inb(PIT + n) << 8;
}

static u8 pit_status(int n) {
	outb(PIT + 3, 0xe0 | 2 << n);
	return inb(PIT + n);
}

static int out2(void) { return inb(GATE) >> 5 & 1; }
static void gate(int on) { outb(GATE, (inb(GATE) & ~3) | on); }

static u32 period; // of counter 0, in mode 2

static void spend(u32 pit_ticks) {
	u32 last = pit_read(0), sum = 0;
	while (sum < pit_ticks) {
		u32 now = pit_read(0);
		sum += now <= last ? last - now : last + period - now;
		last = now;
	}
}

static void pics(void) {
	group("8259");
	init_pics(0xfe, 0xff);
	test(inb(PIC1 + 1) == 0xfe && inb(PIC2 + 1) == 0xff, "the masks read back");
	pit_set(0, 2, period = 2000);
	wait(3);
	test(cpu.vector == DONE && count[0] >= 3, "three ticks: %d, vector %x", count[0], cpu.vector);
	int seen = count[0];
	outb(PIC1 + 1, 0xff);
	spend(4500);
	window();
	test(count[0] == seen, "masked: %d", count[0]);
	outb(PIC1, 0x0a);
	qemu_differs("its OUT is upside down in most modes");
	test(inb(PIC1) & 1, "IRR has the tick");
	qemu_differs(0);
	outb(PIC1, 0x0b);
	test(!(inb(PIC1) & 1), "ISR has not");
	// Without EOI nothing of the same or lower priority comes.
	spend(4500);
	outb(PIC1 + 1, 0xfe);
	hook[BASE1] = 0;
	wait(1);
	test(cpu.vector == BASE1, "a tick: %x", cpu.vector);
	outb(PIC1, 0x0b);
	test(inb(PIC1) & 1, "in service");
	spend(4500);
	window();
	test(cpu.vector == DONE, "no second one before EOI: %x", cpu.vector);
	outb(PIC1, 0x60); // specific EOI of 0
	outb(PIC1, 0x0b);
	test(!(inb(PIC1) & 1), "EOI");
	wait(1);
	test(cpu.vector == BASE1, "then it comes: %x", cpu.vector);
	outb(PIC1, 0x20);
	hook[BASE1] = on_irq;
	// Automatic EOI.
	outb(PIC1, 0x11);
	outb(PIC1 + 1, BASE1);
	outb(PIC1 + 1, 4);
	outb(PIC1 + 1, 3);
	outb(PIC1 + 1, 0xfe);
	hook[BASE1] = 0;
	wait(1);
	outb(PIC1, 0x0b);
	test(cpu.vector == BASE1 && inb(PIC1) == 0, "automatic EOI");
	hook[BASE1] = on_irq;
	init_pics(0xff, 0xff);
	group_end();
}

static void pit(void) {
	group("8254");
	pit_set(0, 2, period = 0x10000);
	for (int mode = 0; mode < 6; mode++) {
		gate(0);
		pit_set(2, mode, 3000);
		u8 status = pit_status(2);
		test((status & 0x3f) == (0x30 | mode << 1), "mode %d: status %x", mode, (word)status);
		qemu_differs(mode != 0 && mode != 3 ? "its OUT is upside down in most modes" : 0);
		test(out2() == (mode != 0), "mode %d: OUT before the gate opens: %d", mode, out2());
		qemu_differs(0);
		gate(1);
		spend(200);
		u32 a = pit_read(2);
		spend(200);
		u32 b = pit_read(2);
		test(b < a && a < 3000 && (mode == 3 ? !(a & 1) : 1), "mode %d counts: %x, %x", mode, (word)a, (word)b);
		qemu_differs(mode != 0 ? "its OUT is upside down in most modes" : 0);
		if (mode == 0 || mode == 1)
			test(!out2(), "mode %d: OUT is low while it counts", mode);
		if (mode == 2 || mode == 4 || mode == 5)
			test(out2(), "mode %d: OUT is high while it counts", mode);
		qemu_differs(0);
		gate(0);
		u32 c = pit_read(2);
		spend(200);
		u32 d = pit_read(2);
		if (mode == 1 || mode == 5) {
			qemu_differs("its counters do not go on without a gate in modes 1 and 5");
			test(d < c, "mode %d does not stop without a gate: %x, %x", mode, (word)c, (word)d);
			qemu_differs(0);
		} else {
			qemu_differs("its counters stop in no mode");
			test(d == c, "mode %d stops without a gate: %x, %x", mode, (word)c, (word)d);
			qemu_differs(0);
		}
		gate(1);
		spend(5000);
		qemu_differs(mode == 1 ? "its OUT is upside down in most modes" : 0);
		if (mode == 0 || mode == 1)
			test(out2(), "mode %d: OUT is high at the end", mode);
		qemu_differs(0);
	}
	gate(0);
	outb(PIT + 3, 0xb1 | 2 << 1); // BCD
	outb(PIT + 2, 0x00);
	outb(PIT + 2, 0x10);
	gate(1);
	spend(100);
	u32 bcd = pit_read(2);
	int decimal = 1;
	for (int i = 0; i < 16; i += 4)
		decimal &= (bcd >> i & 15) < 10;
	qemu_differs("it counts in binary always");
	test(decimal && bcd <= 0x1000, "BCD: %x", (word)bcd);
	qemu_differs(0);
	outb(PIT + 3, 0x80); // latch: the value stays until it is read
	spend(50);
	u32 latched = inb(PIT + 2);
	latched |= inb(PIT + 2) << 8;
	u32 later = pit_read(2);
	test(latched != later, "a latched count is old: %x, %x", (word)latched, (word)later);
	outb(PIT + 3, 0x90); // the low byte only
	outb(PIT + 2, 100);
	spend(10);
	test(inb(PIT + 2) <= 100, "one byte");
	group_end();
}

static u8 cmos(int n) {
	outb(CMOS, n);
	return inb(CMOS + 1);
}

static void cmos_set(int n, u8 v) {
	outb(CMOS, n);
	outb(CMOS + 1, v);
}

static void rtc(void) {
	group("real-time clock");
	test(cmos(13) & 0x80, "the battery is good");
	init_pics(0xfb, 0xfe);
	u8 b = cmos(11);
	cmos_set(10, 0x26); // 1024 Hz
	cmos(12);
	cmos_set(11, b | 0x40); // periodic
	wait(4);
	test(cpu.vector == DONE && count[8] >= 4, "periodic interrupts: %d, vector %x", count[8], cpu.vector);
	cmos_set(11, b & ~0x70);
	cmos(12);
	window();
	int n = count[8];
	u64 t = rdtsc();
	while (rdtsc() - t < 500000)
		;
	window();
	test(count[8] == n, "none when they are off");
	cmos_set(11, (b & ~0x70) | 0x10); // behind each update
	wait(1);
	u8 second = cmos(0);
	wait(1);
	u8 next = cmos(0);
	int bcd = !(b & 4);
	int a = bcd ? (second >> 4) * 10 + (second & 15) : second, c = bcd ? (next >> 4) * 10 + (next & 15) : next;
	test(c == (a + 1) % 60, "a second later: %d, %d", a, c);
	test(!(cmos(10) & 0x80), "no update in progress behind it");
	cmos_set(11, b & ~0x70);
	cmos_set(0x30, 0x5a);
	test(cmos(0x30) == 0x5a, "memory");
	cmos(12);
	group_end();
	init_pics(0xff, 0xff);
}

static void uart(void) {
	group("16550");
	init_pics(0xef, 0xff);
	outb(COM + 7, 0x5a);
	test(inb(COM + 7) == 0x5a, "scratch");
	outb(COM + 3, 0x83);
	outb(COM, 12);
	outb(COM + 1, 0);
	test(inb(COM) == 12 && inb(COM + 1) == 0, "divisor");
	outb(COM, 1);
	outb(COM + 3, 3);
	while (!(inb(COM + 5) & 0x40))
		;
	outb(COM + 4, 0x1b); // loopback, with OUT2, RTS, DTR
	outb(COM + 2, 7);    // FIFOs on and empty
	test((inb(COM + 2) & 0xc1) == 0xc1, "IIR with FIFOs: %x", (word)inb(COM + 2));
	test((inb(COM + 6) & 0xf0) == 0xb0, "loopback: MSR is MCR: %x", (word)inb(COM + 6));
	outb(COM + 4, 0x14);
	test((inb(COM + 6) & 0xf0) == 0x40, "loopback: OUT1 is RI: %x", (word)inb(COM + 6));
	outb(COM + 4, 0x18);
	inb(COM + 6);
	for (int i = 0; i < 5; i++)
		outb(COM, 'a' + i);
	u64 t = rdtsc();
	while (rdtsc() - t < 1000000)
		;
	int same = 1;
	for (int i = 0; i < 5; i++)
		same &= (inb(COM + 5) & 1) && inb(COM) == 'a' + i;
	test(same && !(inb(COM + 5) & 1), "what is sent is received");
	hook[BASE1 + 4] = 0;
	outb(COM + 1, 1);
	outb(COM, 'x');
	START(0, "sti\n 1: dec " R(cx) "\n jnz 1b\n cli");
	cpu.cx = 1000000;
	run();
	qemu_differs("its OUT2 is connected in loopback, too");
	test(cpu.vector == DONE, "loopback disconnects OUT2, which lets interrupts through on a PC: %x", cpu.vector);
	qemu_differs(0);
	outb(PIC1, 0x20);
	u8 iir = inb(COM + 2);
	test((iir & 0xf) == 0xc || (iir & 0xf) == 4, "a byte asks for an interrupt: IIR %x", (word)iir);
	test(inb(COM) == 'x' && inb(COM + 2) & 1, "and is taken: IIR %x", (word)inb(COM + 2));
	outb(COM + 4, 8); // OUT2
	outb(COM + 1, 2);
	window();
	outb(PIC1, 0x20);
	iir = inb(COM + 2);
	test(cpu.vector == BASE1 + 4 && (iir & 0xf) == 2, "an empty transmitter interrupts: vector %x, IIR %x", cpu.vector, (word)iir);
	test(inb(COM + 2) & 1, "reading IIR takes it: %x", (word)inb(COM + 2));
	outb(COM + 1, 0);
	outb(COM + 2, 0);
	outb(COM + 4, 0);
	window();
	group_end();
	init_pics(0xff, 0xff);
}

static u16 sector[256];

static void ata(void) {
	group("ATA");
	init_pics(0xfb, 0xbf);
	hook[BASE1 + 14] = 0;
	outb(ATA_CONTROL, 0);
	outb(ATA + 6, 0xa0);
	if (inb(ATA + 7) == 0 || inb(ATA + 7) == 0xff) {
		test(0, "no drive: %x", (word)inb(ATA + 7));
		group_end();
		return;
	}
	while (inb(ATA + 7) & 0x80)
		;
	outb(ATA + 2, 0x55);
	outb(ATA + 3, 0xaa);
	test(inb(ATA + 2) == 0x55 && inb(ATA + 3) == 0xaa, "registers");
	outb(ATA + 7, 0xec);
	wait(1);
	test(cpu.vector == BASE1 + 14, "IDENTIFY interrupts: %x", cpu.vector);
	u8 status = inb(ATA + 7);
	outb(PIC2, 0x20);
	outb(PIC1, 0x20);
	test((status & 0x89) == 8, "DRQ: %x", (word)status);
	for (int i = 0; i < 256; i++)
		sector[i] = inw(ATA);
	test(!(inb(ATA + 7) & 8), "DRQ is over: %x", (word)inb(ATA + 7));
	u32 sectors = sector[60] | (u32)sector[61] << 16;
	test(sectors == 2048 && sector[49] & 1 << 9, "sectors %x, capabilities %x", (word)sectors, (word)sector[49]);
	for (int write = 1; write >= 0; write--) {
		outb(ATA + 2, 1);
		outb(ATA + 3, 7);
		outb(ATA + 4, 0);
		outb(ATA + 5, 0);
		outb(ATA + 6, 0xe0);
		outb(ATA + 7, write ? 0x30 : 0x20);
		if (write) {
			while (!(inb(ATA_CONTROL) & 8))
				;
			for (int i = 0; i < 256; i++)
				outw(ATA, i * 257);
		}
		wait(1);
		test(cpu.vector == BASE1 + 14, "an interrupt: %x", cpu.vector);
		status = inb(ATA + 7);
		outb(PIC2, 0x20);
		outb(PIC1, 0x20);
		if (write) {
			test((status & 0x89) == 0, "written: %x", (word)status);
			continue;
		}
		int same = (status & 0x89) == 8;
		for (int i = 0; i < 256; i++)
			same &= inw(ATA) == (u16)(i * 257);
		test(same, "what was written is read: status %x", (word)status);
	}
	outb(ATA_CONTROL, 2); // nIEN
	outb(ATA + 7, 0xec);
	while (!(inb(ATA_CONTROL) & 8))
		;
	window();
	test(cpu.vector == DONE, "no interrupt with nIEN: %x", cpu.vector);
	for (int i = 0; i < 256; i++)
		inw(ATA);
	outb(ATA_CONTROL, 0);
	outb(ATA + 7, 0xff);
	wait(1);
	test(cpu.vector == BASE1 + 14, "an unknown command interrupts: %x", cpu.vector);
	status = inb(ATA + 7);
	outb(PIC2, 0x20);
	outb(PIC1, 0x20);
	test((status & 0x89) == 1 && inb(ATA + 1) == 4, "aborted: status %x, error %x", (word)status, (word)inb(ATA + 1));
	outb(ATA_CONTROL, 4); // a reset leaves the signature
	outb(ATA_CONTROL, 0);
	while (inb(ATA_CONTROL) & 0x80)
		;
	test(inb(ATA + 2) == 1 && inb(ATA + 3) == 1 && inb(ATA + 4) == 0 && inb(ATA + 5) == 0, "the signature after a reset");
	window();
	group_end();
	init_pics(0xff, 0xff);
}

static int kbd_byte(void) {
	for (int i = 0; i < 1000000; i++)
		if (inb(0x64) & 1)
			return inb(0x60);
	return -1;
}

static void kbd_write(u16 port, u8 v) {
	while (inb(0x64) & 2)
		;
	outb(port, v);
}

static void keyboard(void) {
	group("8042");
	while (inb(0x64) & 1)
		inb(0x60);
	kbd_write(0x64, 0xaa);
	test(kbd_byte() == 0x55, "self test");
	kbd_write(0x64, 0xab);
	test(kbd_byte() == 0, "test of the port");
	kbd_write(0x64, 0x60);
	kbd_write(0x60, 0x44); // translation, no interrupts
	kbd_write(0x64, 0x20);
	test(kbd_byte() == 0x44, "the command byte reads back");
	kbd_write(0x64, 0xae);
	kbd_write(0x60, 0xee);
	test(kbd_byte() == 0xee, "the keyboard echoes");
	kbd_write(0x60, 0xf2);
	test(kbd_byte() == 0xfa, "it acknowledges");
	int a = kbd_byte(), b = kbd_byte();
	test(a == 0xab && (b == 0x41 || b == 0x83), "its identity: %x, %x", (word)a, (word)b);
	init_pics(0xfd, 0xff);
	hook[BASE1 + 1] = 0;
	kbd_write(0x64, 0x60);
	kbd_write(0x60, 0x45);
	kbd_write(0x60, 0xee);
	wait(1);
	test(cpu.vector == BASE1 + 1 && inb(0x64) & 1 && inb(0x60) == 0xee, "a byte interrupts: %x", cpu.vector);
	outb(PIC1, 0x20);
	test(!(inb(0x64) & 1), "and is gone when it was read");
	kbd_write(0x64, 0x60);
	kbd_write(0x60, 0x44);
	group_end();
	init_pics(0xff, 0xff);
}

// fpu_error: without CR0.NE an x87 error comes as IRQ 13, as on the AT (SDM 1 "MS-DOS Compatibility Sub-mode").
static void fpu_error(void) {
	enum { NE = 0x20 };
	if (is_qemu) {
		skip("IRQ 13", "QEMU 7.2 dies of it");
		return;
	}
	group("IRQ 13");
	init_pics(0xfb, 0xdf);
	hook[BASE1 + 13] = 0;
	word cr0 = get_cr0();
	set_cr0(cr0 & ~(word)NE);
	START(0, "fninit\n fldz\n fld1\n push 0x37b\n fldcw [" R(sp) "]\n fdiv st(0), st(1)\n sti\n 1: fwait\n dec " R(cx) "\n jnz 1b");
	cpu.cx = 1000;
	run();
	test(cpu.vector == BASE1 + 13, "without NE, a waiting instruction: %x", cpu.vector);
	outb(0xf0, 0); // takes the request away
	outb(PIC2, 0x20);
	outb(PIC1, 0x20);
	asm volatile("fninit");
	window();
	test(cpu.vector == DONE, "it came once: %x", cpu.vector);
	set_cr0(cr0 | NE);
	START(0, "fninit\n fldz\n fld1\n push 0x37b\n fldcw [" R(sp) "]\n fdiv st(0), st(1)\n sti\n fwait");
	run();
	test(cpu.vector == MF, "with NE: %x", cpu.vector);
	asm volatile("fninit");
	window();
	set_cr0(cr0);
	group_end();
	init_pics(0xff, 0xff);
}

void image(void) {
	fpu_error();
	pics();
	pit();
	rtc();
	uart();
	ata();
	keyboard();
}
