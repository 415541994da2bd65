// A program of one case that does nothing: what is there when others are over is compared with it.
#include "../t.h"

CASE(nothing) {}

CASES
