// paging: the bits of paging-structure entries at every level × access × ring × CR0.WP, SMEP, SMAP, AC, NXE: fault or not,
// error code, CR2, A and D afterwards, in each mode; reserved bits (SDM 3A "Paging").
#include "paging.h"

const char subject[] = "paging" BITS;

static u32 seed = 1;
static u32 chance(u32 n) {
	seed = seed * 1664525 + 1013904223;
	return (seed >> 8) % n;
}

static int has_1g(void) {
	u32 r[4];
	cpuid(0x80000001, 0, r);
	return r[3] >> 26 & 1;
}

static int leaves(void) { return mode.size == 4 || pae() ? 2 : has_1g() ? 3 : 2; }

// accesses leaves the last one out in QEMU, which takes a locked change for a load first.
static int accesses(void) { return is_qemu ? RMW : RMW + 1; }

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

static void all(void) {
	for (int leaf = 0; leaf < leaves(); leaf++)
		rights(leaf);
	for (int leaf = 0; leaf < leaves(); leaf++)
		mixed(leaf);
}

void image(void) { each_mode(all); }
