// restart: a page fault in the middle of an instruction changes nothing, and when the page is there the instruction ends as
// if nothing had been: operands, stacks and pointers in pages that are absent, one after the other (SDM 3A "Restarting an
// Instruction After an Exception").
#include "metal.h"

const char subject[] = "restart" BITS;

enum { AT = 0x30000000, PAGES = 3, MIDDLE = AT + 4096, P = 1, W = 2, U = 4 };

static u32 frames[PAGES * 1024] __attribute__((aligned(4096)));
static u32 result[PAGES * 1024];
static word small[4096 / sizeof(word)] __attribute__((aligned(4096)));
#ifdef __x86_64__
extern u64 page_tables[6][512];
#else
static u32 directory[1024] __attribute__((aligned(4096)));
#endif

static void build(void) {
#ifdef __x86_64__
	page_tables[2][AT >> 21] = (word)small | P | W | U;
	set_cr3(get_cr3());
#else
	for (int i = 0; i < 1024; i++)
		directory[i] = (u32)i << 22 | 0x80 | P | W | U;
	directory[AT >> 22] = (u32)small | P | W | U;
	set_cr4(get_cr4() | 0x10); // PSE
	set_cr3((word)directory);
	set_cr0(get_cr0() | 0x80000000);
#endif
	set_cr4(get_cr4() | 1 << 9); // OSFXSR
	asm volatile("fninit");
}

static void map(int i, int present) {
	small[i] = ((word)frames + 4096 * i) | (present ? P | W | U : 0);
	invlpg(AT + 4096 * i);
}

// Around the borders of the pages is what the cases touch.
enum { AROUND = 160 };
#define EACH_WORD for (int border = 1024; border < PAGES * 1024; border += 1024) for (int i = border - AROUND; i < border + AROUND; i++)

static u32 pattern(int i) { return i * 0x9e3779b1u; }

static void fill(void) {
	EACH_WORD
		frames[i] = pattern(i);
}

// A case's text and what it begins with.
static struct cpu first;
static const char *name;

// What may have happened before a fault. The stores of one that stores several times may stay; of SEVERAL instructions only
// the end counts.
static enum { NOTHING, STORES, STRING, SEVERAL } done;

static int same(const struct cpu *a, const struct cpu *b, int all) {
	int ok = a->ip == b->ip && a->dx == b->dx && a->bx == b->bx && a->bp == b->bp && a->sp == b->sp && a->ss == b->ss && a->ds == b->ds &&
	         a->es == b->es && a->cs == b->cs;
	return ok && (!all || (a->ax == b->ax && ((a->flags ^ b->flags) & ~(word)F_RF) == 0 && a->cx == b->cx && a->si == b->si && a->di == b->di));
}

static void restart(void) {
	for (int i = 0; i < PAGES; i++)
		map(i, 1);
	fill();
	cpu = first;
	run();
	struct cpu end = cpu;
	test(cpu.vector == DONE, "%s: vector %x, error %x", name, cpu.vector, cpu.error);
	EACH_WORD
		result[i] = frames[i];
	for (int holes = 1; holes < 1 << PAGES; holes++) {
		for (int i = 0; i < PAGES; i++)
			map(i, !(holes >> i & 1));
		fill();
		cpu = first;
		int faults = 0;
		for (run(); cpu.vector == PF && faults <= PAGES; run(), faults++) {
			test(done == SEVERAL || same(&cpu, &first, done <= STORES), "%s, pages %x: changed by the fault: AX %x, CX %x, SP %x, IP %x", name, (word)holes, cpu.ax, cpu.cx, cpu.sp,
			     cpu.ip - first.ip);
			test(cpu.cr2 >= AT && cpu.cr2 < AT + PAGES * 4096 && (cpu.error & ~2ul) == 4, "%s, pages %x: CR2 %x, error %x", name, (word)holes, cpu.cr2, cpu.error);
			if (cpu.cr2 < AT || cpu.cr2 >= AT + PAGES * 4096)
				break;
			if (done == NOTHING) {
				int clean = 1;
				EACH_WORD
					clean &= frames[i] == pattern(i);
				qemu_differs("it stores piece by piece, as processors may");
				test(clean, "%s, pages %x: half of it was stored", name, (word)holes);
				qemu_differs(0);
			}
			map((cpu.cr2 - AT) >> 12, 1);
		}
		test(cpu.vector == DONE && same(&cpu, &end, 1), "%s, pages %x, %d faults: vector %x, AX %x, CX %x, SP %x", name, (word)holes, faults, cpu.vector, cpu.ax, cpu.cx,
		     cpu.sp);
		int clean = 1;
		EACH_WORD
			clean &= frames[i] == result[i];
		test(clean, "%s, pages %x: stored something else", name, (word)holes);
	}
}

// CASE runs text in ring 3 with memory operands around the border of two pages, and its stack too.
#define CASE(text, operand, stack) \
	do { \
		START(3, text); \
		name = text; \
		cpu.bx = MIDDLE - (operand); \
		cpu.si = MIDDLE - (operand); \
		cpu.di = MIDDLE + 4096 - (operand); \
		cpu.cx = 9; \
		cpu.ax = 0x12345678; \
		cpu.dx = 0x9abcdef0; \
		cpu.bp = MIDDLE + 64; \
		cpu.sp = MIDDLE + (stack); \
		first = cpu; \
		restart(); \
	} while (0)

#define CASES(text, operand, stack) CASE_OF(SEVERAL, text, operand, stack)
#define CASE_OF(how, text, operand, stack) \
	do { \
		done = how; \
		CASE(text, operand, stack); \
		done = NOTHING; \
	} while (0)

#define B "[" R(bx) "]"

static void plain(void) {
	group("operands across pages");
	for (int k = 1; k < 8; k += 2) {
		CASE("mov eax, " B, k, 0);
		CASE("mov " B ", eax", k, 0);
		CASE("add " B ", eax", k, 0);
		CASE("add eax, " B, k, 0);
		CASE("xchg " B ", eax", k, 0);
		CASE("lock xadd " B ", eax", k, 0);
		CASE("cmpxchg " B ", ecx", k, 0);
		CASE("cmpxchg8b " B, k, 0);
		CASE("bts " B ", ecx", k, 0);
		CASE("shld " B ", eax, 5", k, 0);
		CASE("rcl dword ptr " B ", cl", k, 0);
		CASE("not dword ptr " B, k, 0);
		CASES("fld tbyte ptr " B "; fstp st(0)", k, 0);
		CASES("movups xmm0, " B "\n movups [" R(di) "], xmm0", k, 0);
		CASE("movups " B ", xmm1", k, 0);
		CASE("sgdt " B, k, 0);
	}
	CASES("mov edx, 0x80\n xlatb", 3, 0);
	CASE("fxsave [" R(bx) " + 12]", 268, 0);
	CASES("fninit\n fnsave " B, 50, 0);
	CASES("fninit\n fnstenv " B, 9, 0);
	CASES("fninit\n fld1\n fstp tbyte ptr " B, 5, 0);
	group_end();
}

static void stacks(void) {
	group("stacks across pages");
	for (int k = 1; k < 9; k += 2) {
		CASE("push " R(ax), 3, k);
		CASE("pop " R(ax), 3, -k);
		CASES("push " R(ax) "\n pop " R(ax), 3, k);
		CASE("call 1f\n 1:", 3, k);
		CASE("pushf", 3, k);
		CASE("leave", 3, 0);
		CASE_OF(STORES, "enter 16, 0", 3, k);
		CASE_OF(STORES, "enter 16, 3", 3, k);
#ifdef __x86_64__
		CASE("push qword ptr [rbx]", k, k);
		CASE("pop qword ptr [rbx]", k, 2048 - k);
		CASE("pop qword ptr [rsp + 4090]", 3, -k);
#else
		CASE("push dword ptr [ebx]", k, k);
		CASE("pop dword ptr [ebx]", k, 2048 - k);
		CASE("pop dword ptr [esp + 4090]", 3, -k);
		CASE_OF(STORES, "pusha", 3, k + 8);
		CASES("popa\n mov esi, 0\n mov edi, 0", 3, -k - 8);
		CASE("push ds", 3, k);
#endif
	}
	group_end();
}

static void strings(void) {
	group("strings across pages");
	for (int k = 1; k < 8; k += 2) {
		CASE("movsd", k, 0);
		CASE("movsw", k, 0);
		CASE("stosd", k, 0);
		CASE("lodsd", k, 0);
		CASE("cmpsd", k, 0);
		CASE("scasd", k, 0);
		CASE_OF(STRING, "rep movsb", k, 0);
		CASE_OF(STRING, "rep movsd", k, 0);
		CASE_OF(STRING, "rep stosw", k, 0);
		CASE_OF(STRING, "rep lodsd", k, 0);
		CASE_OF(STRING, "repe cmpsb", k, 0);
		CASE_OF(STRING, "repne scasd", k, 0);
		CASES("std\n rep movsb\n cld", k, 0);
	}
	group_end();
}

// transfers: what a far transfer reads from memory or from the stack.
static void transfers(void) {
	group("transfers across pages");
	for (int k = 1; k < 9; k += 2) {
#ifdef __x86_64__
		CASES("lea rax, [1f]\n mov [rbx], rax\n jmp qword ptr [rbx]\n 1:", k, 0);
		CASES("push 0x23\n push 0x30000f00\n pushf\n push 0x1b\n lea rax, [1f]\n push rax\n iretq\n 1:", 3, 24 + k);
#else
		CASES("lea eax, [1f]\n mov [ebx], eax\n jmp dword ptr [ebx]\n 1:", k, 0);
		CASES("pushf\n push 0x1b\n lea eax, [1f]\n push eax\n iret\n 1:", 3, 8 + k);
		CASES("push 0x1b\n lea eax, [1f]\n push eax\n retf\n 1:", 3, 4 + k);
#endif
	}
	group_end();
}

void image(void) {
	build();
	plain();
	stacks();
	strings();
	transfers();
}
