// calc: a calculator in reverse Polish notation. calc 6 7 '*'
#include "stack.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void operate(char op)
{
	double b = pop(), a = pop();
	push(op == '+' ? a + b : op == '-' ? a - b : op == '*' ? a * b : a / b);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strlen(argv[i]) == 1 && strchr("+-*/", argv[i][0]))
			operate(argv[i][0]);
		else
			push(atof(argv[i]));
	}
	printf("%g\n", pop());
	return 0;
}
