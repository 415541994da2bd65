// numbers: floating point through printf, strtod and the mathematics library, in double and long double.

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const double doubles[] = { 0, -0.0, 1, 0.1, 1.0 / 3, 12345.6789, 1e-5, 1e21, 1e300 * 10, DBL_MIN, DBL_TRUE_MIN, DBL_MAX, 2.5, 3.5, -7.25 };

static void formats(void)
{
	for (unsigned i = 0; i < sizeof doubles / sizeof *doubles; i++) {
		double d = doubles[i];
		printf("%a %e %.17g %g %.3f|%12.4f|%-12.2e|%+g\n", d, d, d, d, d, d, d, d);
		printf("%.21Lg %La %Lf\n", (long double)d / 3, (long double)d / 3, (long double)d / 7);
	}
	printf("%f %f %f %Lf\n", INFINITY, -INFINITY, NAN, (long double)INFINITY);
	printf("%d %lu %x %o %#x %08d %+d %5.3d|%-6d|%hhd %jd %zu %p %c %%\n", -5, 1ul << 63, 48879, 8, 255, 42, 7, 7, 12, 300, (__INTMAX_TYPE__)-1, sizeof(long), (void *)0x1234, 'x');
}

static void parsing(void)
{
	static const char *const texts[] = { "0.1", "1e23", "2.2250738585072011e-308", "4.9e-324", "1.7976931348623159e308", "0x1.8p3", "nan", "-inf", "179769313486231580793728971405301e-5", "12abc" };
	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++) {
		char *end;
		double d = strtod(texts[i], &end);
		long double l = strtold(texts[i], NULL);
		printf("%s: %a %La %d\n", texts[i], d, l, (int)(end - texts[i]));
	}
	float f;
	int n, m;
	printf("%d ", sscanf("3.25 17 0x1f", "%f %d %i", &f, &n, &m));
	printf("%g %d %d\n", f, n, m);
}

// Both libraries promise less than one unit in the last place, and choose code by what the processor has, so fewer
// digits than there are.
static void functions(void)
{
	for (double x = -3; x < 4; x += 0.37) {
		printf("%.12g %.12g %.12g %.12g %.12g %.12g\n", sin(x), cos(x), tan(x), exp(x), log(x * x + 0.5), pow(fabs(x), 1.7));
		printf("%.12g %.12g %.12g %.12g %a %a\n", atan2(x, 2), sinh(x), tgamma(x + 4), cbrt(x), sqrt(fabs(x)), fmod(x * 100, 7.3));
		printf("%a %a %a %a %ld %ld %a\n", floor(x), ceil(x), rint(x), trunc(x), lrint(x), lround(x), fma(x, x, -x));
		long double l = x;
		printf("%.16Lg %.16Lg %.16Lg %.16Lg %La %La\n", sinl(l), expl(l), logl(l * l + 1), atan2l(l, 3), sqrtl(l * l), fmodl(l * 50, 1.7L));
	}
}

static void conversions(void)
{
	volatile double d = 1e18 + 0.5, e = -2.75;
	volatile float f = 16777217;
	volatile unsigned long u = ~0ul;
	volatile long double l = 9223372036854775807.5L;
	printf("%ld %d %lu %u %g %a %a %ld %Lg\n", (long)d, (int)e, (unsigned long)d, (unsigned)(-e), f, (double)u, (double)(float)u, (long)e, l + u);
	int exponent;
	double whole, fraction = frexp(d, &exponent), rest = modf(e, &whole);
	printf("%a %d %a %a %a %d\n", fraction, exponent, rest, whole, ldexp(0.75, -1070), signbit(e) != 0);
	volatile double zero = 0, sum = 0;
	for (int i = 1; i < 100000; i++)
		sum += 1.0 / i;
	printf("%a %f %d %d\n", sum, 1 / zero, isnan(zero / zero), sum > 12 && sum < 13);
}

int main(void)
{
	formats();
	parsing();
	functions();
	conversions();
	return 0;
}
