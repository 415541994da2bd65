// What the bare-metal test images share: the state of the processor under test, checks, ports, descriptors.
//
// An image is one subject. It runs in ring 0 of a PC without anything else: a check prepares descriptors or page tables,
// fills in `cpu`, calls run(), and looks at `cpu` again: what was executed ends at the first exception or interrupt, and
// vector, error code and all registers are those at that moment. Code that comes to its end says so with INT 0x30 (DONE).
#pragma once

typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long word; // as wide as the image's registers

// The order is entry.S's.
struct cpu {
	word ip, cs, flags, sp, ss;
	word ax, cx, dx, bx, bp, si, di;
	word ds, es, fs, gs;
	word vector, error; // how it ended; error is NONE when nothing was pushed
	word at;            // where the processor's pushes ended
	word hcs, hflags;   // CS and flags with which the handler began
	word hss;
	word cr2;
	word r8, r9, r10, r11, r12, r13, r14, r15;
};

extern struct cpu cpu;

// run executes from what cpu says until a trap for which there is no hook, or whose hook says 0.
void run(void);

// A hook gets a trap; when it returns nonzero, execution goes on with what cpu then says.
extern int (*hook[256])(void);

#define NONE ((word)-1)

enum { DE = 0, DB = 1, NMI = 2, BP = 3, OF = 4, BR = 5, UD = 6, NM = 7, DF = 8, TS = 10, NP = 11, SS = 12, GP = 13, PF = 14,
	MF = 16, AC = 17, XM = 19, DONE = 0x30 };

// Selectors of the runtime; those from FREE on are the image's.
enum { KCS = 0x08, KDS = 0x10, UCS = 0x1b, UDS = 0x23, TSS_SEL = 0x28, KCS32 = 0x38, UCS32 = 0x43, FREE = 0x50 };

#define GDT_SIZE 64
extern u64 gdt[GDT_SIZE], ldt[16];

struct gate { u32 w[sizeof(word) / 2]; };
extern struct gate idt[256];

#ifdef __x86_64__
struct tss {
	u32 reserved0;
	u64 rsp[3], reserved1, ist[7], reserved2;
	u16 reserved3, iomap;
	u8 bits[64]; // of the I/O permission map
} __attribute__((packed));
#else
struct tss {
	u32 link, esp0, ss0, esp1, ss1, esp2, ss2, cr3, eip, eflags, eax, ecx, edx, ebx, esp, ebp, esi, edi;
	u32 es, cs, ss, ds, fs, gs, ldt;
	u16 trap, iomap;
	u8 bits[64];
};
#endif
extern struct tss tss;
extern u8 kernel_stack[4096], test_stack[4096], other_stack[4096];
#define TOP(stack) ((word)(stack) + sizeof(stack))

// Bits 55:40 of a descriptor: type, S, DPL, P, AVL, L, D/B, G.
enum {
	D_A = 1, D_W = 2, D_DOWN = 4, D_CODE = 8, D_S = 0x10, D_P = 0x80, D_L = 0x2000, D_DB = 0x4000, D_G = 0x8000,
	D_DATA = D_P | D_S | D_W, D_TEXT = D_P | D_S | D_CODE | D_W, D_CONF = 4,
#ifdef __x86_64__
	D_MODE = D_L, // of code that is like the image's
#else
	D_MODE = D_DB,
#endif
};
#define DPL(n) ((n) << 5)

u64 descriptor(u32 base, u32 limit, u32 attr); // limit is the field: 20 bits
void set_gate(int vector, word offset, u16 sel, u32 attr, u32 ist);
void reset_tables(void); // GDT, IDT, TSS as they are at the beginning

// fresh makes cpu that of ring 0 or 3, about to execute code, interrupts off.
void fresh(const void *code, int ring);

// The flags.
enum { F_CF = 1, F_ZF = 0x40, F_TF = 0x100, F_IF = 0x200, F_DF = 0x400, F_NT = 0x4000, F_RF = 0x10000, F_VM = 0x20000,
	F_AC = 0x40000, F_ID = 1 << 21 };

// R is the name of a general register of the image's width: R(ax).
#ifdef __x86_64__
#define R(name) "r" #name
#define IRET "iretq"
#else
#define R(name) "e" #name
#define IRET "iret"
#endif

// START prepares to execute assembly text (in the image's mode) in a ring; begin is where it lies. It is followed by DONE.
#define START(ring, text) \
	do { \
		asm volatile(".pushsection .text.tests, \"ax\"\n .balign 16\n 777:\n" text "\n int 0x30\n .popsection\n lea %0, [777b]" : "=r"(begin)); \
		fresh(begin, ring); \
	} while (0)
extern u8 *begin;

// TRY executes text and wants it to end with vector and error code at its first byte; TRY_AT, at another.
#define TRY_AT(name, ring, vector, error, at, text) \
	do { \
		START(ring, text); \
		run(); \
		want(name, vector, error, begin + (at)); \
	} while (0)
// TRY_MARK, at its label 778.
#define TRY_MARK(name, ring, vector, error, text) \
	do { \
		START(ring, text); \
		u8 *mark; \
		asm volatile("lea %0, [778b]" : "=r"(mark)); \
		run(); \
		want(name, vector, error, mark); \
	} while (0)
#define TRY(name, ring, vector, error, text) TRY_AT(name, ring, vector, error, 0, text)

// PASS executes text, which ends with DONE.
#define PASS(name, ring, text) \
	do { \
		START(ring, text); \
		run(); \
		want(name, DONE, NONE, 0); \
	} while (0)

// PUT executes text with value in AX and wants a vector.
#define PUT(text, value, expected, ...) \
	do { \
		START(0, text); \
		cpu.ax = value; \
		word wanted = expected; \
		run(); \
		test(cpu.vector == wanted && (wanted != GP || cpu.error == 0), __VA_ARGS__); \
	} while (0)

// What there is to say.
extern const char subject[]; // the image's name with its width
#ifdef __x86_64__
#define BITS "64"
#else
#define BITS "32"
#endif
extern int failures;
void print(const char *format, ...); // %s, %d, %x (a word)
void check(const char *what, int ok, const char *format, ...);
void equal(const char *what, word got, word want);
void skip(const char *what, const char *why);

// A group is many checks that are told as one line; failures each get theirs, up to a few.
void group(const char *format, ...);
int test(int ok, const char *format, ...); // nonzero when a failure was told
void group_end(void);

// want checks how the last run ended. error NONE: none is pushed. ip 0: wherever.
void want(const char *what, word vector, word error, const void *ip);

// qemu_differs tells why QEMU's translator, which does not follow the manual everywhere, fails the checks up to
// qemu_differs(0): there, a failure is told as skipped, with the reason.
void qemu_differs(const char *why);
extern int is_qemu;

// Selector error codes: bit 0 EXT, bit 1 IDT, bit 2 TI (SDM 3A "Error Code"). QEMU up to 8 takes 16 for 8 in long mode.
#define IDT_ERROR(n) ((n) * (is_qemu && sizeof(word) == 8 ? 16 : 8) + 2)
#define EXT 1

// What CPUID reports: has(F7, EBX, 20) is bit 20 of EBX of leaf 7.
extern u32 feature[4][4];
enum { F1, F7, FX1, FX8 }; // leaves 1, 7, 0x80000001, 0x80000008
enum { EAX, EBX, ECX, EDX };
static inline int has(int leaf, int reg, int bit) { return feature[leaf][reg] >> bit & 1; }

void exit_machine(int status);
void image(void); // the subject's own

static inline void outb(u16 port, u8 v) { asm volatile("out dx, al" : : "a"(v), "d"(port)); }
static inline u8 inb(u16 port) { u8 v; asm volatile("in al, dx" : "=a"(v) : "d"(port)); return v; }
static inline void outw(u16 port, u16 v) { asm volatile("out dx, ax" : : "a"(v), "d"(port)); }
static inline u16 inw(u16 port) { u16 v; asm volatile("in ax, dx" : "=a"(v) : "d"(port)); return v; }
static inline void outl(u16 port, u32 v) { asm volatile("out dx, eax" : : "a"(v), "d"(port)); }
static inline u32 inl(u16 port) { u32 v; asm volatile("in eax, dx" : "=a"(v) : "d"(port)); return v; }

#define CONTROL(r) \
	static inline word get_##r(void) { word v; asm volatile("mov %0, " #r : "=r"(v)); return v; } \
	static inline void set_##r(word v) { asm volatile("mov " #r ", %0" : : "r"(v) : "memory"); }
CONTROL(cr0)
CONTROL(cr2)
CONTROL(cr3)
CONTROL(cr4)
CONTROL(dr0)
CONTROL(dr1)
CONTROL(dr2)
CONTROL(dr3)
CONTROL(dr6)
CONTROL(dr7)

static inline u64 rdmsr(u32 n) { u32 a, d; asm volatile("rdmsr" : "=a"(a), "=d"(d) : "c"(n)); return (u64)d << 32 | a; }
static inline void wrmsr(u32 n, u64 v) { asm volatile("wrmsr" : : "c"(n), "a"((u32)v), "d"((u32)(v >> 32)) : "memory"); }
static inline u64 rdtsc(void) { u32 a, d; asm volatile("rdtsc" : "=a"(a), "=d"(d)); return (u64)d << 32 | a; }
static inline void invlpg(word at) { asm volatile("invlpg [%0]" : : "r"(at) : "memory"); }
static inline void cpuid(u32 leaf, u32 sub, u32 r[4]) {
	asm volatile("cpuid" : "=a"(r[0]), "=b"(r[1]), "=c"(r[2]), "=d"(r[3]) : "a"(leaf), "c"(sub));
}

#define COUNT(a) ((int)(sizeof(a) / sizeof((a)[0])))
#define EFER 0xc0000080
