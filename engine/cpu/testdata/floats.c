/* Prints what floating-point code computes; run on the host and in the engine, the outputs must be the same. */
#include <fenv.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xmmintrin.h>

static const double values[] = {0.0, -0.0, 1.0, -1.5, 0.1, 1e-310, 4.9e-324, 1e300, 123456789.123456789, 3.5, 2.5, -2.5, 1e22, 1e23, 0.5, 7e-5};
static const char *texts[] = {"1.7976931348623157e308", "4.9406564584124654e-324", "2.2250738585072011e-308", "0x1.fffffffffffff8p0",
	"9007199254740993", "1e400", "-nan", "inf", "0.1", "8.5e-45", "123456789012345678901234567890", "3.14159265358979323846264338327950288"};

static void conversions(void)
{
	for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
		double v = values[i];
		printf("%f %e %g %a %.17g %.40Lg %La\n", v, v, v, v, v, (long double)v / 3, (long double)v * 1.1L);
		printf("%d %ld %f %u\n", (int)v, lrint(v), (float)v, (unsigned)(v > 0 && v < 4e9 ? v : 0));
		printf("%.3f %.0f %10.4e %Lf\n", v, v, v, (long double)v);
	}
	for (unsigned i = 0; i < sizeof texts / sizeof *texts; i++)
		printf("%a %La %a\n", strtod(texts[i], 0), strtold(texts[i], 0), strtof(texts[i], 0));
}

static void functions(void)
{
	for (unsigned i = 0; i < sizeof values / sizeof *values; i++) {
		double v = values[i], p = fabs(v);
		long double l = v, lp = p;
		printf("%a %a %a %a %a %a\n", sin(v), cos(v), tan(v), exp(v), log(p), pow(p, 0.7));
		printf("%a %a %a %a %a %a\n", sqrt(p), cbrt(v), atan2(v, 2), fmod(v, 0.3), hypot(v, 3), floor(v));
		printf("%.16Lg %.16Lg %.16Lg %.16Lg %.16Lg\n", sinl(l), expl(l / 1e3L), logl(lp), powl(lp, 0.7L), atan2l(l, 2));
		printf("%.16Lg %.16Lg %.16Lg %.16Lg\n", fmodl(l, 0.3L), sqrtl(lp), log2l(lp), expm1l(l / 1e305L));
		printf("%Lg %Lg %Lg %lld %Lg\n", floorl(l), rintl(l), roundl(l), llrintl(l / 1e300L), remainderl(l, 0.7L));
	}
}

static void modes(void)
{
	static const int mode[] = {FE_TONEAREST, FE_DOWNWARD, FE_UPWARD, FE_TOWARDZERO};
	for (int i = 0; i < 4; i++) {
		volatile double a = 1, b = 3, big = 1e308, tiny = 1e-308;
		volatile long double la = 1, lb = -3;
		fesetround(mode[i]);
		feclearexcept(FE_ALL_EXCEPT);
		printf("%a %a %La ", a / b, -a / b, la / lb);
		printf("%x ", fetestexcept(FE_ALL_EXCEPT));
		printf("%a %a %ld %ld\n", big * 10, tiny / 1e10, lrint(2.5), lrintl(-2.5L));
		printf("%x ", fetestexcept(FE_ALL_EXCEPT));
		feclearexcept(FE_ALL_EXCEPT);
		a = a / (b - 3);
		printf("%f %x\n", a, fetestexcept(FE_ALL_EXCEPT));
	}
	fesetround(FE_TONEAREST);
}

static void loops(void)
{
	static float m[16][16], n[16][16], p[16][16];
	double sum = 0, x = 1;
	long double lsum = 0;
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			m[i][j] = (i * 7 + j * 3) % 11 / 7.0f, n[i][j] = (i + j * 5) % 13 * 0.3f;
	for (int i = 0; i < 16; i++)
		for (int j = 0; j < 16; j++)
			for (int k = 0; k < 16; k++)
				p[i][j] += m[i][k] * n[k][j];
	for (int i = 1; i < 2000; i++) {
		sum += 1.0 / i / i;
		lsum += 1.0L / i / i;
		x = x * 1.0000001 + sin(x) * 1e-3;
	}
	printf("%a %a %La %a\n", p[3][5], sum, lsum, x);
	printf("%zu %d %s\n", strlen(texts[10]), strcmp(texts[0], texts[1]), strchr(texts[11], '9'));
	__m128 r = _mm_rsqrt_ps(_mm_setr_ps(1, 2, 3, 4));
	float f[4];
	_mm_storeu_ps(f, r);
	printf("%a %a %a %a\n", f[0], f[1], f[2], f[3]);
}

int main(void)
{
	conversions();
	functions();
	modes();
	loops();
	return 0;
}
