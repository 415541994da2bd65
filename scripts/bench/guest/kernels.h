// The benchmark's kernels: small programs of the kinds that time is spent in. No library is needed but memset. What they
// compute with is 32 bits wide, so that the same source is the same work on a 32-bit machine.

#include <stddef.h>
#include <stdint.h>

void *memset(void *, int, size_t);

static uint32_t seed = 1;
static uint32_t next_random(void) { return seed = seed * 1664525 + 1013904223; }

static uint32_t sieve(int rounds)
{
	enum { N = 1 << 20 };
	static uint8_t composite[N];
	uint32_t primes = 0;
	while (rounds--) {
		memset(composite, 0, N);
		for (uint32_t i = 2; i * i < N; i++)
			if (!composite[i])
				for (uint32_t j = i * i; j < N; j += i)
					composite[j] = 1;
		primes = 0;
		for (uint32_t i = 2; i < N; i++)
			primes += !composite[i];
	}
	return primes;
}

static uint32_t crc(int rounds)
{
	static uint32_t table[256];
	static uint8_t data[1 << 16];
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320 ^ c >> 1 : c >> 1;
		table[i] = c;
	}
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = next_random() >> 24;
	uint32_t c = ~0u;
	while (rounds--)
		for (size_t i = 0; i < sizeof data; i++)
			c = table[(c ^ data[i]) & 255] ^ c >> 8;
	return c;
}

static uint32_t copy_words(int rounds)
{
	enum { N = 1 << 18 };
	static uint32_t from[N], to[N];
	for (int i = 0; i < N; i++)
		from[i] = next_random();
	while (rounds--) {
		for (int i = 0; i < N; i++) {
			to[i] = from[i];
			__asm__ volatile("" ::: "memory"); // keep it a loop of loads and stores
		}
		from[rounds & (N - 1)]++;
	}
	uint32_t sum = 0;
	for (int i = 0; i < N; i++)
		sum = sum * 31 + to[i];
	return sum;
}

static void quicksort(uint32_t *a, int lo, int hi)
{
	while (lo < hi) {
		uint32_t pivot = a[lo + (hi - lo) / 2];
		int i = lo, j = hi;
		while (i <= j) {
			while (a[i] < pivot) i++;
			while (a[j] > pivot) j--;
			if (i <= j) {
				uint32_t t = a[i];
				a[i++] = a[j];
				a[j--] = t;
			}
		}
		if (j - lo < hi - i) {
			quicksort(a, lo, j);
			lo = i;
		} else {
			quicksort(a, i, hi);
			hi = j;
		}
	}
}

static uint32_t sort(int rounds)
{
	enum { N = 1 << 16 };
	static uint32_t a[N];
	uint32_t sum = 0;
	while (rounds--) {
		for (int i = 0; i < N; i++)
			a[i] = next_random();
		quicksort(a, 0, N - 1);
		for (int i = 0; i < N; i += 97)
			sum = sum * 31 + a[i];
	}
	return sum;
}

// Records, strings, branches and calls in about the mix of a Dhrystone.
struct record { struct record *next; int kind, value; char name[32]; };

static __attribute__((noinline)) int compare(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a - *b;
}

static __attribute__((noinline)) void assign(struct record *to, const struct record *from, int v)
{
	*to = *from;
	to->kind = from->kind ^ (v & 3);
	to->value = v + from->value;
	to->name[5] = 'A' + v % 26;
}

static uint32_t records(int rounds)
{
	static struct record a = { NULL, 1, 7, "some string of letters" }, b;
	uint32_t sum = 0;
	for (int i = 0; i < rounds * 10000; i++) {
		assign(&b, &a, i);
		if (compare(a.name, b.name) < 0)
			sum += b.value;
		else
			sum ^= b.kind;
		switch (b.kind & 3) {
		case 0: a.value = i & 255; break;
		case 1: a.kind = i & 1; break;
		default: sum += a.value * 3; break;
		}
	}
	return sum;
}

// A bytecode interpreter: indirect jumps.
static uint32_t bytecode(int rounds)
{
	enum { PUSH, ADD, XOR, SHL, DEC, JNZ, DUP, SWAP, MUL, END };
	static const uint8_t code[] = { PUSH, 1, SWAP, DUP, PUSH, 3, MUL, XOR, SWAP, PUSH, 5, ADD, PUSH, 1, SHL, XOR, DUP, DEC, JNZ, 2, END };
	uint32_t result = 0;
	for (int r = 0; r < rounds; r++) {
		uint32_t stack[16] = { r, 0 }, counter = 20000;
		int sp = 1, pc = 0;
		for (;;) {
			switch (code[pc++]) {
			case PUSH: stack[sp++ & 15] = code[pc++]; break;
			case ADD: sp--; stack[(sp - 1) & 15] += stack[sp & 15]; break;
			case XOR: sp--; stack[(sp - 1) & 15] ^= stack[sp & 15]; break;
			case SHL: sp--; stack[(sp - 1) & 15] <<= stack[sp & 15] & 31; break;
			case MUL: sp--; stack[(sp - 1) & 15] *= stack[sp & 15]; break;
			case DUP: stack[sp & 15] = stack[(sp - 1) & 15]; sp++; break;
			case SWAP: { uint32_t t = stack[(sp - 1) & 15]; stack[(sp - 1) & 15] = stack[(sp - 2) & 15]; stack[(sp - 2) & 15] = t; break; }
			case DEC: counter--; break;
			case JNZ: if (counter) pc = code[pc]; else pc++; break;
			case END: goto done;
			}
		}
	done:
		result = result * 31 + stack[(sp - 1) & 15];
	}
	return result;
}

static const struct { const char *name; uint32_t (*run)(int); int rounds; } kernels[] = {
	{ "sieve", sieve, 4 }, { "crc", crc, 40 }, { "memcpy", copy_words, 10 },
	{ "quicksort", sort, 5 }, { "records", records, 12 }, { "bytecode", bytecode, 12 },
};
