// memory: the heap, sorting, and the string functions at every alignment.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t seed = 42;
static uint32_t next_random(void) { return (seed = seed * 1664525 + 1013904223) >> 8; }

static uint64_t hash(uint64_t h, const void *p, size_t n)
{
	for (const uint8_t *b = p; n--; b++)
		h = (h ^ *b) * 0x100000001b3;
	return h;
}

static void heap(void)
{
	enum { SLOTS = 500 };
	static uint8_t *slot[SLOTS];
	static size_t size[SLOTS];
	uint64_t h = 1;
	for (int i = 0; i < 20000; i++) {
		unsigned k = next_random() % SLOTS;
		size_t n = next_random() % (i % 100 == 0 ? 300000 : 2000) + 1;
		if (slot[k])
			h = hash(h, slot[k], size[k] < 64 ? size[k] : 64);
		switch (next_random() % 3) {
		case 0:
			free(slot[k]);
			slot[k] = calloc(n, 1);
			break;
		case 1:
			slot[k] = realloc(slot[k], n);
			break;
		default:
			free(slot[k]);
			slot[k] = aligned_alloc(64, (n + 63) / 64 * 64);
			if ((uintptr_t)slot[k] % 64)
				abort();
		}
		size[k] = n;
		memset(slot[k], i, n);
	}
	printf("heap %016llx\n", (unsigned long long)h);
}

static int by_value(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

static void sorting(void)
{
	enum { N = 20000 };
	static int32_t a[N];
	for (int i = 0; i < N; i++)
		a[i] = (int32_t)(next_random() << 8);
	qsort(a, N, sizeof *a, by_value);
	int ordered = 1, found = 0;
	for (int i = 1; i < N; i++)
		ordered &= a[i - 1] <= a[i];
	for (int i = 0; i < N; i += 7)
		found += bsearch(&a[i], a, N, sizeof *a, by_value) != NULL;
	printf("sorted %d, found %d, %016llx\n", ordered, found, (unsigned long long)hash(1, a, sizeof a));
}

static void strings(void)
{
	static char a[4096], b[4096];
	uint64_t h = 1;
	for (int from = 0; from < 20; from++)
		for (int to = 0; to < 20; to++)
			for (int n = 0; n < 150; n += 1 + n / 8) {
				for (int i = 0; i < 400; i++)
					a[i] = 'a' + (i * 7 + n) % 26, b[i] = '.';
				memcpy(b + to, a + from, n);
				h = hash(h, b, 200);
				memmove(b + to, b + from, n);
				h = hash(h, b, 200);
				memset(b + to, '#', n);
				h = hash(h, b, 200);
				a[from + n] = 0;
				int order = strcmp(a + from, b + to);
				size_t len = strlen(a + from);
				char *c = strchr(a + from, 'q'), *r = strrchr(a + from, 'b');
				void *m = memchr(b, '.', 300);
				int at[] = { (order > 0) - (order < 0), len, c ? c - a : -1, r ? r - a : -1, m ? (char *)m - b : -1,
					memcmp(a, b, from) > 0, strncmp(a + from, a + to, 5) > 0, strspn(a + from, "abcdefgh"), strcspn(a + from, "xyz") };
				h = hash(h, at, sizeof at);
				strcpy(b + to, a + from);
				strcat(b + to, "END");
				h = hash(h, strstr(b + to, "END"), 4);
			}
	printf("strings %016llx\n", (unsigned long long)h);
	char text[] = "one, two,,three";
	for (char *save, *w = strtok_r(text, ", ", &save); w; w = strtok_r(NULL, ", ", &save))
		printf("[%s]", w);
	printf(" %ld %lu %s\n", strtol("-0x7fzz", NULL, 0), strtoul("777", NULL, 8), strerror(2));
}

int main(void)
{
	heap();
	sorting();
	strings();
	return 0;
}
