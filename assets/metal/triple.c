// triple: an exception that finds no handler, nor does the double fault after it: the processor shuts down, and a PC's
// board resets it (SDM 3A "Interrupt 8"). This image has no end; the runner wants the shutdown.
#include "metal.h"

const char subject[] = "triple" BITS;

void image(void) {
	START(0, "ud2");
	idt[UD].w[1] = 0;
	idt[GP].w[1] = 0;
	idt[NP].w[1] = 0;
	START(0, "ud2");
	run();
	want("a double fault", DF, 0, begin);
	print("triple fault\n");
	idt[DF].w[1] = 0;
	START(0, "ud2");
	run();
	check("a triple fault", 0, "it came back with vector %x", cpu.vector);
}
