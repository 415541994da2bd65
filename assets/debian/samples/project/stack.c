#include "stack.h"
#include <stdio.h>
#include <stdlib.h>

static double stack[64];
static int depth;

void push(double x)
{
	if (depth < 64)
		stack[depth++] = x;
}

double pop(void)
{
	if (depth == 0) {
		fprintf(stderr, "calc: the stack is empty\n");
		exit(1);
	}
	return stack[--depth];
}
