// A stack of numbers. pop of an empty one ends the program.
void push(double x);
double pop(void);
