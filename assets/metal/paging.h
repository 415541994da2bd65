// What paging.c and tlb.c share: tables in each mode, one access, and what the manual says of it (SDM 3A "Paging",
// "Determination of Access Rights", "Page-Fault Exceptions").
#pragma once
#include "metal.h"

#ifdef __x86_64__
typedef u64 address;
extern u64 page_tables[6][512]; // entry.S: PML4, PDPT, 4 page directories
#else
typedef u32 address;
#endif

enum { P = 1, W = 2, U = 4, A = 0x20, D = 0x40, PS = 0x80, G = 0x100 };
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

static inline void *new_table(void) {
	u8 *t = tables[used_tables++];
	for (int i = 0; i < 4096; i++)
		t[i] = 0;
	return t;
}

static inline u64 get(void *e) { return mode.size == 4 ? *(u32 *)e : *(u64 *)e; }
static inline void set(void *e, u64 v) {
	if (mode.size == 4)
		*(volatile u32 *)e = v;
	else
		*(volatile u64 *)e = v;
}

static inline int shift(int level) { return 12 + level * (mode.size == 4 ? 10 : 9); }
static inline int pae(void) { return mode.size == 8 && mode.levels == 3; }

// way makes the tables for an address and notes its entries.
static inline void way(address la, void *entries[5]) {
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

static inline void map(address la, u64 pte) {
	void *e[5] = {0};
	way(la, e);
	set(e[0], pte);
}

// build makes tables: the first 64 MiB as they are, for ring 0 only, and the pages of the test.
static inline void build(void) {
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

static inline void flush(void) { set_cr3(get_cr3()); }

// The code under test, for which any address will do: the address is in CX.
asm(".pushsection .text\n"
    ".global reads, writes, fetches, changes\n"
    "reads: mov al, [" R(cx) " + 8]\n int 0x30\n .balign 16\n"
    "writes: mov [" R(cx) " + 8], al\n int 0x30\n .balign 16\n"
    "fetches: jmp " R(cx) "\n .balign 16\n"
    "changes: lock xadd [" R(cx) " + 8], al\n int 0x30\n .balign 16\n"
    ".popsection");
extern u8 reads[64];

static inline void copy_code(void) {
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

static inline void bit_cr0(word bit, int on) { set_cr0(on ? get_cr0() | bit : get_cr0() & ~bit); }
static inline void bit_cr4(word bit, int on) { set_cr4(on ? get_cr4() | bit : get_cr4() & ~bit); }

static inline void control(struct control c) {
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
static inline u64 reserved(int level, u64 e, const struct control *c) {
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
static inline int expect(int access, int ring, const struct control *c, int *leaf) {
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

static inline void show(void) {
	print("     entries");
	for (int level = mode.levels - 1; level >= 0; level--)
		print(" %x:%x", (word)(get(entry[level]) >> 32), (word)(u32)get(entry[level]));
	print("\n");
}

// one makes one access and compares with what is expected.
static inline void one(int access, int ring, struct control c) {
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
static inline u64 leaf_frame(int level) { return level == 0 ? FRAME : FRAME & ~((1ull << shift(level)) - 1); }

// plain puts the entries on the way to a leaf at a level; all rights.
static inline void plain(int leaf) {
	for (int level = mode.levels - 1; level > leaf; level--) {
		u64 e = get(entry[level]) & 0xfffff000;
		if (pae() && level == 2)
			continue;
		set(entry[level], e | P | W | U);
	}
	set(entry[leaf], leaf_frame(leaf) | P | W | U | (leaf ? PS : 0));
}

static inline struct control controls(int bits) {
	struct control c = {bits & 1, bits >> 1 & 1, bits >> 2 & 1, bits >> 3 & 1, bits >> 4 & 1};
	return c;
}

static inline void each(void (*test)(void)) {
	copy_code();
	test();
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

// each_mode builds tables in each mode of the image, and calls test there.
static inline void each_mode(void (*test)(void)) {
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
	each(test);
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
	each(test);
}
#else
static inline void each_mode(void (*test)(void)) {
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
	each(test);
	bit_cr0(CR0_PG, 0);
	mode.name = "PAE";
	mode.levels = 3;
	mode.size = 8;
	mode.nx = NX;
	bit_cr4(CR4_PAE, 1);
	build();
	set_cr3((word)top);
	bit_cr0(CR0_PG, 1);
	each(test);
}
#endif
