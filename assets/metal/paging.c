// paging: the bits of paging-structure entries at every level × access × ring × CR0.WP, SMEP, SMAP, AC, NXE: fault or not,
// error code, CR2, A and D afterwards, in each mode; reserved bits; what the TLB may keep; accesses across pages (SDM 3A
// "Paging", "Determination of Access Rights", "Page-Fault Exceptions").
#include "metal.h"

const char subject[] = "paging" BITS;

#ifdef __x86_64__
typedef u64 address;
extern u64 page_tables[6][512]; // entry.S: PML4, PDPT, 4 page directories
#else
typedef u32 address;
#endif

enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100, PAT_LARGE = 1 << 12 };
#define NX (1ull << 63)
enum { CR0_WP = 1 << 16, CR0_PG = 1 << 31, CR4_PSE = 0x10, CR4_PAE = 0x20, CR4_PGE = 0x80, CR4_LA57 = 1 << 12, CR4_SMEP = 1 << 20, CR4_SMAP = 1 << 21, NXE = 1 << 11 };
enum { READ, WRITE, FETCH, RMW };

// Where things are: the page that is looked at, its frame, and the page from which ring 3 executes.
enum { FRAME = 0x2345000, NEXT_FRAME = 0x2347000, CODE_FRAME = 0x2400000 };

static struct {
	const char *name;
	int levels, size; // of entries
	address at, code; // the page that is looked at; the page from which ring 3 executes
	u64 nx;           // NX, in modes that have it
} mode;

static u8 tables[40][4096] __attribute__((aligned(4096)));
static int used_tables;
static void *top; // the table that CR3 points to
static void *entry[5]; // the entries on the way to mode.at: entry[0] is the PTE
static u64 maxphyaddr;

static void *new_table(void) {
	u8 *t = tables[used_tables++];
	for (int i = 0; i < 4096; i++)
		t[i] = 0;
	return t;
}

static u64 get(void *e) { return mode.size == 4 ? *(u32 *)e : *(u64 *)e; }
static void set(void *e, u64 v) {
	if (mode.size == 4)
		*(volatile u32 *)e = v;
	else
		*(volatile u64 *)e = v;
}

static int shift(int level) { return 12 + level * (mode.size == 4 ? 10 : 9); }
static int pae(void) { return mode.size == 8 && mode.levels == 3; }

// way makes the tables for an address and notes its entries.
static void way(address la, void *entries[5]) {
	u8 *table = top;
	for (int level = mode.levels - 1; level >= 0; level--) {
		u8 *e = table + (la >> shift(level) & (mode.size == 4 ? 1023 : pae() && level == 2 ? 3 : 511)) * mode.size;
		if (entries)
			entries[level] = e;
		if (level == 0)
			return;
		if (!(get(e) & P))
			set(e, (word)new_table() | P | (pae() && level == 2 ? 0 : W | U));
		table = (u8 *)(word)(get(e) & 0xfffff000);
	}
}

static void map(address la, u64 pte) {
	void *e[5];
	way(la, e);
	set(e[0], pte);
}

// build makes tables: the first 64 MiB as they are, for ring 0 only, and the pages of the test.
static void build(void) {
	top = new_table();
#ifdef __x86_64__
	for (int i = 0; i < 2048; i++)
		page_tables[2 + i / 512][i % 512] &= ~(u64)U;
	u64 *pml4 = top;
	if (mode.levels == 5) {
		pml4 = new_table();
		*(u64 *)top = (word)pml4 | P | W | U;
	}
	pml4[0] = (word)page_tables[1] | P | W | U;
#else
	int large = mode.size == 4 ? 22 : 21;
	u8 *pd = top;
	if (pae()) {
		pd = new_table();
		set(top, (word)pd | P);
	}
	for (int i = 0; i < 64 << 20 >> large; i++)
		set(pd + i * mode.size, (u64)i << large | P | W | PS);
#endif
	way(mode.at, entry);
	map(mode.at, FRAME | P | W | U);
	map(mode.at + 4096, NEXT_FRAME | P | W | U);
	map(mode.code, CODE_FRAME | P | U);
}

static void flush(void) { set_cr3(get_cr3()); }

// The code under test, for which any address will do: the address is in CX.
asm(".pushsection .text\n"
    ".global reads, writes, fetches, changes\n"
    "reads: mov al, [" R(cx) " + 8]\n int 0x30\n .balign 16\n"
    "writes: mov [" R(cx) " + 8], al\n int 0x30\n .balign 16\n"
    "fetches: jmp " R(cx) "\n .balign 16\n"
    "changes: lock xadd [" R(cx) " + 8], al\n int 0x30\n .balign 16\n"
    ".popsection");
extern u8 reads[64];

static void copy_code(void) {
	for (int i = 0; i < 64; i++)
		((u8 *)CODE_FRAME)[i] = reads[i];
	*(u8 *)FRAME = 0xcd;
	((u8 *)FRAME)[1] = DONE;
}

// bits of a case's processor.
struct control {
	int wp, smep, smap, ac, nxe;
};

static struct control now = {-1, -1, -1, -1, -1};

static void bit_cr0(word bit, int on) { set_cr0(on ? get_cr0() | bit : get_cr0() & ~bit); }
static void bit_cr4(word bit, int on) { set_cr4(on ? get_cr4() | bit : get_cr4() & ~bit); }

static void control(struct control c) {
	if (c.wp != now.wp)
		bit_cr0(CR0_WP, c.wp);
	if (c.smep != now.smep)
		bit_cr4(CR4_SMEP, c.smep);
	if (c.smap != now.smap)
		bit_cr4(CR4_SMAP, c.smap);
	if (c.nxe != now.nxe)
		wrmsr(EFER, c.nxe ? rdmsr(EFER) | NXE : rdmsr(EFER) & ~(u64)NXE);
	now = c;
}

// reserved returns the reserved bits of a present entry.
static u64 reserved(int level, u64 e, const struct control *c) {
	if (mode.size == 4)
		return level == 1 && e & PS ? 1 << 21 : 0;
	u64 r = (1ull << 52) - (1ull << maxphyaddr);
	if (pae()) {
		r |= 0x7ffull << 52;
	}
	if (!c->nxe)
		r |= NX;
	if (level >= 3)
		r |= PS;
	else if (level > 0 && e & PS)
		r |= (1ull << shift(level)) - (1 << 13);
	return r;
}

// expect is the manual: the error code, or -1.
static int expect(int access, int ring, const struct control *c, int *leaf) {
	int write = access == WRITE || access == RMW, fetch = access == FETCH;
	int code = (write ? 2 : 0) | (ring ? 4 : 0);
	if (fetch && (c->smep || (mode.size == 8 && c->nxe)))
		code |= 0x10;
	int user = 1, writable = 1, nx = 0;
	int level = mode.levels - 1;
	if (pae())
		level = 1; // the PDPTE grants everything
	for (;; level--) {
		u64 e = get(entry[level]);
		if (!(e & P))
			return code;
		if (e & reserved(level, e, c))
			return code | (is_qemu ? 8 : 9); // QEMU forgets P
		user &= (e & U) != 0;
		writable &= (e & W) != 0;
		nx |= mode.size == 8 && (e & NX) != 0;
		if (level == 0 || (level < 3 && e & PS))
			break;
	}
	*leaf = level;
	code |= 1;
	if (ring == 3)
		return !user || (write && !writable) || (fetch && nx) ? code : -1;
	if (user && (fetch ? c->smep : c->smap && !c->ac))
		return code;
	if ((write && !writable && c->wp) || (fetch && nx))
		return code;
	return -1;
}

static void show(void) {
	print("     entries");
	for (int level = mode.levels - 1; level >= 0; level--)
		print(" %x:%x", (word)(get(entry[level]) >> 32), (word)(u32)get(entry[level]));
	print("\n");
}

// one makes one access and compares with what is expected.
static void one(int access, int ring, struct control c) {
	int leaf = 0;
	int code = expect(access, ring, &c, &leaf);
	control(c);
	u64 before[5];
	for (int level = 0; level < mode.levels; level++)
		before[level] = get(entry[level]);
	flush();
	fresh(ring ? (void *)(word)mode.code : reads, ring);
	cpu.ip += 16 * access;
	cpu.cx = mode.at;
	if (c.ac)
		cpu.flags |= F_AC;
	word ip = access == FETCH ? mode.at : cpu.ip;
	word cr2 = access == FETCH ? mode.at : mode.at + 8;
	run();
	int told = 0;
	if (code < 0) {
		told |= test(cpu.vector == DONE, "access %d, ring %d, WP %d, SMEP %d, SMAP %d, AC %d, NXE %d: vector %x, error %x", access, ring, c.wp, c.smep, c.smap,
		     c.ac, c.nxe, cpu.vector, cpu.error);
		int dirty = access == WRITE || access == RMW;
		for (int level = pae() ? 1 : mode.levels - 1; level >= leaf; level--) {
			u64 want = before[level] | A | (level == leaf && dirty ? D : 0);
			told |= test(get(entry[level]) == want, "access %d, ring %d: entry of level %d is %x", access, ring, level, (word)get(entry[level]));
		}
	} else {
		told |= test(cpu.vector == PF && cpu.error == (word)code, "access %d, ring %d, WP %d, SMEP %d, SMAP %d, AC %d, NXE %d: expected error %x, got vector %x, %x",
		     access, ring, c.wp, c.smep, c.smap, c.ac, c.nxe, (word)code, cpu.vector, cpu.error);
		told |= test(cpu.cr2 == cr2 && cpu.ip == ip, "CR2 %x, IP %x", cpu.cr2, cpu.ip);
		for (int level = 0; level < mode.levels; level++)
			told |= test((get(entry[level]) & ~(u64)A) == (before[level] & ~(u64)A), "a fault changed the entry of level %d", level);
	}
	if (told)
		show();
}

static u32 seed = 1;
static u32 chance(u32 n) {
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static u64 leaf_frame(int level) { return level == 0 ? FRAME : FRAME & ~((1ull << shift(level)) - 1); }

// plain puts the entries on the way to a leaf at a level; all rights.
static void plain(int leaf) {
	for (int level = mode.levels - 1; level > leaf; level--) {
		u64 e = get(entry[level]) & 0xfffff000;
		if (pae() && level == 2)
			continue;
		set(entry[level], e | P | W | U);
	}
	set(entry[leaf], leaf_frame(leaf) | P | W | U | (leaf ? PS : 0));
}

static int has_1g(void) {
	u32 r[4];
	cpuid(0x80000001, 0, r);
	return r[3] >> 26 & 1;
}

static int leaves(void) { return mode.size == 4 || pae() ? 2 : has_1g() ? 3 : 2; }

// accesses leaves the last one out in QEMU, which takes a locked change for a load first.
static int accesses(void) { return is_qemu ? RMW : RMW + 1; }

static struct control controls(int bits) {
	struct control c = {bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3 & 1, bits >> 4 & 1};
	return c;
}

// rights: the leaf's bits × everything.
static void rights(int leaf) {
	group("%s: leaf of level %s: P, W, U, NX × access × ring × WP, SMEP, SMAP, AC, NXE", mode.name, leaf == 0 ? "1" : leaf == 1 ? "2" : "3");
	void *saved[5];
	u64 tables_of[5];
	for (int i = 0; i < mode.levels; i++)
		tables_of[i] = get(entry[i]), saved[i] = entry[i];
	for (int c = 0; c < 32; c++)
		for (int bits = 0; bits < 16; bits++) {
			if (bits & 8 && !mode.nx)
				continue;
			for (int access = 0; access < accesses(); access++)
				for (int ring = 0; ring <= 3; ring += 3) {
					plain(leaf);
					set(entry[leaf], (leaf_frame(leaf) | (leaf ? PS : 0) | (bits & 7)) | (bits & 8 ? NX : 0));
					one(access, ring, controls(c));
				}
		}
	for (int i = 0; i < mode.levels; i++)
		set(saved[i], tables_of[i]);
	group_end();
}

// mixed: bits of all levels by chance.
static void mixed(int leaf) {
	group("%s: leaf of level %s: bits of all levels", mode.name, leaf == 0 ? "1" : leaf == 1 ? "2" : "3");
	u64 tables_of[5];
	for (int i = 0; i < mode.levels; i++)
		tables_of[i] = get(entry[i]);
	for (int n = 0; n < 1500; n++) {
		plain(leaf);
		for (int level = pae() ? 1 : mode.levels - 1; level >= leaf; level--) {
			u64 e = get(entry[level]);
			if (chance(12) == 0)
				e &= ~(u64)P;
			if (chance(6) == 0)
				e &= ~(u64)W;
			if (chance(6) == 0)
				e &= ~(u64)U;
			if (mode.nx && chance(6) == 0)
				e |= NX;
			if (mode.size == 8 && chance(20) == 0)
				e |= 1ull << (maxphyaddr + chance((pae() ? 63 : 52) - maxphyaddr));
			if (level >= 3 && chance(16) == 0)
				e |= PS;
			if (level == leaf && leaf && chance(12) == 0)
				e |= mode.size == 4 ? 1 << 21 : 1ull << (13 + chance(shift(level) - 13));
			set(entry[level], e | chance(8) << 9); // bits 11:9 are the software's
		}
		one(chance(accesses()), chance(2) * 3, controls(chance(32) | (mode.nx ? 16 : 0) * (chance(4) != 0)));
	}
	for (int i = 0; i < mode.levels; i++)
		set(entry[i], tables_of[i]);
	group_end();
}

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

static void all(void) {
	copy_code();
	for (int leaf = 0; leaf < leaves(); leaf++)
		rights(leaf);
	for (int leaf = 0; leaf < leaves(); leaf++)
		mixed(leaf);
	changes();
	implicit();
	tlb();
	crossing();
	control((struct control){0, 0, 0, 0, 0});
}

#ifdef __x86_64__
// switch_to leaves long mode and comes back with other tables and CR4.
void switch_to(word cr3, word cr4);
asm(".pushsection .text\n"
    "switch_to:\n push rbx\n push rbp\n"
    "push 0x38\n lea rax, [1f]\n push rax\n retfq\n" // KCS32
    ".code32\n"
    "1: mov eax, 0x10\n mov ss, eax\n mov eax, cr0\n and eax, 0x7fffffff\n mov cr0, eax\n"
    "mov cr4, esi\n mov cr3, edi\n or eax, 0x80000000\n mov cr0, eax\n ljmp 8, offset 2f\n"
    ".code64\n"
    "2: pop rbp\n pop rbx\n ret\n .popsection");

void image(void) {
	u32 r[4];
	cpuid(0x80000008, 0, r);
	maxphyaddr = r[0] & 0xff;
	mode.name = "4-level";
	mode.levels = 4;
	mode.size = 8;
	mode.nx = NX;
	mode.at = 0x123440000000 + FRAME;
	mode.code = 0x700000003000;
	build();
	set_cr3((word)top);
	all();
	cpuid(7, 0, r);
	if (!(r[2] >> 16 & 1)) {
		skip("5-level", "this processor has no LA57");
		return;
	}
	mode.name = "5-level";
	mode.levels = 5;
	mode.at = 0x12345680000000 + FRAME;
	mode.code = 0x70000000003000;
	build();
	switch_to((word)top, get_cr4() | CR4_LA57);
	all();
}
#else
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

void image(void) {
	u32 r[4];
	cpuid(0x80000008, 0, r);
	maxphyaddr = r[0] & 0xff;
	mode.name = "32-bit";
	mode.levels = 2;
	mode.size = 4;
	mode.at = 0x80000000 + FRAME;
	mode.code = 0xc0003000;
	bit_cr4(CR4_PSE, 1);
	build();
	set_cr3((word)top);
	bit_cr0(CR0_PG, 1);
	all();
	bit_cr0(CR0_PG, 0);
	mode.name = "PAE";
	mode.levels = 3;
	mode.size = 8;
	mode.nx = NX;
	bit_cr4(CR4_PAE, 1);
	build();
	set_cr3((word)top);
	bit_cr0(CR0_PG, 1);
	all();
	qemu_differs("it reads PDPTEs at each walk");
	pdpte();
	qemu_differs(0);
}
#endif
