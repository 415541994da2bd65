// tlb: what the TLB may keep and what it must forget, accesses across pages, accesses that are writes or ring 0's whatever
// they look like, the registers of PAE (SDM 3A "Invalidation of TLBs and Paging-Structure Caches", "PDPTE Registers").
#include "paging.h"

const char subject[] = "tlb" BITS;

static word poke(word at) { // reads a byte in ring 0
	fresh(reads, 0);
	cpu.cx = at;
	run();
	return cpu.vector == DONE ? cpu.ax & 0xff : 0x100 + cpu.vector;
}

// tlb: what must be seen when (SDM 3A "Invalidation of TLBs and Paging-Structure Caches").
static void tlb(void) {
	control((struct control){1, 0, 0, 0, 0});
	plain(0);
	((u8 *)FRAME)[8] = 1;
	((u8 *)NEXT_FRAME)[8] = 2;
	group("%s: TLB", mode.name);
	flush();
	test(poke(mode.at) == 1, "first");
	set(entry[0], NEXT_FRAME | P | W | U);
	invlpg(mode.at);
	test(poke(mode.at) == 2, "after INVLPG");
	set(entry[0], FRAME | P | W | U);
	flush();
	test(poke(mode.at) == 1, "after MOV CR3");
	set(entry[0], 0);
	invlpg(mode.at + 4095);
	test(poke(mode.at) == 0x100 + PF, "gone after INVLPG of the page's last byte");
	set(entry[0], FRAME | P | W | U);
	test(poke(mode.at) == 1, "an entry that was absent is not cached");
	// More rights come without INVLPG: the processor walks again before it faults, or has forgotten by the fault.
	set(entry[0], FRAME | P);
	invlpg(mode.at);
	one(WRITE, 3, now);
	set(entry[0], FRAME | P | U | W);
	fresh((void *)(word)mode.code, 3);
	cpu.ip += 16;
	cpu.cx = mode.at;
	run();
	test(cpu.vector == DONE, "after a fault, more rights are seen: %x, %x", cpu.vector, cpu.error);
	test(get(entry[0]) & D, "dirty");
	// Global pages stay over MOV CR3, not over INVLPG, nor over a change of CR4.PGE.
	bit_cr4(CR4_PGE, 1);
	set(entry[0], FRAME | P | W | U | G);
	invlpg(mode.at);
	((u8 *)FRAME)[8] = 1;
	test(poke(mode.at) == 1, "global page");
	set(entry[0], NEXT_FRAME | P | W | U | G);
	flush();
	word seen = poke(mode.at);
	test(seen == 1 || seen == 2, "a global page after MOV CR3: %x", seen); // it may stay
	invlpg(mode.at);
	test(poke(mode.at) == 2, "a global page after INVLPG");
	set(entry[0], FRAME | P | W | U | G);
	bit_cr4(CR4_PGE, 0);
	test(poke(mode.at) == 1, "a global page after PGE was cleared");
	bit_cr4(CR4_PGE, 1);
	set(entry[0], NEXT_FRAME | P | W | U | G);
	bit_cr4(CR4_PGE, 0);
	test(poke(mode.at) == 2, "a global page after PGE was set and cleared");
	// D is set again by a write although the TLB knows the page as read.
	set(entry[0], FRAME | P | W | U);
	invlpg(mode.at);
	poke(mode.at);
	test((get(entry[0]) & (A | D)) == A, "a read sets A only");
	one(WRITE, 0, now);
	test((get(entry[0]) & (A | D)) == (A | D), "a write sets D");
	group_end();
}

// crossing: accesses that lie in two pages.
static void crossing(void) {
	group("%s: accesses across pages", mode.name);
	void *second[5];
	way(mode.at + 4096, second);
	for (int fault = 0; fault < 4; fault++) // bit 0: the first page is absent; bit 1: the second
		for (int write = 0; write < 2; write++)
			for (int n = 1; n < 4; n++) {
				plain(0);
				set(entry[0], fault & 1 ? 0 : FRAME | P | W | U);
				set(second[0], fault & 2 ? 0 : NEXT_FRAME | P | W | U);
				flush();
				*(u32 *)(FRAME + 4092) = 0x44332211;
				*(u32 *)NEXT_FRAME = 0x88776655;
				if (write)
					START(0, "mov [" R(cx) "], eax");
				else
					START(0, "mov eax, [" R(cx) "]");
				cpu.ax = 0xddccbbaa;
				cpu.cx = mode.at + 4096 - n;
				run();
				u64 all = 0x8877665544332211ull;
				if (fault) {
					test(cpu.vector == PF && cpu.error == (write ? 2u : 0) && cpu.cr2 == (fault & 1 ? mode.at + 4096 - n : mode.at + 4096),
					     "pages %d, write %d: vector %x, error %x, CR2 %x", fault, write, cpu.vector, cpu.error, cpu.cr2);
					test(*(u32 *)(FRAME + 4092) == 0x44332211 && *(u32 *)NEXT_FRAME == 0x88776655, "half a store was done");
				} else if (write) {
					u64 mask = 0xffffffffull << (8 * (4 - n)), want = (all & ~mask) | (0xddccbbaaull << (8 * (4 - n)));
					test(*(u32 *)(FRAME + 4092) == (u32)want && *(u32 *)NEXT_FRAME == (u32)(want >> 32), "stored");
				} else {
					test((u32)cpu.ax == (u32)(all >> (8 * (4 - n))), "loaded %x", cpu.ax);
				}
			}
	// An instruction that begins in one page and ends in the next, which is absent: CR2 is the second page's address.
	for (int absent = 0; absent < 2; absent++) {
		plain(0);
		set(second[0], absent ? 0 : NEXT_FRAME | P | W | U);
		flush();
		u8 *code = (u8 *)(FRAME + 4094);
		code[0] = 0xb8; // mov eax, imm32
		code[1] = 0x78;
		((u8 *)NEXT_FRAME)[0] = 0x56;
		((u8 *)NEXT_FRAME)[1] = 0x34;
		((u8 *)NEXT_FRAME)[2] = 0x12;
		((u8 *)NEXT_FRAME)[3] = 0xcd;
		((u8 *)NEXT_FRAME)[4] = DONE;
		fresh((void *)(word)(mode.at + 4094), 0);
		run();
		if (absent)
			test(cpu.vector == PF && (cpu.error & ~0x10ul) == 0 && cpu.cr2 == mode.at + 4096 && cpu.ip == mode.at + 4094, "code: %x, %x, CR2 %x, IP %x",
			     cpu.vector, cpu.error, cpu.cr2, cpu.ip);
		else
			test(cpu.vector == DONE && cpu.ax == 0x12345678, "code: %x, AX %x", cpu.vector, cpu.ax);
	}
	group_end();
	set(entry[0], FRAME | P | W | U);
	flush();
	group("%s: REP MOVSB into an absent page", mode.name);
	set(second[0], 0);
	flush();
	START(0, "rep movsb");
	cpu.si = (word)reads;
	cpu.di = mode.at + 4096 - 5;
	cpu.cx = 100;
	run();
	test(cpu.vector == PF && cpu.error == 2 && cpu.cr2 == mode.at + 4096, "vector %x, error %x, CR2 %x", cpu.vector, cpu.error, cpu.cr2);
	test(cpu.cx == 95 && cpu.di == mode.at + 4096 && cpu.si == (word)reads + 5 && cpu.ip == (word)begin, "CX %x, DI %x, SI %x, IP %x", cpu.cx, cpu.di,
	     cpu.si, cpu.ip);
	group_end();
	set(second[0], NEXT_FRAME | P | W | U);
	flush();
	copy_code();
}

// changes: what reads and writes its operand faults as a write, even when it would write nothing else than was there.
static void changes(void) {
	group("%s: instructions that read and write", mode.name);
	qemu_differs("it loads first");
	control((struct control){1, 0, 0, 0, 0});
#define CHANGE(text) \
	for (int readable = 0; readable < 2; readable++) { \
		plain(0); \
		set(entry[0], readable ? FRAME | P | U : 0); \
		flush(); \
		START(0, text); \
		cpu.di = mode.at + 64; \
		cpu.ax = 0x1234; \
		run(); \
		test(cpu.vector == PF && cpu.error == (readable ? 3u : 2u) && cpu.cr2 == mode.at + 64, "%s, present %d: vector %x, error %x", text, readable, cpu.vector, \
		     cpu.error); \
	}
#define DI R(di)
	CHANGE("add byte ptr [" DI "], 0")
	CHANGE("or dword ptr [" DI "], 0")
	CHANGE("adc dword ptr [" DI "], 0")
	CHANGE("inc word ptr [" DI "]")
	CHANGE("neg dword ptr [" DI "]")
	CHANGE("not dword ptr [" DI "]")
	CHANGE("xchg [" DI "], eax")
	CHANGE("xadd [" DI "], eax")
	CHANGE("cmpxchg [" DI "], ecx")
	CHANGE("lock cmpxchg [" DI "], ecx")
	CHANGE("cmpxchg8b [" DI "]")
	CHANGE("bts dword ptr [" DI "], 1")
	CHANGE("btr [" DI "], ecx")
	CHANGE("shl dword ptr [" DI "], cl")
	CHANGE("shr dword ptr [" DI "], 1")
	CHANGE("rol dword ptr [" DI "], 0")
	CHANGE("rcr byte ptr [" DI "], cl")
	CHANGE("shld [" DI "], eax, cl")
	CHANGE("shrd [" DI "], eax, 3")
	CHANGE("stosb")
#ifdef __x86_64__
	CHANGE("cmpxchg16b [rdi]")
	CHANGE("add qword ptr [rdi], rax")
#endif
	qemu_differs(0);
	group_end();
	plain(0);
	flush();
}

// implicit: descriptors are read and marked by ring 0's right, whoever asks; SMAP forbids it in pages of ring 3, and AC does
// not help (SDM 3A "Access Rights").
static void implicit(void) {
	enum { LDT_SEL = FREE };
	group("%s: implicit accesses", mode.name);
	for (int bits = 0; bits < 32; bits++) {
		int ring = bits & 1 ? 3 : 0, user = bits >> 1 & 1, smap = bits >> 2 & 1, ac = bits >> 3 & 1, wp = bits >> 4;
		for (int writable = 0; writable < 2; writable++) {
			control((struct control){wp, 0, smap, 0, 0});
			plain(0);
			u64 *table = (u64 *)FRAME;
			table[1] = descriptor(0, 0xfffff, D_DATA | D_DB | D_G | DPL(3)); // not accessed yet
			gdt[LDT_SEL >> 3] = descriptor((u32)mode.at, 15, 0x82);
			gdt[(LDT_SEL >> 3) + 1] = (u64)mode.at >> 32;
			asm volatile("lldt %w0" : : "r"(LDT_SEL));
			set(entry[0], FRAME | P | (writable ? W : 0) | (user ? U : 0));
			flush();
			if (ring) { // in the page of ring 3
				((u8 *)CODE_FRAME)[96] = 0x8e; // mov es, ecx
				((u8 *)CODE_FRAME)[97] = 0xc1;
				((u8 *)CODE_FRAME)[98] = 0xcd;
				((u8 *)CODE_FRAME)[99] = DONE;
				fresh((void *)(word)(mode.code + 96), 3);
			} else {
				START(0, "mov es, ecx");
			}
			cpu.cx = 8 | 4 | ring;
			if (ac)
				cpu.flags |= F_AC;
			run();
			qemu_differs(ac && ring == 0 ? "it lets AC allow them" : 0);
			word error = user && smap ? 1 : !writable && wp ? 3 : NONE;
			if (error == NONE)
				test(cpu.vector == DONE && table[1] >> 40 & 1, "ring %d, user %d, SMAP %d, AC %d, WP %d, W %d: vector %x, error %x", ring, user, smap, ac, wp, writable,
				     cpu.vector, cpu.error);
			else
				test(cpu.vector == PF && cpu.error == error && cpu.cr2 >= mode.at + 8 && cpu.cr2 < mode.at + 16,
				     "ring %d, user %d, SMAP %d, AC %d, WP %d, W %d: vector %x, error %x, CR2 %x", ring, user, smap, ac, wp, writable, cpu.vector, cpu.error, cpu.cr2);
			qemu_differs(0);
		}
	}
	asm volatile("lldt %w0" : : "r"(0));
	plain(0);
	control((struct control){0, 0, 0, 0, 0});
	flush();
	copy_code();
	group_end();
}

#ifndef __x86_64__
// pdpte: reserved bits of PDPTEs are looked at when CR3 is loaded (SDM 3A "PDPTE Registers").
static void pdpte(void) {
	group("PAE: reserved bits of a PDPTE at MOV CR3");
	u64 *e = (u64 *)top + 3;
	for (int bit = 1; bit < 64; bit++) {
		if (bit >= 12 && bit < (int)maxphyaddr)
			continue;
		int fine = bit == 3 || bit == 4 || (bit >= 9 && bit <= 11);
		*e = 1ull << bit | P;
		START(0, "mov cr3, eax");
		cpu.ax = (word)top;
		run();
		if (fine)
			test(cpu.vector == DONE, "bit %d: vector %x", bit, cpu.vector);
		else
			test(cpu.vector == GP && cpu.error == 0, "bit %d: vector %x, error %x", bit, cpu.vector, cpu.error);
		*e = 1ull << bit & ~(u64)P;
		START(0, "mov cr3, eax");
		cpu.ax = (word)top;
		run();
		test(cpu.vector == DONE, "bit %d, not present: vector %x", bit, cpu.vector);
	}
	*e = 0;
	flush();
	group_end();
	group("PAE: PDPTEs are cached by MOV CR3");
	u64 *used = entry[2], was = *used;
	plain(0);
	flush();
	*used = 0;
	test(poke(mode.at) < 0x100, "a PDPTE cleared in memory counts only after MOV CR3: %x", poke(mode.at));
	flush();
	test(poke(mode.at) == 0x100 + PF, "after MOV CR3: %x", poke(mode.at));
	*used = was;
	flush();
	test(poke(mode.at) < 0x100, "and back");
	group_end();
}
#endif

static void all(void) {
	changes();
	implicit();
	tlb();
	crossing();
#ifndef __x86_64__
	if (pae()) {
		qemu_differs("it reads PDPTEs at each walk");
		pdpte();
		qemu_differs(0);
	}
#endif
}

void image(void) { each_mode(all); }
