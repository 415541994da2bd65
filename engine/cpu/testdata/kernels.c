// The benchmark's guest: small kernels of the kinds that programs spend their time in. Flat code at 0x400000:
//   gcc -O2 -nostdlib -static -fno-pic -mgeneral-regs-only -fno-stack-protector -fno-asynchronous-unwind-tables -fcf-protection=none -fno-tree-loop-distribute-patterns
//       -Wl,--build-id=none,-Ttext=0x400000,-Tdata=0x404000 kernels.c -o kernels.elf && objcopy -O binary kernels.elf kernels.bin
typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

static u64 work(u64 rounds);

// The entry: RDI is the number of rounds; the checksum is left in RAX.
__attribute__((naked, section(".text.unlikely"))) void _start(void) { __asm__("call work_entry; hlt"); }
__attribute__((used)) u64 work_entry(u64 rounds) { return work(rounds); }

static u8 flags[8192];
static u32 table[256];
static u64 from[1024], to[1024];
static int numbers[2048];

static u64 sieve(void) {
	u64 count = 0;
	for (u32 i = 0; i < sizeof flags; i++)
		flags[i] = 1;
	for (u32 i = 2; i < sizeof flags; i++)
		if (flags[i]) {
			count++;
			for (u32 k = i + i; k < sizeof flags; k += i)
				flags[k] = 0;
		}
	return count;
}

static u64 crc(void) {
	u32 c = ~0u;
	for (u32 i = 0; i < sizeof from; i++)
		c = table[(u8)(c ^ ((u8 *)from)[i])] ^ c >> 8;
	return c;
}

static u64 copy(void) {
	for (u32 i = 0; i < 1024; i++)
		to[i] = from[i];
	return to[77];
}

static void sort(int *a, int n) {
	while (n > 1) {
		int p = a[n / 2], i = 0, j = n - 1;
		while (i <= j) {
			while (a[i] < p)
				i++;
			while (a[j] > p)
				j--;
			if (i <= j) {
				int t = a[i];
				a[i++] = a[j];
				a[j--] = t;
			}
		}
		sort(a, j + 1);
		a += i;
		n -= i;
	}
}

static u64 quicksort(void) {
	u32 x = 12345;
	for (int i = 0; i < 2048; i++)
		numbers[i] = (x = x * 1103515245 + 12345) >> 8;
	sort(numbers, 2048);
	return numbers[1000];
}

struct node {
	struct node *next;
	int value, kind;
	char name[16];
};
static struct node nodes[64];

static __attribute__((noinline)) int same(const char *a, const char *b) {
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static u64 records(void) {
	u64 sum = 0;
	for (int i = 0; i < 64; i++) {
		nodes[i].next = &nodes[(i * 7 + 1) & 63];
		nodes[i].value = i;
		nodes[i].kind = i % 3;
		for (int k = 0; k < 15; k++)
			nodes[i].name[k] = 'a' + (k < 12 ? k : i % (k + 1));
	}
	struct node *n = nodes;
	for (int i = 0; i < 300; i++, n = n->next)
		switch (n->kind) {
		case 0: sum += n->value; break;
		case 1: sum ^= n->value << 3; break;
		default: sum += same(n->name, n->next->name);
		}
	return sum;
}

static const u8 program[] = {1, 200, 2, 3, 4, 5, 3, 6, 1, 7};

static u64 machine(void) {
	u64 acc = 0, n = 1500;
	for (u32 pc = 0;;)
		switch (program[pc]) {
		case 1: acc += 5; pc++; break;
		case 2: acc ^= acc >> 3; pc++; break;
		case 3: acc *= 17; pc++; break;
		case 4: acc -= 9; pc++; break;
		case 5: acc |= 1; pc++; break;
		case 6: acc &= 0xffffff; pc++; break;
		case 7: if (--n == 0) return acc; pc = 0; break;
		default: acc++; pc++;
		}
}

static u64 work(u64 rounds) {
	u64 sum = 0;
	for (u32 i = 0; i < 256; i++) {
		u32 c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ 0xedb88320 : c >> 1;
		table[i] = c;
	}
	for (u32 i = 0; i < 1024; i++)
		from[i] = i * 0x9e3779b97f4a7c15;
	while (rounds--)
		sum = sum * 31 + sieve() + crc() + copy() + quicksort() + records() + machine();
	return sum;
}
