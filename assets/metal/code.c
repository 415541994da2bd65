// code: programs that write themselves, code in several pages, through several addresses and in several modes (SDM 3A
// "Self-Modifying Code", "Handling Self- and Cross-Modifying Code").
#include "metal.h"

const char subject[] = "code" BITS;

// The page in which everything happens, and the one behind it: code is written there byte by byte.
static u8 page[8192] __attribute__((aligned(4096)));
static u8 *p;

static void at(u8 *to) { p = to; }
static void put1(u8 v) { *p++ = v; }
static void put4(u32 v) {
	for (int i = 0; i < 4; i++)
		put1(v >> 8 * i);
}
static void mov_eax(u32 v) {
	put1(0xb8);
	put4(v);
}
static void done(void) {
	put1(0xcd);
	put1(DONE);
}

static void go(void *from) {
	fresh(from, 0);
	run();
}

#define WANT(value, what) test(cpu.vector == DONE && (u32)cpu.ax == (u32)(value), "%s: vector %x, AX %x", what, cpu.vector, cpu.ax)

// between: code that is written between two executions.
static void between(void) {
	group("written between executions");
	for (int off = 4080; off <= 4096; off++) { // across the border of two pages, too
		at(page + off);
		mov_eax(0x11111111);
		done();
		go(page + off);
		WANT(0x11111111, "first");
		for (int i = 1; i <= 4; i++) {
			page[off + i] = 0x20 + i;
			go(page + off);
			u32 v = 0x11111111;
			for (int k = 1; k <= i; k++)
				v = (v & ~(0xffu << 8 * (k - 1))) | (0x20u + k) << 8 * (k - 1);
			WANT(v, "a byte changed");
		}
		page[off] = 0xb9; // mov ecx
		go(page + off);
		test(cpu.vector == DONE && (u32)cpu.cx == 0x24232221 && cpu.ax == 0, "another opcode: %x", cpu.cx);
		*(u16 *)(page + off + 5) = 0x0b0f; // ud2
		go(page + off);
		test(cpu.vector == UD && cpu.ip == (word)page + off + 5, "another instruction: %x", cpu.vector);
	}
	group_end();
}

static void itself(void) {
	group("written while it runs");
	// The very next instruction.
	START(0, "mov byte ptr [" R(di) "], 0x22\n jmp 1f\n 1: mov al, 0x11");
	u8 *imm;
	for (imm = begin; *imm != 0xb0; imm++)
		;
	cpu.di = (word)imm + 1;
	run();
	test(cpu.vector == DONE && (cpu.ax & 0xff) == 0x22, "behind a jump: %x", cpu.ax);
	imm[1] = 0x11;
	START(0, "mov byte ptr [" R(di) "], 0x33\n mov al, 0x11");
	for (imm = begin; *imm != 0xb0; imm++)
		;
	cpu.di = (word)imm + 1;
	run();
	test(cpu.vector == DONE && (cpu.ax & 0xff) == 0x33, "the next instruction: %x", cpu.ax);
	imm[1] = 0x11;
	// A loop that counts in its own immediate.
	START(0, "xor edx, edx\n 1: mov eax, 0\n add edx, eax\n inc dword ptr [" R(di) "]\n dec ecx\n jnz 1b\n mov eax, edx");
	for (imm = begin; *imm != 0xb8; imm++)
		;
	cpu.di = (word)imm + 1;
	cpu.cx = 100;
	run();
	WANT(4950, "a loop that changes its immediate");
	for (int i = 0; i < 4; i++)
		imm[1 + i] = 0;
	// Strings, atomics, the stack, the FPU and SSE write code as well.
	static const u8 ret_eax7[16] = {0xb8, 7, 0, 0, 0, 0xcd, DONE, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90};
	for (int way = 0; way < 7; way++) {
		at(page + 256);
		mov_eax(1);
		done();
		go(page + 256);
		WANT(1, "before");
		switch (way) {
		case 0:
			START(0, "rep movsb\n jmp " R(bx));
			break;
		case 1:
			START(0, "lock xchg [" R(dx) " + 1], " R(ax) "\n jmp " R(bx));
			break;
		case 2:
			START(0, "lock xadd [" R(dx) " + 1], eax\n jmp " R(bx));
			break;
		case 3:
			START(0, "mov " R(sp) ", " R(bp) "\n push " R(ax) "\n jmp " R(bx));
			break;
		case 4:
			START(0, "fninit\n fild dword ptr [" R(si) " + 1]\n fistp dword ptr [" R(di) " + 1]\n jmp " R(bx));
			break;
		case 5:
			START(0, "movups xmm0, [" R(si) "]\n movups [" R(di) "], xmm0\n jmp " R(bx));
			break;
		case 6:
			START(0, "stosb\n jmp " R(bx));
			break;
		}
		cpu.si = (word)ret_eax7;
		cpu.di = (word)page + 256;
		cpu.dx = (word)page + 256;
		cpu.bx = (word)page + 256;
		cpu.cx = 7;
		cpu.ax = way == 2 ? 6 : 0xb9;
		if (way == 1)
			cpu.ax = *(word *)(ret_eax7 + 1);
		if (way == 3) { // PUSH writes the first instruction; what INT pushes lies below
			cpu.ax = *(word *)ret_eax7;
			cpu.bp = (word)page + 256 + sizeof(word);
		}
		run();
		if (way == 6)
			test(cpu.vector == DONE && (u32)cpu.cx == 1, "STOSB: vector %x, CX %x", cpu.vector, cpu.cx);
		else
			test(cpu.vector == DONE && (u32)cpu.ax == 7, "way %d: vector %x, AX %x", way, cpu.vector, cpu.ax);
	}
	group_end();
}

// rep writes the instructions behind itself.
static void rep(void) {
	group("REP over the instruction behind it");
	for (int n = 1; n < 40; n++) {
		at(page + 512);
		put1(0xf3); // rep stosb
		put1(0xaa);
		for (int i = 0; i < 60; i++)
			put1(0xf8); // clc
		done();
		fresh(page + 512, 0);
		run(); // with CX 0
		fresh(page + 512, 0);
		cpu.di = (word)page + 514;
		cpu.cx = n;
		cpu.ax = 0xf9; // stc
		run();
		test(cpu.vector == DONE && cpu.ip == (word)page + 512 + 2 + 60 + 2, "%d bytes: vector %x, IP %x", n, cpu.vector, cpu.ip);
		page[512 + 2 + n - 1] = 0x0f; // ud2, written by REP this time
		page[512 + 2 + n] = 0x0b;
		fresh(page + 512, 0);
		cpu.di = (word)page + 514;
		cpu.cx = n + 1;
		cpu.ax = 0x90;
		run();
		test(cpu.vector == DONE, "%d bytes over UD2: vector %x", n + 1, cpu.vector);
	}
	group_end();
}

#ifdef __x86_64__
extern u64 page_tables[6][512];

// aliases: one frame at two addresses; code that is written through one is executed through the other.
static void aliases(void) {
	static u64 small[512] __attribute__((aligned(4096)));
	enum { ALIAS = 0x30000000 };
	group("written through another address");
	for (int i = 0; i < 512; i++)
		small[i] = (word)page | 7;
	page_tables[2][ALIAS >> 21] = (word)small | 7;
	set_cr3(get_cr3());
	for (int i = 0; i < 20; i++) {
		at(i & 1 ? page + 16 : (u8 *)ALIAS + 16);
		mov_eax(i);
		done();
		go(i & 1 ? (u8 *)ALIAS + 4096 + 16 : page + 16);
		WANT(i, "through the other address");
	}
	// Another frame at the same address: after INVLPG its code counts.
	static u8 other[4096] __attribute__((aligned(4096)));
	at(other + 16);
	mov_eax(0x1234);
	done();
	go((u8 *)ALIAS + 16);
	WANT(19, "before");
	small[0] = (word)other | 7;
	invlpg(ALIAS);
	go((u8 *)ALIAS + 16);
	WANT(0x1234, "another frame");
	// Two pages of code that run into each other, of which the second changes.
	small[1] = (word)page | 7;
	small[2] = (word)other | 7;
	set_cr3(get_cr3());
	page[4094] = 0xb8; // mov eax, imm32
	page[4095] = 0x44;
	page[0] = other[0] = 0x33;
	page[1] = 0x22;
	other[1] = 0x29;
	page[2] = other[2] = 0x11;
	page[3] = other[3] = 0xcd;
	page[4] = other[4] = DONE;
	go((u8 *)ALIAS + 2 * 4096 - 2);
	WANT(0x11293344, "page, other");
	small[2] = (word)page | 7;
	invlpg(ALIAS + 2 * 4096);
	go((u8 *)ALIAS + 2 * 4096 - 2);
	WANT(0x11223344, "page, page");
	page_tables[2][ALIAS >> 21] = ALIAS | 0x87;
	set_cr3(get_cr3());
	group_end();
}

// modes: the same bytes at the same address mean something else in 32-bit code.
static void modes(void) {
	group("the same bytes in 64-bit and 32-bit code");
	for (int i = 0; i < 6; i++) {
		at(page + 1024);
		mov_eax(1);
		put1(0x48); // rex.w, or dec eax
		put1(0xff);
		put1(0xc0); // inc rax, or inc eax
		done();
		fresh(page + 1024, 0);
		if (i & 1)
			cpu.cs = KCS32;
		run();
		WANT(i & 1 ? 1 : 2, i & 1 ? "32-bit" : "64-bit");
	}
	group_end();
}
#endif

void image(void) {
	set_cr4(get_cr4() | 1 << 9); // OSFXSR
	between();
	itself();
	rep();
#ifdef __x86_64__
	aliases();
	modes();
#endif
}
